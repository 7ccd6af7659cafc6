//! Configuration: YAML files in which everything has a default and nothing is ignored.
//!
//! A mistake is answered with the file, the line, the setting's whole name and what is allowed
//! there. A setting that is not known is a mistake too: a misspelt limit that silently does nothing
//! is worse than a server that does not start.

#[cfg(any(feature = "server", feature = "cli"))]
pub(crate) mod blobs;
pub(crate) mod client;
#[cfg(any(feature = "server", feature = "cli"))]
pub(crate) mod http;
#[cfg(any(feature = "server", feature = "cli"))]
pub(crate) mod limits;
pub(crate) mod logging;
pub(crate) mod networking;
#[cfg(any(feature = "server", feature = "cli"))]
pub(crate) mod server;
#[cfg(any(feature = "server", feature = "cli"))]
pub(crate) mod store;
mod values;

use std::io;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde_saphyr::UserMessageFormatter;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// It says something that is not allowed.
    #[error("{place}: {message}")]
    Wrong {
        /// File, line, and the setting's name.
        place: String,
        /// What is wrong, and what would be right.
        message: String,
    },
}

impl ConfigError {
    /// A setting whose value parses and still cannot be.
    pub(crate) fn wrong(path: &Path, setting: &str, message: impl Into<String>) -> Self {
        Self::Wrong { place: format!("{}: {setting}", path.display()), message: message.into() }
    }
}

/// Reads a file of settings. An empty one is all defaults.
pub(crate) fn read<T: DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
    parse(path, &text)
}

/// Reads the text of a file; the path is for messages.
pub(crate) fn parse<T: DeserializeOwned>(path: &Path, text: &str) -> Result<T, ConfigError> {
    let mut setting = String::new();
    let read = serde_saphyr::with_deserializer_from_str(text, |yaml| {
        serde_path_to_error::deserialize(yaml).map_err(|error| {
            setting = error.path().to_string();
            error.into_inner()
        })
    });
    read.map_err(|error| {
        // Without the snippet: the line beside the mistake may hold a secret key.
        let error = error.without_snippet();
        let mut place = path.display().to_string();
        if let Some(location) = error.location() {
            place = format!("{place}:{}", location.line());
        }
        if !matches!(setting.as_str(), "" | "." | "?") {
            place = format!("{place}: {setting}");
        }
        let message = serde_saphyr::MessageFormatter::format_message(&UserMessageFormatter, error);
        ConfigError::Wrong { place, message: message.into_owned() }
    })
}

#[cfg(test)]
mod tests {
    use super::networking::ServerAddress;
    use super::*;

    #[derive(Debug, Default, serde::Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Settings {
        networking: ServerAddress,
    }

    fn error(text: &str) -> String {
        parse::<Settings>(Path::new("/etc/pantry/x.yml"), text).unwrap_err().to_string()
    }

    #[test]
    fn nothing_is_all_defaults() {
        for text in ["", "# only a comment\n"] {
            let settings: Settings = parse(Path::new("x"), text).unwrap();
            assert_eq!(settings.networking.receive_port, 23002);
        }
    }

    #[test]
    fn a_mistake_names_file_line_setting_and_what_is_allowed() {
        assert_eq!(
            error("# ports\nnetworking:\n  receive_port: 0\n"),
            "/etc/pantry/x.yml:3: networking.receive_port: 0 is out of range: 1 to 65535"
        );
        let text = error("networking: {recieve_port: 1}");
        assert!(
            text.starts_with("/etc/pantry/x.yml:1: networking.recieve_port: unknown"),
            "{text}"
        );
        let text = error("networking: {receive_port: many}");
        assert!(text.contains("a whole number from 1 to 65535"), "{text}");
        let text = error("networking: [");
        assert!(text.starts_with("/etc/pantry/x.yml:1"), "{text}");
    }

    /// The files in the documentation are in order, and what they call defaults are the defaults.
    #[cfg(all(feature = "server", feature = "client"))]
    #[test]
    fn the_documented_files_are_the_defaults() {
        use super::client::ClientConfig;
        use super::server::ServerConfig;

        let document = include_str!("../../../../docs/src/configuration.md");
        let blocks: Vec<&str> = document
            .split("```yaml\n")
            .skip(1)
            .filter_map(|block| block.split("```").next())
            .collect();
        let [server, client] = blocks[..] else { panic!("{} files are documented", blocks.len()) };
        let server: ServerConfig = parse(Path::new("server.yml"), server).unwrap();
        assert_eq!(server, ServerConfig::default());

        let client: ClientConfig = parse(Path::new("client.yml"), client).unwrap();
        let least = "client: {application: shop, identity: web1}\ncurve: ".to_owned()
            + document.split("curve:").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        let least: ClientConfig = parse(Path::new("client.yml"), &least).unwrap();
        assert_eq!(format!("{client:?}"), format!("{least:?}"));
    }
}
