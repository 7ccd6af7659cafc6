//! How a run is to behave: `"normal": {"stand_in": {…}}` in the node's document.

use std::io::{Write as _, stdout};
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

use anyhow::{Result, bail};
use serde_json::Value;

/// What is read and written at once.
const PIECE: usize = 64 * 1024;

/// What a node asks for.
#[derive(Debug, Default)]
pub(crate) struct Behaviour {
    /// `exit`: the code that it ends with.
    pub(crate) exit: Option<u8>,
    /// `fail`: the resource that cannot be made.
    pub(crate) fail: Option<String>,
    /// `spoil`: files of the repository that the run writes to.
    pub(crate) spoil: Vec<String>,
    /// `hang`: it never ends.
    hang: bool,
    /// `print`: so many bytes.
    print: u64,
    /// `wait_for`: it ends when this file is there. It makes `FILE.waits` before.
    wait_for: Option<PathBuf>,
}

impl Behaviour {
    pub(crate) fn of(node: &Value) -> Result<Self> {
        let mut behaviour = Self::default();
        let asked = node.pointer("/normal/stand_in").and_then(Value::as_object);
        for (name, value) in asked.into_iter().flatten() {
            let text = || value.as_str().unwrap_or_default().to_owned();
            match name.as_str() {
                "exit" => behaviour.exit = value.as_u64().and_then(|code| code.try_into().ok()),
                "fail" => behaviour.fail = Some(text()),
                "spoil" => behaviour.spoil.push(text()),
                "hang" => behaviour.hang = value.as_bool().unwrap_or_default(),
                "print" => behaviour.print = value.as_u64().unwrap_or_default(),
                "wait_for" => behaviour.wait_for = Some(text().into()),
                _ => bail!("the stand-in knows no behaviour `{name}`"),
            }
        }
        Ok(behaviour)
    }

    /// What is done while it converges.
    pub(crate) fn begin(&self) -> Result<()> {
        let line = vec![b'x'; PIECE];
        let mut left = usize::try_from(self.print)?;
        while left > 0 {
            let now = left.min(PIECE);
            stdout().write_all(line.get(..now).unwrap_or_default())?;
            left -= now;
        }
        stdout().flush()?;
        if self.hang {
            loop {
                std::thread::park();
            }
        }
        if let Some(file) = &self.wait_for {
            wait_for(file)?;
        }
        Ok(())
    }
}

fn wait_for(file: &Path) -> Result<()> {
    let waits = PathBuf::from(format!("{}.waits", file.display()));
    std::fs::write(waits, std::process::id().to_string())?;
    while !file.exists() {
        let (_sender, nothing) = channel::<()>();
        let _nothing_comes = nothing.recv_timeout(Duration::from_millis(10));
    }
    Ok(())
}
