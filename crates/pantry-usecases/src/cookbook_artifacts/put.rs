//! Making a cookbook artifact.

use pantry_model::chef::cookbook::NewCookbookArtifact;
use pantry_model::refusals::{cookbook_artifacts, cookbooks};
use pantry_model::{Error, Permission};

use super::{CONTAINER, KIND, OBJECT};
use crate::UseCases;
use crate::callers::Caller;
use crate::cookbooks::{files, versioned};
use crate::fault::to_error;

impl UseCases {
    /// Makes a cookbook artifact, which needs *create* on the container. One that is there stays as it
    /// is, which is told to those who may update it.
    pub async fn create_cookbook_artifact(
        &self,
        caller: &Caller,
        new: &NewCookbookArtifact,
    ) -> Result<(), Error> {
        let scope = &self.scope_of(caller)?;
        let name = new.name().as_str();
        let stored = &format!("{name}/{}", new.identifier());
        let made = self.decide_as(caller, |caller| async move {
            let mut write = self.write_as(&caller);
            let object = self.find(scope, OBJECT, name).await?;
            if let Some(object) = &object
                && self.store.document(scope, KIND, stored).await.map_err(to_error)?.is_some()
            {
                caller.require(Permission::Update, object)?;
                return Err(cookbook_artifacts::taken().into());
            }
            let create = Permission::Create;
            let container = self.container(&caller, create, scope, CONTAINER).await?;
            if new.no_checksum().is_some() {
                return Err(cookbooks::not_uploaded().into());
            }
            let contents = self.uploaded(scope, &new.checksums()).await?;
            let contents = contents.map_err(|_| cookbooks::not_uploaded())?;
            match &object {
                Some(object) => versioned::more(&mut write, (scope, OBJECT), object, 1)?,
                None => {
                    let (of, id) = ((scope, OBJECT, name), self.new_id());
                    versioned::first(&mut write, of, id, (&container, &caller), 1);
                }
            }
            write.create(scope, KIND, stored, new.to_stored());
            files::hold(&mut write, (scope, KIND, stored), contents);
            Ok((write, ()))
        });
        made.await
    }
}
