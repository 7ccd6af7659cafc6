//! Deleting an application, with all that is its own.

use pantry_model::{ApplicationName, Error, Permission};
use pantry_store::{Change, Kind, Scope};

use super::ApplicationView;
use super::furnish::read_access_group;
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::done_but;

impl UseCases {
    /// Deletes an application: its objects, keys, jobs and their output, and its ledger, whose
    /// last position stays in `_global`. The connections of its clients end. Gives what it was.
    pub async fn delete_application(
        &self,
        caller: &Caller,
        name: &ApplicationName,
    ) -> Result<ApplicationView, Error> {
        let was = self
            .decide_as(caller, |caller| async move {
                let permission = Permission::Delete;
                let object = self.permitted_application(&caller, permission, name).await?;
                let mut write = self.write_as(&caller);
                write.changes.push(Change::CloseScope { application: name.clone() });
                let readers = read_access_group(name);
                if let Some(group) = self.find(&Scope::Global, Kind::Group, &readers).await? {
                    write.delete(&Scope::Global, Kind::Group, &readers, group.document.hash);
                }
                self.end_grants(&mut write, name).await?;
                if let Some((_, shelf)) = self.shelf(name).await? {
                    let (scope, kind, name) = (Scope::Global, Kind::Shelf, name.to_string());
                    write.expect(&scope, kind, &name, Some(shelf.hash));
                    write.changes.push(Change::Delete { scope, kind, name });
                }
                let read = object.document.hash;
                write.delete(&Scope::Global, Kind::Application, name.as_str(), read);
                Ok((write, ApplicationView::of(name, &object)?))
            })
            .await?;
        let machines = self.keys.machines_of(name);
        for machine in &machines {
            self.keys.refresh(self.store.as_ref(), machine).await.map_err(done_but)?;
        }
        self.fleet.part_with(&machines).await;
        Ok(was)
    }
}
