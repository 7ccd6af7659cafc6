//! An object that a search has found, in the forms in which it is answered.

use pantry_model::Error;
use pantry_model::chef::{DataBagItem, PartialSearch, clients};
use pantry_store::{Document, Kind, Scope};
use serde_json::Value;

use crate::api_clients::ApiClientRecord;
use crate::fault::unreadable;

/// An object that a search has found.
#[derive(Clone, Debug)]
pub struct FoundObject {
    kind: Kind,
    name: String,
    /// The object as it is shown, which is as it is stored for all but API clients.
    shown: String,
}

impl FoundObject {
    /// The object that is stored here, with its key if it is to show one.
    pub(super) fn new(
        scope: &Scope,
        kind: Kind,
        document: Document,
        key: Option<String>,
    ) -> Result<Self, Error> {
        let shown = match kind {
            Kind::ApiClient => {
                let validator = ApiClientRecord::read(&document)?.validator;
                let name = &document.name;
                Value::Object(clients::shown(name, scope.as_str(), validator, key)).to_string()
            }
            _ => String::from_utf8(document.body).map_err(|_| {
                Error::Internal(format!("the stored `{}` is no text", document.name))
            })?,
        };
        Ok(Self { kind, name: document.name, shown })
    }

    /// Where it is found within its application: the parts of its path.
    pub fn path(&self) -> Vec<&str> {
        let family = match self.kind {
            Kind::Node => "nodes",
            Kind::Role => "roles",
            Kind::Environment => "environments",
            Kind::ApiClient => "clients",
            _ => "data",
        };
        [family].into_iter().chain(self.name.split('/')).collect()
    }

    /// All of it. An item of a data bag is wrapped with its bag.
    pub fn whole(self) -> Result<Vec<u8>, Error> {
        match self.name.split_once('/') {
            Some((bag, item)) if self.kind == Kind::DataBagItem => {
                let wrapped = DataBagItem::wrapped(self.shown.as_bytes(), bag, item);
                Ok(wrapped.map_err(|error| unreadable("data bag item", &error))?.to_json())
            }
            _ => Ok(self.shown.into_bytes()),
        }
    }

    /// Only what is asked of it, as a JSON object.
    pub fn part(&self, asked: &PartialSearch) -> Result<String, Error> {
        let part = match self.kind {
            Kind::Node => asked.of_node(&self.shown),
            _ => asked.of(&self.shown),
        };
        part.ok_or_else(|| Error::Internal(format!("the stored object `{}` is none", self.name)))
    }
}
