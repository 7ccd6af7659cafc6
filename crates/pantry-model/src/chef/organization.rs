//! Making an organization, and changing what people call it.

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};

use crate::names::{ApplicationName, InvalidName};
use crate::refusals::{Refusal, request};

/// The longest name that people use, in bytes.
pub const MAX_FULL_NAME_LENGTH: usize = 1023;

/// What people call an organization: free text, one line, that does not begin with a space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullName(String);

impl FullName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FullName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for FullName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let begins = text.chars().next().is_some_and(|first| !first.is_whitespace());
        if begins && text.len() <= MAX_FULL_NAME_LENGTH && !text.contains('\n') {
            return Ok(Self(text.to_owned()));
        }
        Err(InvalidName {
            what: "a full name",
            text: text.chars().take(64).collect(),
            rule: "1 to 1023 bytes in one line, beginning with no space",
        })
    }
}

/// `POST /organizations`. What else the body says is not looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewOrganization {
    /// Its name.
    pub name: ApplicationName,
    /// What people call it.
    pub full_name: FullName,
}

impl NewOrganization {
    /// Reads a request's body.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let name = field(object, "name")?;
        Ok(Self { name, full_name: field(object, "full_name")? })
    }
}

/// `PUT /organizations/NAME`. An organization cannot be renamed: the name must be there, and be its
/// own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganizationUpdate {
    /// What people are to call it.
    pub full_name: FullName,
}

impl OrganizationUpdate {
    /// Reads the body of a request about the organization of this name.
    pub fn read(object: &Map<String, Value>, name: &str) -> Result<Self, Refusal> {
        let named: ApplicationName = field(object, "name")?;
        if named.as_str() != name {
            return Err(request::field_invalid("name"));
        }
        Ok(Self { full_name: field(object, "full_name")? })
    }
}

fn field<T: FromStr>(object: &Map<String, Value>, name: &str) -> Result<T, Refusal> {
    let value = object.get(name).ok_or_else(|| request::field_missing(name))?;
    let parsed = value.as_str().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| request::field_invalid(name))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn the_first_thing_that_is_wrong_is_what_is_said() {
        for (body, sentence) in [
            (json!({}), "Field 'name' missing"),
            (json!({"full_name": "Shop"}), "Field 'name' missing"),
            (json!({"name": "@!## !@#($@"}), "Field 'name' invalid"),
            (json!({"name": "Shop", "full_name": "Shop"}), "Field 'name' invalid"),
            (json!({"name": null, "full_name": "Shop"}), "Field 'name' invalid"),
            (json!({"name": "_shop", "full_name": "Shop"}), "Field 'name' invalid"),
            (json!({"name": "a".repeat(256), "full_name": "Shop"}), "Field 'name' invalid"),
            (json!({"name": "shop"}), "Field 'full_name' missing"),
            (json!({"name": "shop", "full_name": ""}), "Field 'full_name' invalid"),
            (json!({"name": "shop", "full_name": " Shop"}), "Field 'full_name' invalid"),
            (json!({"name": "shop", "full_name": "a\nb"}), "Field 'full_name' invalid"),
            (json!({"name": "shop", "full_name": 1}), "Field 'full_name' invalid"),
            (json!({"name": "shop", "full_name": "a".repeat(1024)}), "Field 'full_name' invalid"),
        ] {
            let object = object(body);
            assert_eq!(
                NewOrganization::read(&object).unwrap_err().sentence,
                sentence,
                "{object:?}"
            );
            let update = OrganizationUpdate::read(&object, "shop");
            assert_eq!(update.unwrap_err().sentence, sentence, "{object:?}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_looked_at() {
        let body = object(json!({"name": "s", "full_name": "The Shop", "org_type": "Business"}));
        let read = NewOrganization::read(&body).unwrap();
        assert_eq!((read.name.as_str(), read.full_name.as_str()), ("s", "The Shop"));
    }

    #[test]
    fn an_organization_keeps_its_name() {
        let body = object(json!({"name": "other", "full_name": "Other"}));
        let refusal = OrganizationUpdate::read(&body, "shop").unwrap_err();
        assert_eq!(refusal, request::field_invalid("name"));
        OrganizationUpdate::read(&body, "other").unwrap();
    }

    proptest! {
        #[test]
        fn any_texts_are_read_or_refused(name in any::<String>(), full_name in any::<String>()) {
            let body = object(json!({"name": name, "full_name": full_name}));
            if let Ok(read) = NewOrganization::read(&body) {
                prop_assert_eq!(read.name.as_str(), name);
                prop_assert_eq!(read.full_name.as_str(), full_name);
            }
        }
    }
}
