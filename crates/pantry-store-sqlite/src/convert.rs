//! Values on their way into columns and back.
//!
//! SQLite has signed 64-bit integers: counts and sequence numbers must fit into them, while an
//! incarnation is 64 bits without an order and keeps its bits.

use std::fmt::Display;
use std::str::FromStr;

use pantry_model::Incarnation;
use pantry_store::{ContentHash, Kind, Scope};

use crate::error::Error;

/// A count as a column.
pub(crate) fn to_column(count: u64) -> Result<i64, Error> {
    i64::try_from(count).map_err(|_| Error::broken(format_args!("the count {count}")))
}

/// A count from a column.
pub(crate) fn from_column(column: i64) -> Result<u64, Error> {
    u64::try_from(column).map_err(|_| Error::broken(format_args!("the count {column}")))
}

/// A name, a principal or a job id from a column.
pub(crate) fn parse<T: FromStr<Err: Display>>(column: &str) -> Result<T, Error> {
    column.parse().map_err(|error: T::Err| Error::broken(error))
}

/// An incarnation as a column.
pub(crate) fn incarnation_column(incarnation: Incarnation) -> i64 {
    incarnation.0.cast_signed()
}

/// An incarnation from a column.
pub(crate) fn incarnation(column: i64) -> Incarnation {
    Incarnation(column.cast_unsigned())
}

/// A hash from a column.
pub(crate) fn hash(column: [u8; 32]) -> ContentHash {
    ContentHash(column)
}

/// A scope from its name's column.
pub(crate) fn scope_from(column: String) -> Result<Scope, Error> {
    if column == Scope::Global.as_str() {
        return Ok(Scope::Global);
    }
    Ok(Scope::Application(parse(&column)?))
}

/// A kind from a column.
pub(crate) fn kind_from(column: String) -> Result<Kind, Error> {
    Kind::from_stored(&column).ok_or_else(|| Error::broken(column))
}

/// A value as a column of JSON.
pub(crate) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(Error::broken)
}

/// A value from a column of JSON.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(column: &str) -> Result<T, Error> {
    serde_json::from_str(column).map_err(Error::broken)
}
