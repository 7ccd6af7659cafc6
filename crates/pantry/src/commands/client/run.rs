//! `pantry client`: the agent, until it is told to end.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_agent::{Config, FileRules, Rules};
use pantry_model::CurveKeyPair;

use crate::commands::Context;
use crate::config::client::ClientConfig;
use crate::errors::{CliError, exit};
use crate::files;
use crate::logging;
use crate::signals;

/// Options of `client` alone.
#[derive(Debug, clap::Args)]
// Flattened into options whose group has the same name.
#[group(skip)]
pub(crate) struct Options {
    /// Where the client keeps its queue [default: data_dir of its configuration]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Only say whether the configuration is in order
    #[arg(long)]
    check: bool,
}

impl Options {
    /// Whether any of them was said. (clap could refuse them beside a verb, but would refuse the
    /// global options with them.)
    #[cfg(feature = "cli")]
    pub(super) fn is_given(&self) -> bool {
        self.data_dir.is_some() || self.check
    }
}

/// Runs the agent; or, with `--check`, says that it could be.
pub(super) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let environment = &context.environment;
    let (settings, path) = ClientConfig::load(context.global.config.as_deref(), environment)?;
    let data_dir = settings.data_dir(options.data_dir.as_deref(), environment);
    let machine = settings.machine(&path, environment)?;
    if let Some(mode) = files::readable_by_others(&path) {
        let path = path.display();
        context.print.note(&format!(
            "warning: {path} holds a secret key, and others than its owner can read it (mode {mode}): chmod 600 {path}"
        ));
    }
    if options.check {
        context.print.line(&format!("{} is in order: the client {machine}", path.display()))?;
        return Ok(exit::DONE);
    }
    // Before anything else, so that a signal is never missed.
    let ended = signals::ended()?;
    let directory = path.parent().unwrap_or(Path::new("/"));
    logging::start(&settings.log_to, settings.log_level, settings.log_format, directory)?;

    let networking = &settings.networking;
    let keys = CurveKeyPair {
        public: settings.curve.public_key,
        secret: settings.curve.secret_key.0.clone(),
    };
    let ports = (networking.pub_sub_port, networking.receive_port, networking.file_service_port);
    let server = (networking.server_host.clone(), ports.0, ports.1, ports.2);
    let mut config = Config::new(server, settings.curve.server_public_key, keys, machine, data_dir);
    config.heartbeat_interval = settings.client.heartbeat_interval;
    config.parallel_jobs = settings.client.parallel_jobs;
    config.output_limit = settings.client.output_limit;
    config.chef = settings.chef.into();
    config.facts = settings.client.facts.0;
    config.files = FileRules {
        folders: settings.commands.files.unwrap_or_default(),
        pull_limit: settings.client.pull_limit,
    };
    config.commands = Rules { allow: settings.commands.allow, deny: settings.commands.deny };
    pantry_agent::run(config, Arc::clone(&context.clock), ended).await?;
    Ok(exit::DONE)
}
