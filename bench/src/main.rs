//! Measures the real binary. Run by `cargo xtask bench`, which builds it first.
//!
//! Machines differ and are noisy, so a figure counts only beside another from the same run: a peer
//! where there is one (Salt for `echo`, goiardi for `api`, `search` and `cookbooks`, PostgreSQL itself for `store`),
//! else a floor that the machine itself sets.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "telling is what it is for")]

mod api;
mod chef_run;
mod client;
mod clients;
mod cookbooks;
mod echo;
mod figures;
mod files;
mod filling;
mod peer;
mod salt;
mod search;
mod shelves;
mod store;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, bail};
use pantry_testkit::installation::Installation;

/// What is measured.
struct Binaries {
    /// The server and the command line.
    whole: PathBuf,
    /// The client, as it is built for machines.
    agent: PathBuf,
}

impl Binaries {
    fn installation(&self) -> Result<Installation> {
        Installation::with_agent(&self.whole, &self.agent)
    }
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let [name, whole, agent, more @ ..] = arguments else {
        bail!(
            "usage: pantry-bench echo|clients|api|store|search|cookbooks|shelves|files|chef-run PANTRY AGENT-ONLY-PANTRY [OPTION]"
        );
    };
    let binaries = Binaries { whole: whole.into(), agent: agent.into() };
    let with_peer = !more.iter().any(|option| option == "--no-peer");
    match name.as_str() {
        "echo" => echo::run(&binaries, with_peer),
        "clients" => clients::run(&binaries),
        "api" => api::run(&binaries, with_peer),
        "store" => store::run(),
        "search" => search::run(&binaries, with_peer, more),
        "cookbooks" => cookbooks::run(&binaries, with_peer, more),
        "shelves" => shelves::run(&binaries),
        "files" => files::run(&binaries),
        "chef-run" => chef_run::run(&binaries),
        other => bail!(
            "there is no bench `{other}`: echo, clients, api, store, search, cookbooks, shelves, files, chef-run"
        ),
    }
}
