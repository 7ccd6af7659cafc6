//! `Policyfile.lock.json`: a revision of a policy as Chef's tools write it, beside the `Policyfile.rb`
//! that it comes from.
//!
//! What a server would refuse is refused before anything is uploaded, and where its cookbooks are is
//! of use here only.

use std::path::{Path, PathBuf};

use pantry_model::chef::PolicyRevision;
use pantry_model::{CookbookName, Json};

use super::super::document::Document;
use super::super::files;
use crate::environment::Environment;
use crate::errors::CliError;

/// What the file is called in a folder.
const FILE_NAME: &str = "Policyfile.lock.json";

/// A revision that is to be pushed.
#[derive(Debug)]
pub(super) struct Lock {
    /// The file.
    pub(super) path: PathBuf,
    /// Whose it is.
    pub(super) policy: String,
    /// Its id.
    pub(super) revision_id: String,
    /// The cookbooks that it locks, in their order.
    pub(super) cookbooks: Vec<Locked>,
    /// What is sent.
    pub(super) body: Vec<u8>,
}

/// A cookbook as it is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Locked {
    /// Its name.
    pub(super) name: CookbookName,
    /// What its content is known by.
    pub(super) identifier: String,
    /// Its version.
    pub(super) version: String,
    /// The folder that it is in, seen from the file's own, if it is on this disk.
    pub(super) source: Option<PathBuf>,
    /// The folder that it is in among those that Chef's tools have downloaded.
    pub(super) cache_key: Option<String>,
}

impl Lock {
    /// Reads a file, or that of a folder.
    pub(super) fn read(path: &Path, environment: &Environment) -> Result<Self, CliError> {
        let is_folder = environment.absolute(path).is_dir();
        let path = if is_folder { path.join(FILE_NAME) } else { path.to_owned() };
        let bytes = files::bytes(&path, environment)?;
        match Self::parse(&bytes) {
            Ok(lock) => Ok(Self { path, ..lock }),
            Err(reason) => Err(CliError::BadObject { path, reason }),
        }
    }

    fn parse(bytes: &[u8]) -> Result<Self, String> {
        let document = Document::read(bytes)?;
        let policy = document.text_at("name").ok_or("it has no text `name`")?;
        let revision =
            PolicyRevision::read(bytes, &policy).map_err(|refusal| refusal.to_string())?;
        let cookbooks = match document.json().get("cookbook_locks") {
            Some(Json::Map(locks)) => locks.iter().map(|(name, it)| locked(name, it)).collect(),
            _ => Err("it has no `cookbook_locks`".to_owned()),
        }?;
        // What a server has added when it showed the revision.
        let mut members = document.members();
        members.retain(|(key, _)| key != "policy_group_list");
        let body = Document::of(members).text().as_bytes().to_vec();
        let revision_id = revision.id().to_string();
        Ok(Self { path: PathBuf::new(), policy, revision_id, cookbooks, body })
    }
}

fn locked(name: &str, lock: &Json<'_>) -> Result<Locked, String> {
    let text = |key| match lock.get(key) {
        Some(Json::Text(text)) => Some(text.to_string()),
        _ => None,
    };
    let needed = |key| text(key).ok_or_else(|| format!("the lock of {name} has no `{key}`"));
    Ok(Locked {
        name: name.parse().map_err(|error| format!("{error}"))?,
        identifier: needed("identifier")?,
        version: needed("version")?,
        source: text("source").map(PathBuf::from),
        cache_key: text("cache_key"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_says_where_its_cookbooks_are() {
        let text = r#"{"revision_id":"1","name":"web","run_list":["recipe[a::b]"],
            "policy_group_list":["x"],"default_attributes":{"n":1.50},"cookbook_locks":{
            "b":{"version":"1.0.0","identifier":"f0","source":"cookbooks/b","cache_key":null},
            "a":{"version":"2.0.0","identifier":"0f","cache_key":"a-2.0.0-example.org"}}}"#;
        let lock = Lock::parse(text.as_bytes()).unwrap();
        assert_eq!((lock.policy.as_str(), lock.revision_id.as_str()), ("web", "1"));
        let [b, a] = lock.cookbooks.as_slice() else { panic!("{:?}", lock.cookbooks) };
        assert_eq!((b.name.as_str(), b.source.as_deref()), ("b", Some(Path::new("cookbooks/b"))));
        assert_eq!((b.version.as_str(), b.cache_key.as_deref()), ("1.0.0", None));
        assert_eq!((a.identifier.as_str(), a.source.as_deref()), ("0f", None));
        assert_eq!(a.cache_key.as_deref(), Some("a-2.0.0-example.org"));
        let body = String::from_utf8(lock.body).unwrap();
        assert!(body.contains(r#""n":1.50"#) && !body.contains("policy_group_list"), "{body}");
    }

    #[test]
    fn what_a_server_would_refuse_is_told() {
        for (text, reason) in [
            ("[]", "it is no JSON object"),
            (r#"{"revision_id":"1"}"#, "it has no text `name`"),
            (r#"{"revision_id":"1","name":"web"}"#, "Field 'run_list' missing"),
            (
                r#"{"revision_id":"1","name":"w","run_list":[],"cookbook_locks":{"a":{"identifier":"1"}}}"#,
                "Field 'version' missing",
            ),
        ] {
            let told = Lock::parse(text.as_bytes()).unwrap_err();
            assert!(told.starts_with(reason), "{told}");
        }
    }
}
