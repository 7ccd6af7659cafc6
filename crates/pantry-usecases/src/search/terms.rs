//! By what an object is found.

use pantry_model::chef::search::{NodeLevels, data_bag_item_fields, role_fields};
use pantry_model::chef::{JsonObject, clients};
use pantry_model::{Error, Json};
use pantry_query::Terms;
use pantry_store::{Kind, Scope};
use serde_json::Value;

use crate::api_clients::ApiClientRecord;
use crate::fault::unreadable;

/// By what an object with this stored content is found; nothing if objects of its kind are not
/// searched. The name is the stored one: an item's begins with its bag's.
pub fn terms_of(scope: &Scope, kind: Kind, name: &str, body: &[u8]) -> Result<Terms, Error> {
    let broken = || Error::Internal(format!("the stored {} `{name}` is no JSON", kind.as_str()));
    let stored = std::str::from_utf8(body).map_err(|_| broken())?;
    let terms = |fields: Option<Json<'_>>| fields.map(|it| Terms::of(&it)).ok_or_else(broken);
    match kind {
        Kind::Node => {
            let levels = NodeLevels::of(stored).ok_or_else(broken)?;
            terms(levels.merged())
        }
        Kind::Role => terms(role_fields(stored)),
        Kind::Environment => terms(Json::read(stored)),
        Kind::DataBagItem => {
            let item: JsonObject =
                serde_json::from_str(stored).map_err(|error| unreadable(kind.as_str(), &error))?;
            let bag = name.split_once('/').map_or(name, |(bag, _)| bag);
            let fields = data_bag_item_fields(item, bag).to_json();
            terms(std::str::from_utf8(&fields).ok().and_then(Json::read))
        }
        Kind::ApiClient => {
            let record: ApiClientRecord =
                serde_json::from_str(stored).map_err(|error| unreadable(kind.as_str(), &error))?;
            let shown = clients::shown(name, scope.as_str(), record.validator, None);
            terms(Json::read(&Value::Object(shown).to_string()))
        }
        _ => Ok(Terms::default()),
    }
}
