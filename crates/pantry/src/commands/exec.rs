//! `pantry exec -- PROGRAM ARG…`: a program runs on clients, its output streams here.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use pantry_model::commands::exec::Exec;
use pantry_model::protocol::MAX_PAYLOAD_BYTES;

use super::Context;
use super::start::{Start, start};
use crate::arguments::durations;
use crate::errors::CliError;

/// Options of `exec`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Lines of the program's standard output go to standard output as `web1 | line`, those of its standard
error to standard error as `web1 ! line`. Without -a it is one job for each application. No shell
looks at the program and its arguments, unless --shell is said.

Ends with 0 if all succeeded, 1 if it failed on any client, 11 if any client was silent.

Examples:
  pantry -a shop exec -- uptime
  pantry -a shop -e prod -r web exec --stdin setup.sh -- sh -s
  pantry -a shop exec --stdin site.pp -- puppet apply
  pantry -a shop exec --shell 'echo $HOSTNAME | tr a-z A-Z'
  pantry -a shop -i 'web*' exec --timeout 10m --no-wait -- apt-get -y upgrade")]
pub(crate) struct Options {
    /// What the program reads on its standard input; `-` for what stands on this command's own
    #[arg(long, value_name = "FILE")]
    stdin: Option<PathBuf>,
    /// How long it may run on a client
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "1h")]
    timeout: Duration,
    /// How long clients that are away have to come back and run it
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "1h")]
    ttl: Duration,
    /// Print the job's id and do not wait
    #[arg(long)]
    no_wait: bool,
    /// Run this with `sh -c`
    #[arg(long, value_name = "SCRIPT", conflicts_with = "program")]
    shell: Option<String>,
    /// The program and its arguments
    #[arg(last = true, value_name = "PROGRAM", required_unless_present = "shell")]
    program: Vec<String>,
}

/// Starts it and watches.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let payload = match &options.stdin {
        Some(path) => Some(read_payload(path, context)?),
        None => None,
    };
    let mut words = options.program.into_iter();
    let command = match (options.shell, words.next()) {
        (Some(script), _) => {
            Exec { program: "sh".to_owned(), arguments: vec!["-c".to_owned(), script] }
        }
        (None, program) => {
            Exec { program: program.unwrap_or_default(), arguments: words.collect() }
        }
    };
    if command.program.is_empty() {
        return Err(CliError::Usage {
            message: "the program's name is empty".to_owned(),
            hint: "`pantry -a APP exec -- PROGRAM ARGUMENTS`".to_owned(),
        });
    }
    let how = Start {
        payload,
        timeout: options.timeout,
        time_to_live: options.ttl,
        no_wait: options.no_wait,
        staged: None,
    };
    start(&command, how, context).await
}

/// Reads what is to be sent along, no more than fits.
fn read_payload(path: &Path, context: &Context) -> Result<Vec<u8>, CliError> {
    if path == Path::new("-") {
        let read = read_limited(io::stdin().lock());
        return read
            .map_err(|source| CliError::Standard { which: "input", source })
            .and_then(check);
    }
    let path = context.environment.absolute(path);
    let read = File::open(&path).and_then(read_limited);
    read.map_err(|source| CliError::File { action: "read", path, source }).and_then(check)
}

fn read_limited(from: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(MAX_PAYLOAD_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn check(bytes: Vec<u8>) -> Result<Vec<u8>, CliError> {
    if bytes.len() > MAX_PAYLOAD_BYTES {
        return Err(CliError::PayloadTooLarge { limit: MAX_PAYLOAD_BYTES });
    }
    Ok(bytes)
}
