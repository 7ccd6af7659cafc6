//! Takes what arrives on the sockets and hands it to the task that it is for.

use std::collections::HashMap;
use std::sync::Arc;

use pantry_model::{CurvePublicKey, MachineId, MessageType, Principal};
use pantry_usecases::{KeyRing, UseCases};
use pantry_wire::server::{Directory, Event};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use crate::answers::{Answers, Caller};
use crate::commands::About;
use crate::machines::Machines;
use crate::refusals::{self, Refused};
use crate::session::{self, Letter};
use crate::sweep;

/// The known keys, as the sockets ask for them.
pub struct KnownKeys(pub Arc<KeyRing>);

impl Directory for KnownKeys {
    fn owner(&self, key: &CurvePublicKey) -> Option<Principal> {
        self.0.owner(key)
    }
}

/// How many letters a machine's task may have waiting. What does not fit is dropped and said again
/// by the machine.
const LETTER_BOX: usize = 256;

/// How many refusals may wait to be counted.
const REFUSALS: usize = 4096;

/// The broker.
pub struct Broker {
    usecases: UseCases,
    machines: Arc<Machines>,
    sessions: HashMap<MachineId, mpsc::Sender<Letter>>,
    answers: Answers,
    tasks: JoinSet<()>,
}

impl Broker {
    /// A broker for these machines.
    pub fn new(usecases: UseCases, machines: Arc<Machines>, about: About) -> Self {
        let answers = Answers::new(usecases.clone(), machines.clone(), about);
        Self { usecases, machines, sessions: HashMap::new(), answers, tasks: JoinSet::new() }
    }

    /// Runs until the sockets are closed.
    pub async fn run(mut self, mut events: mpsc::Receiver<Event>) {
        let (refused, arriving) = mpsc::channel(REFUSALS);
        let store = self.usecases.store().clone();
        let log = refusals::keep(arriving, store, self.usecases.clock().clone());
        let log = tokio::spawn(log);
        self.tasks.spawn(sweep::keep_sweeping(self.usecases.clone(), self.machines.clone()));
        let mut arrived = Vec::new();
        while events.recv_many(&mut arrived, 256).await > 0 {
            for event in arrived.drain(..) {
                self.take(event, &refused).await;
            }
            while self.tasks.try_join_next().is_some() {}
        }
        self.tasks.shutdown().await;
        // What was refused last is written down as well.
        drop(refused);
        if let Err(error) = log.await {
            tracing::error!(%error, "the log of refusals failed");
        }
    }

    async fn take(&mut self, event: Event, refused: &mpsc::Sender<Refused>) {
        match event {
            Event::Message { connection, principal, key, address, message } => match principal {
                Principal::Machine(machine) => {
                    self.hand_to(machine, Letter::Message { connection, address, message });
                }
                Principal::User(_) => {
                    let caller = Caller { connection, principal, key };
                    match message.metadata.kind {
                        MessageType::Request => self.answers.answer(caller, *message),
                        MessageType::Credit => self.answers.credit(&caller, &message),
                        kind => {
                            let who = caller.principal.to_string();
                            let what = format!("a {kind:?} message, which users do not send");
                            drop(refused.try_send(Refused { who, address, what }));
                            self.machines.server.end_connection(caller.connection).await;
                        }
                    }
                }
            },
            Event::Granted { principal: Principal::Machine(machine), stream } => {
                self.hand_to(machine, Letter::Granted(stream));
            }
            Event::Granted { .. } => {}
            Event::Left { connection, principal } => match principal {
                Principal::Machine(machine) => self.hand_to(machine, Letter::Left(connection)),
                Principal::User(_) => self.answers.left(connection),
            },
            // A full queue means that thousands are being refused in this second already.
            Event::Refused { who, address, what } => {
                drop(refused.try_send(Refused { who, address, what: what.to_string() }));
            }
        }
    }

    /// Hands a letter to the machine's task, which is started if it does not run.
    fn hand_to(&mut self, machine: MachineId, letter: Letter) {
        let letter = match self.sessions.get(&machine) {
            None => letter,
            Some(letters) => match letters.try_send(letter) {
                Ok(()) => return,
                Err(mpsc::error::TrySendError::Closed(letter)) => letter,
                Err(mpsc::error::TrySendError::Full(_)) => {
                    tracing::warn!(%machine, "says more than can be written down; it will say it again");
                    return;
                }
            },
        };
        // Whose task has ended was away already.
        if matches!(letter, Letter::Left(_)) {
            self.sessions.remove(&machine);
            return;
        }
        let (letters, arriving) = mpsc::channel(LETTER_BOX);
        // The channel is new and empty, so there is room.
        drop(letters.try_send(letter));
        self.sessions.insert(machine.clone(), letters.clone());
        let (usecases, machines) = (self.usecases.clone(), self.machines.clone());
        self.tasks.spawn(session::run(machine, usecases, machines, letters, arriving));
    }
}
