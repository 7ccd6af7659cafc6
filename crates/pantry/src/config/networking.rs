//! `networking`: where the server is, the same in `server.yml` and `client.yml` but for the limits,
//! which are the server's alone.

use serde::Deserialize;

use super::limits::Limits;
use super::values::port;

/// Where deliveries are published, unless configured.
pub(crate) const PUB_SUB_PORT: u16 = 23001;
/// Where the server receives, unless configured.
pub(crate) const RECEIVE_PORT: u16 = 23002;
/// Where files will be transferred, unless configured.
pub(crate) const FILE_SERVICE_PORT: u16 = 23003;

/// `networking` in `server.yml`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Networking {
    /// The address to listen on; `0.0.0.0` for all.
    pub(crate) server_host: String,
    /// Where deliveries are published.
    #[serde(deserialize_with = "port")]
    pub(crate) pub_sub_port: u16,
    /// Where the server receives.
    #[serde(deserialize_with = "port")]
    pub(crate) receive_port: u16,
    /// Where files are transferred.
    #[serde(deserialize_with = "port")]
    pub(crate) file_service_port: u16,
    /// What peers may take.
    pub(crate) limits: Limits,
}

impl Default for Networking {
    fn default() -> Self {
        Self {
            server_host: "127.0.0.1".to_owned(),
            pub_sub_port: PUB_SUB_PORT,
            receive_port: RECEIVE_PORT,
            file_service_port: FILE_SERVICE_PORT,
            limits: Limits::default(),
        }
    }
}

impl Networking {
    /// Two of its ports that are the same, if any are.
    pub(crate) fn ports_in_conflict(&self) -> Option<(&'static str, &'static str, u16)> {
        let ports = [
            ("networking.pub_sub_port", self.pub_sub_port),
            ("networking.receive_port", self.receive_port),
            ("networking.file_service_port", self.file_service_port),
        ];
        ports.iter().enumerate().find_map(|(at, (name, port))| {
            let other = ports.iter().skip(at + 1).find(|(_, other)| other == port)?;
            Some((*name, other.0, *port))
        })
    }

    /// The address at which the server is reached from its own machine.
    pub(crate) fn local_host(&self) -> &str {
        match self.server_host.as_str() {
            "" | "*" | "0.0.0.0" | "::" | "[::]" => "127.0.0.1",
            host => host,
        }
    }
}

/// `networking` in `client.yml`: the server as the client reaches it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ServerAddress {
    /// The server's name or address.
    pub(crate) server_host: String,
    /// Where it publishes.
    #[serde(deserialize_with = "port")]
    pub(crate) pub_sub_port: u16,
    /// Where it receives.
    #[serde(deserialize_with = "port")]
    pub(crate) receive_port: u16,
    /// Where it transfers files.
    #[serde(deserialize_with = "port")]
    pub(crate) file_service_port: u16,
}

impl Default for ServerAddress {
    fn default() -> Self {
        Self {
            server_host: "127.0.0.1".to_owned(),
            pub_sub_port: PUB_SUB_PORT,
            receive_port: RECEIVE_PORT,
            file_service_port: FILE_SERVICE_PORT,
        }
    }
}
