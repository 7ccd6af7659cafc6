//! The commands in the documents work as they stand, typed one after the other by a plain user.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::documentation::commands;
use pantry_testkit::terminal::Terminal;

use crate::whole::BINARY;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn type_all(document: &str) -> Result<()> {
    let path = repository().join(document);
    let text = std::fs::read_to_string(&path).with_context(|| document.to_owned())?;
    let commands = commands(&text)?;
    ensure!(commands.len() > 5, "{document} has hardly any commands");
    let mut terminal = Terminal::new(Path::new(BINARY), &[&repository().join("examples")])?;
    if text.contains("chef-solo") {
        // What takes its place is enough.
        let stand_in = pantry_testkit::chef::stand_in()?;
        for name in ["chef-client", "chef-solo"] {
            terminal.add_program(&stand_in, name)?;
        }
    }
    for command in &commands {
        terminal.run(command).with_context(|| document.to_owned())?;
    }
    Ok(())
}

#[test]
fn the_documents_can_be_typed() -> Result<()> {
    // One after the other: all use the usual ports.
    type_all("README.md")?;
    type_all("docs/src/getting-started.md")?;
    type_all("docs/src/chef-data.md")?;
    type_all("docs/src/cookbooks.md")?;
    type_all("docs/src/shelves.md")?;
    type_all("docs/src/chef-runs.md")?;
    type_all("docs/src/files.md")
}
