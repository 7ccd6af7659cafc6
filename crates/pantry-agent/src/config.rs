//! What an agent must be told.

use std::path::PathBuf;
use std::time::Duration;

use pantry_model::{CurveKeyPair, CurvePublicKey, EnvironmentName, MachineId, Principal};
use pantry_wire::client::{self, Backoff};
use tokio::sync::watch;

use crate::chef::ChefConfig;
use crate::commands::Rules;
use crate::facts::FactsConfig;
use crate::files::FileRules;

/// An agent's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// The server's host name or address.
    pub server_host: String,
    /// Where the server publishes.
    pub pub_sub_port: u16,
    /// Where it receives.
    pub receive_port: u16,
    /// Where its file service is.
    pub file_service_port: u16,
    /// The server's public key.
    pub server_key: CurvePublicKey,
    /// The machine's keys.
    pub keys: CurveKeyPair,
    /// The machine.
    pub machine: MachineId,
    /// Its environment, if that is known here; programs find it in `PANTRY_ENVIRONMENT`.
    pub environment: Option<EnvironmentName>,
    /// Where the agent keeps its queue and the output of running jobs.
    pub data_dir: PathBuf,
    /// How often it says that it is there (`client.heartbeat_interval`).
    pub heartbeat_interval: Duration,
    /// How many jobs run at once (`client.parallel_jobs`).
    pub parallel_jobs: usize,
    /// Bytes of output that are kept of each job (`client.output_limit`).
    pub output_limit: u64,
    /// How long a program has to end after SIGTERM, when its time is over.
    pub grace: Duration,
    /// What the machine's owner lets run (`commands`).
    pub commands: Rules,
    /// Which files they let be carried.
    pub files: FileRules,
    /// How Chef is run (`chef`).
    pub chef: ChefConfig,
    /// What it tells of its machine; nothing, if none (`client.facts`).
    pub facts: Option<FactsConfig>,
    /// Pauses between attempts to connect.
    pub backoff: Backoff,
    /// Where the agent says how its connection is.
    pub state: Option<watch::Sender<AgentState>>,
}

/// How an agent's connection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AgentState {
    /// On its way, or waiting to be let in.
    #[default]
    Connecting,
    /// The server has let it in.
    Ready,
    /// Nobody answers at the server's address.
    Unreachable,
    /// Somebody answers there who has not the server's key.
    WrongServer,
    /// The server does not know the machine's key.
    Refused,
}

impl Config {
    /// The default of [`Config::heartbeat_interval`].
    pub const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(30);
    /// The default of [`Config::parallel_jobs`].
    pub const PARALLEL_JOBS: usize = 8;
    /// The default of [`Config::output_limit`].
    pub const OUTPUT_LIMIT: u64 = 16 * 1024 * 1024;
    /// The default of [`Config::grace`].
    pub const GRACE: Duration = Duration::from_secs(10);

    /// These, and defaults for the rest. `server` is its host, and its ports in their order.
    pub fn new(
        server: (String, u16, u16, u16),
        server_key: CurvePublicKey,
        keys: CurveKeyPair,
        machine: MachineId,
        data_dir: PathBuf,
    ) -> Self {
        let (server_host, pub_sub_port, receive_port, file_service_port) = server;
        Self {
            server_host,
            pub_sub_port,
            receive_port,
            file_service_port,
            server_key,
            keys,
            machine,
            environment: None,
            data_dir,
            heartbeat_interval: Self::HEARTBEAT_INTERVAL,
            parallel_jobs: Self::PARALLEL_JOBS,
            output_limit: Self::OUTPUT_LIMIT,
            grace: Self::GRACE,
            commands: Rules::default(),
            files: FileRules::default(),
            chef: ChefConfig::default(),
            facts: None,
            backoff: Backoff::default(),
            state: None,
        }
    }

    pub(crate) fn connection(&self) -> client::Config {
        client::Config {
            host: self.server_host.clone(),
            pub_sub_port: Some(self.pub_sub_port),
            receive_port: self.receive_port,
            server_key: self.server_key,
            keys: self.keys.clone(),
            principal: Principal::Machine(self.machine.clone()),
            heartbeat: self.heartbeat_interval,
            backoff: self.backoff,
        }
    }
}
