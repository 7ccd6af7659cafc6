//! Jobs that another server has written down, for machines that are connected to this one.
//!
//! Whoever starts a job marks it as sent to those machines that are connected where it is started,
//! and leaves it queued for all others. So each server looks at what the others have started, and
//! sends it to those that are here.

use pantry_model::{Delivery, DeliveryState, Job, JobId, MachineId};
use pantry_store::StoreError;

use crate::UseCases;

/// How many of the newest jobs are looked at by a server that has not followed for long.
const NEWEST: u32 = 1000;

impl UseCases {
    /// Sends a job to those of its machines that are here, if they have not had it yet.
    pub(crate) async fn pass_on(&self, job: JobId) -> Result<(), StoreError> {
        match self.store.job(job).await? {
            Some(job) => self.send_here(job).await,
            None => Ok(()),
        }
    }

    /// The same with all jobs that may wait for machines that are here.
    pub(crate) async fn pass_all_on(&self) -> Result<(), StoreError> {
        for summary in self.store.jobs(None, NEWEST).await? {
            self.send_here(summary.job).await?;
        }
        Ok(())
    }

    async fn send_here(&self, job: Job) -> Result<(), StoreError> {
        if self.fleet.online(&job.application) == 0 || job.expires_at <= self.clock.now() {
            return Ok(());
        }
        let mut waiting = self.store.deliveries(job.id).await?;
        waiting.retain(|delivery| {
            let identity = delivery.identity.clone();
            self.waits_here(&MachineId { application: job.application.clone(), identity }, delivery)
        });
        if waiting.is_empty() {
            return Ok(());
        }
        let payload = self.store.job_payload(job.id).await?;
        self.fleet.take_up(&job, payload, waiting).await;
        Ok(())
    }

    /// Whether a delivery is for a machine that is here, and has not been answered. One that is
    /// marked as sent may have been sent by a server that did not know yet that the machine had
    /// left it for this one.
    fn waits_here(&self, machine: &MachineId, delivery: &Delivery) -> bool {
        let Some(here) = self.fleet.presence(machine) else { return false };
        match delivery.state {
            DeliveryState::Queued => true,
            DeliveryState::Sent => delivery.incarnation == Some(here.incarnation),
            _ => false,
        }
    }
}
