//! `pantry server`: puts storage, use cases and sockets together, and runs until it is told to end.

mod http;
mod moving;
mod store;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pantry_broker::{About, Broker, KnownKeys, Machines};
use pantry_model::CurvePublicKey;
use pantry_model::commands::user::HttpAddress;
use pantry_sign::PrivateKey;
use pantry_store_sqlite::OpenError;
use pantry_usecases::first_start::FirstKeys;
use pantry_usecases::{KeyRing, MoveError, UseCases, Workshop, first_start, may_be_served};
use pantry_wire::server::{BindError, Config, Limits, bind};

use super::Context;
use crate::chance::SystemRandom;
use crate::config::networking::Networking;
use crate::config::server::ServerConfig;
use crate::credentials::ADMIN_KEYS;
use crate::errors::{CliError, exit};
use crate::files;
use crate::keys::{KeysFile, KeysServer};
use crate::signals;

const EXAMPLES: &str = "\
Examples:
  pantry server                              with /etc/pantry/server.yml, or all defaults
  pantry server --data-dir /srv/pantry       keep everything there
  pantry server --config server.yml --check  is that configuration in order?

The first start makes the server's key and an administrator, whose credentials are kept in
DATA_DIR/keys/admin.yml; the command line finds them there.";

/// Where the secret halves of the first RSA keys are in the data directory: the administrator's, the
/// superuser's, and that of a web front end, which may speak for every user.
const ADMIN_PEM: &str = "keys/admin.pem";
const PIVOTAL_PEM: &str = "keys/pivotal.pem";
const WEBUI_PEM: &str = "keys/webui.pem";

/// The size of those keys.
const RSA_BITS: u32 = 2048;

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
    Open(#[from] OpenError),
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
        let file = path.map_or_else(|| "no file".to_owned(), |path| path.display().to_string());
        context.print.line(&format!("{file}: in order. Data directory: {}", data_dir.display()))?;
        return Ok(exit::DONE);
    }
    let ended = signals::ended()?;
    crate::logging::start(&config.log_to, config.log_level, config.log_format, &data_dir)?;
    http::raise_open_files();

    let (store, name) = store::open(&config.store, &data_dir, environment).await?;
    may_be_served(store.as_ref()).await.map_err(StartError::from)?;
    let server_keys = first_start::server_keys(
        store.as_ref(),
        context.clock.as_ref(),
        pantry_wire::generate_key_pair,
    )
    .await
    .map_err(StartError::from)?;
    let random = Arc::new(SystemRandom);
    let is_first = !first_start::is_behind(store.as_ref()).await.map_err(StartError::from)?;
    if is_first {
        let keys = first_keys(server_keys.public, &config.networking, &data_dir)?;
        first_start::create(store.as_ref(), context.clock.as_ref(), random.as_ref(), keys)
            .await
            .map_err(StartError::from)?;
    }

    let http = http::config(&config.http, environment, store.as_ref()).await?;
    let keys = KeyRing::load(store.as_ref()).await;
    let keys = Arc::new(keys.map_err(|error| CliError::Wire(error.to_string()))?);
    let public_key = server_keys.public;
    let moved = moving::stand(store, name, public_key, &data_dir, environment).await?;
    let (store, mover) = moved;
    let limits = &config.networking.limits;
    let wire = Config {
        listen: config.networking.server_host.clone(),
        pub_sub_port: config.networking.pub_sub_port,
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
    let (server, events) =
        bind(wire, Arc::new(KnownKeys(keys.clone()))).map_err(StartError::from)?;
    let machines = Arc::new(Machines::new(server.clone(), context.clock.clone()));
    let workshop = Workshop::start().map_err(StartError::Threads)?;
    let clock = context.clock.clone();
    let usecases =
        UseCases::new(store, clock, random, keys, machines.clone(), workshop).with_mover(mover);
    let api = pantry_http::bind(http, usecases.clone()).map_err(StartError::from)?;
    let http = HttpAddress { port: api.local_addr().port(), tls: config.http.tls.is_some() };
    let about = About { version: version().to_owned(), http: Some(http) };
    let broker = tokio::spawn(Broker::new(usecases, machines, about).run(events));

    let (networking, first_start_in) = (&config.networking, is_first.then_some(data_dir.as_path()));
    greet(context, networking, public_key, &api.url(), first_start_in)?;
    api.run(ended).await;
    tracing::info!("ending");
    server.close().await;
    if let Err(error) = broker.await {
        tracing::error!(%error, "the broker failed");
    }
    Ok(exit::DONE)
}

fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}

/// The keys of the first start, with their secret halves in files. The files come first: a server
/// that is killed in between finds them at its next start and goes on with the keys in them.
fn first_keys(
    server_key: CurvePublicKey,
    networking: &Networking,
    data_dir: &Path,
) -> Result<FirstKeys, CliError> {
    let path = data_dir.join(ADMIN_KEYS);
    let failed = |source| CliError::File { action: "written", path: path.clone(), source };
    if let Some(directory) = path.parent() {
        files::make_private_directory(directory).map_err(failed)?;
    }
    let administrator = if path.exists() {
        KeysFile::read(&path)?.keys().public
    } else {
        let keys = pantry_wire::generate_key_pair();
        let user = first_start::ADMINISTRATOR
            .parse()
            .map_err(|error| CliError::Nonsense(format!("{error}")))?;
        let server = KeysServer {
            public_key: server_key,
            host: Some(networking.local_host().to_owned()),
            pub_sub_port: Some(networking.pub_sub_port),
            receive_port: Some(networking.receive_port),
        };
        KeysFile::new(user, server, &keys).write_new(&path).map_err(failed)?;
        keys.public
    };
    Ok(FirstKeys {
        administrator,
        administrator_rsa: rsa_key(&data_dir.join(ADMIN_PEM))?,
        superuser_rsa: rsa_key(&data_dir.join(PIVOTAL_PEM))?,
        web_rsa: rsa_key(&data_dir.join(WEBUI_PEM))?,
    })
}

/// The public half, PEM, of the RSA key in this file, which is made if it is not there.
fn rsa_key(path: &Path) -> Result<String, CliError> {
    let nonsense = |error| CliError::Nonsense(format!("{}: {error}", path.display()));
    if path.exists() {
        let read = |source| CliError::File { action: "read", path: path.to_owned(), source };
        let text = std::fs::read_to_string(path).map_err(read)?;
        return Ok(PrivateKey::from_pem(&text).map_err(nonsense)?.public_key().to_pem());
    }
    let key = PrivateKey::generate(RSA_BITS).map_err(nonsense)?;
    let written = |source| CliError::File { action: "written", path: path.to_owned(), source };
    files::write_new_secret(path, &key.to_pem()).map_err(written)?;
    Ok(key.public_key().to_pem())
}

/// Says where it listens and, at the first start, what to type next.
fn greet(
    context: &mut Context,
    networking: &Networking,
    public_key: CurvePublicKey,
    api: &str,
    first_start_in: Option<&Path>,
) -> Result<(), CliError> {
    let Networking { server_host, pub_sub_port, receive_port, .. } = networking;
    let print = &mut context.print;
    print.line(&format!(
        "Pantry {} is listening on {server_host}, ports {pub_sub_port} and {receive_port}",
        version()
    ))?;
    print.line(&format!("Its public key: {public_key}"))?;
    print.line(&format!("The Chef API is at {api}"))?;
    if let Some(data_dir) = first_start_in {
        print.line(&format!(
            "First start: the administrator's credentials are in {}",
            data_dir.join(ADMIN_KEYS).display()
        ))?;
        print.line("What to type next, in another terminal:")?;
        print.line("  pantry app create shop")?;
        print.line("  pantry -a shop client create web1 --out web1.yml")?;
        print.line("  pantry client --config web1.yml      (on the machine that is to be web1)")?;
        print.line("  pantry -a shop exec -- uptime")?;
    }
    print.flush()
}
