//! The machine's deliveries that are not final, as this task remembers them.

use std::sync::Arc;

use pantry_model::{Delivery, DeliveryEvent, DeliveryState, Ending, Job, JobId};
use pantry_store::{Advance, StoreError};
use tokio::time::Instant;

use super::Session;
use crate::changes::Change;
use crate::parcel::Parcel;
use crate::redelivery::Schedule;

/// A delivery that is not final.
pub(super) struct Tracked {
    pub(super) delivery: Delivery,
    /// The job as it is published; its payload is read when it is needed first.
    pub(super) parcel: Parceled,
    /// When it is published again, while the machine has not answered.
    pub(super) schedule: Option<Schedule>,
    /// The next output chunk wanted, once it is known.
    pub(super) next_chunk: Option<u64>,
}

pub(super) enum Parceled {
    Whole(Arc<Parcel>),
    WithoutPayload(Box<Job>),
}

impl Tracked {
    /// A delivery as it was read from the store. One that the machine knows is not published: its
    /// report is on the way.
    pub(super) fn read(job: Job, delivery: Delivery, is_known: bool) -> Self {
        let waits = !is_known && !delivery.state.is_with_client();
        let schedule = waits.then(|| Schedule::from(Instant::now()));
        Self {
            delivery,
            parcel: Parceled::WithoutPayload(Box::new(job)),
            schedule,
            next_chunk: None,
        }
    }

    pub(super) fn publish_at(&self) -> Option<Instant> {
        self.schedule.as_ref().map(Schedule::next)
    }

    pub(super) fn job(&self) -> &Job {
        match &self.parcel {
            Parceled::Whole(parcel) => &parcel.job,
            Parceled::WithoutPayload(job) => job,
        }
    }

    /// It was published, or could not be: either way it is tried again later.
    pub(super) fn published(&mut self) {
        if let Some(schedule) = &mut self.schedule {
            schedule.again(Instant::now());
        }
    }
}

impl Session {
    /// Moves deliveries on by these events. What does not apply (any more) changes nothing.
    pub(super) async fn advance(
        &mut self,
        mut events: Vec<(JobId, DeliveryEvent, Ending)>,
    ) -> Result<(), StoreError> {
        // Somebody else (the sweep, a deletion) may have moved a delivery meanwhile. Then what the
        // store says counts, and the event is tried on that: it may correct an interruption.
        for _ in 0..2 {
            events = self.try_advance(events).await?;
            for (job, ..) in &events {
                self.look_again(*job).await?;
            }
        }
        for (job, ..) in events {
            self.forget_if_final(job);
        }
        Ok(())
    }

    /// Moves deliveries on, and gives back the events of those that are not where this task
    /// remembers them.
    async fn try_advance(
        &mut self,
        events: Vec<(JobId, DeliveryEvent, Ending)>,
    ) -> Result<Vec<(JobId, DeliveryEvent, Ending)>, StoreError> {
        let at = self.machines.clock.now();
        let incarnation = self.current.as_ref().map(|current| current.incarnation);
        let mut steps = Vec::with_capacity(events.len());
        let mut tried = Vec::with_capacity(events.len());
        for (job, event, ending) in events {
            let Some(tracked) = self.deliveries.get(&job) else { continue };
            let from = tracked.delivery.state;
            let Some(to) = from.after(event) else { continue };
            steps.push(Advance {
                machine: self.machine.clone(),
                job,
                from,
                to,
                at,
                incarnation: incarnation.filter(|_| from == DeliveryState::Queued),
                ending: to.is_final().then(|| ending.clone()),
            });
            tried.push((to, (job, event, ending)));
        }
        if steps.is_empty() {
            return Ok(Vec::new());
        }
        let done = self.usecases.store().advance(steps).await?;
        let mut moved_before = Vec::new();
        for ((to, event), done) in tried.into_iter().zip(done) {
            if done {
                self.stands_at(event.0, to, event.2);
            } else {
                moved_before.push(event);
            }
        }
        Ok(moved_before)
    }

    fn stands_at(&mut self, job: JobId, state: DeliveryState, ending: Ending) {
        let Some(tracked) = self.deliveries.get_mut(&job) else { return };
        let delivery = &mut tracked.delivery;
        delivery.changed_at = self.machines.clock.now();
        if state == DeliveryState::Running {
            delivery.started_at = Some(delivery.changed_at);
        }
        if delivery.incarnation.is_none() {
            delivery.incarnation = self.current.as_ref().map(|current| current.incarnation);
        }
        delivery.state = state;
        if state != DeliveryState::Sent {
            tracked.schedule = None;
        }
        if state.is_final() {
            delivery.ending = ending;
        }
        self.machines.changes.publish(job, Change::Delivery(delivery.clone()));
        if state.is_final() {
            self.deliveries.remove(&job);
        }
    }

    /// Takes what the store says of a delivery in the place of what is remembered.
    async fn look_again(&mut self, job: JobId) -> Result<(), StoreError> {
        let stored = self.usecases.store().delivery(job, &self.machine.identity).await?;
        match (self.deliveries.get_mut(&job), stored) {
            (Some(tracked), Some(stored)) => tracked.delivery = stored,
            _ => drop(self.deliveries.remove(&job)),
        }
        Ok(())
    }

    /// Remembers a delivery that a report is about, if this machine's current incarnation has one
    /// by that id: a final one is only kept for what the report may correct.
    pub(super) async fn find(&mut self, job: JobId) -> Result<bool, StoreError> {
        if self.deliveries.contains_key(&job) {
            return Ok(true);
        }
        let store = self.usecases.store();
        let Some(stored) = store.job(job).await? else { return Ok(false) };
        if stored.application != self.machine.application {
            return Ok(false);
        }
        let delivery = store.delivery(job, &self.machine.identity).await?;
        let mine = self.current.as_ref().map(|current| current.incarnation);
        match delivery {
            Some(it) if it.incarnation.is_none() || it.incarnation == mine => {
                self.deliveries.insert(job, Tracked::read(stored, it, true));
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// Forgets a final delivery that was only looked at.
    pub(super) fn forget_if_final(&mut self, job: JobId) {
        if self.deliveries.get(&job).is_some_and(|it| it.delivery.state.is_final()) {
            self.deliveries.remove(&job);
        }
    }
}
