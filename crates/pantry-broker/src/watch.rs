//! Follows a job for one user: its deliveries as they change, and their output under credit.
//!
//! A watcher holds no output. It remembers up to which chunk each delivery's output was sent, and
//! reads on from the store as far as there is credit; output that arrives while the watcher has
//! nothing to catch up on is passed on from memory. Of a delivery's states only the newest is ever
//! waiting to be sent. So a slow terminal costs nothing, delays nobody, and misses nothing.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use pantry_model::commands::job::JobWatch;
use pantry_model::protocol::{MAX_OUTPUT_BYTES, WatchEvent};
use pantry_model::{
    Chunk, Delivery, DeliveryState, Identity, Job, MachineId, Message, MessageType, Stream,
};
use pantry_store::StoreError;
use pantry_usecases::{Fleet, UseCases};
use pantry_wire::server::ConnectionId;
use tokio::sync::{broadcast, watch};
use tokio::time::{Instant, sleep, sleep_until};

use crate::changes::Change;
use crate::machines::Machines;

/// How often the job is read anew though nothing was heard: what was decided elsewhere (a client
/// was deleted), and what its clients sent to another server, is seen at most this late.
const LOOK_AGAIN: Duration = Duration::from_secs(3);

/// How long to wait when the user's connection takes no more messages for now.
const CROWDED: Duration = Duration::from_millis(10);

/// One user's watch of one job.
pub(crate) struct Watch {
    usecases: UseCases,
    machines: Arc<Machines>,
    connection: ConnectionId,
    request: u64,
    job: Job,
    follow: bool,
    /// How many more bytes of output may be sent.
    credit: u64,
    /// How many were granted since the watch began.
    granted: u64,
    /// Only these, if any are named.
    only: Vec<Identity>,
    seen: BTreeMap<Identity, u64>,
    standing: HashMap<Identity, Standing>,
    /// Whose delivery has changed since it was sent.
    dirty: Vec<Identity>,
}

struct Standing {
    delivery: Delivery,
    online: bool,
    is_dirty: bool,
    /// The next chunk to send.
    next: u64,
    /// Whether the store may have chunks from there on.
    may_have_more: bool,
}

/// Why a watch ends early.
enum Stop {
    /// The user is gone.
    Gone,
    /// Storage failed.
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Watch {
    /// A watch of this job, for the request with this id.
    pub(crate) fn new(
        usecases: UseCases,
        machines: Arc<Machines>,
        connection: ConnectionId,
        request: u64,
        job: Job,
        asked: JobWatch,
    ) -> Self {
        let JobWatch { identities: only, seen, credit, follow, .. } = asked;
        let (standing, dirty) = Default::default();
        Self {
            usecases,
            machines,
            connection,
            request,
            job,
            follow,
            credit,
            granted: 0,
            only,
            seen,
            standing,
            dirty,
        }
    }

    /// Watches until there is nothing more to say, the user is gone, or storage fails. While storage
    /// is only away, it waits for it.
    pub(crate) async fn run(mut self, mut granted: watch::Receiver<u64>) {
        let job = self.job.id;
        let mut changes = self.machines.changes.subscribe(job);
        loop {
            match self.follow(&mut changes, &mut granted).await {
                Ok(()) => drop(self.send(&WatchEvent::Done, Vec::new()).await),
                Err(Stop::Gone) => {}
                Err(Stop::Store(StoreError::Unavailable(reason))) => {
                    tracing::warn!(%job, %reason, "a watch waits until the store can be read");
                    sleep(LOOK_AGAIN).await;
                    continue;
                }
                Err(Stop::Store(error)) => {
                    tracing::error!(%job, %error, "a watch ends because the store cannot be read");
                    self.machines.server.end_connection(self.connection).await;
                }
            }
            break;
        }
        drop(changes);
        self.machines.changes.release(job);
    }

    async fn follow(
        &mut self,
        changes: &mut broadcast::Receiver<Change>,
        granted: &mut watch::Receiver<u64>,
    ) -> Result<(), Stop> {
        self.read_all().await?;
        let mut look_again = Instant::now() + LOOK_AGAIN;
        loop {
            self.send_standings().await?;
            self.send_stored_output().await?;
            if self.is_done() {
                return Ok(());
            }
            tokio::select! {
                change = changes.recv() => match change {
                    Ok(change) => {
                        self.note(change).await?;
                        while let Ok(change) = changes.try_recv() {
                            self.note(change).await?;
                        }
                    }
                    // It lags behind, so everything may have changed.
                    Err(_) => self.read_all().await?,
                },
                changed = granted.changed() => {
                    changed.map_err(|_| Stop::Gone)?;
                    let in_all = *granted.borrow_and_update();
                    self.credit = self.credit.saturating_add(in_all - self.granted);
                    self.granted = in_all;
                }
                () = sleep_until(look_again) => {
                    self.read_all().await?;
                    for it in self.standing.values_mut() {
                        // Another server may have it, and then takes its output.
                        it.may_have_more |= !it.online && is_with_client(&it.delivery);
                    }
                    look_again = Instant::now() + LOOK_AGAIN;
                }
            }
        }
    }

    /// Reads where all deliveries stand.
    async fn read_all(&mut self) -> Result<(), Stop> {
        for delivery in self.usecases.store().deliveries(self.job.id).await? {
            if self.only.is_empty() || self.only.contains(&delivery.identity) {
                self.stands(delivery);
            }
        }
        Ok(())
    }

    /// Takes in where a delivery stands.
    fn stands(&mut self, delivery: Delivery) {
        let identity = delivery.identity.clone();
        let online = self.is_online(&identity);
        let may_have_more = has_output(delivery.state);
        match self.standing.get_mut(&identity) {
            Some(it) if it.delivery == delivery && it.online == online => {}
            Some(it) => {
                // Its last output came before it ended, and may have been missed here.
                it.may_have_more |= may_have_more && it.delivery.state != delivery.state;
                (it.delivery, it.online) = (delivery, online);
                if !it.is_dirty {
                    it.is_dirty = true;
                    self.dirty.push(identity);
                }
            }
            None => {
                let next = self.seen.get(&identity).copied().unwrap_or(0);
                let it = Standing { delivery, online, is_dirty: true, next, may_have_more };
                self.standing.insert(identity.clone(), it);
                self.dirty.push(identity);
            }
        }
    }

    async fn note(&mut self, change: Change) -> Result<(), Stop> {
        match change {
            Change::Delivery(delivery) => {
                if self.standing.contains_key(&delivery.identity) {
                    self.stands(delivery);
                }
            }
            Change::Presence(identity) => {
                if let Some(delivery) = self.standing.get(&identity).map(|it| it.delivery.clone()) {
                    self.stands(delivery);
                }
            }
            Change::Output { identity, chunks } => {
                let Some(it) = self.standing.get_mut(&identity) else { return Ok(()) };
                let is_next = chunks.first().is_some_and(|chunk| chunk.sequence == it.next);
                if it.may_have_more || !is_next || self.credit == 0 {
                    it.may_have_more = true;
                } else {
                    self.send_output(&identity, &chunks).await?;
                }
            }
        }
        Ok(())
    }

    async fn send_standings(&mut self) -> Result<(), Stop> {
        while let Some(identity) = self.dirty.pop() {
            let Some(it) = self.standing.get_mut(&identity) else { continue };
            it.is_dirty = false;
            let event = WatchEvent::Delivery { delivery: it.delivery.clone(), online: it.online };
            self.send(&event, Vec::new()).await?;
        }
        Ok(())
    }

    async fn send_stored_output(&mut self) -> Result<(), Stop> {
        let waiting: Vec<Identity> = self
            .standing
            .iter()
            .filter(|(_, it)| it.may_have_more)
            .map(|(identity, _)| identity.clone())
            .collect();
        for identity in waiting {
            while self.credit > 0 {
                let Some(next) = self.standing.get(&identity).map(|it| it.next) else { break };
                let most = usize::try_from(self.credit).unwrap_or(usize::MAX).min(MAX_OUTPUT_BYTES);
                let store = self.usecases.store();
                let chunks = store.output(self.job.id, &identity, next, most).await?;
                if chunks.is_empty() {
                    if let Some(it) = self.standing.get_mut(&identity) {
                        it.may_have_more = false;
                    }
                    break;
                }
                self.send_output(&identity, &chunks).await?;
            }
        }
        Ok(())
    }

    async fn send_output(&mut self, identity: &Identity, chunks: &[Chunk]) -> Result<(), Stop> {
        let Some(first) = chunks.first() else { return Ok(()) };
        let lengths = chunks.iter().map(|chunk| (chunk.stream, chunk.bytes.len())).collect();
        let bytes = chunks.iter().map(|chunk| chunk.bytes.as_slice()).collect::<Vec<_>>().concat();
        let cost = bytes.len() as u64;
        let (identity, first) = (identity.clone(), first.sequence);
        if let Some(it) = self.standing.get_mut(&identity) {
            it.next = first + chunks.len() as u64;
        }
        let event = WatchEvent::Output { identity, first, chunks: lengths };
        self.credit = self.credit.saturating_sub(cost);
        self.send(&event, bytes).await
    }

    async fn send(&self, event: &WatchEvent, bytes: Vec<u8>) -> Result<(), Stop> {
        let mut message =
            Message::new(Stream::of_server(), self.machines.next_id(), MessageType::Event)
                .with(event)
                .reply_to(self.request);
        if !bytes.is_empty() {
            message = message.with_bytes(bytes);
        }
        send_patiently(&self.machines, self.connection, message).await.map_err(|Gone| Stop::Gone)
    }

    fn is_online(&self, identity: &Identity) -> bool {
        let (application, identity) = (self.job.application.clone(), identity.clone());
        self.machines.presence(&MachineId { application, identity }).is_some()
    }

    fn is_done(&self) -> bool {
        self.standing
            .values()
            .all(|it| !it.may_have_more && (!self.follow || it.delivery.state.is_final()))
    }
}

/// Whether a delivery in this state may have output.
fn has_output(state: DeliveryState) -> bool {
    !matches!(state, DeliveryState::Queued | DeliveryState::Sent | DeliveryState::Accepted)
}

/// Whether there may be more output to come.
fn is_with_client(delivery: &Delivery) -> bool {
    has_output(delivery.state) && !delivery.state.is_final()
}

/// The connection is gone.
pub(crate) struct Gone;

/// Sends to a user, waiting while the connection takes no more for now.
pub(crate) async fn send_patiently(
    machines: &Machines,
    connection: ConnectionId,
    message: Message,
) -> Result<(), Gone> {
    loop {
        match machines.server.send(&connection, message.clone()).await {
            Ok(()) => return Ok(()),
            Err(pantry_wire::server::SendError::Full) => sleep(CROWDED).await,
            Err(_) => return Err(Gone),
        }
    }
}
