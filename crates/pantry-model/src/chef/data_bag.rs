//! Data bags and their items.
//!
//! An item is whatever its owner says, with an id. Tools send it as it is, or wrapped with its bag's
//! name; it is kept as it is.

use super::JsonObject;
use super::json_object::{is_object, text};
use crate::names::{DataBagItemId, DataBagName};
use crate::refusals::{Refusal, request};

/// A data bag that is to be made. Of all that is sent, only its name counts.
#[derive(Clone, Debug)]
pub struct NewDataBag {
    /// Its name.
    pub name: DataBagName,
}

impl NewDataBag {
    /// Reads it.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        Ok(Self { name: JsonObject::read(body)?.name("name")? })
    }
}

/// An item, as the object that is stored.
#[derive(Clone, Debug)]
pub struct DataBagItem {
    id: DataBagItemId,
    object: JsonObject,
}

impl DataBagItem {
    /// An item that is to be made.
    pub fn read_new(body: &[u8]) -> Result<Self, Refusal> {
        Self::check(unwrapped(body)?)
    }

    /// What the item of this id is to be: its id may be missing.
    pub fn read_update(body: &[u8], id: &str) -> Result<Self, Refusal> {
        let mut object = unwrapped(body)?;
        object.named_by_path("id", id, "DataBagItem")?;
        Self::check(object)
    }

    fn check(object: JsonObject) -> Result<Self, Refusal> {
        Ok(Self { id: object.name("id")?, object })
    }

    /// Its id.
    pub fn id(&self) -> &DataBagItemId {
        &self.id
    }

    /// The object that is stored.
    pub fn object(&self) -> &JsonObject {
        &self.object
    }

    /// The item as it is answered when it was saved: it says its type and its bag, whatever it said
    /// itself under these keys.
    pub fn answered(&self, bag: &str) -> JsonObject {
        answered(self.object.clone(), bag)
    }

    /// A stored item, as tools know it with its bag: what is answered when it was deleted.
    pub fn wrapped(stored: &[u8], bag: &str, id: &str) -> serde_json::Result<JsonObject> {
        let item: JsonObject = serde_json::from_slice(stored)?;
        let mut object = JsonObject::default();
        object.set("name", &format!("data_bag_item_{bag}_{id}"));
        object.set("json_class", &"Chef::DataBagItem");
        object.set("chef_type", &"data_bag_item");
        object.set("data_bag", &bag);
        object.set("raw_data", &item);
        Ok(object)
    }
}

/// An item that says its type and its bag.
pub(super) fn answered(mut item: JsonObject, bag: &str) -> JsonObject {
    item.set("chef_type", &"data_bag_item");
    item.set("data_bag", &bag);
    item
}

/// The item itself, if it was sent wrapped.
fn unwrapped(body: &[u8]) -> Result<JsonObject, Refusal> {
    let object = JsonObject::read(body)?;
    let class = object.get("json_class").and_then(text);
    match object.get("raw_data") {
        Some(item) if class.as_deref() == Some("Chef::DataBagItem") => {
            let invalid = || request::field_invalid("raw_data");
            let item = Some(item).filter(|item| is_object(item)).ok_or_else(invalid)?;
            serde_json::from_str(item).map_err(|_| invalid())
        }
        _ => Ok(object),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(body: &str) -> String {
        let item = DataBagItem::read_new(body.as_bytes()).unwrap();
        String::from_utf8(item.object().to_json()).unwrap()
    }

    fn refused(body: &str) -> String {
        DataBagItem::read_new(body.as_bytes()).unwrap_err().sentence
    }

    #[test]
    fn of_a_bag_only_the_name_counts() {
        let bag = NewDataBag::read(br#"{"name":"a.b:c","json_class":"Chef::Node","x":1}"#).unwrap();
        assert_eq!(bag.name.as_str(), "a.b:c");
        let refused = |body: &[u8]| NewDataBag::read(body).unwrap_err().sentence;
        assert_eq!(refused(br#"{"id":"x"}"#), "Field 'name' missing");
        assert_eq!(refused(br#"{"name":"bad!!$"}"#), "Field 'name' invalid");
        assert_eq!(refused(b"[]"), "Incorrect JSON type for request body");
    }

    #[test]
    fn an_item_is_kept_as_it_is_and_unwrapped() {
        let item = r#"{"id":"i","n":1.50,"chef_type":"mine"}"#;
        assert_eq!(stored(item), item);
        let wrapped = format!(
            r#"{{"name":"data_bag_item_b_i","json_class":"Chef::DataBagItem","raw_data":{item}}}"#
        );
        assert_eq!(stored(&wrapped), item);
        let plain = r#"{"id":"i","raw_data":{"id":"j"}}"#;
        assert_eq!(stored(plain), plain);
        for (body, sentence) in [
            ("{}", "Field 'id' missing"),
            (r#"{"id":7}"#, "Field 'id' invalid"),
            (r#"{"id":"^$@^*  pedant"}"#, "Field 'id' invalid"),
            (r#"{"json_class":"Chef::DataBagItem","raw_data":{"x":1}}"#, "Field 'id' missing"),
            (r#"{"json_class":"Chef::DataBagItem","raw_data":[]}"#, "Field 'raw_data' invalid"),
        ] {
            assert_eq!(refused(body), sentence, "{body}");
        }
    }

    #[test]
    fn an_update_is_named_by_its_path() {
        let update = |body: &str| DataBagItem::read_update(body.as_bytes(), "i");
        assert_eq!(update(r#"{"a":1}"#).unwrap().object().to_json(), br#"{"a":1,"id":"i"}"#);
        let other = update(r#"{"id":"j"}"#).unwrap_err();
        assert_eq!(other.sentence, "DataBagItem name mismatch.");
    }

    #[test]
    fn answers_say_type_and_bag() {
        let item = DataBagItem::read_new(br#"{"data_bag":"x","id":"i"}"#).unwrap();
        let answered = String::from_utf8(item.answered("b").to_json()).unwrap();
        assert_eq!(answered, r#"{"data_bag":"b","id":"i","chef_type":"data_bag_item"}"#);
        let wrapped = DataBagItem::wrapped(&item.object().to_json(), "b", "i").unwrap();
        assert_eq!(
            serde_json::to_string(&wrapped).unwrap(),
            r#"{"name":"data_bag_item_b_i","json_class":"Chef::DataBagItem","chef_type":"data_bag_item","data_bag":"b","raw_data":{"data_bag":"x","id":"i"}}"#
        );
    }
}
