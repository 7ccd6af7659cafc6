//! A place as people are told it: a URL with hosts, ports, database and user, which leads to the
//! same place when it is read again.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::Config;
use super::hosts::{At, Host};

/// What is written otherwise. A `/` and a `:` are not where this is used for paths and addresses.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
const ESCAPED_IN_VALUE: &AsciiSet = &ESCAPED.remove(b'/').remove(b':').remove(b',');

impl fmt::Display for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = |text| utf8_percent_encode(text, ESCAPED);
        f.write_str("postgres://")?;
        if let Some(user) = &self.user {
            write!(f, "{}@", escaped(user))?;
        }
        // Names and addresses stand where everybody looks; a path can only stand in a parameter.
        let in_authority = self.hosts.iter().all(|host| matches!(host.at, At::Tcp(_)));
        if in_authority {
            for (number, host) in self.hosts.iter().enumerate() {
                let comma = if number == 0 { "" } else { "," };
                write!(f, "{comma}{host}")?;
            }
        }
        if let Some(database) = &self.database {
            write!(f, "/{}", escaped(database))?;
        }
        if !in_authority {
            let hosts: Vec<_> = self.hosts.iter().map(|host| host.at.text()).collect();
            let ports: Vec<_> = self.hosts.iter().map(|host| host.port.to_string()).collect();
            let hosts = hosts.join(",");
            let hosts = utf8_percent_encode(&hosts, ESCAPED_IN_VALUE);
            write!(f, "?host={hosts}&port={}", ports.join(","))?;
        }
        Ok(())
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.at {
            At::Tcp(host) if host.contains(':') => write!(f, "[{host}]:{}", self.port),
            At::Tcp(host) => write!(f, "{}:{}", utf8_percent_encode(host, ESCAPED), self.port),
            At::Socket(directory) => write!(f, "{}/.s.PGSQL.{}", directory.display(), self.port),
        }
    }
}

impl At {
    fn text(&self) -> String {
        match self {
            Self::Tcp(host) => host.clone(),
            Self::Socket(directory) => directory.to_string_lossy().into_owned(),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Config({self}, {:?}, pool: {})", self.tls, self.pool())
    }
}
