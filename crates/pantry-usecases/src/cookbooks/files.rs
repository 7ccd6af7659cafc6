//! The files of a cookbook: finding what an application has uploaded of them, and where they are read.

use std::collections::HashSet;

use pantry_model::{ApplicationName, Content, Error, Md5, Sha256};
use pantry_store::{Change, Kind, Scope, Write};

use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::links::Link;

/// A cookbook as it is stored, and where its files are read.
#[derive(Clone, Debug)]
pub struct CookbookView {
    /// The stored form.
    pub stored: Vec<u8>,
    /// For the content of each file a link.
    pub links: Vec<(Md5, Link)>,
}

impl UseCases {
    /// What the application has uploaded under these checksums; or the first under which it has not.
    pub(crate) async fn uploaded(
        &self,
        scope: &Scope,
        checksums: &[Md5],
    ) -> Result<Result<Vec<Content>, Md5>, Error> {
        if checksums.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        let found = self.store.contents(scope, checksums).await.map_err(to_error)?;
        let pairs = found.into_iter().zip(checksums);
        Ok(pairs.map(|(content, checksum)| content.ok_or(*checksum)).collect())
    }

    /// A stored cookbook with links to these contents.
    pub(crate) async fn cookbook_view(
        &self,
        caller: &Caller,
        stored: Vec<u8>,
        contents: &[Content],
    ) -> Result<CookbookView, Error> {
        let none = || Error::Internal("a request about no application".to_owned());
        let application: &ApplicationName = caller.within().ok_or_else(none)?;
        let links = self.links_to_read(application, contents).await?;
        let checksums = contents.iter().map(|content| content.md5);
        Ok(CookbookView { stored, links: checksums.zip(links).collect() })
    }
}

/// Makes a document hold these contents, which the application must still have, and which end to be
/// those of an upload.
pub(crate) fn hold(write: &mut Write, of: (&Scope, Kind, &str), contents: Vec<Content>) {
    // What was looked up may have been let go of since, and deleted.
    write.expect_held(of.0, contents.clone());
    hold_expected(write, of, contents);
}

/// The same for contents of which the write already rests on it that something still has them.
pub(crate) fn hold_expected(write: &mut Write, of: (&Scope, Kind, &str), contents: Vec<Content>) {
    if !contents.is_empty() {
        let (scope, kind, name) = (of.0.clone(), of.1, of.2.to_owned());
        let taken_from = Some(Kind::Upload);
        write.changes.push(Change::Hold { scope, kind, name, contents, taken_from });
    }
}

/// Makes a document hold these contents in the place of those that it holds. Gives what it no longer
/// does.
pub(crate) fn hold_instead(
    write: &mut Write,
    of: (&Scope, Kind, &str),
    before: &[Content],
    contents: Vec<Content>,
) -> Vec<Sha256> {
    let stay: HashSet<Sha256> = contents.iter().map(|content| content.sha256).collect();
    let released = before.iter().map(|content| content.sha256);
    let released: Vec<_> = released.filter(|content| !stay.contains(content)).collect();
    if !released.is_empty() {
        let (scope, kind, name) = (of.0.clone(), of.1, of.2.to_owned());
        write.changes.push(Change::Release { scope, kind, name });
    }
    hold(write, of, contents);
    released
}
