//! A text in the user's editor.
//!
//! The file is for its owner only, since data bags hold secrets, and is deleted unless it is kept.

use std::path::PathBuf;

use tokio::process::Command;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::environment::Environment;
use crate::errors::CliError;

/// Ctrl-C, which a terminal sends to whoever it has in front: to the editor, and to this process as
/// well. From when this exists, it no longer ends the process by itself.
pub(super) struct Interrupts(Signal);

impl Interrupts {
    pub(super) fn listen() -> Result<Self, CliError> {
        let listening = signal(SignalKind::interrupt());
        listening.map(Self).map_err(|error| CliError::Signals(error.to_string()))
    }

    /// Waits for the next one.
    pub(super) async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// A file that is edited, deleted with this unless it is [kept](Draft::keep).
pub(super) struct Draft {
    file: tempfile::TempPath,
}

impl Draft {
    /// A file with this text, of mode 0600. Its name has a word of what it is.
    pub(super) fn new(word: &str, text: &str, environment: &Environment) -> Result<Self, CliError> {
        let folder = &environment.temporary_dir;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        let word: String =
            word.chars().map(|c| if is_plain(c) { c } else { '-' }).take(80).collect();
        let file = tempfile::Builder::new()
            .prefix(&format!("pantry-{word}-"))
            .suffix(".json")
            .tempfile_in(folder)
            .map_err(|source| CliError::File { action: "written", path: folder.clone(), source })?;
        let draft = Self { file: file.into_temp_path() };
        draft.write(text)?;
        Ok(draft)
    }

    /// Puts another text into it.
    pub(super) fn write(&self, text: &str) -> Result<(), CliError> {
        std::fs::write(&self.file, text).map_err(self.failed("written"))
    }

    /// What it holds.
    pub(super) fn read(&self) -> Result<Vec<u8>, CliError> {
        std::fs::read(&self.file).map_err(self.failed("read"))
    }

    /// An error that says what is wrong with it.
    pub(super) fn wrong(&self, reason: String) -> CliError {
        CliError::BadObject { path: self.file.to_path_buf(), reason }
    }

    /// Lets the user edit it. Ctrl-C is the editor's meanwhile.
    pub(super) async fn edit(
        &self,
        environment: &Environment,
        interrupts: &mut Interrupts,
    ) -> Result<(), CliError> {
        let command = &environment.editor;
        let failed = |how| CliError::Editor { command: command.clone(), how };
        // Through a shell, as everybody does it: the command may have options. The shell hears Ctrl-C
        // too, and must go on waiting; what it catches, the editor does not inherit.
        let mut editor = Command::new("sh")
            .args(["-c", &format!("trap : INT; {command} \"$1\""), "sh"])
            .arg(&self.file)
            .current_dir(&environment.working_directory)
            .spawn()
            .map_err(|error| failed(format!("cannot be started: {error}")))?;
        let status = loop {
            tokio::select! {
                status = editor.wait() => break status,
                () = interrupts.next() => {}
            }
        };
        let status = status.map_err(|error| failed(format!("cannot be waited for: {error}")))?;
        if status.success() { Ok(()) } else { Err(failed(format!("failed ({status})"))) }
    }

    /// The file stays. Gives its path.
    pub(super) fn keep(self) -> PathBuf {
        // Only a platform that deletes such files by itself could fail.
        self.file.keep().unwrap_or_else(|error| error.path.to_path_buf())
    }

    fn failed(&self, action: &'static str) -> impl Fn(std::io::Error) -> CliError + use<> {
        let path = self.file.to_path_buf();
        move |source| CliError::File { action, path: path.clone(), source }
    }
}
