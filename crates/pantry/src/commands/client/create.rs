//! `pantry client create IDENTITY`: enrols a machine.
//!
//! The key pair is made here, and only its public half is sent. The answer is a configuration that
//! is ready to be put on the machine.

use std::path::PathBuf;

use pantry_model::commands::client::ClientCreate;
use pantry_model::{EnvironmentName, Identity, MachineId, Placement};

use crate::commands::Context;
use crate::config::client::NewClient;
use crate::errors::{CliError, exit};
use crate::files;

/// Options of `client create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The configuration goes to standard output, or into FILE, which is made for its owner only and never
overwritten. It holds the only copy of the client's secret key. -e and -r are the environment and the
roles that the client gets; --host is the server's address as the client will reach it.

Examples:
  pantry -a shop client create web1 -e prod -r web --out web1.yml
  pantry -a shop client create web1 --host pantry.example.org | ssh web1 'cat > client.yml'")]
pub(crate) struct Options {
    /// What the client is called, unique in its application
    #[arg(value_name = "IDENTITY")]
    name: Identity,
    /// Write the configuration here
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Makes the keys, asks for the client, gives the configuration.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let machine = MachineId { application: context.application()?, identity: options.name };
    if !context.global.identities.is_empty() {
        return Err(CliError::Usage {
            message: "-i does not say what a new client is called".to_owned(),
            hint: "the identity stands after `create`".to_owned(),
        });
    }
    let out = options.out.map(|path| context.environment.absolute(&path));
    if let Some(path) = &out {
        can_be_written(path)?;
    }
    let placement = Placement {
        environment: context
            .global
            .environment
            .clone()
            .unwrap_or_else(EnvironmentName::default_name),
        roles: context.global.roles.iter().cloned().collect(),
    };

    let mut connection = context.connect().await?;
    let keys = pantry_wire::generate_key_pair();
    let create = ClientCreate { machine: machine.clone(), placement, key: keys.public };
    connection.change(&create, None).await?;

    let credentials = connection.credentials();
    let (server, server_key) = (&credentials.server, credentials.server_key);
    let text = NewClient { machine: &machine, server, server_key, keys: &keys }.to_string();
    match out {
        None => context.print.bytes(text.as_bytes())?,
        Some(path) => {
            files::write_new_secret(&path, &text).map_err(|source| CliError::File {
                action: "written",
                path: path.clone(),
                source,
            })?;
            let path = path.display();
            context.print.note(&format!(
                "made the client {machine}; its configuration is {path}: `pantry client --config {path}` runs it"
            ));
        }
    }
    Ok(exit::DONE)
}

/// Finds out before the server is asked: afterwards the name would be taken and the key lost.
fn can_be_written(path: &std::path::Path) -> Result<(), CliError> {
    let problem = if path.symlink_metadata().is_ok() {
        Some(std::io::ErrorKind::AlreadyExists)
    } else if !path.parent().is_some_and(std::path::Path::is_dir) {
        Some(std::io::ErrorKind::NotFound)
    } else {
        None
    };
    match problem {
        None => Ok(()),
        Some(kind) => {
            Err(CliError::File { action: "written", path: path.to_owned(), source: kind.into() })
        }
    }
}
