//! What the agent says of its machine: its *facts*, in the names and shapes that Chef has for them,
//! so that the machine can be searched for before Chef has ever run there.
//!
//! They are gathered in the background: by Debian's `ohai` if it is there, with the lowest priority,
//! within a time and a size; else by the agent itself, from what the kernel tells ([`host`],
//! [`hardware`], [`network`]), on a thread of its own. What comes of it is one JSON object that fits
//! into one message.

mod hardware;
mod host;
mod network;
mod ohai;

use std::path::{Path, PathBuf};
use std::time::Duration;

use pantry_model::MachineId;
use pantry_model::protocol::MAX_FACTS_BYTES;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

/// What is told, and how often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactsConfig {
    /// Who gathers them (`client.facts.ohai`).
    pub ohai: Ohai,
    /// How often they are gathered and told again (`client.facts.interval`).
    pub interval: Duration,
}

impl FactsConfig {
    /// The default of [`FactsConfig::interval`].
    pub const INTERVAL: Duration = Duration::from_secs(60 * 60);
}

impl Default for FactsConfig {
    fn default() -> Self {
        Self { ohai: Ohai::Auto, interval: Self::INTERVAL }
    }
}

/// Whether `ohai` gathers the facts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Ohai {
    /// If it is on the PATH.
    #[default]
    Auto,
    /// Never.
    Never,
    /// This program does.
    At(PathBuf),
}

/// JSON objects as they are put together.
type Object = Map<String, Value>;

/// Gathers the machine's facts, as the text of one JSON object.
pub(crate) async fn gather(config: FactsConfig, machine: MachineId) -> Option<Vec<u8>> {
    let told = match &config.ohai {
        Ohai::Never => None,
        Ohai::Auto => ohai::ask(Path::new("ohai"), true).await,
        Ohai::At(program) => ohai::ask(program, false).await,
    };
    let mut facts = match told {
        Some(told) => told,
        None => own().await?,
    };
    let version = crate::VERSION;
    let MachineId { application, identity } = machine;
    let pantry = json!({"application": application, "identity": identity, "version": version});
    facts.insert("pantry".to_owned(), pantry);
    Some(fit(facts, MAX_FACTS_BYTES))
}

/// What the agent finds out by itself.
async fn own() -> Option<Object> {
    let fqdn = ohai::fqdn().await;
    let (done, found) = oneshot::channel();
    let gathering = std::thread::Builder::new().name("facts".to_owned()).spawn(move || {
        let root = Root(PathBuf::from("/"));
        let mut facts = host::facts(&root, fqdn);
        facts.extend(hardware::facts(&root));
        facts.extend(network::facts(&root, &network::addresses()));
        // Nobody waits for it any more when the agent ends.
        let _ = done.send(facts);
    });
    if let Err(error) = gathering {
        tracing::warn!(%error, "cannot gather facts of this machine");
        return None;
    }
    found.await.ok()
}

/// The text of these facts, without the largest of them as long as they are too many.
fn fit(mut facts: Object, limit: usize) -> Vec<u8> {
    loop {
        let text = Value::Object(facts.clone()).to_string();
        if text.len() <= limit {
            return text.into_bytes();
        }
        let sizes = facts.iter().map(|(name, value)| (value.to_string().len(), name.clone()));
        let Some((size, largest)) = sizes.max() else { return b"{}".to_vec() };
        facts.remove(&largest);
        tracing::info!(fact = %largest, bytes = size, limit, "left out a fact that is too large");
    }
}

/// Where the kernel's and the system's files are; tests have others.
struct Root(PathBuf);

impl Root {
    /// A file's text without blanks around it; `None` if there is none, or nothing in it.
    fn read(&self, path: &str) -> Option<String> {
        let bytes = std::fs::read(self.0.join(path)).ok()?;
        let text = String::from_utf8_lossy(&bytes).trim().to_owned();
        (!text.is_empty()).then_some(text)
    }

    /// The names in a folder, in their order.
    fn list(&self, path: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.join(path)).into_iter().flatten().flatten();
        let mut names: Vec<_> =
            entries.filter_map(|it| it.file_name().into_string().ok()).collect();
        names.sort();
        names
    }
}

/// Sets a fact if it is known.
fn set(facts: &mut Object, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        facts.insert(name.to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_large_is_left_out_from_the_largest_on() {
        let facts = |sizes: &[(&str, usize)]| -> Object {
            sizes
                .iter()
                .map(|(name, size)| ((*name).to_owned(), "x".repeat(*size).into()))
                .collect()
        };
        let all = facts(&[("a", 10), ("b", 500), ("c", 20), ("d", 300)]);
        let fitting: Object = serde_json::from_slice(&fit(all.clone(), 100)).unwrap();
        assert_eq!(fitting, facts(&[("a", 10), ("c", 20)]));
        let fitting: Object = serde_json::from_slice(&fit(all.clone(), 1000)).unwrap();
        assert_eq!(fitting, all);
        assert_eq!(fit(all, 1), b"{}");
    }

    #[tokio::test]
    async fn this_machine_has_facts() {
        let machine =
            MachineId { application: "shop".parse().unwrap(), identity: "web1".parse().unwrap() };
        let config = FactsConfig { ohai: Ohai::Never, ..FactsConfig::default() };
        let facts = gather(config, machine).await.unwrap();
        let facts: Object = serde_json::from_slice(&facts).unwrap();
        for name in ["hostname", "fqdn", "os_version"] {
            assert!(facts[name].as_str().is_some_and(|it| !it.is_empty()), "{name}: {facts:?}");
        }
        assert_eq!(facts["os"], "linux");
        assert_eq!(facts["kernel"]["name"], "Linux");
        assert!(facts["cpu"]["total"].as_u64().unwrap() > 0);
        assert!(facts["memory"]["total"].as_str().unwrap().ends_with("kB"));
        let loopback = &facts["network"]["interfaces"]["lo"]["addresses"]["127.0.0.1"];
        assert_eq!((&loopback["family"], &loopback["prefixlen"]), (&json!("inet"), &json!("8")));
        let version = crate::VERSION;
        let pantry = json!({"application": "shop", "identity": "web1", "version": version});
        assert_eq!(facts["pantry"], pantry);
    }
}
