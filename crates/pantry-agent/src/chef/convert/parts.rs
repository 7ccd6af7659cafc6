//! What a Chef without Pantry is given: files by their names in Chef's folder.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use pantry_model::chef::RunTree;
use pantry_model::commands::chef_run::Mode;

use super::error::ConvertError;
use crate::chef::configuration::{self, ruby};
use crate::chef::folders::Folders;
use crate::chef::settings::ChefConfig;

/// What chef-client reads.
pub(super) const CLIENT: &str = "client.rb";
/// The machine's RSA key.
const KEY: &str = "client.pem";
/// What chef-solo reads.
pub(super) const SOLO: &str = "solo.rb";
/// The node's run list and attributes.
pub(super) const NODE: &str = "node.json";
/// Cookbooks, roles, environments and data bags.
const REPOSITORY: &str = "chef-repo";
/// Where chef-solo saves the node. It is Chef's own: there it keeps attributes from run to run.
const NODES: &str = "nodes";
/// All names that a conversion writes.
pub(super) const NAMES: &[&str] = &[CLIENT, KEY, SOLO, NODE, REPOSITORY];
/// What is in the agent's repository and not in Chef's: the node is in [`NODE`].
const LEFT_OUT: &str = "nodes";
/// What may hold secrets there.
const SECRET: &str = "data_bags";

/// Something that is to be in Chef's folder.
pub(super) struct Part {
    /// Its name.
    pub(super) name: &'static str,
    /// What it is.
    pub(super) what: What,
}

/// What it is.
pub(super) enum What {
    /// A file, with these permissions.
    File(Vec<u8>, u32),
    /// A folder, with what is in another one.
    Copy {
        /// The other one.
        from: PathBuf,
        /// What is left out of it, at its top.
        left_out: &'static str,
        /// What is for its owner alone, at its top.
        secret: &'static str,
    },
}

impl Part {
    /// Everything for this run, of which the repository is in the agent's folders if it has one.
    pub(super) fn all_of(
        run: &RunTree,
        folders: &Folders,
        config: &ChefConfig,
        server_host: &str,
    ) -> Result<Vec<Self>, ConvertError> {
        let file = |name, bytes, mode| Self { name, what: What::File(bytes, mode) };
        if run.mode == Mode::Server {
            let key = folders.key();
            let text = fs::read(&key).map_err(ConvertError::io("read", &key))?;
            let client = client(run, config, server_host);
            return Ok(vec![file(KEY, text, 0o600), file(CLIENT, client.into_bytes(), 0o644)]);
        }
        let from = folders.repository();
        let node = from.join(LEFT_OUT).join(format!("{}.json", run.node));
        let node = match fs::read(&node) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            read => Some(read.map_err(ConvertError::io("read", &node))?),
        };
        let attributes = configuration::attributes(run, node.as_deref());
        let repository = What::Copy { from, left_out: LEFT_OUT, secret: SECRET };
        Ok(vec![
            Self { name: REPOSITORY, what: repository },
            file(NODE, attributes, 0o600),
            file(SOLO, solo(run, config).into_bytes(), 0o644),
        ])
    }
}

fn head(run: &RunTree) -> String {
    let mut text = String::from("# Written by Pantry, which takes it back if it is not changed:\n");
    // Writing to a text cannot fail.
    let _ = writeln!(text, "# pantry -i {} chef convert --to pantry", run.node);
    text
}

fn say(text: &mut String, lines: impl IntoIterator<Item = (&'static str, String)>) {
    for (setting, value) in lines {
        let _ = writeln!(text, "{setting} {value}");
    }
}

fn quoted(path: &Path) -> String {
    ruby(&path.display().to_string())
}

fn secret(config: &ChefConfig) -> Option<(&'static str, String)> {
    let secret = &config.secret_file;
    secret.exists().then(|| ("encrypted_data_bag_secret", quoted(secret)))
}

/// What chef-client reads. Where it keeps what it has fetched is its own matter.
fn client(run: &RunTree, config: &ChefConfig, server_host: &str) -> String {
    let mut text = head(run);
    say(&mut text, configuration::whose(run));
    say(&mut text, configuration::server(run, config, server_host));
    say(&mut text, [("client_key", quoted(&config.config_dir.join(KEY)))]);
    say(&mut text, secret(config));
    text
}

/// What chef-solo reads.
fn solo(run: &RunTree, config: &ChefConfig) -> String {
    let mut text = head(run);
    say(&mut text, configuration::whose(run));
    let repository = config.config_dir.join(REPOSITORY);
    say(
        &mut text,
        [
            ("chef_repo_path", quoted(&repository)),
            ("cookbook_path", quoted(&repository.join("cookbooks"))),
            ("role_path", quoted(&repository.join("roles"))),
            ("environment_path", quoted(&repository.join("environments"))),
            ("data_bag_path", quoted(&repository.join(SECRET))),
            ("node_path", quoted(&config.config_dir.join(NODES))),
            ("json_attribs", quoted(&config.config_dir.join(NODE))),
        ],
    );
    say(&mut text, secret(config));
    text
}
