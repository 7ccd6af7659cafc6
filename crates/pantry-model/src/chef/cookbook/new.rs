//! A version of a cookbook that is put: read and checked, in the original's order.

use super::super::JsonObject;
use super::manifest::{Manifest, ManifestForm};
use super::metadata::Metadata;
use super::summary::CookbookSummary;
use crate::content::Md5;
use crate::json::each_member;
use crate::names::CookbookName;
use crate::refusals::{Refusal, cookbooks, request};
use crate::version::Version;

const KEYS: [&str; 7] =
    ["chef_type", "cookbook_name", "frozen?", "json_class", "metadata", "name", "version"];

/// A version of a cookbook that is to be stored.
#[derive(Clone, Debug)]
pub struct NewCookbookVersion {
    name: CookbookName,
    version: Version,
    object: JsonObject,
    is_frozen: bool,
    metadata: Metadata,
    manifest: Manifest,
}

impl NewCookbookVersion {
    /// What is put under this name and version in the path, with its files listed in this form.
    pub fn read(
        body: &[u8],
        (name, version): (&str, &str),
        form: ManifestForm,
    ) -> Result<Self, Refusal> {
        let number = read_version(version)?;
        let known = name.parse().map_err(|_| cookbooks::invalid_name(name))?;
        let mut object = JsonObject::read(body)?;
        object.fill("json_class", &"Chef::CookbookVersion");
        object.fill("chef_type", &"cookbook_version");
        object.fill("frozen?", &false);
        object.only(&[&KEYS, form.lists()].concat())?;
        object.exactly("name", &format!("{name}-{version}"))?;
        object.exactly("cookbook_name", name)?;
        object.exactly("json_class", "Chef::CookbookVersion")?;
        object.exactly("chef_type", "cookbook_version")?;
        let metadata = Metadata::read(&object, version, form)?;
        let manifest = Manifest::read(&object, form.lists())?;
        if object.get("version").is_some() {
            object.exactly("version", version)?;
        }
        let is_frozen = match object.get("frozen?") {
            Some("true") => true,
            Some("false") => false,
            _ => return Err(request::field_invalid("frozen?")),
        };
        Ok(Self { name: known, version: number, object, is_frozen, metadata, manifest })
    }

    /// The cookbook's name.
    pub fn name(&self) -> &CookbookName {
        &self.name
    }

    /// Which version of it.
    pub fn version(&self) -> Version {
        self.version
    }

    /// Whether it is not to be changed any more.
    pub fn is_frozen(&self) -> bool {
        self.is_frozen
    }

    /// The contents of its files, each once, in order.
    pub fn checksums(&self) -> Vec<Md5> {
        self.manifest.checksums.iter().copied().collect()
    }

    /// What is given for a file's checksum and cannot be one.
    pub fn no_checksum(&self) -> Option<&str> {
        self.manifest.no_checksum.as_deref()
    }

    /// What is answered to whoever has put it: what was sent, and whether it is frozen now.
    pub fn to_answer(&self, is_frozen: bool) -> Vec<u8> {
        self.with_frozen(is_frozen).to_json()
    }

    /// The stored form.
    pub fn to_stored(&self, is_frozen: bool) -> Vec<u8> {
        let mut object = self.with_frozen(is_frozen);
        object.set("metadata", &self.metadata.filled());
        object.to_json()
    }

    fn with_frozen(&self, is_frozen: bool) -> JsonObject {
        let mut object = self.object.clone();
        object.set("frozen?", &is_frozen);
        object
    }

    /// What is stored of it for whoever looks at many.
    pub fn summary(&self) -> Vec<u8> {
        let dependencies = self.metadata.dependencies.iter();
        let dependencies = dependencies.map(|(name, by)| (name.into(), by.into())).collect();
        let recipes = self.manifest.recipes.iter().map(Into::into).collect();
        CookbookSummary { dependencies, recipes }.to_json()
    }
}

/// A version as it stands in a path.
pub fn read_version(text: &str) -> Result<Version, Refusal> {
    text.parse().map_err(|_| cookbooks::invalid_version(text))
}

/// Whether a stored version is not to be changed any more.
pub fn is_frozen(stored: &[u8]) -> bool {
    let mut is_frozen = false;
    let text = std::str::from_utf8(stored).unwrap_or_default();
    let read = each_member(text, |key, value| {
        if key == "frozen?" {
            is_frozen = value == "true";
        }
    });
    read.is_some() && is_frozen
}

/// A stored version, not to be changed any more. `None` if it cannot be read.
pub fn frozen(stored: &[u8]) -> Option<Vec<u8>> {
    let mut object: JsonObject = serde_json::from_slice(stored).ok()?;
    object.set("frozen?", &true);
    Some(object.to_json())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const FORM: ManifestForm = ManifestForm::Segments;

    fn cookbook() -> Value {
        json!({
            "name": "a-1.2.3", "cookbook_name": "a", "version": "1.2.3", "recipes": [],
            "metadata": { "version": "1.2.3", "dependencies": { "b": "~> 1.0", "c": "2" } },
        })
    }

    fn read(body: &Value) -> Result<NewCookbookVersion, Refusal> {
        NewCookbookVersion::read(body.to_string().as_bytes(), ("a", "1.2.3"), FORM)
    }

    /// What is said of a cookbook with this field changed, or without it.
    fn refused(field: &str, value: Option<Value>) -> String {
        let mut body = cookbook();
        let (within, field) = match field.strip_prefix("metadata.") {
            Some(field) => (&mut body["metadata"], field),
            None => (&mut body, field),
        };
        let within = within.as_object_mut().unwrap();
        match value {
            Some(value) => drop(within.insert(field.to_owned(), value)),
            None => drop(within.remove(field)),
        }
        read(&body).map(|_| "taken").map_err(|refused| refused.sentence).unwrap_err()
    }

    #[test]
    fn what_is_answered_is_what_was_sent_and_what_is_stored_has_what_readers_rely_on() {
        let new = read(&cookbook()).unwrap();
        let mut sent = cookbook();
        sent["json_class"] = "Chef::CookbookVersion".into();
        sent["chef_type"] = "cookbook_version".into();
        sent["frozen?"] = true.into();
        let parsed = |json: Vec<u8>| serde_json::from_slice::<Value>(&json).unwrap();
        assert_eq!(parsed(new.to_answer(true)), sent);
        sent["metadata"]["attributes"] = json!({});
        sent["metadata"]["long_description"] = "".into();
        assert_eq!(parsed(new.to_stored(true)), sent);
        assert!(is_frozen(&new.to_stored(true)) && !is_frozen(&new.to_stored(false)));
        assert_eq!(frozen(&new.to_stored(false)), Some(new.to_stored(true)));
        let summary = new.summary();
        let summary = CookbookSummary::read(&summary).unwrap();
        assert_eq!(
            summary.dependencies,
            [("b".into(), "~> 1.0".into()), ("c".into(), "= 2".into())]
        );
    }

    #[test]
    fn the_first_fault_in_the_originals_order_is_told() {
        let of = |name, version, body: &str| {
            NewCookbookVersion::read(body.as_bytes(), (name, version), FORM).unwrap_err().sentence
        };
        assert_eq!(of("a@b", "1.2.3.4", "x"), "Invalid cookbook version '1.2.3.4'.");
        assert!(
            of("a@b", "1.2.3", "x").starts_with("Invalid cookbook name 'a@b' using regex: 'Mal")
        );
        assert_eq!(of("a", "1.2.3", "x"), "invalid JSON");
        assert_eq!(of("a", "1", "{\"x\":1}"), "Invalid key x in request body");
        assert_eq!(of("a", "1", "{\"all_files\":[]}"), "Invalid key all_files in request body");
        assert_eq!(of("a", "1", "{}"), "Field 'name' missing");
        for (field, value, sentence) in [
            ("name", Some(json!("a-1.2.4")), "Field 'name' invalid"),
            ("cookbook_name", None, "Field 'cookbook_name' missing"),
            ("cookbook_name", Some(json!("b")), "Field 'cookbook_name' invalid"),
            ("json_class", Some(json!("Chef::Role")), "Field 'json_class' invalid"),
            ("chef_type", Some(json!(false)), "Field 'chef_type' invalid"),
            ("metadata", None, "Field 'metadata' missing"),
            ("metadata", Some(json!("x")), "Field 'metadata' invalid"),
            ("metadata", Some(json!({})), "Field 'metadata.version' missing"),
            ("metadata.version", Some(json!("1.2")), "Field 'metadata.version' invalid"),
            ("metadata.name", Some(json!("a b")), "Field 'metadata.name' invalid"),
            ("metadata.license", Some(json!(1)), "Field 'metadata.license' invalid"),
            ("metadata.platforms", Some(json!([])), "Field 'metadata.platforms' invalid"),
            ("metadata.groupings", Some(json!([])), "Field 'metadata.groupings' invalid"),
            (
                "metadata.dependencies",
                Some(json!({ "b c": "1.0" })),
                "Invalid key 'b c' for metadata.dependencies",
            ),
            (
                "metadata.dependencies",
                Some(json!({ "b": {} })),
                "Invalid value '{[]}' for metadata.dependencies",
            ),
            (
                "metadata.conflicting",
                Some(json!({ "b": ">= 1.2.3.4" })),
                "Invalid value '>= 1.2.3.4' for metadata.conflicting",
            ),
            ("files", Some(json!("foo")), "Field 'files' invalid"),
            ("files", Some(json!([{}])), "Invalid element in array value of 'files'."),
            ("version", Some(json!("0.0")), "Field 'version' invalid"),
            ("frozen?", Some(json!("yes")), "Field 'frozen?' invalid"),
        ] {
            assert_eq!(refused(field, value), sentence);
        }
    }

    #[test]
    fn constraints_of_unknown_forms_are_refused() {
        for bad in
            [">=1.0.0", ">=  1.0", " >= 1.0", "1.0rc1", "s395dss@#", "", ">= 1.2.3.4", "=> 1.0"]
        {
            let sentence = format!("Invalid value '{bad}' for metadata.dependencies");
            assert_eq!(refused("metadata.dependencies", Some(json!({ "b": bad }))), sentence);
        }
        for bad in [json!([">= 1.0"]), json!(1), json!(null)] {
            let sentence = refused("metadata.dependencies", Some(json!({ "b": bad })));
            assert!(sentence.starts_with("Invalid value '"), "{sentence}");
        }
    }

    #[test]
    fn a_cookbook_may_depend_on_itself() {
        let mut body = cookbook();
        body["metadata"]["dependencies"] = json!({ "a": "< 1.0" });
        read(&body).unwrap();
    }

    #[test]
    fn a_manifest_of_very_many_files_is_read_in_time() {
        let file = |number: u32| {
            let (name, checksum) = (format!("f{number}"), format!("{number:032x}"));
            json!({ "name": name, "path": name, "checksum": checksum, "specificity": "default" })
        };
        let mut body = cookbook();
        body["files"] = (0..100_000).map(file).collect();
        let body = body.to_string();
        let new = NewCookbookVersion::read(body.as_bytes(), ("a", "1.2.3"), FORM).unwrap();
        assert_eq!(new.checksums().len(), 100_000);
    }
}
