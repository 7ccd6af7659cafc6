//! Uploads from the command line: the real binary, from the start of its process to its end. It speaks
//! to any Chef server, so it is the same command for the peer.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::table::Table;
use crate::api::server::Server;

/// How many files the cookbook has, besides the one that says its name, and how large they are.
const FILES: usize = 200;
const BYTES: usize = 500;

const ROUNDS: usize = 7;

/// The command line, in a folder of its own.
pub(super) struct CommandLine {
    pantry: PathBuf,
    folder: TempDir,
}

impl CommandLine {
    pub(super) fn new(pantry: &Path) -> Result<Self> {
        Ok(Self { pantry: pantry.canonicalize()?, folder: tempfile::tempdir()? })
    }

    /// Uploads the cookbook in a folder; how long the command took, and what it said.
    pub(super) fn upload(&self, server: &Server, folder: &str) -> Result<(Duration, String)> {
        let url = format!("http://{}{}", server.address, server.base()?);
        let mut command = Command::new(&self.pantry);
        command.args(["chef", "cookbook", "upload", folder, "--chef-server-url", &url]);
        command.args(["--chef-user", server.superuser.name()]);
        command.arg("--chef-key").arg(&server.superuser_key);
        command.current_dir(self.folder.path()).env("HOME", self.folder.path());
        command.env("NO_COLOR", "1").env_remove("RUST_LOG");
        let start = Instant::now();
        let output = command.output()?;
        let time = start.elapsed();
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        ensure!(output.status.success(), "{command:?}: {}\n{said}", output.status);
        Ok((time, said))
    }

    /// Writes a file of a cookbook.
    pub(super) fn write(&self, path: &str, text: &str) -> Result<()> {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap_or(&path))?;
        Ok(std::fs::write(path, text)?)
    }

    /// Writes what a cookbook says of itself.
    pub(super) fn describe(&self, name: &str, version: &str, dependencies: Value) -> Result<()> {
        let metadata = json!({ "name": name, "version": version, "dependencies": dependencies });
        self.write(&format!("{name}/metadata.json"), &metadata.to_string())
    }
}

/// Measures uploads of a cookbook of many small files.
pub(super) fn measure(server: &Server, pantry: &Path, table: &mut Table) -> Result<()> {
    let command_line = CommandLine::new(pantry)?;
    let name = "many-files";
    let (mut new, mut again) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        command_line.describe(name, &format!("1.0.{round}"), json!({}))?;
        for file in 0..FILES {
            let line = format!("file {file} of round {round}\n");
            let text = line.repeat(BYTES.div_ceil(line.len()));
            command_line.write(&format!("{name}/files/default/{file:03}.conf"), &text)?;
        }
        new.push(command_line.upload(server, name)?.0);
        again.push(command_line.upload(server, name)?.0);
    }
    table.show(&format!("upload of {FILES} files, all new"), new, "");
    table.show(&format!("upload of {FILES} files, none new"), again, "");
    Ok(())
}
