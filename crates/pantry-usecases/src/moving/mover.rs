//! Who moves the store, and what is known of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use pantry_model::commands::migrate_store::{Migration, Stage, StoreUrl};
use pantry_model::{Error, Principal};
use pantry_store::StoreError;
use pantry_store::transfer::{CopyError, Filling, Moved, Transfer, prepare};
use tokio::sync::{Notify, watch};

use super::gate::Gate;
use super::run;
use crate::UseCases;
use crate::authorize::Action;
use crate::fault::to_error;

/// How long a copy goes on without anybody asking how far it is. Whoever has it made watches it, so
/// the server is not read-only for the sake of a command that was killed.
pub(super) const LEASE: Duration = Duration::from_secs(20);

/// A store to move to.
pub struct Opened {
    /// It.
    pub store: Arc<dyn Transfer>,
    /// What it is called, without a password.
    pub name: String,
}

/// How a store is opened by its URL; only the binary knows what there is. No error shows the
/// password.
#[async_trait]
pub trait OpenStore: Send + Sync {
    /// Opens it, and makes it if it is not there. `password_file` is a file of this machine with the
    /// password that is not in the URL.
    async fn open(&self, url: &StoreUrl, password_file: Option<&str>) -> Result<Opened, Error>;
}

/// What the server runs on, as whoever moves it sees it.
pub struct Source {
    /// The store itself, without the gate.
    pub store: Arc<dyn Transfer>,
    /// The gate before it.
    pub gate: Arc<Gate>,
    /// What the store is called, without a password.
    pub name: String,
    /// The server's public key, which tells its store from all others.
    pub server: String,
}

/// Why a store cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// It is half a store.
    #[error(
        "this store is being filled from another one, {from}, and is not complete yet: run \
         `pantry admin migrate-store` there again, which goes on where it ended"
    )]
    Filling {
        /// What the other is called.
        from: String,
    },
    /// It cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An error if it is half a store: to be asked before anything is written to it.
pub async fn may_be_served(store: &dyn Transfer) -> Result<(), MoveError> {
    match Filling::of(store).await? {
        Some(Filling { from, .. }) => Err(MoveError::Filling { from }),
        None => Ok(()),
    }
}

/// Moves the store.
pub struct Mover {
    pub(super) source: Source,
    open: Arc<dyn OpenStore>,
    state: Mutex<Migration>,
    /// Somebody asked how far it is.
    pub(super) asked: Notify,
    /// Whether the attempt that goes on is to end.
    pub(super) stop: watch::Sender<bool>,
}

impl Mover {
    /// A mover of this store, which [may be served](may_be_served). If it was moved before, the gate
    /// is closed.
    pub async fn new(source: Source, open: Arc<dyn OpenStore>) -> Result<Arc<Self>, StoreError> {
        let store = source.store.as_ref();
        let mut state = Migration::default();
        if let Some(Moved { to }) = Moved::of(store).await? {
            source.gate.close(moved(&to)).await;
            state = Migration { stage: Stage::Moved, to: Some(to), ..state };
        }
        let (state, asked) = (Mutex::new(state), Notify::new());
        Ok(Arc::new(Self { source, open, state, asked, stop: watch::Sender::new(false) }))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, Migration> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn begin(self: &Arc<Self>, url: &StoreUrl, file: Option<&str>) -> Result<(), Error> {
        {
            let mut state = self.state();
            if state.stage.is_at_work() {
                let text = "the store is being moved already; `--cancel` ends that";
                return Err(Error::Invalid(text.to_owned()));
            }
            *state = Migration { stage: Stage::Preparing, ..Migration::default() };
            self.stop.send_replace(false);
        }
        let begun = self.prepare(url, file).await;
        match begun {
            Ok(target) => {
                tokio::spawn(run::run(Arc::clone(self), target));
                Ok(())
            }
            Err(error) => {
                *self.state() = self.at_rest().await;
                Err(error)
            }
        }
    }

    /// Everything that can be refused before the server is made read-only.
    async fn prepare(&self, url: &StoreUrl, file: Option<&str>) -> Result<Opened, Error> {
        self.alone().await.map_err(Error::Invalid)?;
        let target = self.open.open(url, file).await?;
        let before = self.at_rest().await;
        if let Some(to) = before.to
            && Filling::of(target.store.as_ref()).await.map_err(to_error)?.is_none()
        {
            let text = format!("the store was moved to {to} already; `--cancel` takes that back");
            return Err(Error::Invalid(text));
        }
        let (server, from) = (self.source.server.clone(), self.source.name.clone());
        match prepare(target.store.as_ref(), &Filling { server, from }).await {
            Ok(()) => Ok(target),
            Err(CopyError::Taken(text)) => Err(Error::Invalid(text)),
            Err(error) => Err(Error::Unavailable(error.to_string())),
        }
    }

    /// An error if another server uses this one's store.
    pub(super) async fn alone(&self) -> Result<(), String> {
        match self.source.store.others().await {
            Ok(0) => Ok(()),
            Ok(others) => Err(format!(
                "{others} other server(s) are using this store, and would go on writing it: stop \
                 them first"
            )),
            Err(error) => Err(error.to_string()),
        }
    }

    /// What there is to say while nothing is being moved.
    pub(super) async fn at_rest(&self) -> Migration {
        match Moved::of(self.source.store.as_ref()).await {
            Ok(Some(Moved { to })) => {
                Migration { stage: Stage::Moved, to: Some(to), ..Migration::default() }
            }
            _ => Migration::default(),
        }
    }

    /// Ends what is going on; if nothing is, the server writes again though its store was moved.
    async fn cancel(&self) -> Result<(), StoreError> {
        if self.state().stage.is_at_work() {
            self.stop.send_replace(true);
            return Ok(());
        }
        Moved::forget(self.source.store.as_ref()).await?;
        self.source.gate.open().await;
        *self.state() = Migration::default();
        Ok(())
    }
}

/// What a store says to writers that was moved.
pub(super) fn moved(to: &str) -> String {
    format!(
        "the server is read-only, since its store was moved to {to}: `store.url` in server.yml is \
         to say so, and the server to be restarted"
    )
}

impl UseCases {
    /// Moves the store to this URL; goes on while this is asked for with
    /// [`UseCases::store_move`].
    pub async fn begin_store_move(
        &self,
        actor: &Principal,
        to: &StoreUrl,
        password_file: Option<&str>,
    ) -> Result<Migration, Error> {
        let mover = self.mover(actor).await?;
        tracing::info!(%actor, "the store is to be moved");
        mover.begin(to, password_file).await?;
        Ok(mover.state().clone())
    }

    /// How far it is.
    pub async fn store_move(&self, actor: &Principal) -> Result<Migration, Error> {
        let mover = self.mover(actor).await?;
        mover.asked.notify_one();
        Ok(mover.state().clone())
    }

    /// Ends it; if it has ended, the server may write again.
    pub async fn cancel_store_move(&self, actor: &Principal) -> Result<Migration, Error> {
        let mover = self.mover(actor).await?;
        tracing::info!(%actor, "moving the store is taken back");
        mover.cancel().await.map_err(to_error)?;
        Ok(mover.state().clone())
    }

    async fn mover(&self, actor: &Principal) -> Result<&Arc<Mover>, Error> {
        self.authorize(actor, &Action::MoveStore).await?;
        let no = || Error::Invalid("this server has no store that could be moved".to_owned());
        self.mover.as_ref().ok_or_else(no)
    }
}
