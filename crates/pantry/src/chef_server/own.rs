//! Pantry's own server as a Chef server: found where the keys for everything else are.
//!
//! A user has two keys. The one of `keys.yml` opens the encrypted connection; the RSA key that signs
//! requests lies beside it, as `pantry user credentials` and a server's first start have put it:
//! `keys/admin.pem` beside `keys/admin.yml`, and `.chef/NAME.pem` beside `.pantry/keys.yml`.

use std::net::IpAddr;
use std::path::Path;

use pantry_http_client::ServerUrl;

use super::{Key, Known, profile};
use crate::arguments::Global;
use crate::config::http::HttpConfig;
use crate::credentials::{self, Place};
use crate::environment::Environment;
use crate::errors::CliError;
use crate::keys::KeysFile;

/// Where a server serves the Chef API unless its configuration says.
const USUAL_PORT: u16 = 4000;

/// The server, and who speaks to it.
pub(super) fn find(global: &Global, environment: &Environment) -> Result<Known, CliError> {
    let Place { path, server_config } = credentials::place(global, environment)?;
    let file = KeysFile::read(&path)?;
    let user = file.user.to_string();
    let pem = format!("{user}.pem");
    let folder = path.parent().unwrap_or(Path::new("."));
    let chef = folder.parent().unwrap_or(folder).join(".chef");
    let places = [folder.join(&pem), chef.join(&pem)];
    let Some(key) = places.iter().find(|path| path.is_file()) else {
        return Err(CliError::NoChefKey { user, looked: places.into() });
    };
    let url = match server_config {
        Some(found) => url_of(&found.config.http),
        None => profile::url_for(&chef.join("credentials"), &user, global.application.as_ref())
            .unwrap_or_else(|| {
                let host = file.server.host.as_deref().unwrap_or("127.0.0.1");
                ServerUrl::new(false, host, USUAL_PORT)
            }),
    };
    let url = match &global.host {
        Some(host) => url.at_host(host),
        None => url,
    };
    Ok(Known { url: Some(url), user: Some(user), key: Some(Key::File(key.clone())), is_own: true })
}

/// Where a server with this configuration is reached from its own machine.
fn url_of(http: &HttpConfig) -> ServerUrl {
    let address = match http.listen.ip() {
        IpAddr::V4(any) if any.is_unspecified() => "127.0.0.1".to_owned(),
        IpAddr::V6(any) if any.is_unspecified() => "::1".to_owned(),
        address => address.to_string(),
    };
    ServerUrl::new(http.tls.is_some(), &address, http.listen.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_reached_where_it_listens() {
        for (listen, url) in [
            ("127.0.0.1:4000", "http://127.0.0.1:4000"),
            ("0.0.0.0:80", "http://127.0.0.1"),
            ("[::]:4000", "http://[::1]:4000"),
            ("192.0.2.1:4000", "http://192.0.2.1:4000"),
        ] {
            let http = HttpConfig { listen: listen.parse().unwrap(), ..HttpConfig::default() };
            assert_eq!(url_of(&http).to_string(), url);
        }
    }
}
