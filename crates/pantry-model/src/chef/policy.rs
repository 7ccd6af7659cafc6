//! Revisions of policies: a run list, and exactly which cookbooks it is run with.
//!
//! Whoever makes one has solved its dependencies already, so little of it is the server's business:
//! its names, and that whatever it locks can be found. All else is kept as it was sent.

use super::JsonObject;
use super::json_object::is_object;
use crate::constraint::Constraint;
use crate::names::{CookbookArtifactIdentifier, CookbookName, PolicyName, PolicyRevisionId};
use crate::refusals::{Refusal, fields, request};
use crate::run_list::{RunList, RunListItem};

/// A revision of a policy.
#[derive(Clone, Debug)]
pub struct PolicyRevision {
    policy: PolicyName,
    id: PolicyRevisionId,
    object: JsonObject,
}

impl PolicyRevision {
    /// A revision of the policy that the path names.
    pub fn read(body: &[u8], policy: &str) -> Result<Self, Refusal> {
        let object = JsonObject::read(body)?;
        let id = object.name("revision_id")?;
        let said: PolicyName = object.name("name")?;
        check_run_list(&object)?;
        check_locks(&object)?;
        if said.as_str() != policy {
            return Err(fields::not_as_in_path("name", policy, said.as_str()));
        }
        Ok(Self { policy: said, id, object })
    }

    /// Whose it is.
    pub fn policy(&self) -> &PolicyName {
        &self.policy
    }

    /// What it is known by.
    pub fn id(&self) -> &PolicyRevisionId {
        &self.id
    }

    /// The object as it was sent, which is what is answered.
    pub fn sent(&self) -> &JsonObject {
        &self.object
    }

    /// The bytes that are stored. Which group was meant is not part of a revision.
    pub fn stored(&self) -> Vec<u8> {
        let mut object = self.object.clone();
        object.remove("policy_group");
        object.to_json()
    }

    /// A stored revision with the groups that follow it.
    pub fn with_groups(stored: &[u8], groups: &[String]) -> serde_json::Result<JsonObject> {
        let mut object: JsonObject = serde_json::from_slice(stored)?;
        object.set("policy_group_list", &groups);
        Ok(object)
    }
}

/// What a revision locks of a cookbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookbookLock {
    /// The version, as it was written.
    pub version: String,
    /// What the artifact is known by.
    pub identifier: String,
}

impl CookbookLock {
    /// What a stored revision locks of this cookbook, if it does.
    pub fn of(cookbook: &str, stored: &[u8]) -> Option<Self> {
        let stored: JsonObject = serde_json::from_slice(stored).ok()?;
        let locks: JsonObject = serde_json::from_str(stored.get("cookbook_locks")?).ok()?;
        let lock: JsonObject = serde_json::from_str(locks.get(cookbook)?).ok()?;
        let said = |field| lock.text(field).ok().map(Into::into);
        Some(Self { version: said("version")?, identifier: said("identifier")? })
    }
}

/// What a run needs to know of a revision that it follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowedRevision {
    /// The revision.
    pub id: PolicyRevisionId,
    /// Its run list.
    pub run_list: RunList,
    /// The names of the cookbooks that it locks, each with what its artifact is known by, in the order
    /// in which they are written.
    pub locks: Vec<(String, String)>,
}

impl FollowedRevision {
    /// That of a stored revision; `None` if it cannot be read.
    pub fn read(stored: &[u8]) -> Option<Self> {
        let stored: JsonObject = serde_json::from_slice(stored).ok()?;
        let locks: JsonObject = serde_json::from_str(stored.get("cookbook_locks")?).ok()?;
        let lock = |(name, lock): (&str, &str)| {
            let lock: JsonObject = serde_json::from_str(lock).ok()?;
            Some((name.to_owned(), lock.text("identifier").ok()?.into_owned()))
        };
        Some(Self {
            id: stored.name("revision_id").ok()?,
            run_list: stored.run_list("run_list").ok()?,
            locks: locks.iter().map(lock).collect::<Option<_>>()?,
        })
    }
}

/// Other run lists may leave things out; here each item is `recipe[COOKBOOK::RECIPE]`.
fn check_run_list(object: &JsonObject) -> Result<(), Refusal> {
    const FIELD: &str = "run_list";
    let sent = object.get(FIELD).ok_or_else(|| request::field_missing(FIELD))?;
    let invalid = || fields::not_a_run_list(FIELD);
    let items: Vec<String> = serde_json::from_str(sent).map_err(|_| invalid())?;
    if items.iter().all(|item| is_full(item)) { Ok(()) } else { Err(invalid()) }
}

fn is_full(item: &str) -> bool {
    // A bare item would become one in brackets, and so another than was sent.
    let read = item.parse::<RunListItem>().ok().filter(|read| read.as_str() == item);
    let recipe = read.as_ref().and_then(RunListItem::recipe);
    recipe.is_some_and(|recipe| recipe.contains("::") && !recipe.contains('@'))
}

fn check_locks(object: &JsonObject) -> Result<(), Refusal> {
    const FIELD: &str = "cookbook_locks";
    let invalid = || request::field_invalid(FIELD);
    let sent = object.get(FIELD).ok_or_else(|| request::field_missing(FIELD))?;
    let sent = Some(sent).filter(|value| is_object(value)).ok_or_else(invalid)?;
    let locks: JsonObject = serde_json::from_str(sent).map_err(|_| invalid())?;
    locks.iter().try_for_each(|(name, lock)| {
        name.parse::<CookbookName>().map_err(|_| fields::invalid_key_in(FIELD, name))?;
        check_lock(lock).unwrap_or_else(|| Err(fields::invalid_value_in(FIELD, lock)))
    })
}

/// `None` if it is no object.
fn check_lock(lock: &str) -> Option<Result<(), Refusal>> {
    let lock: JsonObject =
        Some(lock).filter(|lock| is_object(lock)).and_then(|it| serde_json::from_str(it).ok())?;
    Some(check_fields_of_lock(&lock))
}

fn check_fields_of_lock(lock: &JsonObject) -> Result<(), Refusal> {
    lock.name::<CookbookArtifactIdentifier>("identifier")?;
    if lock.get("dotted_decimal_identifier").is_some() {
        check_version(lock, "dotted_decimal_identifier")?;
    }
    check_version(lock, "version")
}

/// The original takes whatever constrains a version in the place of one.
fn check_version(lock: &JsonObject, field: &str) -> Result<(), Refusal> {
    let version = lock.text(field)?;
    version.parse::<Constraint>().map(drop).map_err(|_| fields::not_a_version(field))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn revision() -> Value {
        json!({
            "revision_id": "909c26701e29",
            "name": "web",
            "run_list": ["recipe[demo::default]"],
            "cookbook_locks": { "demo": { "identifier": "f04cc40f", "version": "1.2.3" } },
        })
    }

    #[test]
    fn a_lock_is_found_in_what_is_stored() {
        let read = PolicyRevision::read(revision().to_string().as_bytes(), "web").unwrap();
        let lock = CookbookLock::of("demo", &read.stored()).unwrap();
        assert_eq!((lock.version.as_str(), lock.identifier.as_str()), ("1.2.3", "f04cc40f"));
        assert_eq!(CookbookLock::of("dem", &read.stored()), None);
        assert_eq!(CookbookLock::of("demo", b"no"), None);
    }

    #[test]
    fn a_run_that_follows_it_knows_its_cookbooks() {
        let read = PolicyRevision::read(revision().to_string().as_bytes(), "web").unwrap();
        let followed = FollowedRevision::read(&read.stored()).unwrap();
        assert_eq!(followed.id.as_str(), "909c26701e29");
        assert_eq!(followed.run_list.items()[0].as_str(), "recipe[demo::default]");
        assert_eq!(followed.locks, [("demo".to_owned(), "f04cc40f".to_owned())]);
        assert_eq!(FollowedRevision::read(b"{}"), None);
    }

    /// A revision with one value replaced, or taken out.
    fn with(pointer: &str, value: Option<Value>) -> Value {
        let mut revision = revision();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = revision.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Some(value) => drop(parent.insert(key.to_owned(), value)),
            None => drop(parent.remove(key)),
        }
        revision
    }

    fn read(body: &Value) -> Result<PolicyRevision, Refusal> {
        PolicyRevision::read(body.to_string().as_bytes(), "web")
    }

    #[test]
    fn a_revision_is_kept_as_it_was_sent_without_its_group() {
        let body = br#"{"name":"web","policy_group":"dev","revision_id":"1","run_list":[],"cookbook_locks":{},"default_attributes":{"n":1.50}}"#;
        let revision = PolicyRevision::read(body, "web").unwrap();
        assert_eq!((revision.policy().as_str(), revision.id().as_str()), ("web", "1"));
        assert_eq!(revision.sent().to_json(), body);
        let stored = r#"{"name":"web","revision_id":"1","run_list":[],"cookbook_locks":{},"default_attributes":{"n":1.50}}"#;
        assert_eq!(String::from_utf8(revision.stored()).unwrap(), stored);
        let shown = PolicyRevision::with_groups(stored.as_bytes(), &["a".to_owned()]).unwrap();
        let shown = String::from_utf8(shown.to_json()).unwrap();
        assert!(shown.ends_with(r#""n":1.50},"policy_group_list":["a"]}"#), "{shown}");
    }

    #[test]
    fn names_of_any_length_up_to_the_limit_and_large_versions_are_taken() {
        let every = "ABCabc019-_:.";
        let long = "a".repeat(255);
        for (pointer, value) in [
            ("/revision_id", json!(every)),
            ("/revision_id", json!(long)),
            ("/cookbook_locks/demo/identifier", json!(every)),
            ("/cookbook_locks/demo/identifier", json!(long)),
            ("/cookbook_locks/demo/version", json!(">= 1.0")),
            (
                "/cookbook_locks/demo/dotted_decimal_identifier",
                json!("67638399371010690.23642238397896298.25512023620585"),
            ),
            ("/named_run_lists", json!("anything")),
        ] {
            assert!(read(&with(pointer, Some(value.clone()))).is_ok(), "{pointer} {value}");
        }
    }

    #[test]
    fn the_first_fault_in_the_originals_order_is_told() {
        let long = "f".repeat(256);
        let lock = "/cookbook_locks/demo";
        for (pointer, value, sentence) in [
            ("/revision_id", None, "Field 'revision_id' missing"),
            ("/revision_id", Some(json!("")), "Field 'revision_id' invalid"),
            ("/revision_id", Some(json!(long)), "Field 'revision_id' invalid"),
            ("/revision_id", Some(json!("a b")), "Field 'revision_id' invalid"),
            ("/revision_id", Some(json!(7)), "Field 'revision_id' invalid"),
            ("/name", None, "Field 'name' missing"),
            ("/name", Some(json!("a+b")), "Field 'name' invalid"),
            ("/name", Some(json!("db")), "Field 'name' invalid : web does not match db"),
            ("/run_list", None, "Field 'run_list' missing"),
            ("/run_list", Some(json!({})), "Field 'run_list' is not a valid run list"),
            ("/cookbook_locks", None, "Field 'cookbook_locks' missing"),
            ("/cookbook_locks", Some(json!([])), "Field 'cookbook_locks' invalid"),
            ("/cookbook_locks/a b", Some(json!({})), "Invalid key 'a b' for cookbook_locks"),
            (lock, Some(json!([])), "Invalid value '[]' for cookbook_locks"),
            (lock, Some(json!({ "version": "x" })), "Field 'identifier' missing"),
            ("/cookbook_locks/demo/identifier", Some(json!(long)), "Field 'identifier' invalid"),
            ("/cookbook_locks/demo/version", None, "Field 'version' missing"),
            (
                "/cookbook_locks/demo/version",
                Some(json!("1.2.3.4")),
                "Field 'version' is not a valid version",
            ),
            (
                "/cookbook_locks/demo/dotted_decimal_identifier",
                Some(json!("foo")),
                "Field 'dotted_decimal_identifier' is not a valid version",
            ),
        ] {
            assert_eq!(read(&with(pointer, value)).unwrap_err().sentence, sentence, "{pointer}");
        }
        let neither = json!({ "name": "db", "run_list": [], "cookbook_locks": {} });
        assert_eq!(read(&neither).unwrap_err().sentence, "Field 'revision_id' missing");
    }

    #[test]
    fn items_of_its_run_list_name_cookbook_and_recipe() {
        for item in [
            json!(123),
            json!("recipe["),
            json!("role[foo]"),
            json!("recipe[foo]"),
            json!("foo::bar"),
            json!("recipe[foo::bar@1.0.0]"),
        ] {
            let refused = read(&with("/run_list", Some(json!([item])))).unwrap_err();
            assert_eq!(refused.sentence, "Field 'run_list' is not a valid run list", "{item}");
        }
    }
}
