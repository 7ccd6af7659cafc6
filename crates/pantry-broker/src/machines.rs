//! The machines that are here, and the ways to reach them. Shared by all of the broker's tasks.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use pantry_model::{
    ApplicationName, Clock, Delivery, Identity, Job, MachineId, Message, Principal,
};
use pantry_usecases::{Fleet, Presence};
use pantry_wire::server::Server;
use tokio::sync::mpsc;

use crate::changes::Changes;
use crate::parcel::Parcel;
use crate::session::Letter;

/// Who is here. Decisions are made from memory; nothing here waits for storage.
pub struct Machines {
    pub(crate) server: Server,
    /// That of the file service.
    files: Server,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) changes: Changes,
    here: RwLock<HashMap<ApplicationName, HashMap<Identity, Here>>>,
    last_id: AtomicU64,
}

struct Here {
    presence: Presence,
    letters: mpsc::Sender<Letter>,
}

impl Machines {
    /// Nobody is here yet. `files` are the sockets of the file service.
    pub fn new(server: Server, files: Server, clock: Arc<dyn Clock>) -> Self {
        let here = RwLock::default();
        Self { server, files, clock, changes: Changes::default(), here, last_id: AtomicU64::new(0) }
    }

    /// An id for the server's next message.
    pub(crate) fn next_id(&self) -> u64 {
        self.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Publishes a message on its stream. It is lost if the sockets are gone or the machine's queue
    /// is full; whatever matters is published again.
    pub(crate) async fn publish(&self, message: Message) {
        if self.server.publish(message).await.is_err() {
            tracing::debug!("not published: the sockets are closed");
        }
    }

    /// A machine is here from now on.
    pub(crate) fn arrive(
        &self,
        machine: &MachineId,
        presence: Presence,
        letters: mpsc::Sender<Letter>,
    ) {
        self.write(|here| {
            let application = here.entry(machine.application.clone()).or_default();
            application.insert(machine.identity.clone(), Here { presence, letters });
        });
    }

    /// A machine is gone.
    pub(crate) fn depart(&self, machine: &MachineId) {
        self.write(|here| {
            if let Some(application) = here.get_mut(&machine.application) {
                application.remove(&machine.identity);
                if application.is_empty() {
                    here.remove(&machine.application);
                }
            }
        });
    }

    fn find<T>(&self, machine: &MachineId, look: impl FnOnce(&Here) -> T) -> Option<T> {
        let here = self.here.read().unwrap_or_else(PoisonError::into_inner);
        here.get(&machine.application)?.get(&machine.identity).map(look)
    }

    fn write(&self, change: impl FnOnce(&mut HashMap<ApplicationName, HashMap<Identity, Here>>)) {
        change(&mut self.here.write().unwrap_or_else(PoisonError::into_inner));
    }
}

#[async_trait]
impl Fleet for Machines {
    fn presence(&self, machine: &MachineId) -> Option<Presence> {
        self.find(machine, |here| here.presence.clone())
    }

    fn online(&self, application: &ApplicationName) -> u64 {
        let here = self.here.read().unwrap_or_else(PoisonError::into_inner);
        here.get(application).map_or(0, |machines| machines.len() as u64)
    }

    async fn send_out(&self, job: &Job, payload: Vec<u8>, deliveries: &[Delivery]) {
        let parcel = Arc::new(Parcel { job: job.clone(), payload });
        for delivery in deliveries {
            let Some(incarnation) = delivery.incarnation else { continue };
            let identity = delivery.identity.clone();
            let machine = MachineId { application: job.application.clone(), identity };
            // The machine's task watches over the answer. If its letter box is full or it is just
            // leaving, the delivery is found in the store when the machine says hello again.
            let letter = Letter::Sent { parcel: parcel.clone(), incarnation };
            let sent = self.find(&machine, |here| here.letters.try_send(letter).is_ok());
            if sent != Some(true) {
                tracing::debug!(%machine, job = %job.id, "not here any more; sent on return");
            }
        }
    }

    async fn take_up(&self, job: &Job, payload: Vec<u8>, deliveries: Vec<Delivery>) {
        let parcel = Arc::new(Parcel { job: job.clone(), payload });
        for delivery in deliveries {
            let identity = delivery.identity.clone();
            let machine = MachineId { application: job.application.clone(), identity };
            let letters = self.find(&machine, |here| here.letters.clone());
            let letter = Letter::Waiting { parcel: parcel.clone(), delivery };
            // As above: if the machine is just leaving, it is found when it says hello again.
            if let Some(letters) = letters {
                let _gone = letters.send(letter).await;
            }
        }
    }

    async fn part_with(&self, principals: &[Principal]) {
        for principal in principals {
            self.server.end_connections_of(principal.clone()).await;
            self.files.end_connections_of(principal.clone()).await;
            if let Principal::Machine(machine) = principal {
                let letters = self.find(machine, |here| here.letters.clone());
                if let Some(letters) = letters {
                    // The task is gone if this fails, which is what is wanted.
                    let _gone = letters.send(Letter::Revoked).await;
                }
                self.depart(machine);
            }
        }
    }
}
