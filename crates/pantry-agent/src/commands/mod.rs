//! What this machine can do: a name, and what is done under it.
//!
//! A command looks at its arguments first and says either that they are wrong, or that it is over
//! at once (then it costs one write to the journal and waits behind nobody), or gives back what is
//! to be run when its turn comes. The machine's own rules have the last word before that.

mod chef_convert;
mod chef_run;
mod echo;
mod exec;
mod file_list;
mod file_pull;
mod file_push;
mod rules;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use pantry_model::commands::ClientCommand;
use pantry_model::{EnvironmentName, JobId, MachineId, Order};
use serde::de::DeserializeOwned;

pub use rules::Rules;

use crate::chef::Chef;
use crate::file_service::Files;
use crate::files::FileRules;
use crate::output::Output;
use crate::process::{Outcome, Stdin};

/// What comes of an order.
pub enum Task {
    /// It succeeded, and this is its output.
    AtOnce(Vec<u8>),
    /// It is to be run.
    Run(Box<dyn Run>),
}

/// Something to be run.
pub trait Run: Send {
    /// Runs it to its end. If this future is dropped, what it started must be ended.
    fn run<'a>(
        self: Box<Self>,
        context: Context,
        output: &'a mut Output,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>>;
}

/// What is handed to whatever is run.
#[derive(Debug)]
pub struct Context {
    /// The machine it runs on.
    pub machine: MachineId,
    /// The machine's environment, if the agent knows it.
    pub environment: Option<EnvironmentName>,
    /// The job.
    pub job: JobId,
    /// The way to the server's file service.
    pub files: Files,
    /// Which files may be carried.
    pub file_rules: FileRules,
    /// The agent's data directory.
    pub data_dir: PathBuf,
    /// The payload.
    pub stdin: Stdin,
    /// How long it may run.
    pub timeout: Duration,
    /// How long it has to end once asked to.
    pub grace: Duration,
}

/// A command of this machine.
trait Implementation: Send + Sync {
    /// What comes of these arguments; an error is a sentence about them.
    fn prepare(&self, arguments: &serde_json::Value) -> Result<Task, String>;
}

/// A command whose arguments are this type of the model's.
struct Typed<C>(Box<dyn Fn(C) -> Result<Task, String> + Send + Sync>);

impl<C: ClientCommand + DeserializeOwned> Implementation for Typed<C> {
    fn prepare(&self, arguments: &serde_json::Value) -> Result<Task, String> {
        let arguments = C::deserialize(arguments)
            .map_err(|error| format!("the arguments of `{}` are not in order: {error}", C::NAME))?;
        (self.0)(arguments)
    }
}

/// All commands of this machine.
pub struct Registry {
    machine: MachineId,
    rules: Rules,
    commands: BTreeMap<&'static str, Box<dyn Implementation>>,
}

impl Registry {
    /// The commands that every agent has.
    pub(crate) fn new(machine: MachineId, rules: Rules, chef: Arc<Chef>) -> Self {
        let mut registry = Self { machine, rules, commands: BTreeMap::new() };
        registry.add(echo::prepare);
        registry.add(exec::prepare);
        registry.add(file_list::prepare);
        registry.add(file_pull::prepare);
        registry.add(file_push::prepare);
        let for_runs = Arc::clone(&chef);
        registry.add(move |asked| chef_run::prepare(asked, Arc::clone(&for_runs)));
        registry.add(move |asked| chef_convert::prepare(asked, Arc::clone(&chef)));
        registry
    }

    fn add<C: ClientCommand + DeserializeOwned + 'static>(
        &mut self,
        prepare: impl Fn(C) -> Result<Task, String> + Send + Sync + 'static,
    ) {
        self.commands.insert(C::NAME, Box::new(Typed(Box::new(prepare))));
    }

    /// What comes of an order; an error is a sentence that says why nothing does.
    pub fn prepare(&self, order: &Order) -> Result<Task, String> {
        let (machine, command) = (&self.machine.identity, &order.command);
        self.rules.check(machine, command)?;
        let Some(implementation) = self.commands.get(command.as_str()) else {
            return Err(format!(
                "{machine}'s agent, version {}, has no command `{command}`",
                crate::VERSION
            ));
        };
        implementation.prepare(&order.arguments)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use pantry_model::{Clock, Timestamp};

    use super::*;
    use crate::chef::ChefConfig;

    struct Never;

    impl Clock for Never {
        fn now(&self) -> Timestamp {
            Timestamp(0)
        }
    }

    fn registry(rules: Rules) -> Registry {
        let machine =
            MachineId { application: "shop".parse().unwrap(), identity: "web1".parse().unwrap() };
        let chef = Chef::new(ChefConfig::default(), Path::new("/none"), Arc::new(Never));
        Registry::new(machine, rules, Arc::new(chef))
    }

    fn order(command: &str, arguments: serde_json::Value) -> Order {
        Order { command: command.to_owned(), arguments, timeout: Duration::from_secs(1) }
    }

    fn refusal(registry: &Registry, order: &Order) -> String {
        registry.prepare(order).err().unwrap()
    }

    #[test]
    fn what_cannot_be_done_is_said_in_a_sentence() {
        let registry = registry(Rules::default());
        let unknown = refusal(&registry, &order("dance", serde_json::json!({})));
        let expected = format!("web1's agent, version {}, has no command `dance`", crate::VERSION);
        assert_eq!(unknown, expected);
        let wrong = refusal(&registry, &order("echo", serde_json::json!({ "txt": "hi" })));
        assert!(
            wrong.starts_with("the arguments of `echo` are not in order: unknown field"),
            "{wrong}"
        );
        assert!(registry.prepare(&order("exec", serde_json::json!({ "program": "" }))).is_err());
    }

    #[test]
    fn the_machines_own_rules_come_first() {
        let rules = Rules { allow: vec!["e*".to_owned()], deny: vec!["exe?".to_owned()] };
        let registry = registry(rules);
        let denied = refusal(&registry, &order("exec", serde_json::json!({ "program": "ls" })));
        assert_eq!(denied, "web1 does not run `exec`: commands.deny in its client.yml forbids it");
        let not_listed = refusal(&registry, &order("dance", serde_json::Value::Null));
        assert_eq!(
            not_listed,
            "web1 does not run `dance`: commands.allow in its client.yml does not list it"
        );
        assert!(registry.prepare(&order("echo", serde_json::json!({ "text": "hi" }))).is_ok());
    }
}
