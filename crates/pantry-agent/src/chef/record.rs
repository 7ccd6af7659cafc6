//! What a run has left: the node as Chef has saved it, and its messages for a data collector.
//!
//! Both are read as whatever they are: Chef wrote them, and its recipes may have. What is too large
//! to be sent is left out, and said.

use std::fs::OpenOptions;
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use pantry_model::chef::RunTree;
use pantry_model::commands::chef_run::{ChefRun, Mode, RunRecord};
use pantry_model::content::Sha256;
use pantry_model::protocol::MAX_MESSAGE_BYTES;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256 as Hasher};

use super::folders::Folders;

/// The most bytes of a record: it travels in one message, with a little beside it.
const MAX_RECORD: usize = MAX_MESSAGE_BYTES - 64 * 1024;
/// The most bytes of a file that are read for it.
const MAX_FILE: u64 = 64 * 1024 * 1024;
/// The most messages of one run. Chef writes two.
const MAX_MESSAGES: usize = 64;

/// What is sent, and what had to be left out.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The JSON of a [`RunRecord`].
    pub(super) json: Vec<u8>,
    /// Sentences about what is not in it and should be.
    pub(super) left_out: Vec<String>,
}

impl Record {
    /// That of a run that Chef had no part in.
    pub(super) fn nothing() -> Self {
        Self { json: b"{}".to_vec(), left_out: Vec::new() }
    }
}

/// Collects it. `given` is the node's document as it was before the run.
pub(super) fn collect(
    folders: &Folders,
    asked: &ChefRun,
    run: Option<&RunTree>,
    given: Option<Sha256>,
) -> Record {
    let mut left_out = Vec::new();
    let mut record = RunRecord::default();
    // What was done once, or not at all, says nothing of the node; and in mode `server` Chef has
    // saved it itself.
    let is_kept = asked.mode != Mode::Server && !asked.why_run && asked.override_run_list.is_none();
    if let Some(run) = run.filter(|_| is_kept) {
        let path = folders.repository().join("nodes").join(format!("{}.json", run.node));
        match node(&path, given) {
            Ok(node) => record.node = node,
            Err(error) => left_out.push(format!("the node was not saved: {error}")),
        }
    }
    match messages(&folders.messages()) {
        Ok(messages) => record.messages = messages,
        Err(error) => left_out.push(format!("Chef's report was not sent: {error}")),
    }
    let size = |text: &RawValue| text.get().len();
    let messages: usize = record.messages.iter().map(|text| size(text)).sum();
    let node = record.node.as_ref().map_or(0, |text| size(text));
    if node > MAX_RECORD {
        record.node = None;
        left_out.push(format!(
            "the node was not saved: its {node} bytes of JSON are more than the {MAX_RECORD} that fit"
        ));
    }
    if record.node.as_ref().map_or(0, |text| size(text)) + messages > MAX_RECORD {
        record.messages.clear();
        left_out.push(format!(
            "Chef's report was not sent: its {messages} bytes do not fit beside the node"
        ));
    }
    // JSON that was read as such can be written.
    Record { json: serde_json::to_vec(&record).unwrap_or_default(), left_out }
}

/// The node, if it was saved: if it is not as it was given.
fn node(path: &Path, given: Option<Sha256>) -> io::Result<Option<Box<RawValue>>> {
    let Some(bytes) = read(path)? else { return Ok(None) };
    if given == Some(Sha256(Hasher::digest(&bytes).into())) {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&bytes)?))
}

/// The messages, a line each. The node that the last one repeats is left out: it is long.
fn messages(path: &Path) -> io::Result<Vec<Box<RawValue>>> {
    let bytes = read(path)?.unwrap_or_default();
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    // A run that was killed may have left half a line.
    let messages = lines.filter_map(|line| {
        let mut message: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(line).ok()?;
        message.remove("node");
        serde_json::value::to_raw_value(&message).ok()
    });
    Ok(messages.take(MAX_MESSAGES).collect())
}

/// A file, unless it is none; never through a link.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or(0);
    let file = match OpenOptions::new().read(true).custom_flags(flags).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() > MAX_FILE {
        let name = path.display();
        return Err(io::Error::other(format!("{name} is no file of at most {MAX_FILE} bytes")));
    }
    let mut bytes = Vec::new();
    file.take(MAX_FILE).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    struct House {
        _home: tempfile::TempDir,
        folders: Folders,
        run: RunTree,
    }

    fn house() -> House {
        let home = tempfile::tempdir().unwrap();
        let folders = Folders::of(home.path());
        folders.make().unwrap();
        fs::create_dir_all(folders.repository().join("nodes")).unwrap();
        let run = RunTree {
            mode: Mode::Zero,
            node: "web1".parse().unwrap(),
            environment: "prod".parse().unwrap(),
            run_list: pantry_model::run_list::RunList::default(),
            policy: None,
            server: None,
            cookbooks: Vec::new(),
            documents: Vec::new(),
        };
        House { _home: home, folders, run }
    }

    impl House {
        fn collect(&self, asked: &ChefRun, given: &str) -> (serde_json::Value, Vec<String>) {
            let given = Some(Sha256(Hasher::digest(given).into()));
            let record = collect(&self.folders, asked, Some(&self.run), given);
            (serde_json::from_slice(&record.json).unwrap(), record.left_out)
        }

        fn node(&self, text: &str) {
            fs::write(self.folders.repository().join("nodes/web1.json"), text).unwrap();
        }
    }

    #[test]
    fn a_node_that_was_saved_is_told() {
        let house = house();
        let asked = ChefRun::default();
        assert_eq!(house.collect(&asked, "{}").0, serde_json::json!({}), "there is nothing");
        house.node("{\"name\": \"web1\"}");
        let expected = serde_json::json!({"node": {"name": "web1"}});
        assert_eq!(house.collect(&asked, "{}").0, expected);
        assert_eq!(house.collect(&asked, "{\"name\": \"web1\"}").0, serde_json::json!({}));
        let why_run = ChefRun { why_run: true, ..asked.clone() };
        assert_eq!(house.collect(&why_run, "{}").0, serde_json::json!({}));
        let once = ChefRun { override_run_list: Some(Vec::new().into()), ..asked.clone() };
        assert_eq!(house.collect(&once, "{}").0, serde_json::json!({}));
        house.node("{\"name\"");
        let (record, left_out) = house.collect(&asked, "{}");
        assert_eq!(record, serde_json::json!({}));
        assert!(left_out[0].starts_with("the node was not saved: EOF"), "{left_out:?}");
        house.node(&format!("{{\"a\": \"{}\"}}", "x".repeat(MAX_RECORD)));
        let (record, left_out) = house.collect(&asked, "{}");
        assert_eq!(record, serde_json::json!({}));
        assert!(left_out[0].contains("are more than the 4128768 that fit"), "{left_out:?}");
    }

    #[test]
    fn messages_are_told_without_the_node_that_they_repeat() {
        let house = house();
        let lines =
            "{\"message_type\":\"run_start\"}\n{\"node\":{\"a\":1},\"status\":\"x\"}\n{\"ha";
        fs::write(house.folders.messages(), lines).unwrap();
        let asked = ChefRun::default();
        let expected =
            serde_json::json!({"messages": [{"message_type": "run_start"}, {"status": "x"}]});
        assert_eq!(house.collect(&asked, "{}").0, expected);
        house.node("{\"name\": \"web1\"}");
        let long = "x".repeat(MAX_RECORD);
        fs::write(house.folders.messages(), format!("{{\"a\":\"{long}\"}}")).unwrap();
        let (record, left_out) = house.collect(&asked, "{}");
        assert_eq!(record, serde_json::json!({"node": {"name": "web1"}}));
        assert!(left_out[0].contains("do not fit beside the node"), "{left_out:?}");
        fs::remove_file(house.folders.messages()).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", house.folders.messages()).unwrap();
        assert!(house.collect(&asked, "{}").1[0].starts_with("Chef's report was not sent: "));
    }
}
