//! The messages for a data collector: one when a run begins, one when it ends, a line each.

use std::fs::File;
use std::io::Write as _;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::configuration::Configuration;

/// A moment, for messages that need one.
const MOMENT: &str = "2026-01-01T00:00:00Z";

/// Where the messages go; nowhere, if the configuration names no file, or in why-run mode.
pub(crate) struct Collector {
    file: Option<File>,
    node: String,
    run: String,
}

impl Collector {
    pub(crate) fn new(configuration: &Configuration, node: &str, why_run: bool) -> Result<Self> {
        let file = match configuration.get("messages").filter(|_| !why_run) {
            // As Chef has it: a file that is not there is an error.
            Some(path) => Some(File::options().append(true).open(path).context(path.to_owned())?),
            None => None,
        };
        let run = format!("00000000-0000-4000-8000-{:012x}", std::process::id());
        Ok(Self { file, node: node.to_owned(), run })
    }

    pub(crate) fn start(&mut self) -> Result<()> {
        let node = self.node.clone();
        self.write(json!({ "message_type": "run_start", "node_name": node, "start_time": MOMENT }))
    }

    pub(crate) fn end(
        &mut self,
        status: &str,
        resources: &[String],
        error: Option<&str>,
    ) -> Result<()> {
        let listed = |name: &String| {
            json!({
                "type": "log", "name": name, "id": name, "result": "write", "status": "updated",
                "duration": "0", "delta": "", "cookbook_name": name, "recipe_name": "default",
            })
        };
        let resources: Vec<Value> = resources.iter().map(listed).collect();
        let mut message = json!({
            "message_type": "run_converge", "node_name": self.node, "status": status,
            "start_time": MOMENT, "end_time": MOMENT, "total_resource_count": resources.len(),
            "updated_resource_count": resources.len(), "resources": resources,
            "node": { "name": self.node },
        });
        if let Some(error) = error {
            message["error"] =
                json!({ "class": "StandInError", "message": error, "backtrace": [] });
        }
        self.write(message)
    }

    fn write(&mut self, mut message: Value) -> Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        for name in ["id", "run_id"] {
            message[name] = Value::from(self.run.clone());
        }
        message["message_version"] = Value::from("1.1.0");
        message["source"] = Value::from("chef_solo");
        writeln!(file, "{message}")?;
        Ok(())
    }
}
