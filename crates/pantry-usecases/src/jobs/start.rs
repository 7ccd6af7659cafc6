//! Starting a job: its target resolved to deliveries, written down, then sent out.

use std::time::Duration;

use pantry_model::commands::job::StartedJob;
use pantry_model::protocol::MAX_PAYLOAD_BYTES;
use pantry_model::{
    ApplicationName, Delivery, Error, Job, JobId, MachineId, Order, Principal, Target, Timestamp,
};
use pantry_store::{Change, ContentHash, Kind, Scope, Verb};

use crate::UseCases;
use crate::authorize::Action;
use crate::fault::to_json;
use crate::job_files::Staged;
use crate::search::SearchQuery;

/// What someone wants done.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// The application; each whose machines the actor may ask, if none.
    pub application: Option<ApplicationName>,
    /// Whom it is for.
    pub target: Target,
    /// What to do.
    pub order: Order,
    /// What the command reads on stdin.
    pub payload: Vec<u8>,
    /// How long machines that are away have to come back and take it.
    pub time_to_live: Duration,
    /// The number under which the actor has stored files that it carries.
    pub staged: Option<u64>,
}

/// The longest time to live and timeout: a year. Longer ones are mistakes.
const LONGEST: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl UseCases {
    /// Starts a job in each application that has machines it is for.
    pub async fn start_job(
        &self,
        actor: &Principal,
        new: NewJob,
    ) -> Result<Vec<StartedJob>, Error> {
        check(&new)?;
        let applications = self.applications_to_ask(actor, new.application.as_ref()).await?;
        let staged = match new.staged {
            Some(number) => Some(self.staged_files(actor, number).await?),
            None => None,
        };
        let mut started = Vec::new();
        for application in &applications {
            let meant = self.machines_meant(application, &new.target).await?;
            if !meant.is_empty() {
                let machines = meant.into_iter().map(|(machine, _)| machine);
                let what = (&new, staged.as_ref());
                started.push(self.start_in(actor, application, machines.collect(), what).await?);
            }
        }
        if let Some(staged) = staged.filter(|_| !started.is_empty()) {
            self.end_staged(staged).await;
        }
        match (started.is_empty(), new.application) {
            (false, _) => Ok(started),
            (true, Some(application)) => {
                Err(Error::NobodyMatches { application, target: Box::new(new.target) })
            }
            (true, None) => Err(Error::NobodyMatchesAnywhere { target: Box::new(new.target) }),
        }
    }

    async fn start_in(
        &self,
        actor: &Principal,
        application: &ApplicationName,
        machines: Vec<MachineId>,
        (new, staged): (&NewJob, Option<&Staged>),
    ) -> Result<StartedJob, Error> {
        let scope = Scope::Application(application.clone());
        let machines = &machines;
        let (job, deliveries) = self
            .decide(|| {
                let scope = &scope;
                async move {
                    let caller = self.authorize(actor, &Action::CreateJobs(application)).await?;
                    let mut write = self.write_by(actor);
                    caller.answer_for(&mut write);
                    let job = self.job(actor, application, new, write.at);
                    let deliveries = self.deliveries(machines, write.at);
                    let (name, hash) = (job.id.to_string(), ContentHash::of(&to_json(&job)));
                    write.enter(scope, Verb::Create, Kind::Job, &name, Some(hash));
                    if let Some(staged) = staged {
                        self.carry(&mut write, &job, staged);
                    }
                    write.changes.push(Change::AddJob {
                        job: Box::new(job.clone()),
                        payload: new.payload.clone(),
                        deliveries: deliveries.clone(),
                    });
                    Ok((write, (job, deliveries)))
                }
            })
            .await?;
        self.fleet.send_out(&job, new.payload.clone(), &deliveries).await;
        let count = u64::try_from(deliveries.len()).unwrap_or(u64::MAX);
        Ok(StartedJob { job: job.id, application: application.clone(), deliveries: count })
    }

    fn job(
        &self,
        actor: &Principal,
        application: &ApplicationName,
        new: &NewJob,
        at: Timestamp,
    ) -> Job {
        Job {
            id: JobId::new(at, self.random.number()),
            application: application.clone(),
            actor: actor.clone(),
            target: new.target.clone(),
            order: new.order.clone(),
            created_at: at,
            expires_at: at.after(new.time_to_live),
        }
    }

    /// A machine that is here is marked as sent to at once: one commit, then the publishing.
    fn deliveries(&self, machines: &[MachineId], at: Timestamp) -> Vec<Delivery> {
        let delivery = |machine: &MachineId| {
            let incarnation = self.fleet.presence(machine).map(|here| here.incarnation);
            Delivery::new(machine.identity.clone(), incarnation, at)
        };
        machines.iter().map(delivery).collect()
    }
}

fn check(new: &NewJob) -> Result<(), Error> {
    if new.payload.len() > MAX_PAYLOAD_BYTES {
        return Err(Error::TooLarge {
            what: "the standard input for the command",
            size: new.payload.len(),
            limit: MAX_PAYLOAD_BYTES,
        });
    }
    if new.time_to_live.is_zero() || new.time_to_live > LONGEST {
        return Err(Error::Invalid("the time to live must be from 1ms to 366d".to_owned()));
    }
    if new.order.timeout.is_zero() || new.order.timeout > LONGEST {
        return Err(Error::Invalid("the timeout must be from 1ms to 366d".to_owned()));
    }
    if let Some(query) = &new.target.search {
        SearchQuery::read(query)?;
    }
    Ok(())
}
