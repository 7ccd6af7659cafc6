//! One watched job: what is known of it, and what an event changes.

use std::collections::BTreeMap;

use pantry_model::commands::job::StartedJob;
use pantry_model::protocol::WatchEvent;
use pantry_model::{
    ApplicationName, Delivery, DeliveryState, Identity, Job, JobId, MachineId, OutputStream,
};

use super::{Change, Show};
use crate::errors::CliError;
use crate::print::Print;

/// A job that is watched.
#[derive(Debug)]
pub(crate) struct WatchedJob {
    /// Its id.
    pub(crate) id: JobId,
    /// Its application.
    pub(crate) application: ApplicationName,
    /// How many deliveries there must be, where that is known.
    expected: u64,
    /// The job, once the server has said it.
    pub(crate) job: Option<Job>,
    /// Its deliveries, as far as they are known.
    pub(crate) clients: BTreeMap<Identity, WatchedClient>,
    /// Whether nothing more will come.
    pub(super) is_over: bool,
    /// The request that its events answer.
    pub(super) request: u64,
    /// Bytes of output since credit was last given.
    pub(super) unreturned_credit: u64,
}

/// One client's delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WatchedClient {
    /// The delivery.
    pub(crate) delivery: Delivery,
    /// Whether the client is here.
    pub(crate) online: bool,
    /// The next chunk of output that is wanted.
    next_chunk: u64,
    output_ended: bool,
}

impl WatchedClient {
    /// Whether it is waited for, and cannot do anything about it.
    pub(crate) fn is_absent(&self) -> bool {
        !self.online && matches!(self.delivery.state, DeliveryState::Queued | DeliveryState::Sent)
    }
}

impl WatchedJob {
    /// A job that was just started.
    pub(crate) fn started(started: &StartedJob) -> Self {
        Self::new(started.job, started.application.clone(), started.deliveries)
    }

    /// A job with so many deliveries.
    pub(crate) fn new(id: JobId, application: ApplicationName, expected: u64) -> Self {
        Self {
            id,
            application,
            expected,
            job: None,
            clients: BTreeMap::new(),
            is_over: false,
            request: 0,
            unreturned_credit: 0,
        }
    }

    /// A machine of the job's application.
    pub(crate) fn machine(&self, identity: &Identity) -> MachineId {
        MachineId { application: self.application.clone(), identity: identity.clone() }
    }

    /// How many deliveries it has, as far as is known.
    pub(super) fn total(&self) -> u64 {
        self.expected.max(self.clients.len() as u64)
    }

    /// How many of them are final.
    pub(super) fn final_deliveries(&self) -> usize {
        self.clients.values().filter(|client| client.delivery.state.is_final()).count()
    }

    /// Whether all that is not final is with clients that are away.
    pub(super) fn waits_only_for_absent(&self) -> bool {
        self.is_over
            || (self.clients.len() as u64 >= self.expected
                && self.clients.values().any(WatchedClient::is_absent)
                && self.clients.values().all(|client| {
                    client.is_absent() || (client.delivery.state.is_final() && client.output_ended)
                }))
    }

    /// The next chunk wanted of each client.
    pub(super) fn seen(&self) -> BTreeMap<Identity, u64> {
        let seen = self.clients.iter().filter(|(_, client)| client.next_chunk > 0);
        seen.map(|(identity, client)| (identity.clone(), client.next_chunk)).collect()
    }

    /// Takes an event in and shows it.
    pub(super) fn take(
        &mut self,
        event: &WatchEvent,
        payload: &[u8],
        show: &mut dyn Show,
        print: &mut Print,
    ) -> Result<(), CliError> {
        match event {
            WatchEvent::Delivery { delivery, online } => {
                self.take_delivery(delivery, *online, show, print)
            }
            WatchEvent::Output { identity, first, chunks } => {
                self.unreturned_credit += payload.len() as u64;
                self.take_output(identity, *first, chunks, payload, show, print)
            }
            WatchEvent::Done => {
                self.is_over = true;
                let open: Vec<_> = self.clients.keys().cloned().collect();
                open.iter().try_for_each(|identity| self.end_output(identity, show, print))
            }
        }
    }

    fn take_delivery(
        &mut self,
        delivery: &Delivery,
        online: bool,
        show: &mut dyn Show,
        print: &mut Print,
    ) -> Result<(), CliError> {
        let identity = delivery.identity.clone();
        let before = self.clients.get(&identity).cloned();
        let (next_chunk, output_ended) =
            before.as_ref().map_or((0, false), |client| (client.next_chunk, client.output_ended));
        let now = WatchedClient { delivery: delivery.clone(), online, next_chunk, output_ended };
        if before.as_ref() == Some(&now) {
            return Ok(());
        }
        self.clients.insert(identity.clone(), now.clone());
        let machine = self.machine(&identity);
        let change = Change { job: self, machine: &machine, before: before.as_ref(), now: &now };
        show.delivery(print, &change)?;
        self.end_output_if_all_is_here(&identity, show, print)
    }

    fn take_output(
        &mut self,
        identity: &Identity,
        first: u64,
        chunks: &[(OutputStream, usize)],
        payload: &[u8],
        show: &mut dyn Show,
        print: &mut Print,
    ) -> Result<(), CliError> {
        let machine = self.machine(identity);
        let mut rest = payload;
        for (sequence, (stream, length)) in (first..).zip(chunks) {
            let (bytes, after) = rest.split_at_checked(*length).ok_or_else(|| {
                CliError::Nonsense("output is shorter than its chunks".to_owned())
            })?;
            rest = after;
            let Some(client) = self.clients.get_mut(identity) else { continue };
            // A watch that was asked for again may repeat what was on its way.
            if sequence >= client.next_chunk {
                client.next_chunk = sequence + 1;
                show.output(print, &machine, *stream, bytes)?;
            }
        }
        self.end_output_if_all_is_here(identity, show, print)
    }

    fn end_output_if_all_is_here(
        &mut self,
        identity: &Identity,
        show: &mut dyn Show,
        print: &mut Print,
    ) -> Result<(), CliError> {
        let is_all = self.clients.get(identity).is_some_and(|client| {
            client.delivery.state.is_final()
                && client.next_chunk >= client.delivery.ending.output_chunks
        });
        if is_all { self.end_output(identity, show, print) } else { Ok(()) }
    }

    fn end_output(
        &mut self,
        identity: &Identity,
        show: &mut dyn Show,
        print: &mut Print,
    ) -> Result<(), CliError> {
        let machine = self.machine(identity);
        match self.clients.get_mut(identity) {
            Some(client) if !client.output_ended => {
                client.output_ended = true;
                show.output_ends(print, &machine)
            }
            _ => Ok(()),
        }
    }
}
