//! The options of `chef run`, in the words of `chef-client` and `knife`.

use std::path::PathBuf;
use std::time::Duration;

use pantry_model::commands::chef_run::{FollowedPolicy, LogLevel, Mode};
use pantry_model::{DataBagName, PolicyGroupName, PolicyName, RunList, RunListItem};

use super::show;
use crate::arguments::durations;

/// What there is beside a run itself.
#[derive(Debug, clap::Subcommand)]
pub(in crate::commands) enum Verb {
    /// What a run has changed, and what went wrong
    Show(show::Options),
}

/// Options of `chef run`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Chef itself must be on the clients. What it runs with is what this server has when the run begins
there: the cookbooks that fit the run list in the environment, and all that the client's API client
may read. Files that a client has already are not sent again.

  zero    chef-client in local mode: searches and data bags are those on its disk
  solo    chef-solo, with the data bags that --data-bag names
  server  chef-client against this server's HTTP API

A policy that a node names is followed, unless a run list or artifacts are said. The file of
--artifacts is a JSON object of names and identifiers: {\"nginx\": \"64b3e64306cff223\"}. After the
run the node is saved, but not after --why-run and --override-run-list.

Ends with 0 if all succeeded, 1 if it failed on any client, 11 if any client was silent.

Examples:
  pantry -a shop -e prod chef run
  pantry -a shop -i web1 chef run --run-list 'role[web],recipe[nginx::tls]'
  pantry -a shop -r web chef run --override-run-list nginx@1.2.3 --log-level debug
  pantry -a shop chef run --why-run
  pantry -a shop chef run --policy web --policy-group prod
  pantry -a shop -s 'platform:debian' chef run --mode solo --data-bag users --no-wait")]
#[command(args_conflicts_with_subcommands = true)]
pub(in crate::commands) struct Options {
    #[command(subcommand)]
    pub(super) verb: Option<Verb>,
    /// How clients converge: zero, solo or server
    #[arg(long, value_name = "MODE", default_value = "zero")]
    pub(super) mode: Mode,
    /// What the nodes are to run from now on, with commas in between; a bare name is a recipe
    #[arg(long, value_name = "ITEM,…", value_parser = run_list)]
    pub(super) run_list: Option<RunList>,
    /// What is run this time only; the node stays as it is
    #[arg(long, value_name = "ITEM,…", value_parser = override_run_list)]
    pub(super) override_run_list: Option<RunList>,
    /// Follow this policy from now on
    #[arg(long, value_name = "NAME", requires = "policy_group")]
    #[arg(conflicts_with_all = ["run_list", "override_run_list", "artifacts"])]
    pub(super) policy: Option<PolicyName>,
    /// In this policy group
    #[arg(long, value_name = "GROUP", requires = "policy")]
    pub(super) policy_group: Option<PolicyGroupName>,
    /// Run with just the cookbook artifacts in this file; nothing is solved
    #[arg(long, value_name = "FILE")]
    pub(super) artifacts: Option<PathBuf>,
    /// With --mode solo, a data bag that the run may read; can be given again
    #[arg(long = "data-bag", value_name = "NAME")]
    pub(super) data_bags: Vec<DataBagName>,
    /// Say what would be done, and do nothing
    #[arg(short = 'W', long)]
    pub(super) why_run: bool,
    /// What Chef logs: trace, debug, info, warn, error or fatal
    #[arg(long, value_name = "LEVEL")]
    pub(super) log_level: Option<LogLevel>,
    /// How long it may run on a client
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "1h")]
    pub(super) timeout: Duration,
    /// How long clients that are away have to come back and run it
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "1h")]
    pub(super) ttl: Duration,
    /// Print the job's id and do not wait
    #[arg(long)]
    pub(super) no_wait: bool,
}

impl Options {
    /// The policy that is to be followed.
    pub(super) fn followed_policy(&self) -> Option<FollowedPolicy> {
        let (name, group) = (self.policy.clone()?, self.policy_group.clone()?);
        Some(FollowedPolicy { name, group })
    }
}

/// A run list that nodes are to keep. An empty one is most likely a mistake, and takes all away.
fn run_list(text: &str) -> Result<RunList, String> {
    match override_run_list(text)? {
        list if list.items().is_empty() => Err("it is empty".to_owned()),
        list => Ok(list),
    }
}

/// Items with commas in between, as Chef's tools take them.
fn override_run_list(text: &str) -> Result<RunList, String> {
    if text.trim().is_empty() {
        return Ok(RunList::default());
    }
    let item = |text: &str| {
        let text = text.trim();
        text.parse::<RunListItem>().map_err(|error| format!("`{text}`: {error}"))
    };
    text.split(',').map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stand_between_commas() {
        let read = |text: &str| {
            let list = override_run_list(text)?;
            let items = list.items().iter().map(ToString::to_string).collect::<Vec<_>>();
            Ok::<_, String>(items.join(" "))
        };
        assert_eq!(read("").unwrap(), "");
        assert_eq!(read("nginx").unwrap(), "recipe[nginx]");
        assert_eq!(
            read("role[web], nginx::tls@1.2.3,recipe[apt]").unwrap(),
            "role[web] recipe[nginx::tls@1.2.3] recipe[apt]"
        );
        for bad in [",", "a,", "role[", "a b", "role[a]x"] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(run_list(" ").is_err());
        assert_eq!(run_list("a").unwrap().items().len(), 1);
    }
}
