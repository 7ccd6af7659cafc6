//! The only place that writes to standard output and standard error.
//!
//! Standard output carries only the answer; notes, tables of what happened, progress and errors go
//! to standard error, so that `pantry exec … | sort` sorts nothing else. What came from elsewhere
//! (a client's output, a reason, an address) is cleaned before it reaches a terminal.

pub(crate) mod clean;
#[cfg(feature = "cli")]
pub(crate) mod lines;
#[cfg(feature = "cli")]
pub(crate) mod progress;
#[cfg(feature = "cli")]
pub(crate) mod size;
#[cfg(feature = "cli")]
pub(crate) mod table;
#[cfg(feature = "cli")]
pub(crate) mod time;

use std::io::{self, IsTerminal, Write};

#[cfg(feature = "cli")]
use serde::Serialize;

use crate::errors::{CliError, Described};

/// Both outputs, and what they are.
#[derive(Debug)]
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the command line's"))]
pub(crate) struct Print {
    json: bool,
    out_is_terminal: bool,
    err_is_terminal: bool,
    colours_allowed: bool,
    pending: Vec<u8>,
    progress: String,
    progress_drawn: bool,
}

/// As much is gathered before it is written without being asked.
const PENDING_BYTES: usize = 64 * 1024;

impl Print {
    /// For this process. No colours if `NO_COLOR` is set (to anything, <https://no-color.org>), or
    /// on a terminal that knows none.
    pub(crate) fn of_process(json: bool) -> Self {
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            json,
            out_is_terminal: io::stdout().is_terminal(),
            err_is_terminal: io::stderr().is_terminal(),
            colours_allowed: !is_set("NO_COLOR") && !is_dumb,
            pending: Vec::new(),
            progress: String::new(),
            progress_drawn: false,
        }
    }

    /// Whether answers are JSON.
    #[cfg(feature = "cli")]
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// Whether a person reads standard output.
    #[cfg(feature = "cli")]
    pub(crate) fn out_is_terminal(&self) -> bool {
        self.out_is_terminal
    }

    /// Whether standard output shows colours.
    #[cfg(feature = "cli")]
    pub(crate) fn out_has_colours(&self) -> bool {
        self.out_is_terminal && self.colours_allowed
    }

    /// Whether standard error shows colours.
    #[cfg(feature = "cli")]
    pub(crate) fn err_has_colours(&self) -> bool {
        self.err_is_terminal && self.colours_allowed
    }

    /// A line of the answer.
    pub(crate) fn line(&mut self, text: &str) -> Result<(), CliError> {
        self.bytes(text.as_bytes())?;
        self.bytes(b"\n")
    }

    /// Bytes of the answer, as they are.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() >= PENDING_BYTES { self.flush() } else { Ok(()) }
    }

    /// A document of the answer, as one line of JSON.
    #[cfg(feature = "cli")]
    pub(crate) fn json<T: Serialize>(&mut self, document: &T) -> Result<(), CliError> {
        let text = serde_json::to_string(document)
            .map_err(|error| CliError::Nonsense(error.to_string()))?;
        self.line(&text)
    }

    /// A line for whoever watches, on standard error.
    pub(crate) fn note(&mut self, text: &str) {
        self.note_bytes(format!("{text}\n").as_bytes());
    }

    /// Whole lines for standard error. That nobody reads them is no reason to stop.
    pub(crate) fn note_bytes(&mut self, bytes: &[u8]) {
        let _ = self.flush();
        self.hide_progress();
        let _ = io::stderr().lock().write_all(bytes);
    }

    /// Writes what was gathered.
    pub(crate) fn flush(&mut self) -> Result<(), CliError> {
        if self.pending.is_empty() {
            return Ok(());
        }
        self.hide_progress();
        let mut out = io::stdout().lock();
        let written = out.write_all(&self.pending).and_then(|()| out.flush());
        self.pending.clear();
        written.map_err(|source| CliError::Standard { which: "output", source })
    }

    /// The line at the bottom of the terminal that says how far it is; empty for none. Without a
    /// terminal there is none.
    #[cfg(feature = "cli")]
    pub(crate) fn progress(&mut self, text: &str) {
        if self.err_is_terminal && !self.json && (self.progress != text || !self.progress_drawn) {
            self.hide_progress();
            text.clone_into(&mut self.progress);
            if !text.is_empty() {
                let _ = io::stderr().lock().write_all(text.as_bytes());
                self.progress_drawn = true;
            }
        }
    }

    fn hide_progress(&mut self) {
        if std::mem::take(&mut self.progress_drawn) {
            let _ = io::stderr().lock().write_all(b"\r\x1b[K");
        }
    }

    /// An error, its hint, or both as JSON.
    pub(crate) fn error(&mut self, error: &Described) {
        if self.json {
            let document = serde_json::json!({ "error": error });
            self.note(&document.to_string());
            return;
        }
        self.note(&format!("error: {}", clean::clean(&error.message, clean::Colours::Removed)));
        if let Some(hint) = &error.hint {
            self.note(&format!("\nhint: {hint}"));
        }
    }

    /// Asks a question and reads the answer; yes must be said.
    #[cfg(feature = "cli")]
    pub(crate) fn confirm(&mut self, question: &str) -> Result<bool, CliError> {
        let _ = self.flush();
        let _ = io::stderr().lock().write_all(format!("{question} [y/N] ").as_bytes());
        let mut answer = String::new();
        io::stdin()
            .read_line(&mut answer)
            .map_err(|source| CliError::Standard { which: "input", source })?;
        Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Whether there is somebody to ask.
    #[cfg(feature = "cli")]
    pub(crate) fn can_ask(&self) -> bool {
        self.err_is_terminal && io::stdin().is_terminal()
    }
}
