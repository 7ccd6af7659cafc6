//! Preparing a run for a machine.

use std::collections::BTreeMap;

use pantry_model::chef::{ChefServer, NodeInRun, RunTree};
use pantry_model::commands::chef_run::{ChefRun, ChefRunPrepare, FollowedPolicy, Mode};
use pantry_model::commands::user::HttpAddress;
use pantry_model::refusals::chef_runs;
use pantry_model::{EnvironmentName, Error, MachineId, Principal, RunList};
use pantry_store::{Kind, Scope};

use super::contents::{Document, Made, RunContents};
use super::cookbooks::{InFolder, in_cookbooks, path};
use super::documents::unconstrained;
use super::run_list::Expanded;
use crate::UseCases;
use crate::callers::Caller;

/// A run as far as it is known before anything but the node was read.
struct Beginning<'a> {
    run: &'a ChefRun,
    machine: &'a MachineId,
    scope: Scope,
    caller: Caller,
    node: NodeInRun,
    tree: RunTree,
}

/// What a run has besides its node.
type Parts = (Vec<InFolder>, Vec<Document>);

impl UseCases {
    /// What a run means for this machine now. `http` is where this server serves the Chef Server API.
    /// The job is one that this machine has a delivery of that is not final; any other is unknown.
    pub async fn prepare_chef_run(
        &self,
        machine: &MachineId,
        asked: &ChefRunPrepare,
        http: Option<HttpAddress>,
    ) -> Result<RunContents, Error> {
        let run = self.ordered_run(machine, asked.job, true).await?;
        let caller = self.caller(&Principal::Machine(machine.clone()), None).await?;
        let node = self.node_in_run(&caller, machine).await?;
        let is_told = run.run_list.is_some() || run.override_run_list.is_some();
        let by_itself = || node.policy().filter(|_| !is_told && run.artifacts.is_none());
        let policy = run.policy.clone().or_else(by_itself);
        if run.mode == Mode::Solo && policy.is_some() {
            return Err(
                chef_runs::not_in_mode(run.mode, "follow a policy, as the node does").into()
            );
        }
        let info = node.node().info();
        let environment = match &policy {
            Some(_) => EnvironmentName::default_name(),
            None => info.environment.clone(),
        };
        let run_list = match &run.run_list {
            Some(said) => said.clone(),
            None if info.run_list.items().is_empty() => self.roles_as_run_list(machine).await?,
            None => info.run_list.clone(),
        };
        let tree = RunTree {
            mode: run.mode,
            node: node.node().name().clone(),
            environment,
            run_list,
            policy,
            server: None,
            cookbooks: Vec::new(),
            documents: Vec::new(),
        };
        let scope = Scope::of(machine);
        let mut begun = Beginning { run: &run, machine, scope, caller, node, tree };
        let (cookbooks, documents) = match (run.mode, begun.tree.policy.clone()) {
            (Mode::Server, policy) => {
                let key = asked.public_key.as_deref();
                self.run_on_server(&mut begun, policy.as_ref(), (http, key)).await?
            }
            (_, Some(policy)) => self.run_policy(&mut begun, &policy).await?,
            (_, None) => self.run_recipes(&begun).await?,
        };
        Ok(RunContents::new(begun.tree, cookbooks, documents))
    }

    /// A run that reads all it needs by the Chef Server API.
    async fn run_on_server(
        &self,
        begun: &mut Beginning<'_>,
        policy: Option<&FollowedPolicy>,
        (http, key): (Option<HttpAddress>, Option<&str>),
    ) -> Result<Parts, Error> {
        let HttpAddress { port, tls } = http.ok_or_else(chef_runs::no_http)?;
        if let Some(policy) = policy {
            let list = self.run_list_of_policy(&begun.caller, &begun.scope, policy).await?;
            begun.tree.run_list = list;
        }
        if let Some(key) = key {
            self.give_key(&begun.caller, key).await?;
        }
        let application = begun.machine.application.clone();
        begun.tree.server = Some(ChefServer { port, tls, application });
        Ok((Vec::new(), Vec::new()))
    }

    async fn run_policy(
        &self,
        begun: &mut Beginning<'_>,
        policy: &FollowedPolicy,
    ) -> Result<Parts, Error> {
        let followed = self.policy_in_run(&begun.caller, &begun.scope, policy).await?;
        begun.tree.run_list = followed.run_list;
        let mut documents = self.documents_to_read(&begun.caller, begun.machine).await?;
        documents.extend(followed.documents);
        documents.push(begun.own_node()?);
        Ok((followed.cookbooks, documents))
    }

    /// A run of a run list, with cookbooks that the solver chooses or with artifacts.
    async fn run_recipes(&self, begun: &Beginning<'_>) -> Result<Parts, Error> {
        let Beginning { run, machine, scope, caller, tree, .. } = begun;
        let name = tree.environment.as_str();
        let found = self.needed(caller, (scope, Kind::Environment, name), "environment").await?;
        let environment = found.ok_or_else(|| chef_runs::no_such_environment(name))?;
        let list: &RunList = run.override_run_list.as_ref().unwrap_or(&tree.run_list);
        let expanded = self.expanded(caller, scope, (list, &tree.environment)).await?;
        let cookbooks = match &run.artifacts {
            Some(artifacts) => {
                let wanted: BTreeMap<&str, &str> =
                    artifacts.iter().map(|(name, of)| (name.as_str(), of.as_str())).collect();
                self.said_artifacts(begun, &expanded, &wanted).await?
            }
            None => {
                let of = (scope, &environment);
                let trees = self.solved_trees(caller, of, &expanded.items).await?;
                in_cookbooks(trees.iter().map(|(name, tree)| (name.as_ref(), tree)))?
            }
        };
        let constrained = environment.document.clone();
        let mut documents = match run.mode {
            Mode::Solo => {
                let bags = &run.data_bags;
                let environment = environment.document;
                self.documents_for_solo(caller, scope, environment, expanded.roles, bags).await?
            }
            Mode::Zero | Mode::Server => self.documents_to_read(caller, machine).await?,
        };
        if run.artifacts.is_some() {
            let free = unconstrained(&constrained)?;
            documents.retain(|document| document.path != free.path);
            documents.push(free);
        }
        documents.push(begun.own_node()?);
        Ok((cookbooks, documents))
    }

    /// The artifacts that were said, which must be all that the run list needs.
    async fn said_artifacts(
        &self,
        Beginning { scope, caller, .. }: &Beginning<'_>,
        expanded: &Expanded,
        wanted: &BTreeMap<&str, &str>,
    ) -> Result<Vec<InFolder>, Error> {
        let cookbooks = expanded.items.iter().map(|item| item.cookbook.as_str());
        if let Some(lacking) = cookbooks.into_iter().find(|name| !wanted.contains_key(name)) {
            return Err(chef_runs::no_artifact_for(lacking).into());
        }
        let wanted: Vec<_> = wanted.iter().map(|(name, of)| (*name, *of)).collect();
        let trees = self.artifact_trees(caller, scope, &wanted).await?;
        in_cookbooks(wanted.iter().map(|(name, _)| *name).zip(&trees))
    }
}

impl Beginning<'_> {
    /// The machine's node, as the run begins with it.
    fn own_node(&self) -> Result<Document, Error> {
        let RunTree { node, run_list, policy, .. } = &self.tree;
        let path = path(&format!("nodes/{node}.json"))?;
        Ok(Document { path, content: Made::new(self.node.in_run(run_list, policy.as_ref())) })
    }
}
