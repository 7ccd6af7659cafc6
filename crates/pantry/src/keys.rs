//! `keys.yml`: a user's name and keys, and the server they are for.
//!
//! ```yaml
//! user: admin
//! server: {public_key: …, host: …, pub_sub_port: …, receive_port: …, file_service_port: …}   # all but the key optional
//! curve: {public_key: …, secret_key: …}
//! ```
//! First start writes one for the administrator; a person's own is `.pantry/keys.yml`.

use std::fmt::Write as _;
use std::io;
use std::path::Path;

use pantry_model::{CurveKeyPair, CurvePublicKey, UserName};
use serde::Deserialize;

use crate::config::{ConfigError, read};
use crate::files;
use crate::secret::SecretText;

/// The file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeysFile {
    /// Whose keys they are.
    pub(crate) user: UserName,
    /// Where they open a door.
    pub(crate) server: KeysServer,
    curve: KeysCurve,
}

/// `server`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeysServer {
    /// The server's key, so that no other can take its place.
    pub(crate) public_key: CurvePublicKey,
    /// Its name or address, if it is not this machine.
    pub(crate) host: Option<String>,
    /// Where it publishes, if not at the usual port.
    pub(crate) pub_sub_port: Option<u16>,
    /// Where it receives, if not at the usual port.
    pub(crate) receive_port: Option<u16>,
    /// Where its file service is, if not at the usual port.
    pub(crate) file_service_port: Option<u16>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysCurve {
    public_key: CurvePublicKey,
    secret_key: SecretText,
}

impl KeysFile {
    /// A user's keys for a server.
    #[cfg_attr(not(feature = "server"), allow(dead_code, reason = "first start writes key files"))]
    pub(crate) fn new(user: UserName, server: KeysServer, keys: &CurveKeyPair) -> Self {
        let secret_key = SecretText(keys.secret.clone());
        Self { user, server, curve: KeysCurve { public_key: keys.public, secret_key } }
    }

    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self, ConfigError> {
        read(path)
    }

    /// The user's key pair.
    pub(crate) fn keys(&self) -> CurveKeyPair {
        CurveKeyPair { public: self.curve.public_key, secret: self.curve.secret_key.0.clone() }
    }

    /// Writes the file, for its owner only and never over another.
    #[cfg_attr(not(feature = "server"), allow(dead_code, reason = "first start writes key files"))]
    pub(crate) fn write_new(&self, path: &Path) -> io::Result<()> {
        files::write_new_secret(path, &self.text())
    }

    /// The text of the file. Neither names nor Z85 have quotes or backslashes in them.
    #[cfg_attr(not(feature = "server"), allow(dead_code, reason = "first start writes key files"))]
    fn text(&self) -> String {
        let mut text = format!(
            "# {}'s keys for this Pantry server. Whoever has this file is {}.\nuser: {}\nserver:\n",
            self.user,
            self.user,
            quoted(&self.user)
        );
        let server = &self.server;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  public_key: {}", quoted(&server.public_key));
        if let Some(host) = &server.host {
            let _ = writeln!(text, "  host: {}", quoted(host));
        }
        let ports = [
            ("pub_sub_port", server.pub_sub_port),
            ("receive_port", server.receive_port),
            ("file_service_port", server.file_service_port),
        ];
        for (name, port) in ports {
            if let Some(port) = port {
                let _ = writeln!(text, "  {name}: {port}");
            }
        }
        let _ = writeln!(text, "curve:\n  public_key: {}", quoted(&self.curve.public_key));
        let _ = writeln!(text, "  secret_key: {}", quoted(&self.curve.secret_key.0.expose_text()));
        text
    }
}

#[cfg_attr(not(feature = "server"), allow(dead_code, reason = "first start writes key files"))]
fn quoted(value: &impl std::fmt::Display) -> String {
    format!("\"{value}\"")
}

#[cfg(test)]
mod tests {
    use pantry_model::CurveSecretKey;

    use super::*;

    #[test]
    fn what_is_written_reads_back_and_is_not_written_twice() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("keys.yml");
        let keys = CurveKeyPair {
            public: CurvePublicKey::from_bytes([130; 32]),
            secret: CurveSecretKey::from_bytes([77; 32]),
        };
        let server = KeysServer {
            public_key: CurvePublicKey::from_bytes([240; 32]),
            host: Some("pantry.example.org".to_owned()),
            pub_sub_port: None,
            receive_port: Some(1234),
            file_service_port: Some(1235),
        };
        let file = KeysFile::new("admin".parse().unwrap(), server, &keys);
        file.write_new(&path).unwrap();
        assert_eq!(file.write_new(&path).unwrap_err().kind(), io::ErrorKind::AlreadyExists);

        let read = KeysFile::read(&path).unwrap();
        assert_eq!(read.user.as_str(), "admin");
        assert_eq!(read.server.host.as_deref(), Some("pantry.example.org"));
        assert_eq!((read.server.pub_sub_port, read.server.receive_port), (None, Some(1234)));
        assert_eq!(read.server.file_service_port, Some(1235));
        assert_eq!(read.keys().public, keys.public);
        assert_eq!(read.keys().secret.expose(), keys.secret.expose());
    }
}
