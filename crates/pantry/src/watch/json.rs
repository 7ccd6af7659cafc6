//! What happens, as one JSON object a line. The schema is stable: fields are only ever added.
//!
//! * `{"event":"job", "job", "application", "deliveries"}`: a job was started; with `--no-wait`
//!   that is all.
//! * `{"event":"delivery", "job", "application", "identity", "state", "online", "exit_code",
//!   "signal", "reason"}`: a delivery came to a state, or its client came or went. The states are
//!   `queued sent accepted running succeeded failed timed-out cancelled expired interrupted`.
//! * `{"event":"output", "application", "identity", "stream":"stdout"|"stderr", "text",
//!   "ended", "lossy"}`: a line of output without its end; `ended` is false for a piece of a line
//!   longer than 64 KiB and for a last line without end; `lossy` says that it was not UTF-8 and
//!   that what was not is replaced by U+FFFD. (`pantry job output -i` gives the bytes themselves.)
//! * `{"event":"pushed", "application", "identity", "files", "changed", "folders", "bytes"}`,
//!   `{"event":"listed", "application", "identity", "path", "kind", "mode", "owner", "group", "size",
//!   "modified", "target"}` and `{"event":"pulled", "application", "identity", "folder", "files",
//!   "changed", "bytes"}`: what `file push`, `file list` and `file pull` say in place of output.
//! * `{"event":"note", "text"}`: the connection was lost, or is back.
//! * `{"event":"summary", "exit_code", "results":{"succeeded":2,…}, "clients":[{"application",
//!   "identity", "result", "state", "exit_code", "signal", "reason"}]}`: the last one. The results
//!   are `succeeded failed timed-out interrupted cancelled silent open`.

use std::collections::BTreeMap;

use pantry_model::commands::job::StartedJob;
use pantry_model::{MachineId, OutputStream};
use serde_json::json;

use super::outcome::{self, Outcome};
use super::{Change, Show};
use crate::errors::CliError;
use crate::print::Print;
use crate::print::lines::{Line, Lines};

/// Shows JSON.
#[derive(Debug, Default)]
pub(crate) struct JsonShow {
    clients: BTreeMap<MachineId, (Lines, Lines)>,
}

impl JsonShow {
    /// A job was started.
    pub(crate) fn job(print: &mut Print, started: &StartedJob) -> Result<(), CliError> {
        print.json(&json!({
            "event": "job",
            "job": started.job,
            "application": started.application,
            "deliveries": started.deliveries,
        }))
    }

    /// The end.
    pub(crate) fn summary(
        print: &mut Print,
        outcomes: &[Outcome],
        exit_code: u8,
    ) -> Result<(), CliError> {
        let mut results: BTreeMap<outcome::Result, u64> = BTreeMap::new();
        for outcome in outcomes {
            *results.entry(outcome.result).or_default() += 1;
        }
        print.json(&json!({
            "event": "summary",
            "exit_code": exit_code,
            "results": results,
            "clients": outcomes,
        }))
    }

    fn print(
        print: &mut Print,
        machine: &MachineId,
        stream: OutputStream,
        lines: impl IntoIterator<Item = Line>,
    ) -> Result<(), CliError> {
        for line in lines {
            let (text, lossy) = match String::from_utf8(line.bytes) {
                Ok(text) => (text, false),
                Err(error) => (String::from_utf8_lossy(error.as_bytes()).into_owned(), true),
            };
            print.json(&json!({
                "event": "output",
                "application": machine.application,
                "identity": machine.identity,
                "stream": stream,
                "text": text,
                "ended": line.ended,
                "lossy": lossy,
            }))?;
        }
        Ok(())
    }
}

impl Show for JsonShow {
    fn delivery(&mut self, print: &mut Print, change: &Change<'_>) -> Result<(), CliError> {
        let delivery = &change.now.delivery;
        print.json(&json!({
            "event": "delivery",
            "job": change.job.id,
            "application": change.machine.application,
            "identity": change.machine.identity,
            "state": delivery.state,
            "online": change.now.online,
            "exit_code": delivery.ending.exit_code,
            "signal": delivery.ending.signal,
            "reason": delivery.ending.reason,
        }))
    }

    fn output(
        &mut self,
        print: &mut Print,
        machine: &MachineId,
        stream: OutputStream,
        bytes: &[u8],
    ) -> Result<(), CliError> {
        let (stdout, stderr) = self.clients.entry(machine.clone()).or_default();
        let lines = match stream {
            OutputStream::Stdout => stdout.push(bytes),
            OutputStream::Stderr => stderr.push(bytes),
        };
        Self::print(print, machine, stream, lines)
    }

    fn output_ends(&mut self, print: &mut Print, machine: &MachineId) -> Result<(), CliError> {
        let (stdout, stderr) = self.clients.entry(machine.clone()).or_default();
        let (stdout, stderr) = (stdout.finish(), stderr.finish());
        Self::print(print, machine, OutputStream::Stdout, stdout)?;
        Self::print(print, machine, OutputStream::Stderr, stderr)
    }

    fn note(&mut self, print: &mut Print, text: &str) {
        // A failed write is met again at the next line of the answer.
        let _ = print.json(&json!({ "event": "note", "text": text }));
    }
}
