//! Writers who note what they were answered, and what that must mean afterwards.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pantry_store::{Kind, Store, StoreError};
use pantry_store_postgres::PostgresStore;
use tokio::task::JoinSet;

use crate::place::{open_app, scope, until, write};

/// How many applications are written to, each by two writers.
const APPLICATIONS: usize = 4;

/// Any number of writes, going on until they are ended.
pub(crate) struct Load {
    store: Arc<PostgresStore>,
    notes: Arc<Notes>,
    writers: JoinSet<()>,
}

#[derive(Default)]
struct Notes {
    is_ended: AtomicBool,
    done: AtomicU64,
    answered: Mutex<Vec<(String, String, Answer)>>,
    longest: Mutex<Duration>,
}

/// What a writer was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    Done,
    Undone(String),
    Unknown,
}

/// What came of all writes.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) done: usize,
    pub(crate) undone: Vec<String>,
    pub(crate) unknown: usize,
    /// The longest that one took.
    pub(crate) longest: Duration,
}

impl Load {
    /// Begins to write bodies of this size.
    pub(crate) async fn begin(store: Arc<PostgresStore>, bytes: usize) -> Self {
        let (notes, mut writers) = (Arc::<Notes>::default(), JoinSet::new());
        for application in 0..APPLICATIONS {
            open_app(store.as_ref(), &format!("app{application}")).await;
            for writer in 0..2 {
                let (store, notes) = (Arc::clone(&store), Arc::clone(&notes));
                let application = format!("app{application}");
                writers.spawn(async move {
                    for number in 0.. {
                        if notes.is_ended.load(Ordering::SeqCst) {
                            return;
                        }
                        let name = format!("{writer}-{number}");
                        notes.one(store.as_ref(), &application, name, bytes).await;
                    }
                });
            }
        }
        Self { store, notes, writers }
    }

    /// Waits until so many more writes were done.
    pub(crate) async fn goes_on(&self) {
        let enough = self.notes.done.load(Ordering::SeqCst) + 50;
        until("a write", async || self.notes.done.load(Ordering::SeqCst) >= enough).await;
    }

    /// Waits until a write was refused with these words in the reason.
    pub(crate) async fn is_refused(&self, reason: &str) {
        until("a refusal", async || {
            let answered = self.notes.answered.lock().unwrap();
            answered.iter().any(|(.., answer)| match answer {
                Answer::Undone(text) => text.contains(reason),
                _ => false,
            })
        })
        .await;
    }

    /// Ends, and looks whether what was answered is so and no ledger has a gap.
    pub(crate) async fn end(mut self) -> Outcome {
        self.notes.is_ended.store(true, Ordering::SeqCst);
        while let Some(writer) = self.writers.join_next().await {
            writer.unwrap();
        }
        let answered = std::mem::take(&mut *self.notes.answered.lock().unwrap());
        let longest = *self.notes.longest.lock().unwrap();
        let (mut outcome, mut there) = (
            Outcome { done: 0, undone: Vec::new(), unknown: 0, longest },
            std::collections::HashMap::new(),
        );
        for application in 0..APPLICATIONS {
            let application = format!("app{application}");
            let names = self.store.names(&scope(&application), Kind::Node).await.unwrap();
            let ledger = self.store.ledger(&scope(&application), 0, 1_000_000).await.unwrap();
            let mut entered: Vec<&str> = ledger.iter().map(|entry| entry.name.as_str()).collect();
            assert!((1..).zip(&ledger).all(|(number, entry)| entry.position == number));
            entered.sort_unstable();
            // Each once, and nothing else.
            assert_eq!(entered, names, "{application}");
            there.insert(application, names);
        }
        for (application, name, answer) in answered {
            let is_there = there[&application].binary_search(&name).is_ok();
            match answer {
                Answer::Done => {
                    assert!(is_there, "{application} {name} was answered and is lost");
                    outcome.done += 1;
                }
                Answer::Undone(reason) => {
                    assert!(!is_there, "{application} {name} is there, though: {reason}");
                    outcome.undone.push(reason);
                }
                Answer::Unknown => outcome.unknown += 1,
            }
        }
        println!(
            "{} done, {} undone, {} unknown, the longest took {:?}",
            outcome.done,
            outcome.undone.len(),
            outcome.unknown,
            outcome.longest
        );
        outcome
    }
}

impl Notes {
    async fn one(&self, store: &PostgresStore, application: &str, name: String, bytes: usize) {
        let mut write = write();
        // What does not repeat, or it would be made small.
        let mut state = 88_172_645_463_325_252_u64 ^ (name.len() as u64) << 32;
        state ^= self.done.load(Ordering::SeqCst);
        let body = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        });
        write.create(&scope(application), Kind::Node, &name, body.take(bytes).collect());
        let begun = Instant::now();
        let answer = match store.commit(write).await {
            Ok(()) => {
                self.done.fetch_add(1, Ordering::SeqCst);
                Answer::Done
            }
            Err(StoreError::Interrupted(_)) => Answer::Unknown,
            Err(StoreError::Unavailable(reason)) => Answer::Undone(reason),
            Err(other) => panic!("{application} {name}: {other:?}"),
        };
        let took = begun.elapsed();
        {
            let mut longest = self.longest.lock().unwrap();
            *longest = took.max(*longest);
        }
        let is_refused = matches!(answer, Answer::Undone(_));
        self.answered.lock().unwrap().push((application.to_owned(), name, answer));
        if is_refused {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
