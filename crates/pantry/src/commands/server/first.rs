//! The first start with a store: the administrators' keys, in the store and in files.
//!
//! The files come first: a server that is killed in between finds them at its next start and goes on
//! with the keys in them. Which keys count, the store decides. Of several servers that start at the
//! same time with one store only one is first, and the others take their files away again.

use std::path::{Path, PathBuf};

use pantry_model::{Clock, CurvePublicKey};
use pantry_sign::PrivateKey;
use pantry_store::Store;
use pantry_usecases::first_start::{self, FirstKeys};

use super::StartError;
use crate::chance::SystemRandom;
use crate::config::networking::Networking;
use crate::credentials::ADMIN_KEYS;
use crate::errors::CliError;
use crate::files;
use crate::keys::{KeysFile, KeysServer};

/// Where the secret halves of the first RSA keys are in the data directory: the administrator's, the
/// superuser's, and that of a web front end, which may speak for every user.
const ADMIN_PEM: &str = "keys/admin.pem";
const PIVOTAL_PEM: &str = "keys/pivotal.pem";
const WEBUI_PEM: &str = "keys/webui.pem";

/// The size of those keys.
const RSA_BITS: u32 = 2048;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FirstStart {
    /// This was it: the administrator's credentials are in the data directory.
    Now,
    /// It is behind this store.
    Behind,
}

/// Makes what a store must have before anyone can speak with its server, unless it is there.
pub(super) async fn ensure(
    store: &dyn Store,
    clock: &dyn Clock,
    server_key: CurvePublicKey,
    networking: &Networking,
    data_dir: &Path,
) -> Result<FirstStart, CliError> {
    if first_start::is_behind(store).await.map_err(StartError::from)? {
        return Ok(FirstStart::Behind);
    }
    let mut made = Files { data_dir, new: Vec::new() };
    let keys = made.keys(server_key, networking)?;
    let is_first = first_start::create(store, clock, &SystemRandom, keys).await;
    if is_first.map_err(StartError::from)? {
        return Ok(FirstStart::Now);
    }
    tracing::info!("another server was the first with this store: the keys made here are deleted");
    made.delete()?;
    Ok(FirstStart::Behind)
}

/// What is wrong with the administrator's credentials in the data directory, if there is anything.
/// Their folder is there afterwards, for whoever brings them.
pub(super) async fn lacking(store: &dyn Store, data_dir: &Path) -> Option<Lacking> {
    let path = data_dir.join(ADMIN_KEYS);
    if !path.exists() {
        // Without, whoever brings them makes it.
        let _ = path.parent().map(files::make_private_directory);
        return Some(Lacking::Nothing);
    }
    // A file that cannot be read, the command line complains about.
    let key = KeysFile::read(&path).ok()?.keys().public;
    let is_known = first_start::is_of_administrator(store, key).await.unwrap_or(true);
    (!is_known).then_some(Lacking::OfAnother)
}

/// What there is instead of credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lacking {
    /// Nothing.
    Nothing,
    /// Credentials that this store does not know.
    OfAnother,
}

/// The files of the keys.
struct Files<'d> {
    data_dir: &'d Path,
    /// Those that were not there before.
    new: Vec<PathBuf>,
}

impl Files<'_> {
    /// The keys, from the files; those that are not there are made.
    fn keys(
        &mut self,
        server_key: CurvePublicKey,
        networking: &Networking,
    ) -> Result<FirstKeys, CliError> {
        Ok(FirstKeys {
            administrator: self.curve_key(server_key, networking)?,
            administrator_rsa: self.rsa_key(ADMIN_PEM)?,
            superuser_rsa: self.rsa_key(PIVOTAL_PEM)?,
            web_rsa: self.rsa_key(WEBUI_PEM)?,
        })
    }

    fn curve_key(
        &mut self,
        server_key: CurvePublicKey,
        networking: &Networking,
    ) -> Result<CurvePublicKey, CliError> {
        let path = self.data_dir.join(ADMIN_KEYS);
        let failed = |source| CliError::File { action: "written", path: path.clone(), source };
        if let Some(directory) = path.parent() {
            files::make_private_directory(directory).map_err(failed)?;
        }
        if path.exists() {
            return Ok(KeysFile::read(&path)?.keys().public);
        }
        let keys = pantry_wire::generate_key_pair();
        let user = first_start::ADMINISTRATOR
            .parse()
            .map_err(|error| CliError::Nonsense(format!("{error}")))?;
        let server = KeysServer {
            public_key: server_key,
            host: Some(networking.local_host().to_owned()),
            pub_sub_port: Some(networking.pub_sub_port),
            receive_port: Some(networking.receive_port),
            file_service_port: Some(networking.file_service_port),
        };
        KeysFile::new(user, server, &keys).write_new(&path).map_err(failed)?;
        self.new.push(path);
        Ok(keys.public)
    }

    /// The public half, PEM, of the RSA key in this file.
    fn rsa_key(&mut self, name: &str) -> Result<String, CliError> {
        let path = self.data_dir.join(name);
        let nonsense = |error| CliError::Nonsense(format!("{}: {error}", path.display()));
        if path.exists() {
            let read = |source| CliError::File { action: "read", path: path.clone(), source };
            let text = std::fs::read_to_string(&path).map_err(read)?;
            return Ok(PrivateKey::from_pem(&text).map_err(nonsense)?.public_key().to_pem());
        }
        let key = PrivateKey::generate(RSA_BITS).map_err(nonsense)?;
        let written = |source| CliError::File { action: "written", path: path.clone(), source };
        files::write_new_secret(&path, &key.to_pem()).map_err(written)?;
        self.new.push(path);
        Ok(key.public_key().to_pem())
    }

    /// Takes away those that were made here.
    fn delete(self) -> Result<(), CliError> {
        for path in self.new {
            std::fs::remove_file(&path).map_err(|source| CliError::File {
                action: "deleted",
                path,
                source,
            })?;
        }
        Ok(())
    }
}
