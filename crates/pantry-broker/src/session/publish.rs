//! Publishing the machine's deliveries: for the first time, and again until they are answered.
//!
//! Before anything is published it is written down as sent, here or by whoever started the job.

use std::sync::Arc;

use pantry_model::{Delivery, DeliveryEvent, DeliveryState, Ending, Incarnation, JobId};
use tokio::time::Instant;

use super::Session;
use super::deliveries::{Parceled, Tracked};
use crate::parcel::Parcel;
use crate::redelivery::Schedule;

impl Session {
    /// A job was just written down as sent to this machine: publishes it for the first time.
    pub(super) async fn send_first(&mut self, parcel: Arc<Parcel>, incarnation: Incarnation) {
        let Some(current) = &self.current else { return };
        let (id, now) = (parcel.job.id, self.machines.clock.now());
        if current.incarnation != incarnation {
            // Another incarnation has come between the decision and now. It must not have it.
            let delivery = Delivery::new(self.machine.identity.clone(), Some(incarnation), now);
            self.deliveries.insert(id, Tracked::read(parcel.job.clone(), delivery, true));
            let reason = "its client came back with another data directory; it may have run";
            let event = (id, DeliveryEvent::OtherIncarnation, Ending::because(reason));
            if let Err(error) = self.advance(vec![event]).await {
                self.complain("a delivery to an earlier incarnation", &error);
            }
            return;
        }
        if self.deliveries.contains_key(&id) {
            return;
        }
        if let Some(message) =
            parcel.message(self.machines.next_id(), &self.machine, incarnation, now)
        {
            let delivery = Delivery::new(self.machine.identity.clone(), Some(incarnation), now);
            let schedule = Some(Schedule::from(Instant::now()));
            let parcel = Parceled::Whole(parcel);
            let next_chunk = Some(0);
            self.deliveries.insert(id, Tracked { delivery, parcel, schedule, next_chunk });
            self.machines.publish(message).await;
        }
    }

    /// A job for this machine was written down by another server: marks it as sent, if it is not
    /// yet, and publishes it.
    pub(super) async fn take_up_waiting(&mut self, parcel: Arc<Parcel>, delivery: Delivery) {
        let id = parcel.job.id;
        // Whoever is not here any more gets it when it says hello again.
        if self.current.is_none() || self.deliveries.contains_key(&id) {
            return;
        }
        let schedule = Some(Schedule::from(Instant::now()));
        let (parcel, next_chunk) = (Parceled::Whole(parcel), None);
        self.deliveries.insert(id, Tracked { delivery, parcel, schedule, next_chunk });
        self.publish(vec![id]).await;
    }

    /// Publishes all that is sent and not answered.
    pub(super) async fn publish_all(&mut self) {
        let waiting = self.deliveries.iter().filter(|(_, it)| it.schedule.is_some());
        let jobs: Vec<JobId> = waiting.map(|(job, _)| *job).collect();
        self.publish(jobs).await;
    }

    /// Publishes what was sent, was not answered, and is due again.
    pub(super) async fn publish_due(&mut self, now: Instant) {
        let due = |it: &Tracked| it.publish_at().is_some_and(|at| at <= now);
        let jobs: Vec<JobId> =
            self.deliveries.iter().filter(|(_, it)| due(it)).map(|(job, _)| *job).collect();
        self.publish(jobs).await;
    }

    async fn publish(&mut self, jobs: Vec<JobId>) {
        self.mark_as_sent(&jobs).await;
        for job in jobs {
            let Some(current) = &self.current else { return };
            let incarnation = current.incarnation;
            let Some(tracked) = self.deliveries.get_mut(&job) else { continue };
            match tracked.delivery.state {
                DeliveryState::Sent if tracked.delivery.incarnation == Some(incarnation) => {}
                // It could not be marked as sent.
                DeliveryState::Queued => {
                    tracked.published();
                    continue;
                }
                // It has come further than this task has heard, or is for another incarnation.
                _ => {
                    tracked.schedule = None;
                    continue;
                }
            }
            let parcel = match &tracked.parcel {
                Parceled::Whole(parcel) => parcel.clone(),
                Parceled::WithoutPayload(job) => {
                    let payload = match self.usecases.store().job_payload(job.id).await {
                        Ok(payload) => payload,
                        Err(error) => {
                            tracing::error!(machine = %self.machine, %error, "a payload cannot be read");
                            tracked.published();
                            continue;
                        }
                    };
                    let parcel = Arc::new(Parcel { job: job.as_ref().clone(), payload });
                    tracked.parcel = Parceled::Whole(parcel.clone());
                    parcel
                }
            };
            let (id, now) = (self.machines.next_id(), self.machines.clock.now());
            match parcel.message(id, &self.machine, incarnation, now) {
                Some(message) => {
                    tracked.published();
                    self.machines.publish(message).await;
                }
                // Its time is over; the sweep ends it.
                None => tracked.schedule = None,
            }
        }
    }

    /// Marks those of these that are queued as sent, unless their time is over: the sweep ends those.
    async fn mark_as_sent(&mut self, jobs: &[JobId]) {
        let now = self.machines.clock.now();
        let is_queued = |job: &&JobId| {
            self.deliveries.get(job).is_some_and(|it| {
                it.delivery.state == DeliveryState::Queued && it.job().expires_at > now
            })
        };
        let events: Vec<_> = jobs
            .iter()
            .filter(is_queued)
            .map(|job| (*job, DeliveryEvent::Published, Ending::default()))
            .collect();
        if !events.is_empty()
            && let Err(error) = self.advance(events).await
        {
            self.complain("what is sent to it", &error);
        }
    }
}
