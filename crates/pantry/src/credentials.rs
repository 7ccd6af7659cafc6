//! Who speaks, and to which server: found in the order in which people would look.
//!
//! What was said outright comes first: `--curve-key-file`, then a server's own file named by
//! `--config`. Then `.pantry/keys.yml` upwards from the working directory, and last what a server
//! on this machine has left: that of `server.yml`, or of the usual data directory.

use std::path::{Path, PathBuf};

use pantry_model::{CurveKeyPair, CurvePublicKey, UserName};

use crate::arguments::Global;
use crate::config::networking::ServerAddress;
use crate::config::networking::{FILE_SERVICE_PORT, PUB_SUB_PORT, RECEIVE_PORT};
use crate::config::server::ServerConfig;
use crate::environment::Environment;
use crate::errors::CliError;
use crate::files;
use crate::keys::KeysFile;

/// Where an administrator's credentials are in a server's data directory.
pub(crate) const ADMIN_KEYS: &str = "keys/admin.yml";

/// What is needed to speak to a server.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    /// Who speaks.
    pub(crate) user: UserName,
    /// With which keys.
    pub(crate) keys: CurveKeyPair,
    /// The server that must answer.
    pub(crate) server_key: CurvePublicKey,
    /// Where it is.
    pub(crate) server: ServerAddress,
    /// The file that the keys come from.
    pub(crate) path: PathBuf,
}

impl Credentials {
    /// What should be said about the key file before it is used: that others can read it.
    pub(crate) fn warning(&self) -> Option<String> {
        let mode = files::readable_by_others(&self.path)?;
        let path = self.path.display();
        Some(format!(
            "{path} holds a secret key, and others than its owner can read it (mode {mode}): chmod 600 {path}"
        ))
    }
}

/// Finds the credentials.
pub(crate) fn find(global: &Global, environment: &Environment) -> Result<Credentials, CliError> {
    let Place { path, server_config } = place(global, environment)?;
    let networking = server_config.filter(|found| found.is_written).map(|it| it.config.networking);
    let file = KeysFile::read(&path)?;
    let from_file = |port: Option<u16>, usual| port.unwrap_or(usual);
    let mut server = ServerAddress {
        server_host: file.server.host.clone().unwrap_or_else(|| "127.0.0.1".to_owned()),
        pub_sub_port: from_file(file.server.pub_sub_port, PUB_SUB_PORT),
        receive_port: from_file(file.server.receive_port, RECEIVE_PORT),
        file_service_port: from_file(file.server.file_service_port, FILE_SERVICE_PORT),
    };
    if let Some(networking) = networking {
        // The server's own file knows better than a key file that was written at its first start.
        server = ServerAddress {
            server_host: networking.local_host().to_owned(),
            pub_sub_port: networking.pub_sub_port,
            receive_port: networking.receive_port,
            file_service_port: networking.file_service_port,
        };
    }
    if let Some(host) = &global.host {
        server.server_host.clone_from(host);
    }
    let keys = file.keys();
    Ok(Credentials { user: file.user, keys, server_key: file.server.public_key, server, path })
}

/// Where a key file was found.
#[derive(Debug)]
pub(crate) struct Place {
    /// The file.
    pub(crate) path: PathBuf,
    /// The configuration of the server in whose data directory it is, if it is in one.
    pub(crate) server_config: Option<FoundConfig>,
}

/// A server's configuration.
#[derive(Debug)]
pub(crate) struct FoundConfig {
    pub(crate) config: ServerConfig,
    /// Whether there is a file, and not only what would be so without one.
    pub(crate) is_written: bool,
}

/// Which key file, and the server's own word on its addresses where there is one.
pub(crate) fn place(global: &Global, environment: &Environment) -> Result<Place, CliError> {
    let alone = |path| Place { path, server_config: None };
    if let Some(path) = &global.curve_key_file {
        return Ok(alone(environment.absolute(path)));
    }
    let mut looked = Vec::new();
    let mut of_server = |explicit: Option<&Path>| -> Result<Option<_>, CliError> {
        let (config, path) = ServerConfig::load(explicit, environment)?;
        let keys = config.data_dir(None, environment).join(ADMIN_KEYS);
        // `exists` is false as well for what one may not see: another person's server.
        if keys.exists() {
            let server_config = Some(FoundConfig { config, is_written: path.is_some() });
            return Ok(Some(Place { path: keys, server_config }));
        }
        looked.push(keys);
        Ok(None)
    };

    if global.config.is_some() {
        if let Some(found) = of_server(global.config.as_deref())? {
            return Ok(found);
        }
    } else if let Some(path) = environment.find_upwards(".pantry/keys.yml") {
        return Ok(alone(path));
    } else if let Some(found) = of_server(None)? {
        return Ok(found);
    } else {
        looked.insert(0, PathBuf::from(".pantry/keys.yml"));
    }
    Err(CliError::NoCredentials { looked })
}

#[cfg(test)]
mod tests {
    use pantry_model::CurveSecretKey;

    use super::*;
    use crate::keys::KeysServer;

    struct Place {
        root: tempfile::TempDir,
        environment: Environment,
    }

    impl Place {
        fn new() -> Self {
            let root = tempfile::tempdir().unwrap();
            let dir = |name: &str| {
                let path = root.path().join(name);
                std::fs::create_dir_all(&path).unwrap();
                path
            };
            let environment = Environment {
                working_directory: dir("project/deep"),
                config_dir: dir("etc"),
                data_dir: dir("data"),
                home: None,
                host_name: "here".to_owned(),
                ..Environment::of_process()
            };
            Self { root, environment }
        }

        fn keys(&self, name: &str, user: &str) -> PathBuf {
            let path = self.root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let keys = CurveKeyPair {
                public: CurvePublicKey::from_bytes([1; 32]),
                secret: CurveSecretKey::from_bytes([2; 32]),
            };
            let server = KeysServer {
                public_key: CurvePublicKey::from_bytes([3; 32]),
                host: Some("far.example.org".to_owned()),
                pub_sub_port: None,
                receive_port: None,
                file_service_port: None,
            };
            KeysFile::new(user.parse().unwrap(), server, &keys).write_new(&path).unwrap();
            path
        }

        fn find(&self, global: &Global) -> Credentials {
            find(global, &self.environment).unwrap()
        }
    }

    #[test]
    fn what_is_said_outright_comes_before_what_is_found() {
        let place = Place::new();
        let none = Global::default();
        let error = find(&none, &place.environment).unwrap_err();
        let CliError::NoCredentials { looked } = error else { panic!("{error}") };
        assert_eq!(looked.len(), 2);

        place.keys("data/keys/admin.yml", "usual");
        assert_eq!(place.find(&none).user.as_str(), "usual");

        let other = place.root.path().join("other");
        let etc = format!("data_dir: {}\nnetworking: {{receive_port: 7}}", other.display());
        std::fs::write(place.root.path().join("etc/server.yml"), &etc).unwrap();
        place.keys("other/keys/admin.yml", "etc");
        let found = place.find(&none);
        assert_eq!(found.user.as_str(), "etc");
        assert_eq!(
            (found.server.server_host.as_str(), found.server.receive_port),
            ("127.0.0.1", 7)
        );

        place.keys("project/.pantry/keys.yml", "project");
        let found = place.find(&none);
        assert_eq!(found.user.as_str(), "project");
        assert_eq!(found.server.server_host, "far.example.org");

        let config = Some(place.root.path().join("etc/server.yml"));
        let named = Global { config, ..Global::default() };
        assert_eq!(place.find(&named).user.as_str(), "etc");

        let curve_key_file = Some(place.keys("mine.yml", "mine"));
        let host = Some("near".to_owned());
        let named = Global { curve_key_file, host, ..named };
        let found = place.find(&named);
        assert_eq!((found.user.as_str(), found.server.server_host.as_str()), ("mine", "near"));
        assert_eq!(found.warning(), None);
    }
}
