//! The machine's RSA key for mode `server`: made on first need, and never sent anywhere.

use std::fs;
use std::io;

use pantry_sign::PrivateKey;

use super::folders::Folders;
use crate::data_dir::write_durably;

/// Chef's own length.
const BITS: u32 = 2048;

/// The public half, as PEM, of the key at its place; one is made if there is none. An error is a
/// sentence without its subject.
pub(super) fn public(folders: &Folders) -> Result<String, String> {
    let path = folders.key();
    match fs::read_to_string(&path) {
        Ok(text) => {
            let key = PrivateKey::from_pem(&text)
                .map_err(|error| format!("cannot use the key {}: {error}", path.display()))?;
            return Ok(key.public_key().to_pem());
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(format!("cannot read {}: {error}", path.display())),
    }
    let key = PrivateKey::generate(BITS).map_err(|error| format!("cannot make a key: {error}"))?;
    write_durably(folders.path(), "client.pem", key.to_pem().as_bytes())
        .map_err(|error| error.to_string())?;
    Ok(key.public_key().to_pem())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_is_the_machines_alone() {
        let home = tempfile::tempdir().unwrap();
        let folders = Folders::of(home.path());
        folders.make().unwrap();
        let first = public(&folders).unwrap();
        assert!(first.starts_with("-----BEGIN PUBLIC KEY-----"), "{first}");
        assert_eq!(public(&folders).unwrap(), first);
        let mode = fs::metadata(folders.key()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        fs::write(folders.key(), "no key").unwrap();
        let told = public(&folders).unwrap_err();
        assert!(told.starts_with("cannot use the key /"), "{told}");
    }
}
