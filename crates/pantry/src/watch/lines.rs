//! Output as lines under their clients' names: `web1 | line`, and `web1 ! line` for what the
//! program wrote on its standard error, which goes to ours.

use std::collections::BTreeMap;

use pantry_model::{MachineId, OutputStream, Timestamp};

use super::{Change, Show};
use crate::errors::CliError;
use crate::print::Print;
use crate::print::clean::{Colours, clean};
use crate::print::lines::{Line, Lines};
use crate::print::time;

/// The colours of names, in the order in which clients come.
const NAME_COLOURS: [&str; 6] = ["36", "33", "32", "35", "34", "96"];

/// Shows lines.
#[derive(Debug)]
pub(crate) struct LinesShow {
    /// Whether names carry their application: they do when there are several.
    with_application: bool,
    /// Whether comings and goings are told.
    quiet: bool,
    now: Timestamp,
    width: usize,
    clients: BTreeMap<MachineId, Shown>,
}

#[derive(Debug)]
struct Shown {
    name: String,
    colour: &'static str,
    stdout: Lines,
    stderr: Lines,
}

impl LinesShow {
    /// For jobs of one application or several. The time decides what is today.
    pub(crate) fn new(with_application: bool, now: Timestamp) -> Self {
        Self { with_application, quiet: false, now, width: 0, clients: BTreeMap::new() }
    }

    /// Without telling who is away.
    #[must_use]
    pub(crate) fn quiet(self) -> Self {
        Self { quiet: true, ..self }
    }

    /// How a client is called.
    pub(crate) fn name(&self, machine: &MachineId) -> String {
        if self.with_application { machine.to_string() } else { machine.identity.to_string() }
    }

    fn shown(&mut self, machine: &MachineId) -> &mut Shown {
        let name = self.name(machine);
        self.width = self.width.max(name.len());
        let place = self.clients.len() % NAME_COLOURS.len();
        self.clients.entry(machine.clone()).or_insert_with(|| Shown {
            name,
            colour: NAME_COLOURS.get(place).copied().unwrap_or("0"),
            stdout: Lines::default(),
            stderr: Lines::default(),
        })
    }

    fn print(
        &mut self,
        print: &mut Print,
        machine: &MachineId,
        stream: OutputStream,
        lines: Vec<Line>,
    ) -> Result<(), CliError> {
        let width = self.width;
        let shown = self.shown(machine);
        let (mark, has_colours) = match stream {
            OutputStream::Stdout => ('|', print.out_has_colours()),
            OutputStream::Stderr => ('!', print.err_has_colours()),
        };
        let name = &shown.name;
        let head = if has_colours {
            let mark_colour = if mark == '!' { "31" } else { shown.colour };
            format!("\x1b[{}m{name:width$}\x1b[0m \x1b[{mark_colour}m{mark}\x1b[0m ", shown.colour)
        } else {
            format!("{name:width$} {mark} ")
        };
        let colours = if has_colours { Colours::Kept } else { Colours::Removed };
        let mut text = String::new();
        for line in lines {
            text.push_str(&head);
            text.push_str(&clean(&String::from_utf8_lossy(&line.bytes), colours));
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        }
        match stream {
            OutputStream::Stdout => print.bytes(text.as_bytes()),
            OutputStream::Stderr if text.is_empty() => Ok(()),
            OutputStream::Stderr => {
                print.note_bytes(text.as_bytes());
                Ok(())
            }
        }
    }
}

impl Show for LinesShow {
    fn delivery(&mut self, print: &mut Print, change: &Change<'_>) -> Result<(), CliError> {
        let name = self.shown(change.machine).name.clone();
        if self.quiet {
            return Ok(());
        }
        let (before, now) = (change.before, change.now);
        let was_absent = before.is_some_and(|client| client.is_absent());
        let was_online = before.is_some_and(|client| client.online);
        if now.is_absent() && !was_absent {
            let until = change.job.job.as_ref().map(|job| time::soon(job.expires_at, self.now));
            let until = until.map_or_else(String::new, |until| {
                format!(": it has until {until} to come back and run it")
            });
            print.note(&format!("{name} is away{until}"));
        } else if !now.online && was_online && now.delivery.state.is_with_client() {
            print.note(&format!("{name} went away with the work in hand: waiting for it"));
        } else if now.online && !was_online && before.is_some() && !now.delivery.state.is_final() {
            print.note(&format!("{name} is back"));
        }
        Ok(())
    }

    fn output(
        &mut self,
        print: &mut Print,
        machine: &MachineId,
        stream: OutputStream,
        bytes: &[u8],
    ) -> Result<(), CliError> {
        let shown = self.shown(machine);
        let lines = match stream {
            OutputStream::Stdout => shown.stdout.push(bytes),
            OutputStream::Stderr => shown.stderr.push(bytes),
        };
        self.print(print, machine, stream, lines)
    }

    fn output_ends(&mut self, print: &mut Print, machine: &MachineId) -> Result<(), CliError> {
        let shown = self.shown(machine);
        let (stdout, stderr) = (shown.stdout.finish(), shown.stderr.finish());
        self.print(print, machine, OutputStream::Stdout, stdout.into_iter().collect())?;
        self.print(print, machine, OutputStream::Stderr, stderr.into_iter().collect())
    }

    fn note(&mut self, print: &mut Print, text: &str) {
        print.note(text);
    }
}
