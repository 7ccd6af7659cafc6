//! Making an application: its scope, and its document in `_global`.

use pantry_model::commands::app::AppSummary;
use pantry_model::{ApplicationName, Error, Principal};
use pantry_store::{Change, ContentHash, Kind, Scope, Verb};

use super::ApplicationRecord;
use crate::UseCases;
use crate::authorize::{Action, authorize};
use crate::fault::{to_error, to_json};

impl UseCases {
    /// Makes an application.
    pub async fn create_application(
        &self,
        actor: &Principal,
        name: &ApplicationName,
    ) -> Result<AppSummary, Error> {
        authorize(actor, &Action::CreateApplications)?;
        self.decide(|| async {
            let there = self.store.document(&Scope::Global, Kind::Application, name.as_str());
            if there.await.map_err(to_error)?.is_some() {
                return Err(Error::ApplicationTaken(name.clone()));
            }
            let mut write = self.write_by(actor);
            let record = ApplicationRecord { created_at: write.at };
            let body = to_json(&record);
            let hash = ContentHash::of(&body);
            write.create(&Scope::Global, Kind::Application, name.as_str(), body);
            write.changes.push(Change::OpenScope { application: name.clone() });
            let own = Scope::Application(name.clone());
            write.enter(&own, Verb::Create, Kind::Application, name.as_str(), Some(hash));
            let summary = AppSummary { application: name.clone(), created_at: record.created_at };
            Ok((write, summary))
        })
        .await
    }
}
