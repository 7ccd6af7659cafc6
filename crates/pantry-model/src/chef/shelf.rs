//! What is asked of shelves. The Chef API has none; bodies are read as those of organizations are.

use serde_json::{Map, Value};

use crate::names::ApplicationName;
use crate::refusals::{Refusal, fields, request, shelves};

/// `PUT /organizations/SHELF/shelf`: what is to be so from now on. What is not said stays as it is; if
/// nothing is said, the organization becomes a shelf.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShelfUpdate {
    /// Whether anybody may read it, unsigned, as a Supermarket.
    pub published: Option<bool>,
    /// Whether every application may use it.
    pub granted_to_all: Option<bool>,
}

impl ShelfUpdate {
    /// Reads the body of a request about the shelf of this name.
    pub fn read(object: &Map<String, Value>, name: &str) -> Result<Self, Refusal> {
        let mut read = Self::default();
        for (key, value) in object {
            match key.as_str() {
                "published" => read.published = Some(flag(key, value)?),
                "granted_to_all" => read.granted_to_all = Some(flag(key, value)?),
                "name" if value.as_str() == Some(name) => {}
                "name" => return Err(request::field_invalid(key)),
                _ => return Err(fields::unknown_key(key)),
            }
        }
        Ok(read)
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `POST /organizations/NAME/shelves`: a shelf that the organization is to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAttachment {
    /// Its name.
    pub name: ApplicationName,
    /// How many are to stand before it; behind all others, if it is not said.
    pub position: Option<usize>,
}

impl NewAttachment {
    /// Reads a request's body.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let mut position = None;
        for (key, value) in object {
            match key.as_str() {
                "name" => {}
                "position" => {
                    let read = value.as_u64().and_then(|number| usize::try_from(number).ok());
                    position = Some(read.ok_or_else(|| request::field_invalid(key))?);
                }
                _ => return Err(fields::unknown_key(key)),
            }
        }
        let name = object.get("name").ok_or_else(|| request::field_missing("name"))?;
        Ok(Self { name: named("name", name)?, position })
    }
}

/// `PUT /organizations/NAME/shelves`: the shelves of the organization, in another order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShelfOrder(pub Vec<ApplicationName>);

impl ShelfOrder {
    /// Reads a request's body.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let field = "shelves";
        let order = object.get(field).ok_or_else(|| request::field_missing(field))?;
        if let Some(key) = object.keys().find(|key| *key != field) {
            return Err(fields::unknown_key(key));
        }
        let order = order.as_array().ok_or_else(|| request::field_invalid(field))?;
        order.iter().map(|name| named(field, name)).collect::<Result<_, _>>().map(Self)
    }
}

/// `PUT` and `DELETE /organizations/SHELF/shelf/grants/NAME`: the application that the path names. It
/// need not be there.
pub fn application_of_grant(name: &str) -> Result<ApplicationName, Refusal> {
    name.parse().map_err(|_| shelves::no_name_to_grant_to())
}

fn flag(key: &str, value: &Value) -> Result<bool, Refusal> {
    value.as_bool().ok_or_else(|| request::field_invalid(key))
}

fn named(field: &str, value: &Value) -> Result<ApplicationName, Refusal> {
    let parsed = value.as_str().and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| request::field_invalid(field))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn what_is_not_said_of_a_shelf_stays() {
        let read = |body| ShelfUpdate::read(&object(body), "base");
        assert!(read(json!({})).unwrap().is_empty());
        let update = read(json!({"name": "base", "published": true})).unwrap();
        assert_eq!(update, ShelfUpdate { published: Some(true), granted_to_all: None });
        for (body, sentence) in [
            (json!({"published": "yes"}), "Field 'published' invalid"),
            (json!({"granted_to_all": null}), "Field 'granted_to_all' invalid"),
            (json!({"name": "other"}), "Field 'name' invalid"),
            (json!({"grants": ["shop"]}), "Invalid key grants in request body"),
        ] {
            assert_eq!(read(body).unwrap_err().sentence, sentence);
        }
    }

    #[test]
    fn a_shelf_to_use_has_a_name_and_a_place() {
        let read = |body| NewAttachment::read(&object(body));
        let last = read(json!({"name": "base"})).unwrap();
        assert_eq!((last.name.as_str(), last.position), ("base", None));
        assert_eq!(read(json!({"name": "base", "position": 0})).unwrap().position, Some(0));
        for (body, sentence) in [
            (json!({}), "Field 'name' missing"),
            (json!({"name": "Base"}), "Field 'name' invalid"),
            (json!({"name": "a".repeat(1000)}), "Field 'name' invalid"),
            (json!({"name": ["base"]}), "Field 'name' invalid"),
            (json!({"name": "base", "position": -1}), "Field 'position' invalid"),
            (json!({"name": "base", "position": 1.5}), "Field 'position' invalid"),
            (json!({"name": "base", "at": 1}), "Invalid key at in request body"),
        ] {
            assert_eq!(read(body).unwrap_err().sentence, sentence);
        }
    }

    #[test]
    fn an_order_is_a_list_of_names() {
        let read = |body| ShelfOrder::read(&object(body));
        let order = read(json!({"shelves": ["b", "a"]})).unwrap().0;
        assert_eq!(order.iter().map(ApplicationName::as_str).collect::<Vec<_>>(), ["b", "a"]);
        for (body, sentence) in [
            (json!({}), "Field 'shelves' missing"),
            (json!({"shelves": "a"}), "Field 'shelves' invalid"),
            (json!({"shelves": ["a", 1]}), "Field 'shelves' invalid"),
            (json!({"shelves": [], "order": []}), "Invalid key order in request body"),
        ] {
            assert_eq!(read(body).unwrap_err().sentence, sentence);
        }
        assert_eq!(application_of_grant("shop").unwrap().as_str(), "shop");
        for name in ["", "../etc", "Shop", &"a".repeat(1000)] {
            assert_eq!(application_of_grant(name).unwrap_err(), shelves::no_name_to_grant_to());
        }
    }
}
