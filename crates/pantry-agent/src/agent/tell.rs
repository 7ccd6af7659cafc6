//! When the machine's facts are gathered, and when they are told.
//!
//! They are told once the server has let the machine in, and each time they have been gathered; the
//! server writes down only what is new. A report that is lost is made good by the next one. Nothing
//! waits for any of it: gathering is a task, and a report is said after everything else.

use pantry_model::{Message, MessageType};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Agent;
use crate::facts::{FactsConfig, gather};
use crate::time::later;

/// The facts of a machine that tells them.
pub(super) struct Teller {
    config: FactsConfig,
    /// When they are gathered (again).
    due: Instant,
    /// As they were gathered last.
    facts: Option<Vec<u8>>,
    /// Whether the server has yet to hear of them.
    is_news: bool,
    done: mpsc::Sender<Vec<u8>>,
    gathered: mpsc::Receiver<Vec<u8>>,
}

impl Teller {
    pub(super) fn new(config: FactsConfig) -> Self {
        let (done, gathered) = mpsc::channel(1);
        Self { config, due: Instant::now(), facts: None, is_news: false, done, gathered }
    }

    /// Facts that have just been gathered.
    pub(super) async fn gathered(teller: &mut Option<Self>) -> Vec<u8> {
        let facts = match teller {
            Some(teller) => teller.gathered.recv().await,
            None => None,
        };
        match facts {
            Some(facts) => facts,
            None => std::future::pending().await,
        }
    }

    /// Takes what was gathered.
    pub(super) fn take(&mut self, facts: Vec<u8>) {
        self.facts = Some(facts);
        self.is_news = true;
    }

    /// The server has let the machine in (again): it may have missed what was told before.
    pub(super) fn start_over(&mut self) {
        self.is_news = self.facts.is_some();
    }
}

impl Agent {
    /// When facts are to be gathered.
    pub(super) fn facts_due(&self) -> Option<Instant> {
        let teller = self.teller.as_ref().filter(|_| self.session.is_ready());
        teller.map(|teller| teller.due)
    }

    /// Has facts gathered if their time has come, and gives the message that tells what was gathered.
    pub(super) fn tell(&mut self, now: Instant) -> Option<Message> {
        let teller = self.teller.as_mut().filter(|_| self.session.is_ready())?;
        if teller.due <= now {
            teller.due = later(now, teller.config.interval);
            let (config, done) = (teller.config.clone(), teller.done.clone());
            let machine = self.config.machine.clone();
            self.tasks.spawn(async move {
                if let Some(facts) = gather(config, machine).await {
                    // Nobody listens only when the agent is about to end.
                    let _ = done.send(facts).await;
                }
            });
        }
        if !std::mem::take(&mut teller.is_news) {
            return None;
        }
        let facts = teller.facts.clone()?;
        Some(self.session.message(MessageType::Facts).with_bytes(facts))
    }
}
