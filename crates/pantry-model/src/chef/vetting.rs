//! What is asked when versions of cookbooks are to go from other applications to a shelf. The Chef API
//! has none of it.

use serde_json::{Map, Value};

use super::cookbook::read_version;
use crate::names::{ApplicationName, CookbookName};
use crate::refusals::{Refusal, fields, request, shelves};
use crate::version::Version;

/// Versions of cookbooks, by name.
pub type NamedVersions = Vec<(CookbookName, Version)>;

/// `POST /organizations/SHELF/shelf/promotions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPromotion {
    /// Whose cookbooks.
    pub from: ApplicationName,
    /// Which of them; at least one.
    pub cookbooks: NamedVersions,
    /// Whether it is only to be told what would be done.
    pub is_dry_run: bool,
}

impl NewPromotion {
    /// Reads a request's body.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        only(object, &["from", "cookbooks", "dry_run"])?;
        let from = object.get("from").ok_or_else(|| request::field_missing("from"))?;
        let from = name(from).ok_or_else(|| request::field_invalid("from"))?;
        let cookbooks = object.get("cookbooks").ok_or_else(|| request::field_missing("cookbooks"));
        let cookbooks = versions(cookbooks?)?;
        if cookbooks.is_empty() {
            return Err(shelves::invalid_cookbooks());
        }
        Ok(Self { from, cookbooks, is_dry_run: flag(object, "dry_run")? })
    }
}

/// `POST /organizations/SHELF/shelf/adoptions`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAdoption {
    /// Whose cookbooks.
    pub applications: Vec<ApplicationName>,
    /// Only these, if it is said.
    pub cookbooks: Option<NamedVersions>,
    /// Whether the copies are not to be changed any more.
    pub freeze: bool,
    /// Whether it is only to be told what could be done.
    pub is_dry_run: bool,
}

impl NewAdoption {
    /// Reads a request's body.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        only(object, &["applications", "cookbooks", "dry_run", "freeze"])?;
        let applications = object.get("applications");
        let applications = applications.ok_or_else(|| request::field_missing("applications"))?;
        let names = applications.as_array().ok_or_else(shelves::invalid_applications)?;
        let names: Option<Vec<_>> = names.iter().map(name).collect();
        let applications = names.ok_or_else(shelves::invalid_applications)?;
        let cookbooks = object.get("cookbooks").map(versions).transpose()?;
        let (freeze, is_dry_run) = (flag(object, "freeze")?, flag(object, "dry_run")?);
        Ok(Self { applications, cookbooks, freeze, is_dry_run })
    }
}

fn only(object: &Map<String, Value>, keys: &[&str]) -> Result<(), Refusal> {
    let unknown = object.keys().find(|key| !keys.contains(&key.as_str()));
    unknown.map_or(Ok(()), |key| Err(fields::unknown_key(key)))
}

fn name(value: &Value) -> Option<ApplicationName> {
    value.as_str()?.parse().ok()
}

fn flag(object: &Map<String, Value>, key: &str) -> Result<bool, Refusal> {
    let value = object.get(key).map(|value| value.as_bool());
    value.unwrap_or(Some(false)).ok_or_else(|| request::field_invalid(key))
}

fn versions(of: &Value) -> Result<NamedVersions, Refusal> {
    let mut named = Vec::new();
    for (name, versions) in of.as_object().ok_or_else(shelves::invalid_cookbooks)? {
        let name: CookbookName = name.parse().map_err(|_| shelves::invalid_cookbooks())?;
        for version in versions.as_array().ok_or_else(shelves::invalid_cookbooks)? {
            let version = version.as_str().ok_or_else(shelves::invalid_cookbooks)?;
            named.push((name.clone(), read_version(version)?));
        }
    }
    Ok(named)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn versions_are_named_by_cookbook() {
        let read = |body| NewPromotion::read(&object(body));
        let body =
            json!({"from": "stage", "cookbooks": {"apt": ["1.0", "2.0.0"]}, "dry_run": true});
        let promotion = read(body).unwrap();
        let titles = promotion.cookbooks.iter().map(|(name, it)| format!("{name} {it}"));
        assert_eq!(titles.collect::<Vec<_>>(), ["apt 1.0.0", "apt 2.0.0"]);
        assert!(promotion.is_dry_run);
        let invalid = shelves::invalid_cookbooks().sentence;
        for (body, sentence) in [
            (json!({"cookbooks": {}}), "Field 'from' missing"),
            (json!({"from": "Stage", "cookbooks": {}}), "Field 'from' invalid"),
            (json!({"from": "stage"}), "Field 'cookbooks' missing"),
            (json!({"from": "stage", "cookbooks": {}}), invalid.as_str()),
            (json!({"from": "stage", "cookbooks": {"apt": []}}), &invalid),
            (json!({"from": "stage", "cookbooks": ["apt"]}), &invalid),
            (json!({"from": "stage", "cookbooks": {"a b": ["1.0.0"]}}), &invalid),
            (json!({"from": "stage", "cookbooks": {"apt": "1.0.0"}}), &invalid),
            (json!({"from": "stage", "cookbooks": {"apt": [1]}}), &invalid),
            (json!({"from": "s", "cookbooks": {"a": ["x"]}}), "Invalid cookbook version 'x'."),
            (
                json!({"from": "s", "cookbooks": {"a": ["1.0"]}, "dry_run": 1}),
                "Field 'dry_run' invalid",
            ),
            (json!({"from": "s", "to": "b"}), "Invalid key to in request body"),
        ] {
            assert_eq!(read(body.clone()).unwrap_err().sentence, sentence, "{body}");
        }
    }

    #[test]
    fn applications_are_named_in_a_list() {
        let read = |body| NewAdoption::read(&object(body));
        let adoption = read(json!({"applications": ["a", "b"], "freeze": true})).unwrap();
        assert_eq!((adoption.applications.len(), adoption.cookbooks), (2, None));
        assert_eq!((adoption.freeze, adoption.is_dry_run), (true, false));
        let invalid = shelves::invalid_applications().sentence;
        for (body, sentence) in [
            (json!({}), "Field 'applications' missing"),
            (json!({"applications": "a"}), invalid.as_str()),
            (json!({"applications": ["a", 1]}), &invalid),
            (json!({"applications": ["a"], "yes": true}), "Invalid key yes in request body"),
        ] {
            assert_eq!(read(body.clone()).unwrap_err().sentence, sentence, "{body}");
        }
    }
}
