//! The thread for what costs much computing: RSA keys and password hashes.
//!
//! A 2048-bit key takes a tenth of a second or more, and a password hash is meant to be slow. Done
//! where requests are served, they would hold up everybody else. A few keys are made ahead, so that
//! whoever enrols a machine does not wait; how many may wait is bounded, and beyond that the answer
//! is to come again later.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use pantry_model::Error;
use pantry_sign::PrivateKey;
use tokio::sync::{mpsc, oneshot};

use crate::password_hash;

/// How many keys are made ahead.
pub const KEYS_AHEAD: usize = 8;

/// The size of a key.
const KEY_BITS: u32 = 2048;

/// How many orders may wait.
const QUEUE: usize = 256;

enum Order {
    Key(oneshot::Sender<Result<PrivateKey, Error>>),
    Hash(String, oneshot::Sender<Result<String, Error>>),
    Verify(String, String, oneshot::Sender<Result<bool, Error>>),
}

/// The handle of the thread, which ends with the last handle.
#[derive(Clone, Debug)]
pub struct Workshop {
    orders: mpsc::Sender<Order>,
    ready: Arc<AtomicUsize>,
}

impl Workshop {
    /// Starts the thread.
    pub fn start() -> io::Result<Self> {
        let (orders, queue) = mpsc::channel(QUEUE);
        let ready = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&ready);
        thread::Builder::new().name("workshop".to_owned()).spawn(move || serve(queue, &counted))?;
        Ok(Self { orders, ready })
    }

    /// How many keys are ready.
    pub fn keys_ready(&self) -> usize {
        self.ready.load(Ordering::Relaxed)
    }

    /// How many more orders can wait.
    pub fn room(&self) -> usize {
        self.orders.capacity()
    }

    /// A new RSA key.
    pub async fn key(&self) -> Result<PrivateKey, Error> {
        self.order(Order::Key).await
    }

    /// The hash of a password, to be stored: Argon2id with a random salt.
    pub async fn hash(&self, password: String) -> Result<String, Error> {
        self.order(|reply| Order::Hash(password, reply)).await
    }

    /// Whether a password is the one that this hash was made of.
    pub async fn verify(&self, password: String, hash: String) -> Result<bool, Error> {
        self.order(|reply| Order::Verify(password, hash, reply)).await
    }

    async fn order<T>(
        &self,
        order: impl FnOnce(oneshot::Sender<Result<T, Error>>) -> Order,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        self.orders.try_send(order(reply)).map_err(|_| busy())?;
        answer.await.map_err(|_| busy())?
    }
}

fn busy() -> Error {
    Error::Unavailable("too many keys and passwords wait to be computed; try again".to_owned())
}

fn serve(mut orders: mpsc::Receiver<Order>, ready: &AtomicUsize) {
    let mut ahead = VecDeque::with_capacity(KEYS_AHEAD);
    loop {
        // While nobody waits, keys are made ahead.
        let order = match orders.try_recv() {
            Ok(order) => order,
            Err(mpsc::error::TryRecvError::Empty) if ahead.len() < KEYS_AHEAD => {
                match generate() {
                    Ok(key) => ahead.push_back(key),
                    Err(error) => tracing::error!(%error, "no RSA key can be made"),
                }
                ready.store(ahead.len(), Ordering::Relaxed);
                continue;
            }
            Err(_) => match orders.blocking_recv() {
                Some(order) => order,
                None => return,
            },
        };
        // Whoever asked may have gone.
        match order {
            Order::Key(reply) => {
                let key = ahead.pop_front().map_or_else(generate, Ok);
                ready.store(ahead.len(), Ordering::Relaxed);
                let _ = reply.send(key);
            }
            Order::Hash(password, reply) => {
                let _ = reply.send(hash(&password));
            }
            Order::Verify(password, hash, reply) => {
                let _ = reply.send(verify(&password, &hash));
            }
        }
    }
}

fn generate() -> Result<PrivateKey, Error> {
    PrivateKey::generate(KEY_BITS)
        .map_err(|error| Error::Internal(format!("a new RSA key: {error}")))
}

fn hash(password: &str) -> Result<String, Error> {
    password_hash::hash(password)
        .map_err(|error| Error::Internal(format!("the hash of a password: {error}")))
}

fn verify(password: &str, hash: &str) -> Result<bool, Error> {
    password_hash::verify(password, hash)
        .map_err(|error| Error::Internal(format!("the stored hash of a password: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_fits_its_own_hash_only() {
        let workshop = Workshop::start().unwrap();
        let hash = workshop.hash("secret".to_owned()).await.unwrap();
        assert!(hash.starts_with("$argon2id$"), "{hash}");
        assert!(workshop.verify("secret".to_owned(), hash.clone()).await.unwrap());
        assert!(!workshop.verify("Secret".to_owned(), hash).await.unwrap());
        assert!(workshop.verify("secret".to_owned(), "nonsense".to_owned()).await.is_err());
    }

    #[tokio::test]
    async fn no_key_is_given_twice() {
        let workshop = Workshop::start().unwrap();
        let (one, other) = (workshop.key().await.unwrap(), workshop.key().await.unwrap());
        assert_ne!(one.public_key().to_pem(), other.public_key().to_pem());
    }
}
