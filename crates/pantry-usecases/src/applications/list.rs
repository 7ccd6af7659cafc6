//! Listing the applications that someone may see.

use pantry_model::commands::app::AppSummary;
use pantry_model::{ApplicationName, Error, Principal};
use pantry_store::{Kind, Scope};

use super::ApplicationRecord;
use crate::UseCases;
use crate::authorize::{Action, is_allowed};
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
            if is_allowed(actor, &Action::Read(&application)) {
                let record: ApplicationRecord = serde_json::from_slice(&document.body)
                    .map_err(|error| unreadable("application", &error))?;
                summaries.push(AppSummary { application, created_at: record.created_at });
            }
        }
        Ok(summaries)
    }

    /// The named application, or all those whose machines the actor may send jobs to.
    pub(crate) async fn applications_to_ask(
        &self,
        actor: &Principal,
        named: Option<&ApplicationName>,
    ) -> Result<Vec<ApplicationName>, Error> {
        if let Some(name) = named {
            crate::authorize::authorize(actor, &Action::CreateJobs(name))?;
            self.application(name).await?;
            return Ok(vec![name.clone()]);
        }
        let all = self.list_applications(actor).await?.into_iter().map(|it| it.application);
        Ok(all.filter(|name| is_allowed(actor, &Action::CreateJobs(name))).collect())
    }
}
