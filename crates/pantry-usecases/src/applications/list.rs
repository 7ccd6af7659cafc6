//! Listing applications: those that someone may see, or all of them for whoever may know of all.

use pantry_model::commands::app::AppSummary;
use pantry_model::{ApplicationName, Error, Permission, Principal};
use pantry_store::{Kind, Scope};

use super::ApplicationRecord;
use crate::UseCases;
use crate::authorize::Action;
use crate::callers::Caller;
use crate::fault::{to_error, unreadable};

impl UseCases {
    /// The applications that the actor may see, by name.
    pub async fn list_applications(&self, actor: &Principal) -> Result<Vec<AppSummary>, Error> {
        let documents =
            self.store.documents(&Scope::Global, Kind::Application).await.map_err(to_error)?;
        let mut summaries = Vec::with_capacity(documents.len());
        for document in documents {
            let application: ApplicationName = document
                .name
                .parse()
                .map_err(|error| Error::Internal(format!("a stored application: {error}")))?;
            if self.is_allowed(actor, &Action::Read(&application)).await? {
                let record: ApplicationRecord = serde_json::from_slice(&document.body)
                    .map_err(|error| unreadable("application", &error))?;
                summaries.push(AppSummary { application, created_at: record.created_at });
            }
        }
        Ok(summaries)
    }

    /// The names of all applications, for someone who may list them: each is an application's own
    /// affair, so that is nobody but a superuser.
    pub async fn all_applications(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        self.container(caller, Permission::Read, &Scope::Global, "organizations").await?;
        self.store.names(&Scope::Global, Kind::Application).await.map_err(to_error)
    }

    /// The named application, or all those whose machines the actor may send jobs to.
    pub(crate) async fn applications_to_ask(
        &self,
        actor: &Principal,
        named: Option<&ApplicationName>,
    ) -> Result<Vec<ApplicationName>, Error> {
        if let Some(name) = named {
            self.authorize(actor, &Action::CreateJobs(name)).await?;
            return Ok(vec![name.clone()]);
        }
        let mut asked = Vec::new();
        for application in self.list_applications(actor).await? {
            let application = application.application;
            if self.is_allowed(actor, &Action::CreateJobs(&application)).await? {
                asked.push(application);
            }
        }
        Ok(asked)
    }
}
