//! `pantry server`: puts storage, use cases and sockets together, and runs until it is told to end.

mod blobs;
mod first;
mod http;
mod moving;
mod store;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_broker::{About, Broker, FileService, KnownKeys, Machines};
use pantry_model::CurvePublicKey;
use pantry_model::commands::user::HttpAddress;
use pantry_usecases::{
    Follower, KeyRing, MoveError, UseCases, Workshop, first_start, may_be_served,
};
use pantry_wire::server::{BindError, Config, Limits, bind};

use super::Context;
use crate::chance::SystemRandom;
use crate::config::networking::Networking;
use crate::config::server::ServerConfig;
use crate::credentials::ADMIN_KEYS;
use crate::errors::{CliError, exit};
use crate::signals;
use first::{FirstStart, Lacking};

const EXAMPLES: &str = "\
Examples:
  pantry server                              with /etc/pantry/server.yml, or all defaults
  pantry server --data-dir /srv/pantry       keep everything there
  pantry server --config server.yml --check  is that configuration in order?

The first start makes the server's key and an administrator, whose credentials are kept in
DATA_DIR/keys/admin.yml; the command line finds them there.";

/// How often a silent connection is asked whether it still stands.
const HEARTBEAT: std::time::Duration = std::time::Duration::from_secs(10);

/// Options of `server`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Options {
    /// Where everything is kept [default: /var/lib/pantry, or ~/.local/share/pantry for a plain user]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Only say whether the configuration is in order
    #[arg(long)]
    check: bool,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// Its store cannot be opened.
    #[error(transparent)]
    Sqlite(#[from] pantry_store_sqlite::OpenError),
    /// Its store cannot be opened.
    #[error(transparent)]
    Postgres(#[from] pantry_store_postgres::OpenError),
    /// File contents cannot be kept where they are to be.
    #[error(transparent)]
    Blobs(#[from] pantry_blobs::BlobError),
    /// Nothing says with which key to ask for a bucket.
    #[error("there is no key to the bucket for files")]
    NoKeys,
    /// The file that should hold a password does not.
    #[error("{} holds no password: its first line is empty", .0.display())]
    NoPassword(PathBuf),
    /// Its store is not one to be served.
    #[error(transparent)]
    Moving(#[from] MoveError),
    /// Its ports cannot be had.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// Its address for HTTP cannot be had.
    #[error(transparent)]
    Http(#[from] pantry_http::BindError),
    /// It cannot speak TLS with what it is given.
    #[error(transparent)]
    Tls(#[from] http::TlsFilesError),
    /// It cannot have the threads that it needs.
    #[error("the threads that compute keys cannot be started: {0}")]
    Threads(std::io::Error),
    /// Its store cannot be used.
    #[error("{0}")]
    UseCase(#[from] pantry_model::Error),
}

/// Runs the server.
pub(crate) async fn run(options: &Options, context: &mut Context) -> Result<u8, CliError> {
    let environment = &context.environment;
    let (config, path) = ServerConfig::load(context.global.config.as_deref(), environment)?;
    let data_dir = config.data_dir(options.data_dir.as_deref(), environment);
    if options.check {
        http::tls(&config.http, environment)?;
        let store = store::check(&config.store, environment).await?;
        let file = path.map_or_else(|| "no file".to_owned(), |path| path.display().to_string());
        context.print.line(&format!("{file}: in order. Data directory: {}", data_dir.display()))?;
        let clock = context.clock.clone();
        let aws = &environment.aws;
        let files = blobs::check(&config.blobs, &data_dir, aws, clock.as_ref()).await?;
        for found in [store, Some(files)].into_iter().flatten() {
            context.print.line(&found)?;
        }
        return Ok(exit::DONE);
    }
    let ended = signals::ended()?;
    crate::logging::start(&config.log_to, config.log_level, config.log_format, &data_dir)?;
    http::raise_open_files();

    let (store, name) = store::open(&config.store, &data_dir, environment).await?;
    may_be_served(store.as_ref()).await.map_err(StartError::from)?;
    let clock = context.clock.clone();
    let server_keys =
        first_start::server_keys(store.as_ref(), clock.as_ref(), pantry_wire::generate_key_pair)
            .await
            .map_err(StartError::from)?;
    let first_start = first::ensure(
        store.as_ref(),
        clock.as_ref(),
        server_keys.public,
        &config.networking,
        &data_dir,
    )
    .await?;
    let lacking = match first_start {
        FirstStart::Behind if store::is_shared(&config.store) => {
            first::lacking(store.as_ref(), &data_dir).await
        }
        _ => None,
    };

    let files =
        blobs::open(&config.blobs, &data_dir, &environment.aws, store.as_ref(), clock.as_ref())
            .await?;
    let http = http::config(&config.http, environment, store.as_ref()).await?;
    let follower = Follower::begin(store.as_ref()).await;
    let follower = follower.map_err(|error| CliError::Wire(error.to_string()))?;
    let keys = KeyRing::load(store.as_ref()).await;
    let keys = Arc::new(keys.map_err(|error| CliError::Wire(error.to_string()))?);
    let public_key = server_keys.public;
    let moved = moving::stand(store, name, public_key, &data_dir, environment).await?;
    let (store, mover) = moved;
    let limits = &config.networking.limits;
    let wire = Config {
        listen: config.networking.server_host.clone(),
        pub_sub_port: Some(config.networking.pub_sub_port),
        receive_port: config.networking.receive_port,
        keys: server_keys,
        heartbeat: HEARTBEAT,
        limits: Limits {
            connections_per_address: limits.connections_per_address,
            max_sockets: limits.max_sockets,
            max_message_bytes: limits.max_message_bytes,
            identify_within: limits.identify_within,
            ..Limits::default()
        },
    };
    let file_wire = Config {
        pub_sub_port: None,
        receive_port: config.networking.file_service_port,
        ..wire.clone()
    };
    let (server, events) =
        bind(wire, Arc::new(KnownKeys(keys.clone()))).map_err(StartError::from)?;
    let (file_server, file_events) =
        bind(file_wire, Arc::new(KnownKeys(keys.clone()))).map_err(StartError::from)?;
    let clock_of_all = context.clock.clone();
    let machines = Machines::new(server.clone(), file_server.clone(), clock_of_all);
    let machines = Arc::new(machines);
    let workshop = Workshop::start().map_err(StartError::Threads)?;
    let random = Arc::new(SystemRandom);
    let usecases = UseCases::new(store, clock, random, keys, machines.clone(), workshop, files)
        .with_mover(mover)
        .with_max_run_documents(limits.max_run_documents_bytes);
    let api = pantry_http::bind(http, usecases.clone()).map_err(StartError::from)?;
    let http = HttpAddress { port: api.local_addr().port(), tls: config.http.tls.is_some() };
    let about = About { version: version().to_owned(), http: Some(http) };
    let following = tokio::spawn(follower.run(usecases.clone()));
    let indexing = usecases.clone();
    let indexing = tokio::spawn(async move { indexing.keep_indexes().await });
    let tidying = usecases.clone();
    let tidying = tokio::spawn(async move { tidying.keep_contents().await });
    let files =
        FileService::new(usecases.clone(), file_server.clone(), Some(http), limits.bytes_per_job);
    let files = tokio::spawn(files.run(file_events));
    let broker = tokio::spawn(Broker::new(usecases, machines, about).run(events));

    greet(context, &config.networking, public_key, &api.url())?;
    match (first_start, lacking) {
        (FirstStart::Now, _) => say_what_comes_next(context, &data_dir)?,
        (_, Some(lacking)) => say_what_is_lacking(context, &data_dir, lacking)?,
        _ => {}
    }
    context.print.flush()?;
    api.run(ended).await;
    tracing::info!("ending");
    following.abort();
    indexing.abort();
    tidying.abort();
    server.close().await;
    file_server.close().await;
    for (what, task) in [("broker", broker), ("file service", files)] {
        if let Err(error) = task.await {
            tracing::error!(%error, "the {what} failed");
        }
    }
    Ok(exit::DONE)
}

fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// Says where it listens.
fn greet(
    context: &mut Context,
    networking: &Networking,
    public_key: CurvePublicKey,
    api: &str,
) -> Result<(), CliError> {
    let Networking { server_host, pub_sub_port, receive_port, .. } = networking;
    let print = &mut context.print;
    print.line(&format!(
        "Pantry {} is listening on {server_host}, ports {pub_sub_port} and {receive_port}",
        version()
    ))?;
    print.line(&format!("Its public key: {public_key}"))?;
    print.line(&format!("The Chef API is at {api}"))
}

/// What to type after the first start.
fn say_what_comes_next(context: &mut Context, data_dir: &Path) -> Result<(), CliError> {
    let print = &mut context.print;
    print.line(&format!(
        "First start: the administrator's credentials are in {}",
        data_dir.join(ADMIN_KEYS).display()
    ))?;
    print.line("What to type next, in another terminal:")?;
    print.line("  pantry app create shop")?;
    print.line("  pantry -a shop client create web1 --out web1.yml")?;
    print.line("  pantry client --config web1.yml      (on the machine that is to be web1)")?;
    print.line("  pantry -a shop exec -- uptime")
}

/// Where the administrator's credentials are, if several servers share the store and they are not
/// here.
fn say_what_is_lacking(
    context: &mut Context,
    data_dir: &Path,
    lacking: Lacking,
) -> Result<(), CliError> {
    let (print, path) = (&mut context.print, data_dir.join(ADMIN_KEYS));
    let path = path.display();
    print.line(&match lacking {
        Lacking::Nothing => format!("There are no administrator's credentials in {path}."),
        Lacking::OfAnother => {
            format!("The credentials in {path} are of another store: this one does not know them.")
        }
    })?;
    print.line(&format!(
        "Those of this store are with the server that was first, in {ADMIN_KEYS} in its data"
    ))?;
    print.line(
        "directory. Copied here, with mode 0600, they serve the command line on this machine.",
    )
}
