//! Making a sandbox.

use pantry_model::chef::NewSandbox;
use pantry_model::{Error, Md5, Permission};
use pantry_store::{Change, Kind, Scope};

use super::{CONTAINER, SandboxRecord};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::{to_error, to_json};
use crate::links::{Grant, Link};

/// A sandbox that was made.
#[derive(Clone, Debug)]
pub struct CreatedSandbox {
    /// What it is known by.
    pub id: String,
    /// Its contents as they were written, each with the link to which it is to be uploaded; `None`
    /// for what the application has already.
    pub checksums: Vec<(String, Option<Link>)>,
}

impl UseCases {
    /// Makes a sandbox.
    pub async fn create_sandbox(
        &self,
        caller: &Caller,
        new: &NewSandbox,
    ) -> Result<CreatedSandbox, Error> {
        let scope = self.scope_of(caller)?;
        let md5s: Vec<Md5> = new.checksums.iter().map(|(_, md5)| *md5).collect();
        let (id, there) = self
            .decide_as(caller, |caller| {
                let (scope, md5s) = (&scope, &md5s);
                async move {
                    self.container(&caller, Permission::Create, scope, CONTAINER).await?;
                    let there = self.store.contents(scope, md5s).await.map_err(to_error)?;
                    let (id, mut write) = (self.new_id().to_string(), self.write_as(&caller));
                    let checksums = new.checksums.iter().map(|(text, _)| text.clone()).collect();
                    let record = SandboxRecord { since: write.at, checksums };
                    write.create(scope, Kind::Sandbox, &id, to_json(&record));
                    let held: Vec<_> = there.iter().flatten().copied().collect();
                    // What was looked up may have been let go of since, and deleted.
                    write.expect_held(scope, held.clone());
                    write.changes.push(Change::Hold {
                        scope: scope.clone(),
                        kind: Kind::Sandbox,
                        name: id.clone(),
                        contents: held,
                        taken_from: None,
                    });
                    Ok((write, (id, there)))
                }
            })
            .await?;
        let Scope::Application(application) = &scope else {
            return Err(Error::Internal("a sandbox of no application".to_owned()));
        };
        let now = self.clock.now();
        let link = |md5: &Md5| self.files.links.link(&Grant::Upload(application, &id, md5), now);
        let checksums = new
            .checksums
            .iter()
            .zip(there)
            .map(|((text, md5), there)| (text.clone(), there.is_none().then(|| link(md5))));
        let checksums = checksums.collect();
        Ok(CreatedSandbox { id, checksums })
    }
}
