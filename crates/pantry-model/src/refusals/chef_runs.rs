//! Sentences about runs of Chef that cannot be prepared. No original has them: they are Pantry's own,
//! told to whoever asked for the run as the reason why it failed on a machine.

use super::{Class, Refusal};
use crate::commands::chef_run::Mode;
use crate::tree::TreeError;

/// The machine's API client may not read something that its run needs.
pub fn not_readable(machine: &str, what: &str, names: &[String]) -> Refusal {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let sentence = format!(
        "the API client `{machine}` may not read the {what} {}, which the run needs",
        quoted.join(", ")
    );
    Refusal::listed(Class::Forbidden, sentence)
}

/// The node is in an environment that is not there.
pub fn no_such_environment(environment: &str) -> Refusal {
    let sentence = format!(
        "the node is in the environment `{environment}`, and there is none: \
         `pantry chef environment upload` makes it"
    );
    Refusal::listed(Class::Unmet, sentence)
}

/// The run list names a role that is not there.
pub fn no_such_role(role: &str, within: Option<&str>) -> Refusal {
    let by = within.map_or_else(|| "the run list".to_owned(), |role| format!("the role `{role}`"));
    Refusal::listed(Class::Unmet, format!("{by} names the role `{role}`, and there is none"))
}

/// A run list would need more than a run list may.
pub fn too_many_roles(limit: usize) -> Refusal {
    let sentence = format!("the run list comes to more than {limit} roles");
    Refusal::listed(Class::Unmet, sentence)
}

/// A run list names a recipe of which no cookbook could be.
pub fn no_recipe(item: &str) -> Refusal {
    Refusal::listed(Class::Unmet, format!("`{item}` in the run list is no recipe"))
}

/// A recipe of the run list has no artifact.
pub fn no_artifact_for(cookbook: &str) -> Refusal {
    let sentence =
        format!("the run list needs the cookbook `{cookbook}`, and no artifact of it is said");
    Refusal::listed(Class::Unmet, sentence)
}

/// A mode cannot do what is asked for.
pub fn not_in_mode(mode: Mode, what: &str) -> Refusal {
    Refusal::listed(Class::Invalid, format!("a run in the mode `{mode}` cannot {what}"))
}

/// What is asked for contradicts itself.
pub fn not_together(one: &str, other: &str) -> Refusal {
    Refusal::listed(Class::Invalid, format!("a run cannot have both {one} and {other}"))
}

/// A file of a cookbook cannot be put where it says.
pub fn no_path_for_file(cookbook: &str, path: &str) -> Refusal {
    let sentence = format!(
        "the cookbook `{cookbook}` has a file {path:?}, which is no path below a cookbook's folder"
    );
    Refusal::listed(Class::Unmet, sentence)
}

/// The files of a cookbook cannot stand beside each other.
pub fn no_tree_of_cookbook(cookbook: &str, why: &TreeError) -> Refusal {
    let sentence = format!("the files of the cookbook `{cookbook}` are no tree: {why}");
    Refusal::listed(Class::Unmet, sentence)
}

/// A name cannot be that of a file, and the run cannot do without it.
pub fn no_path_for_document(path: &str) -> Refusal {
    Refusal::listed(Class::Unmet, format!("{path:?} cannot be the path of a file"))
}

/// In local mode Chef tells a name from an identifier by the last `-`.
pub fn dash_in_identifier(what: &str, name: &str, identifier: &str) -> Refusal {
    let sentence = format!(
        "the {what} `{name}` is known by `{identifier}`; Chef's local mode cannot read one with a \
         `-`: run it with --mode server"
    );
    Refusal::listed(Class::Unmet, sentence)
}

/// The documents of a run are too large together.
pub fn too_many_documents(limit: u64) -> Refusal {
    let sentence = format!(
        "the nodes, roles, environments and data bags that this machine may read come to more than \
         {limit} bytes, the limit `networking.limits.max_run_documents_bytes`; a run with \
         --mode server reads only what it asks for"
    );
    Refusal::listed(Class::TooLarge, sentence)
}

/// There is no Chef Server API to run against.
pub fn no_http() -> Refusal {
    let sentence = "this server serves no Chef Server API, which the mode `server` needs";
    Refusal::listed(Class::Unmet, sentence)
}

/// The machine's API client may not save its node.
pub fn not_saved(machine: &str, why: &Refusal) -> Refusal {
    let sentence =
        format!("the API client `{machine}` may not save the node `{machine}`: {}", why.sentence);
    Refusal::listed(Class::Forbidden, sentence)
}

/// What a machine has sent as its RSA key is none.
pub fn no_key() -> Refusal {
    Refusal::listed(Class::Invalid, "what the machine has sent is no RSA public key, as PEM")
}
