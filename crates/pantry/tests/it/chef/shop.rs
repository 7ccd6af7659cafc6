//! A server with the application `shop`, and commands on it.

use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Result, ensure};
use pantry_testkit::installation::Installation;
use pantry_testkit::process::Process;

use crate::whole::installation;

/// The server.
pub(super) struct Shop {
    pub(super) house: Installation,
    _server: Process,
}

/// What a command has left.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Shop {
    pub(super) fn open() -> Result<Self> {
        let house = installation()?;
        let server = house.start_server()?;
        house.succeed(&["app", "create", "shop"])?;
        Ok(Self { house, _server: server })
    }

    /// A command about the shop's objects.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        self.house.command(&[&["-a", "shop", "chef"], arguments].concat())
    }

    pub(super) fn run(&self, arguments: &[&str]) -> Result<Ended> {
        Ok(self.command(arguments).output()?.into())
    }

    /// Runs a command that must succeed, and gives what it printed.
    pub(super) fn succeed(&self, arguments: &[&str]) -> Result<String> {
        let ended = self.run(arguments)?;
        ensure!(ended.code == Some(0), "{arguments:?}: {ended:?}");
        Ok(ended.stdout)
    }

    /// Runs a command that must end with this code, and gives what it said.
    pub(super) fn fail(&self, code: i32, arguments: &[&str]) -> Result<String> {
        let ended = self.run(arguments)?;
        ensure!(ended.code == Some(code), "{arguments:?}: {ended:?}");
        Ok(ended.stderr)
    }

    /// Edits with a script of the shell that gets the file as `$1`.
    pub(super) fn edit(&self, script: &str, arguments: &[&str]) -> Result<Ended> {
        Ok(self.editing(script, arguments)?.output()?.into())
    }

    /// The same, to be run by the caller.
    pub(super) fn editing(&self, script: &str, arguments: &[&str]) -> Result<Command> {
        let editor = self.write("editor", script)?;
        let drafts = self.house.path("drafts");
        std::fs::create_dir_all(&drafts)?;
        let mut command = self.command(arguments);
        command.env("TMPDIR", drafts).env_remove("VISUAL");
        command.env("EDITOR", format!("sh '{}'", editor.display()));
        Ok(command)
    }

    /// The files that were edited and are still there, each with all that is beside it.
    pub(super) fn drafts(&self) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for folder in std::fs::read_dir(self.house.path("drafts"))? {
            for file in std::fs::read_dir(folder?.path())? {
                found.push(file?.path());
            }
        }
        Ok(found)
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.house.path(name);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&path, text)?;
        Ok(path)
    }
}
