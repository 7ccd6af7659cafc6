//! Reports of Chef runs, by the reporting protocol: what a client tells at a run's beginning and end, and
//! what is known of runs. The routes and the form of what they answer are Chef Reporting's and goiardi's.
//!
//! A client sends its last report compressed, and does not say that it is JSON.

pub(super) mod begin;
pub(super) mod end;
pub(super) mod list;
pub(super) mod list_of_node;
pub(super) mod show;
pub(super) mod show_of_node;

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::MultiGzDecoder;
use hyper::header::CONTENT_ENCODING;
use pantry_model::chef::runs::{
    PROTOCOL_VERSION, RunHistory, RunId, RunStatus, RunSummary, RunView,
};
use pantry_model::refusals::{nodes, request, runs, search};
use pantry_model::{NodeName, Refusal, Timestamp};
use pantry_usecases::RunsAsked;

use crate::answer::Answer;
use crate::call::Call;

/// Where a client says which version of the protocol it speaks.
const PROTOCOL: &str = "x-ops-reporting-protocol-version";

/// The same in a query, for those that cannot set headers.
const PROTOCOL_PARAMETER: &str = "protocol-version";

/// How many runs are listed if nobody says, as in goiardi.
const ROWS: u32 = 10;

/// How many are listed at most.
const MOST_ROWS: u32 = 1000;

/// The body of a report, unpacked.
pub(super) fn report(call: &Call) -> Result<Cow<'_, [u8]>, Refusal> {
    let coding = call.header(CONTENT_ENCODING);
    let coding = coding.map_or("identity", |coding| coding.to_str().unwrap_or("?")).trim();
    if coding.is_empty() || coding.eq_ignore_ascii_case("identity") {
        return Ok(Cow::Borrowed(call.body()));
    }
    if !coding.eq_ignore_ascii_case("gzip") {
        return Err(runs::unknown_coding(coding));
    }
    let limit = call.shared.limits.max_report_bytes;
    let mut whole = Vec::new();
    let packed: &[u8] = call.body();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let unpacked = MultiGzDecoder::new(packed).take(most).read_to_end(&mut whole);
    unpacked.map_err(|_| runs::not_decoded())?;
    if whole.len() > limit { Err(request::body_too_large(limit)) } else { Ok(Cow::Owned(whole)) }
}

/// Nothing if the client speaks the protocol, or does not say.
fn check_protocol(call: &Call) -> Result<(), Refusal> {
    let said = call.header(PROTOCOL).map(|value| String::from_utf8_lossy(value.as_bytes()));
    match said.or_else(|| call.query(PROTOCOL_PARAMETER)) {
        Some(said) if said != PROTOCOL_VERSION => Err(runs::unsupported_protocol()),
        _ => Ok(()),
    }
}

/// The node that the path is about.
fn node(call: &Call) -> Result<NodeName, Refusal> {
    let name = call.parameter("name");
    name.parse().map_err(|_| nodes::not_found(name))
}

/// The run that the path is about.
fn run(call: &Call) -> Result<RunId, Refusal> {
    let id = call.parameter("run");
    id.parse().map_err(|_| runs::not_found(id))
}

/// Which runs are asked for by the query.
fn asked(call: &Call) -> Result<RunsAsked, Refusal> {
    let number = |name: &str| match call.query(name) {
        None => Ok(None),
        Some(said) => match said.parse::<u32>() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(search::invalid_number(name, &said)),
        },
    };
    let seconds = |number: u32| Timestamp(i64::from(number).saturating_mul(1000));
    let status = match call.query("status") {
        None => None,
        Some(said) => {
            Some(RunStatus::from_stored(&said).ok_or_else(|| runs::unknown_status(&said))?)
        }
    };
    // All that was recorded in the second that is named, and before.
    let until = number("until")?.map(|second| seconds(second.saturating_add(1)));
    Ok(RunsAsked {
        status,
        since: number("from")?.map(seconds),
        before: until.map(|until| (until, RunId::FIRST)),
        limit: number("rows")?.unwrap_or(ROWS).min(MOST_ROWS),
    })
}

fn history(runs: &[RunSummary]) -> Answer {
    Answer::ok(&RunHistory { run_history: Some(runs.iter().map(RunView::from).collect()) })
}
