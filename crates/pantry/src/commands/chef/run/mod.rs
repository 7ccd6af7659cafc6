//! `pantry chef run`: Chef converges clients, and what it says streams here.
//!
//! `pantry chef run show ID` tells of one that is over, which is asked over HTTP as other objects are.
//!
//! It is a job as any other: it goes over Pantry's own connection to the clients that the options mean,
//! is watched, and ends with the same exit codes. What the run means on each client the server says when
//! it begins there.

mod artifacts;
mod options;
mod show;

use pantry_model::commands::chef_run::{ChefRun, Mode};

pub(in crate::commands) use options::Options;
use options::Verb;

use crate::chef_server::{self, ChefServer};
use crate::commands::Context;
use crate::commands::start::{Start, start};
use crate::errors::CliError;

/// Starts it and watches, or tells of one that is over.
pub(in crate::commands) async fn run(
    options: Options,
    server: &ChefServer,
    context: &mut Context,
) -> Result<u8, CliError> {
    if let Some(Verb::Show(options)) = options.verb {
        let client = chef_server::client(server, context)?;
        return show::run(&options, &client, context).await;
    }
    if !options.data_bags.is_empty() && options.mode != Mode::Solo {
        return Err(CliError::Usage {
            message: format!("--data-bag is for --mode solo, and this is --mode {}", options.mode),
            hint: "leave it out: such a run reads every data bag that its client may read"
                .to_owned(),
        });
    }
    if options.artifacts.is_some() && options.mode == Mode::Server {
        return Err(CliError::Usage {
            message: "--artifacts cannot go with --mode server".to_owned(),
            hint: "use --mode zero, or a policy that locks these artifacts".to_owned(),
        });
    }
    if options.policy.is_some() && options.mode == Mode::Solo {
        return Err(CliError::Usage {
            message: "chef-solo follows no policy".to_owned(),
            hint: "use --mode zero, which needs no more on the client".to_owned(),
        });
    }
    let artifacts = options.artifacts.as_deref();
    let command = ChefRun {
        mode: options.mode,
        artifacts: artifacts.map(|path| artifacts::read(path, context)).transpose()?,
        policy: options.followed_policy(),
        run_list: options.run_list,
        override_run_list: options.override_run_list,
        data_bags: options.data_bags,
        why_run: options.why_run,
        log_level: options.log_level,
    };
    let how = Start {
        payload: None,
        timeout: options.timeout,
        time_to_live: options.ttl,
        no_wait: options.no_wait,
        staged: None,
    };
    start(&command, how, context).await
}
