//! Which files of a job somebody may have, and reading them.

use pantry_blobs::Reading;
use pantry_model::{Delivery, Error, Identity, Job, JobId, MachineId, Principal, Sha256};
use pantry_store::Kind;

use super::{HeldFiles, of_delivery, of_job};
use crate::UseCases;
use crate::contents::to_error as blob_error;
use crate::fault::to_error;

impl UseCases {
    /// What a job carries to a machine, which must have a delivery of it that is not over.
    pub async fn files_of_job(&self, machine: &MachineId, job: JobId) -> Result<HeldFiles, Error> {
        self.open_delivery(machine, job).await?;
        self.held_files(Kind::JobFiles, &of_job(&machine.application, job)).await
    }

    /// What a job has brought from a machine, for a user who may see the job.
    pub async fn files_of_delivery(
        &self,
        actor: &Principal,
        job: JobId,
        identity: &Identity,
    ) -> Result<HeldFiles, Error> {
        let job = self.find_job(actor, job).await?;
        let name = of_delivery(&job.application, job.id, identity);
        self.held_files(Kind::JobFiles, &name).await
    }

    /// Reads a content of this length from an offset on; `None` if it is not there any more.
    pub async fn read_held(
        &self,
        sha256: &Sha256,
        offset: u64,
        size: u64,
    ) -> Result<Option<Reading>, Error> {
        self.files.blobs.get(sha256, offset..size).await.map_err(blob_error)
    }

    /// A job of which this machine has a delivery that is not over.
    pub(crate) async fn open_delivery(
        &self,
        machine: &MachineId,
        job: JobId,
    ) -> Result<(Job, Delivery), Error> {
        let found = self.store.job(job).await.map_err(to_error)?;
        let found = found.filter(|it| it.application == machine.application);
        let found = found.ok_or(Error::UnknownJob(job))?;
        let delivery = self.store.delivery(job, &machine.identity).await.map_err(to_error)?;
        let delivery = delivery.filter(|delivery| !delivery.state.is_final());
        Ok((found, delivery.ok_or(Error::UnknownJob(job))?))
    }
}
