//! Changing what an application is called by people.

use pantry_model::chef::FullName;
use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::{Kind, Scope};

use super::ApplicationRecord;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::{to_json, unreadable};

impl UseCases {
    /// Gives an application another full name. Its name stays.
    pub async fn update_application(
        &self,
        caller: &Caller,
        name: &ApplicationName,
        full_name: &FullName,
    ) -> Result<(), Error> {
        self.decide_as(caller, |caller| async move {
            let object = self.permitted_application(&caller, Permission::Update, name).await?;
            let mut record: ApplicationRecord = serde_json::from_slice(&object.document.body)
                .map_err(|error| unreadable("application", &error))?;
            record.full_name = Some(full_name.to_string());
            let mut write = self.write_as(&caller);
            let (kind, read) = (Kind::Application, object.document.hash);
            write.update(&Scope::Global, kind, name.as_str(), read, to_json(&record));
            Ok((write, ()))
        })
        .await
    }
}
