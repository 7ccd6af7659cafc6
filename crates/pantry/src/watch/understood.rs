//! Output of a command that prints lines of JSON, for this command line to show: what is understood is
//! shown in its own way, and all else as any program's output.

use std::collections::BTreeMap;

use pantry_model::{MachineId, OutputStream};
use serde_json::Value;

use super::{Change, Show};
use crate::errors::CliError;
use crate::print::Print;
use crate::print::lines::Lines;

/// What a line of a client's means; nothing, if it is not understood.
pub(crate) type Understand<'u> = dyn FnMut(&MachineId, &str) -> Option<Understood> + 'u;

/// How a line is shown that was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Understood {
    /// For people, if there is anything to be shown now.
    pub(crate) text: Option<String>,
    /// For programs, likewise: the name of the event, and its fields.
    pub(crate) event: Option<(&'static str, Value)>,
}

/// Shows what is understood, and leaves the rest to another.
pub(crate) struct UnderstoodShow<'s, 'u> {
    plain: &'s mut dyn Show,
    understand: &'s mut Understand<'u>,
    clients: BTreeMap<MachineId, Lines>,
}

impl<'s, 'u> UnderstoodShow<'s, 'u> {
    /// In front of this one.
    pub(crate) fn new(plain: &'s mut dyn Show, understand: &'s mut Understand<'u>) -> Self {
        Self { plain, understand, clients: BTreeMap::new() }
    }

    fn line(
        &mut self,
        print: &mut Print,
        machine: &MachineId,
        mut line: Vec<u8>,
    ) -> Result<(), CliError> {
        let understood =
            std::str::from_utf8(&line).ok().and_then(|text| (self.understand)(machine, text));
        match understood {
            Some(Understood { event: Some((event, fields)), .. }) if print.is_json() => {
                print.json(&event_of(event, machine, fields))
            }
            Some(Understood { text: Some(text), .. }) if !print.is_json() => {
                let line = format!("{text}\n");
                self.plain.output(print, machine, OutputStream::Stdout, line.as_bytes())
            }
            Some(_) => Ok(()),
            None => {
                line.push(b'\n');
                self.plain.output(print, machine, OutputStream::Stdout, &line)
            }
        }
    }
}

/// An event of a client's with these fields.
pub(crate) fn event_of(event: &str, machine: &MachineId, fields: Value) -> Value {
    let mut whole = serde_json::json!({
        "event": event, "application": machine.application, "identity": machine.identity,
    });
    if let (Some(whole), Value::Object(fields)) = (whole.as_object_mut(), fields) {
        whole.extend(fields);
    }
    whole
}

impl Show for UnderstoodShow<'_, '_> {
    fn delivery(&mut self, print: &mut Print, change: &Change<'_>) -> Result<(), CliError> {
        self.plain.delivery(print, change)
    }

    fn output(
        &mut self,
        print: &mut Print,
        machine: &MachineId,
        stream: OutputStream,
        bytes: &[u8],
    ) -> Result<(), CliError> {
        if stream == OutputStream::Stderr {
            return self.plain.output(print, machine, stream, bytes);
        }
        let lines = self.clients.entry(machine.clone()).or_default().push(bytes);
        lines.into_iter().try_for_each(|line| self.line(print, machine, line.bytes))
    }

    fn output_ends(&mut self, print: &mut Print, machine: &MachineId) -> Result<(), CliError> {
        if let Some(last) = self.clients.remove(machine).and_then(|mut lines| lines.finish()) {
            self.line(print, machine, last.bytes)?;
        }
        self.plain.output_ends(print, machine)
    }

    fn note(&mut self, print: &mut Print, text: &str) {
        self.plain.note(print, text);
    }
}
