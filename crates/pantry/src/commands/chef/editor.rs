//! A text in the user's editor.
//!
//! Data bags hold secrets: the file is in a folder of its own, which only its owner can enter, so that
//! whatever an editor puts beside it is as safe, and goes when the folder goes.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use tokio::process::Command;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::environment::Environment;
use crate::errors::CliError;
use crate::files;

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
    folder: tempfile::TempDir,
    file: PathBuf,
}

impl Draft {
    /// A file with this text. Its name says what it is.
    pub(super) fn new(
        title: &str,
        text: &str,
        environment: &Environment,
    ) -> Result<Self, CliError> {
        let place = &environment.temporary_dir;
        let failed = |source| CliError::File { action: "written", path: place.clone(), source };
        let folder = tempfile::Builder::new()
            .prefix("pantry-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(place)
            .map_err(failed)?;
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        let name: String =
            title.chars().map(|c| if is_plain(c) { c } else { '-' }).take(80).collect();
        let file = folder.path().join(format!("{name}.json"));
        files::write_new_secret(&file, text).map_err(|source| CliError::File {
            action: "written",
            path: file.clone(),
            source,
        })?;
        Ok(Self { folder, file })
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
        CliError::BadObject { path: self.file.clone(), reason }
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
        let _folder = self.folder.keep();
        self.file
    }

    fn failed(&self, action: &'static str) -> impl Fn(std::io::Error) -> CliError + use<> {
        let path = self.file.clone();
        move |source| CliError::File { action, path: path.clone(), source }
    }
}
