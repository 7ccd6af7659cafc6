//! The start of a job, and `job list|show|watch|output`.

use async_trait::async_trait;
use pantry_model::commands::job::{
    JobList, JobShow, JobStart, JobSummary, JobView, JobWatch, StartedJob,
};
use pantry_model::{Error, Principal};
use pantry_usecases::NewJob;

use super::{Answer, Context, read};
use crate::answers::Caller;
use crate::watch::Watch;

/// The most jobs that are listed at once.
const MOST: u32 = 10_000;

#[async_trait]
impl Answer for JobStart {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        payload: Vec<u8>,
    ) -> Result<Vec<StartedJob>, Error> {
        let Self { application, target, order, time_to_live, staged } = self;
        let new = NewJob { application, target, order, payload, time_to_live, staged };
        context.usecases.start_job(actor, new).await
    }
}

#[async_trait]
impl Answer for JobList {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<Vec<JobSummary>, Error> {
        let limit = self.limit.min(MOST);
        context.usecases.list_jobs(actor, self.application.as_ref(), limit).await
    }
}

#[async_trait]
impl Answer for JobShow {
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        _payload: Vec<u8>,
    ) -> Result<JobView, Error> {
        context.usecases.show_job(actor, self.job).await
    }
}

/// Begins a watch: the answer to the request, and what is to be run once it was sent.
pub(crate) async fn begin_watch(
    context: &Context,
    caller: &Caller,
    request: u64,
    arguments: serde_json::Value,
) -> Result<(serde_json::Value, Watch), Error> {
    let asked: JobWatch = read(arguments)?;
    let job = context.usecases.find_job(&caller.principal, asked.job).await?;
    let answer = serde_json::to_value(&job).map_err(|error| Error::Internal(error.to_string()))?;
    let (usecases, machines) = (context.usecases.clone(), context.machines.clone());
    let connection = caller.connection;
    Ok((answer, Watch::new(usecases, machines, connection, request, job, asked)))
}
