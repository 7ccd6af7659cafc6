//! Listing and showing jobs.

use std::collections::BTreeSet;

use pantry_model::commands::job::{JobSummary, JobView};
use pantry_model::{ApplicationName, Error, Job, JobId, Principal};

use crate::UseCases;
use crate::authorize::Action;
use crate::fault::to_error;

impl UseCases {
    /// The newest jobs, newest first.
    pub async fn list_jobs(
        &self,
        actor: &Principal,
        application: Option<&ApplicationName>,
        limit: u32,
    ) -> Result<Vec<JobSummary>, Error> {
        if let Some(name) = application {
            self.authorize(actor, &Action::Read(name)).await?;
        }
        let mut jobs = self.store.jobs(application, limit).await.map_err(to_error)?;
        if application.is_none() {
            let of: BTreeSet<_> = jobs.iter().map(|it| it.job.application.clone()).collect();
            let mut seen = BTreeSet::new();
            for application in of {
                if self.is_allowed(actor, &Action::Read(&application)).await? {
                    seen.insert(application);
                }
            }
            jobs.retain(|it| seen.contains(&it.job.application));
        }
        Ok(jobs)
    }

    /// A job, if the actor may see it. One that exists but may not be seen is as one that does not.
    pub async fn find_job(&self, actor: &Principal, id: JobId) -> Result<Job, Error> {
        let job = self.store.job(id).await.map_err(to_error)?;
        let job = job.ok_or(Error::UnknownJob(id))?;
        if self.is_allowed(actor, &Action::Read(&job.application)).await? {
            Ok(job)
        } else {
            Err(Error::UnknownJob(id))
        }
    }

    /// A job and its deliveries.
    pub async fn show_job(&self, actor: &Principal, id: JobId) -> Result<JobView, Error> {
        let job = self.find_job(actor, id).await?;
        let deliveries = self.store.deliveries(id).await.map_err(to_error)?;
        Ok(JobView { job, deliveries })
    }
}
