//! `pantry chef …`: the objects of a Chef server, Pantry's own or any other.
//!
//! These commands go over HTTP, signed with the user's RSA key, but for `run` and `convert`, which are
//! jobs. What is the same for all kinds of objects is in `verbs`; a noun's own folder has options,
//! examples, and what is its own.

mod contents;
mod convert;
pub(super) mod cookbook;
mod data_bag;
mod document;
mod editor;
mod environment;
mod files;
mod kind;
mod node;
mod policy;
mod role;
mod run;
mod runs;
mod save;
mod search;
pub(super) mod solve;
mod verbs;

use super::{Context, metadata};
use crate::chef_server::{self, ChefServer};
use crate::errors::CliError;

/// Options of `chef`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without more, this is Pantry's own server, as for every other command, and -a is the organization.
Requests are signed with your RSA key, which lies beside the other one.

Examples:
  pantry -a shop chef node list
  pantry -a shop chef role upload roles/
  pantry -a shop chef cookbook upload cookbooks/nginx
  pantry -a shop chef search node 'role:web AND platform:debian' --attribute ipaddress
  pantry -a shop -e prod chef run               on the clients, over Pantry's own connection
  pantry -a shop chef runs --failed
  pantry chef solve --universe universe.json --run-list nginx
  pantry chef data-bag list --profile old       with a profile of ~/.chef/credentials
  pantry chef node list --chef-server-url https://chef.example.org/organizations/shop \\
    --chef-user ada --chef-key ada.pem")]
pub(crate) struct Options {
    #[command(flatten)]
    pub(crate) server: ChefServer,
    #[command(subcommand)]
    noun: AnyNoun,
}

#[derive(Debug, clap::Subcommand)]
enum AnyNoun {
    #[command(flatten)]
    Server(Noun),
    #[command(flatten)]
    Clients(OnClients),
    #[command(flatten)]
    ThisMachine(Local),
}

#[derive(Debug, clap::Subcommand)]
enum Noun {
    /// What Chef knows of machines
    Node(node::Options),
    /// Run lists and attributes that several machines share
    Role(role::Options),
    /// Versions of cookbooks, and attributes, for some machines
    Environment(environment::Options),
    /// Recipes, and what they need
    Cookbook(cookbook::Options),
    /// Data of any kind that recipes read
    DataBag(data_bag::Options),
    /// Run lists with exactly the cookbooks that they are run with
    Policy(policy::Options),
    /// What became of runs of Chef, on all nodes or on one
    Runs(runs::Options),
    /// Find nodes, roles, environments, API clients and data bag items
    Search(search::Options),
}

/// What clients do, over Pantry's own connection and not over HTTP.
#[derive(Debug, clap::Subcommand)]
enum OnClients {
    /// Have Chef converge clients
    Run(run::Options),
    /// Have clients converge without Pantry from now on, or with it again
    Convert(convert::Options),
}

/// What needs no server.
#[derive(Debug, clap::Subcommand)]
enum Local {
    /// What the metadata.rb of a cookbook says, as JSON; needs no server
    Metadata(metadata::Options),
    /// Which versions of cookbooks fit together, or why none do; needs no server
    Solve(solve::Options),
}

/// Does it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let noun = match options.noun {
        AnyNoun::Server(noun) => noun,
        AnyNoun::Clients(OnClients::Run(asked)) => {
            return run::run(asked, &options.server, context).await;
        }
        AnyNoun::Clients(OnClients::Convert(options)) => {
            return convert::run(options, context).await;
        }
        AnyNoun::ThisMachine(Local::Metadata(options)) => {
            return metadata::run(&options, context);
        }
        AnyNoun::ThisMachine(Local::Solve(options)) => return solve::run(&options, context),
    };
    let client = chef_server::client(&options.server, context)?;
    match noun {
        Noun::Node(options) => node::run(options, &client, context).await,
        Noun::Role(options) => role::run(options, &client, context).await,
        Noun::Environment(options) => environment::run(options, &client, context).await,
        Noun::Cookbook(options) => cookbook::run(options, &client, context).await,
        Noun::DataBag(options) => data_bag::run(options, &client, context).await,
        Noun::Policy(options) => policy::run(options, &client, context).await,
        Noun::Runs(options) => runs::run(&options, &client, context).await,
        Noun::Search(options) => search::run(options, &client, context).await,
    }
}
