//! The way to the server's file service, which is taken only while there is something to carry, and what
//! has been fetched before.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pantry_wire::client::{self, Network};
use pantry_wire::files::{Contents, FileClient};

use crate::config::Config;
use crate::data_dir::DataDirError;

/// How long a command waits for a connection, at first and whenever it was lost.
const PATIENCE: Duration = Duration::from_secs(120);

/// The way to the file service. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    config: client::Config,
    contents: Contents,
    connections: usize,
    /// Started when it is first needed.
    network: Arc<Mutex<Option<Network>>>,
}

impl Files {
    /// The way from this machine, and the contents in its data directory.
    pub(crate) fn new(config: &Config) -> Result<Self, DataDirError> {
        let path = config.data_dir.join("contents");
        let contents = Contents::open(path.clone()).map_err(DataDirError::io("open", &path))?;
        let config_of = client::Config {
            pub_sub_port: None,
            receive_port: config.file_service_port,
            ..config.connection()
        };
        let connections = config.parallel_jobs.saturating_add(1);
        Ok(Self { config: config_of, contents, connections, network: Arc::default() })
    }

    /// A connection, which is made in the background. An error is a sentence that says why there can
    /// be none.
    pub fn open(&self) -> Result<FileClient, String> {
        let mut network = self.network.lock().unwrap_or_else(PoisonError::into_inner);
        let network = match &mut *network {
            Some(network) => network,
            none => {
                let started =
                    Network::start(self.connections).map_err(|error| error.to_string())?;
                none.insert(started)
            }
        };
        FileClient::open(network, self.config.clone(), PATIENCE).map_err(|error| error.to_string())
    }

    /// What was fetched before.
    pub fn contents(&self) -> &Contents {
        &self.contents
    }

    /// The host that the server is reached at.
    pub fn server_host(&self) -> &str {
        &self.config.host
    }
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Files({}:{})", self.config.host, self.config.receive_port)
    }
}
