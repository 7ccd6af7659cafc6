//! `pantry chef convert`: machines converge without Pantry from now on, or with it again.

use std::time::Duration;

use pantry_model::DataBagName;
use pantry_model::commands::chef_convert::{ChefConvert, Form};

use crate::arguments::durations;
use crate::commands::Context;
use crate::commands::start::{Start, start};
use crate::errors::CliError;

/// Options of `chef convert`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each client writes into its folder for Chef (chef.config_dir in its client.yml: /etc/chef), and says
what to do next. What is there already is moved aside, and put back by --to pantry.

  chef-client  client.rb and client.pem: with these, chef-client asks this server's HTTP API. The run
               list, attributes and cookbooks stay here
  chef-solo    solo.rb, node.json and chef-repo/: the cookbooks that fit now, roles, environment and
               the data bags that --data-bag names. Nothing is asked of any server after that
  pantry       removes what was written. What somebody has changed since stays, and is said

The secret of encrypted data bag items stays where it is. Running it again brings a client up to date.

Ends with 0 if all succeeded, 1 if it failed on any client, 11 if any client was silent.

Examples:
  pantry -a shop -e prod chef convert --to chef-client
  pantry -a shop -i web1 chef convert --to chef-solo --data-bag users --data-bag certificates
  pantry -a shop chef convert --to pantry")]
pub(in crate::commands) struct Options {
    /// How clients converge from now on: chef-client, chef-solo or pantry
    #[arg(long, value_name = "HOW")]
    to: Form,
    /// With chef-solo, a data bag that recipes may read; can be given again
    #[arg(long = "data-bag", value_name = "NAME")]
    data_bags: Vec<DataBagName>,
    /// How long it may take on a client
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "1h")]
    timeout: Duration,
    /// How long clients that are away have to come back and do it
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "1h")]
    ttl: Duration,
    /// Print the job's id and do not wait
    #[arg(long)]
    no_wait: bool,
}

/// Starts it and watches.
pub(in crate::commands) async fn run(
    options: Options,
    context: &mut Context,
) -> Result<u8, CliError> {
    let Options { to, data_bags, timeout, ttl, no_wait } = options;
    if !data_bags.is_empty() && to != Form::ChefSolo {
        return Err(CliError::Usage {
            message: format!("--data-bag is for --to chef-solo, and this is --to {to}"),
            hint: match to {
                Form::ChefClient => "leave it out: chef-client reads what its API client may read",
                _ => "leave it out",
            }
            .to_owned(),
        });
    }
    let command = ChefConvert { to, data_bags };
    let how = Start { timeout, time_to_live: ttl, no_wait, ..Start::default() };
    start(&command, how, context).await
}
