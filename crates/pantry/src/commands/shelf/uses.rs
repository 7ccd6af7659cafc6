//! `pantry shelf where COOKBOOK[@VERSION]`.

use pantry_http_client::{ChefClient, segment};
use serde::Deserialize;
use serde_json::Value;

use super::title::Title;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::clean::{Colours, clean};

/// How many names of nodes are shown to people.
const NAMES: usize = 10;

/// Options of `shelf where`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It tells of every application which versions it sees, of its own or of which shelf; which
environments allow one of them; which nodes are led to one by their run list, roles, policy, or
another cookbook that depends on it, or have had one in their last run; and which policies lock it.
Whether a node would in fact get one is the solver's to say. For superusers only.

Examples:
  pantry shelf where openssl
  pantry shelf where openssl@8.5.0
  pantry shelf where openssl --json | jq '.applications[].name'")]
pub(super) struct Options {
    /// The cookbook, and one version of it or all
    #[arg(value_name = "COOKBOOK[@VERSION]")]
    cookbook: Title,
}

#[derive(Debug, Deserialize)]
struct Uses {
    applications: Vec<Application>,
}

#[derive(Debug, Deserialize)]
struct Application {
    name: String,
    versions: Vec<Seen>,
    environments: Vec<String>,
    nodes: Vec<Node>,
    policies: Vec<Policy>,
}

#[derive(Debug, Deserialize)]
struct Seen {
    version: String,
    shelf: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Node {
    name: String,
    has_run_it: bool,
}

#[derive(Debug, Deserialize)]
struct Policy {
    name: String,
    revision_id: String,
    version: String,
    groups: Vec<String>,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let Title { name, version } = &options.cookbook;
    let mut path = format!("/cookbook_uses/{}", segment(name.as_str()));
    if let Some(version) = version {
        path.push_str(&format!("?version={version}"));
    }
    let said: Value = client.get_json(&path).await?;
    if context.print.is_json() {
        context.print.json(&said)?;
        return Ok(exit::DONE);
    }
    let Uses { applications } =
        serde_json::from_value(said).map_err(|error| CliError::Nonsense(error.to_string()))?;
    if applications.is_empty() {
        context.print.note("no application uses it");
    }
    for application in &applications {
        for line in describe(application) {
            context.print.line(&clean(&line, Colours::Removed))?;
        }
    }
    Ok(exit::DONE)
}

/// What matters of one, a line each.
fn describe(of: &Application) -> Vec<String> {
    let seen = |one: &Seen| match &one.shelf {
        Some(shelf) => format!("{} of the shelf {shelf}", one.version),
        None => one.version.clone(),
    };
    let seen: Vec<_> = of.versions.iter().map(seen).collect();
    let mut lines = vec![of.name.clone()];
    let mut add = |name: &str, value: String| {
        if !value.is_empty() {
            lines.push(format!("  {name:<12} {value}"));
        }
    };
    add("sees", seen.join(", "));
    add("environments", of.environments.join(", "));
    add("nodes", nodes(&of.nodes));
    for policy in &of.policies {
        let Policy { name, revision_id, version, groups } = policy;
        let short: String = revision_id.chars().take(10).collect();
        let groups = if groups.is_empty() { "no group".to_owned() } else { groups.join(", ") };
        add("policy", format!("{name} {short} locks {version}, for {groups}"));
    }
    lines
}

/// How many they are, and the first of them.
fn nodes(of: &[Node]) -> String {
    if of.is_empty() {
        return String::new();
    }
    let names: Vec<_> = of.iter().take(NAMES).map(|node| node.name.as_str()).collect();
    let more = if of.len() > NAMES { ", …" } else { "" };
    let ran = of.iter().filter(|node| node.has_run_it).count();
    format!("{} ({ran} have run it): {}{more}", of.len(), names.join(", "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_application_is_described_in_lines() {
        let node = |number: usize| json!({"name": format!("web{number}"), "has_run_it": number == 1, "leads_to_it": true});
        let of = json!({
            "name": "shop",
            "versions": [
                {"version": "2.0.0", "shelf": null}, {"version": "1.0.0", "shelf": "base"},
            ],
            "environments": ["_default", "prod"],
            "nodes": (1..=11).map(node).collect::<Vec<_>>(),
            "policies": [
                {"name": "web", "revision_id": "0123456789abcdef", "version": "1.0.0",
                 "identifier": "f0", "groups": []},
            ],
        });
        let lines = describe(&serde_json::from_value(of).unwrap());
        assert_eq!(
            lines.join("\n"),
            "shop\n  sees         2.0.0, 1.0.0 of the shelf base\n  environments _default, prod\n  \
             nodes        11 (1 have run it): web1, web2, web3, web4, web5, web6, web7, web8, web9, \
             web10, …\n  policy       web 0123456789 locks 1.0.0, for no group"
        );
    }
}
