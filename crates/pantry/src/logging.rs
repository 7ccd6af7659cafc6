//! Where the log of the server and of the client goes: `log_to`, `log_level`, `log_format`.
//!
//! The log is not an answer, and only these two processes have one.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Mutex;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::prelude::*;
use tracing_subscriber::{Layer, Registry};

use crate::config::logging::{LogFormat, LogLevel, LogTo};
use crate::errors::CliError;

/// Starts the log. Once for a process; relative files are relative to `directory`.
pub(crate) fn start(
    to: &LogTo,
    level: LogLevel,
    format: LogFormat,
    directory: &Path,
) -> Result<(), CliError> {
    let layer: Box<dyn Layer<Registry> + Send + Sync> = match to {
        LogTo::Stdout => lines(io::stdout, format, io::IsTerminal::is_terminal(&io::stdout())),
        LogTo::Journald => {
            let failed = |source| CliError::File {
                action: "written",
                path: "/run/systemd/journal/socket".into(),
                source,
            };
            Box::new(tracing_journald::layer().map_err(failed)?)
        }
        LogTo::File(path) => {
            let path = directory.join(path);
            let file = OpenOptions::new()
                .append(true)
                .create(true)
                .open(&path)
                .map_err(|source| CliError::File { action: "written", path, source })?;
            lines(Mutex::new(file), format, false)
        }
    };
    let level = match level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    // A second start changes nothing, which is as good.
    let _ =
        tracing::subscriber::set_global_default(Registry::default().with(layer.with_filter(level)));
    Ok(())
}

fn lines<W>(writer: W, format: LogFormat, colours: bool) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> tracing_subscriber::fmt::MakeWriter<'a> + Send + Sync + 'static,
{
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(colours)
        .with_span_events(FmtSpan::NONE)
        .with_target(false);
    match format {
        LogFormat::Text => Box::new(layer),
        LogFormat::Json => Box::new(layer.json()),
    }
}
