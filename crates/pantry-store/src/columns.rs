//! Values on their way into columns and back, for backends whose integers have 64 bits and a sign:
//! counts and sequence numbers must fit into them, while an incarnation is 64 bits without an order
//! and keeps its bits.

use std::fmt::Display;
use std::str::FromStr;

use pantry_model::chef::runs::{RunDetail, RunReport, RunStatus, RunSummary};
use pantry_model::{DeliveryState, Incarnation, OutputStream, Principal, Timestamp};

use crate::document::{Kind, Scope};
use crate::error::StoreError;
use crate::ledger::Verb;

/// A result of turning a column into a value.
type Result<T> = std::result::Result<T, StoreError>;

/// Names statements, and lists them as `STATEMENTS` for the tests of the backend, which ask the
/// database about each of them.
#[macro_export]
macro_rules! sql {
    ($($(#[$doc:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$doc])* const $name: &str = $text;)*

        /// Every statement of this file, by name.
        #[cfg(test)]
        pub(crate) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name),)*];
    };
}

/// A stored value that cannot have been written by us.
pub fn broken(what: impl Display) -> StoreError {
    StoreError::Broken(format!("the database holds what it never should: {what}"))
}

/// A count as a column.
pub fn to_column(count: u64) -> Result<i64> {
    i64::try_from(count).map_err(|_| broken(format_args!("the count {count}")))
}

/// A count from a column.
pub fn from_column(column: i64) -> Result<u64> {
    u64::try_from(column).map_err(|_| broken(format_args!("the count {column}")))
}

/// A name, a principal or a job id from a column.
pub fn parse<T: FromStr<Err: Display>>(column: &str) -> Result<T> {
    column.parse().map_err(|error: T::Err| broken(error))
}

/// An incarnation as a column.
pub fn incarnation_column(incarnation: Incarnation) -> i64 {
    incarnation.0.cast_signed()
}

/// An incarnation from a column.
pub fn incarnation(column: i64) -> Incarnation {
    Incarnation(column.cast_unsigned())
}

/// A scope from its name's column.
pub fn scope(column: &str) -> Result<Scope> {
    if column == Scope::Global.as_str() {
        return Ok(Scope::Global);
    }
    Ok(Scope::Application(parse(column)?))
}

/// A kind from a column.
pub fn kind(column: &str) -> Result<Kind> {
    Kind::from_stored(column).ok_or_else(|| broken(column))
}

/// A verb from a column.
pub fn verb(column: &str) -> Result<Verb> {
    Verb::from_stored(column).ok_or_else(|| broken(column))
}

/// A delivery's state from a column.
pub fn state(column: &str) -> Result<DeliveryState> {
    DeliveryState::from_stored(column).ok_or_else(|| broken(column))
}

/// An output stream as a column.
pub fn stream_column(stream: OutputStream) -> i16 {
    match stream {
        OutputStream::Stdout => 1,
        OutputStream::Stderr => 2,
    }
}

/// An output stream from a column.
pub fn stream(column: i16) -> Result<OutputStream> {
    match column {
        1 => Ok(OutputStream::Stdout),
        2 => Ok(OutputStream::Stderr),
        other => Err(broken(format_args!("the output stream {other}"))),
    }
}

/// A value as a column of JSON.
pub fn to_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(broken)
}

/// A value from a column of JSON.
pub fn from_json<T: serde::de::DeserializeOwned>(column: &str) -> Result<T> {
    serde_json::from_str(column).map_err(broken)
}

/// A run as a list shows it, from columns. What stands beside its JSON counts: it may have changed.
pub fn run_summary(json: &str, recorded_at: Timestamp, status: &str) -> Result<RunSummary> {
    let status = RunStatus::from_stored(status).ok_or_else(|| broken(status))?;
    Ok(RunSummary { recorded_at, status, ..from_json(json)? })
}

/// A run from its summary and a column of JSON.
pub fn run_report(summary: RunSummary, detail: &[u8]) -> Result<RunReport> {
    let detail: RunDetail = serde_json::from_slice(detail).map_err(broken)?;
    Ok(RunReport { summary, detail })
}

/// The scope that the CURVE keys of an owner end with.
pub fn scope_of_keys(owner: &Principal) -> Scope {
    match owner {
        Principal::Machine(machine) => Scope::of(machine),
        Principal::User(_) => Scope::Global,
    }
}

/// When the time of a job's deliveries is over.
#[derive(Clone, Copy, Debug)]
pub struct Deadlines {
    /// While no client is known to have it: the end of the job's time to live.
    pub expires_at: Timestamp,
    /// While a client has it: its timeout after that.
    pub lost_at: Timestamp,
}

impl Deadlines {
    /// The one that counts in a state, as a column; none once the delivery is final.
    pub fn in_state(self, state: DeliveryState) -> Option<i64> {
        match state {
            state if state.is_final() => None,
            state if state.is_with_client() => Some(self.lost_at.0),
            _ => Some(self.expires_at.0),
        }
    }
}
