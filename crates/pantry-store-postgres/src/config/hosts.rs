//! Where a database may be: in the order in which it is tried.

use std::path::{Path, PathBuf};

use super::MAX_HOSTS;
use super::error::UrlError;

/// The port where none is named.
const PORT: u16 = 5432;

/// The directory of the socket where no host is named, on Debian and others.
const SOCKET_DIRECTORY: &str = "/run/postgresql";

/// The most bytes of a host: those of a name in the DNS, which are more than a socket's path has.
const MAX_HOST_BYTES: usize = 255;

/// One place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Host {
    pub(crate) at: At,
    pub(crate) port: u16,
}

/// How to get there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// A name or an address.
    Tcp(String),
    /// The directory of a socket, whose name the port is part of.
    Socket(PathBuf),
}

/// Hosts and ports, each separated by commas.
pub(super) fn read(hosts: Option<&str>, ports: Option<&str>) -> Result<Vec<Host>, UrlError> {
    let hosts: Vec<&str> = hosts.unwrap_or_default().split(',').collect();
    if hosts.len() > MAX_HOSTS {
        return Err(UrlError::TooManyHosts);
    }
    let ports = ports.unwrap_or_default().split(',').map(port).collect::<Result<Vec<_>, _>>()?;
    let for_all = match ports[..] {
        [port] => Some(port),
        _ if ports.len() == hosts.len() => None,
        _ => return Err(UrlError::Ports { ports: ports.len(), hosts: hosts.len() }),
    };
    let ports = ports.into_iter().chain(std::iter::repeat(for_all.unwrap_or(PORT)));
    hosts.into_iter().zip(ports).map(|(host, port)| Ok(Host { at: at(host)?, port })).collect()
}

fn port(text: &str) -> Result<u16, UrlError> {
    match text {
        "" => Ok(PORT),
        // Digits alone: no sign.
        _ if !text.bytes().all(|byte| byte.is_ascii_digit()) => Err(UrlError::Port),
        _ => text.parse().ok().filter(|port| *port > 0).ok_or(UrlError::Port),
    }
}

fn at(host: &str) -> Result<At, UrlError> {
    if host.len() > MAX_HOST_BYTES {
        return Err(UrlError::Host);
    }
    match host {
        "" => Ok(At::Socket(SOCKET_DIRECTORY.into())),
        _ if host.chars().any(char::is_control) => Err(UrlError::Host),
        _ if Path::new(host).is_absolute() => Ok(At::Socket(host.into())),
        _ if host
            .contains(|letter: char| letter.is_whitespace() || "@/?#[]\\".contains(letter)) =>
        {
            Err(UrlError::Host)
        }
        _ => Ok(At::Tcp(host.to_owned())),
    }
}
