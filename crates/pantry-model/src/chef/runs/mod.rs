//! Reports of Chef runs: what a machine says became of one, in whichever of three ways it is told.
//!
//! An ordinary `chef-client` tells by the reporting protocol ([`RunReport::read_start`]) and by the
//! messages for a data collector ([`Collected`]), mostly by both; a Pantry agent brings those messages
//! and what it has seen itself ([`KnownRun`]). All become one [`RunReport`], and what is told twice of a run is put
//! together ([`RunReport::merge`]). Chef's clients differ by version and other tools send what they
//! like, so whatever a report need not have may be missing or odd; what it has is cut to limits
//! ([`limits`]), since nobody looks through it before it is stored.

mod collected;
mod error;
mod id;
mod known;
pub mod limits;
mod loose;
mod merge;
mod moment;
mod report;
mod reported;
mod resources;
#[cfg(test)]
mod tests;
mod view;

use serde::Deserialize;
use serde_json::Value;

use crate::refusals::{Refusal, request};

pub use collected::Collected;
pub use id::RunId;
pub use known::KnownRun;
pub use report::{
    ChangedResource, RunDetail, RunError, RunReport, RunSource, RunStatus, RunSummary,
};
pub use reported::PROTOCOL_VERSION;
pub use view::{RunHistory, RunShown, RunView, RunViewException, RunViewResource};

/// The JSON object in a body.
fn read_object<T: for<'a> Deserialize<'a>>(body: &[u8]) -> Result<T, Refusal> {
    // Chef does not look whether what programs have written is UTF-8.
    read_text(&String::from_utf8_lossy(body))
}

/// The JSON object in a text.
fn read_text<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Refusal> {
    if !text.trim_ascii_start().starts_with('{') {
        return Err(request::wrong_json_type());
    }
    serde_json::from_str(text).map_err(|_| request::invalid_json())
}

/// What is wrong with a field that does not hold what it must.
fn missing_or_invalid(sent: Option<&Value>, field: &str) -> Refusal {
    match sent {
        None | Some(Value::Null) => request::field_missing(field),
        Some(_) => request::field_invalid(field),
    }
}

/// A run's id, which must be there.
fn run_id(sent: Option<&Value>) -> Result<RunId, Refusal> {
    let id = sent.and_then(|id| id.as_str()?.parse().ok());
    id.ok_or_else(|| missing_or_invalid(sent, "run_id"))
}

/// The error of a run, and the resource that it says has failed. A run that succeeded has none.
fn error_of(sent: Option<&Value>, status: RunStatus) -> (Option<RunError>, Option<String>) {
    let sent = sent.filter(|error| error.is_object() && status == RunStatus::Failure);
    let error = sent.map(RunError::read);
    let named = error.as_ref().and_then(RunError::resource);
    (error, named)
}
