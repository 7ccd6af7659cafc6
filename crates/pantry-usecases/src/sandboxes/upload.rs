//! Taking a content of a sandbox: streamed, verified, kept, and only then held.
//!
//! The bytes are put where all contents are before anything says that they are there. So whatever
//! a sandbox holds is there, and a server that is killed in between leaves at most bytes that nobody
//! knows, which are deleted like all that nothing holds.

use bytes::Bytes;
use pantry_blobs::{Received, Spool};
use pantry_model::refusals::{files, sandboxes};
use pantry_model::{ApplicationName, Content, Error, Md5};
use pantry_store::{Change, Kind, Scope, Write};

use super::SandboxRecord;
use crate::UseCases;
use crate::contents::to_error as blob_error;
use crate::fault::to_error;
use crate::links::{Grant, Ticket};

/// A content that is being uploaded. Dropped before it is finished, it leaves nothing.
#[derive(Debug)]
pub struct Upload {
    scope: Scope,
    sandbox: String,
    md5: Md5,
    spool: Spool,
}

impl Upload {
    /// Takes the next bytes.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        self.spool.write(bytes).await.map_err(blob_error)
    }
}

impl UseCases {
    /// Begins to take a content, from whoever has a link for it.
    pub async fn begin_upload(
        &self,
        application: &ApplicationName,
        sandbox: &str,
        md5: &str,
        ticket: &Ticket,
    ) -> Result<Upload, Error> {
        let md5: Md5 = md5.parse().map_err(|_| files::forged())?;
        let grant = Grant::Upload(application, sandbox, &md5);
        self.files.links.check(&grant, ticket, self.clock.now())?;
        let scope = Scope::Application(application.clone());
        self.sandbox_for(&scope, sandbox, &md5).await?;
        let (sandbox, spool) = (sandbox.to_owned(), self.files.blobs.spool());
        Ok(Upload { scope, sandbox, md5, spool })
    }

    /// Keeps what was uploaded, if it is what the link is for, and what its sender says of it.
    pub async fn finish_upload(&self, upload: Upload, said: Option<Md5>) -> Result<(), Error> {
        let Upload { scope, sandbox, md5, spool } = upload;
        let received = spool.finish().await.map_err(blob_error)?;
        let content = received.content();
        if said.is_some_and(|said| said != content.md5) {
            return Err(files::wrong_digest().into());
        }
        if content.md5 != md5 {
            return Err(files::wrong_content(&md5, &content.md5).into());
        }
        self.collides(&scope, content).await?;
        self.files.blobs.put(&received).await.map_err(blob_error)?;
        if let Err(error) = self.hold(&scope, &sandbox, content).await {
            self.collect(vec![content.sha256]);
            return Err(error);
        }
        self.see_that_it_is_there(&received).await
    }

    /// The open sandbox, which must be waiting for this content.
    async fn sandbox_for(
        &self,
        scope: &Scope,
        id: &str,
        md5: &Md5,
    ) -> Result<pantry_store::Document, Error> {
        let found = self.store.document(scope, Kind::Sandbox, id).await.map_err(to_error)?;
        let found = found.ok_or_else(|| sandboxes::not_found(id))?;
        let record = SandboxRecord::read(&found)?;
        let is_named = record.checksums.iter().any(|text| text.parse() == Ok(*md5));
        if is_named { Ok(found) } else { Err(sandboxes::not_found(id).into()) }
    }

    /// Refuses a content if the application has another one under its MD5.
    async fn collides(&self, scope: &Scope, content: &Content) -> Result<(), Error> {
        let there = self.store.contents(scope, &[content.md5]).await.map_err(to_error)?;
        let mut others = there.iter().flatten().filter(|there| there.sha256 != content.sha256);
        let other = others.next();
        other.map_or(Ok(()), |other| Err(files::collision(&content.md5, &other.sha256).into()))
    }

    async fn hold(&self, scope: &Scope, id: &str, content: &Content) -> Result<(), Error> {
        self.decide(|| async move {
            let sandbox = self.sandbox_for(scope, id, &content.md5).await?;
            self.collides(scope, content).await?;
            let mut write = Write::new(None, self.clock.now());
            write.expect(scope, Kind::Sandbox, id, Some(sandbox.hash));
            write.changes.push(Change::Hold {
                scope: scope.clone(),
                kind: Kind::Sandbox,
                name: id.to_owned(),
                contents: vec![*content],
                taken_from: None,
            });
            Ok((write, ()))
        })
        .await
    }

    /// The same content may just have been deleted as one that nothing held: after it was put, and
    /// before it was held. From now on nobody deletes it.
    pub(crate) async fn see_that_it_is_there(&self, received: &Received) -> Result<(), Error> {
        let size = self.files.blobs.size(&received.content().sha256).await.map_err(blob_error)?;
        if size == Some(received.content().size) {
            return Ok(());
        }
        self.files.blobs.put(received).await.map_err(blob_error)
    }
}
