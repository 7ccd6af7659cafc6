//! The binary: a server, a client, and the command line.
//!
//! This is where configuration, use cases, storage and transports are put together, where errors
//! become sentences, hints and exit codes ([`errors`]), and the only crate that prints ([`mod@print`]).

mod arguments;
#[cfg(any(feature = "server", feature = "cli"))]
mod chance;
#[cfg(feature = "cli")]
mod chef_server;
mod clock;
mod commands;
mod config;
#[cfg(feature = "cli")]
mod connection;
#[cfg(feature = "cli")]
mod credentials;
mod environment;
mod errors;
mod files;
#[cfg(any(feature = "cli", feature = "server"))]
mod keys;
#[cfg(any(feature = "client", feature = "server"))]
mod logging;
mod print;
mod secret;
#[cfg(any(feature = "client", feature = "server"))]
mod signals;
#[cfg(feature = "cli")]
mod watch;

use std::io::ErrorKind;
use std::process::ExitCode;
use std::sync::Arc;

use crate::arguments::{Arguments, Noun, ParseError};
use crate::clock::SystemClock;
use crate::commands::Context;
use crate::environment::Environment;
use crate::errors::{CliError, describe, exit};
use crate::print::Print;

fn main() -> ExitCode {
    let environment = Environment::of_process();
    match arguments::parse(std::env::args_os(), &environment) {
        Ok(arguments) => ExitCode::from(run(arguments, environment)),
        Err(ParseError::Clap(error)) => {
            // Help that nobody reads to its end is still help.
            let _ = error.print();
            ExitCode::from(if error.use_stderr() { exit::USAGE } else { exit::DONE })
        }
        Err(ParseError::Defaults(error)) => {
            let described = describe(&error);
            Print::of_process(false).error(&described);
            ExitCode::from(described.exit_code)
        }
    }
}

/// One thread is enough for a client and for the command line, and memory on managed machines
/// counts. A server uses what there is.
fn runtime_for(noun: &Noun) -> std::io::Result<tokio::runtime::Runtime> {
    #[cfg(feature = "server")]
    if matches!(noun, Noun::Server(_)) {
        return tokio::runtime::Builder::new_multi_thread().enable_all().build();
    }
    let _ = noun;
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

fn run(arguments: Arguments, environment: Environment) -> u8 {
    #[cfg(feature = "cli")]
    let json = arguments.global.json;
    #[cfg(not(feature = "cli"))]
    let json = false;
    let Arguments { global, noun } = arguments;
    let clock = Arc::new(SystemClock);
    let mut context = Context { global, environment, clock, print: Print::of_process(json) };

    let runtime = runtime_for(&noun);
    let ended = match runtime {
        Ok(runtime) => runtime.block_on(commands::run(noun, &mut context)),
        Err(error) => Err(CliError::Wire(error.to_string())),
    };
    let ended = ended.and_then(|code| context.print.flush().map(|()| code));
    match ended {
        Ok(code) => code,
        // Whoever read the answer has had enough, which is no failure.
        Err(CliError::Standard { source, .. }) if source.kind() == ErrorKind::BrokenPipe => {
            exit::DONE
        }
        Err(error) => {
            // What there is of the answer comes before what went wrong.
            let _ = context.print.flush();
            let described = describe(&error);
            context.print.error(&described);
            described.exit_code
        }
    }
}
