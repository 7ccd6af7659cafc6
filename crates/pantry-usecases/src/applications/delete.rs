//! Deleting an application, with all that is its own.

use pantry_model::{ApplicationName, Error, Principal};
use pantry_store::{Change, Kind, Scope};

use crate::UseCases;
use crate::authorize::{Action, authorize};
use crate::fault::to_error;

impl UseCases {
    /// Deletes an application: its clients' keys, its jobs and their output, and its ledger, whose
    /// last position stays in `_global`. The connections of its clients end.
    pub async fn delete_application(
        &self,
        actor: &Principal,
        name: &ApplicationName,
    ) -> Result<(), Error> {
        authorize(actor, &Action::Delete(name))?;
        self.decide(|| async {
            let read = self.application(name).await?;
            let mut write = self.write_by(actor);
            write.changes.push(Change::CloseScope { application: name.clone() });
            write.delete(&Scope::Global, Kind::Application, name.as_str(), read.hash);
            Ok((write, ()))
        })
        .await?;
        let machines = self.keys.machines_of(name);
        for machine in &machines {
            self.keys.refresh(self.store.as_ref(), machine).await.map_err(to_error)?;
        }
        self.fleet.part_with(&machines).await;
        Ok(())
    }
}
