//! `~/.chef/credentials`: profiles of Chef's own tools, in TOML.
//!
//! ```toml
//! [shop]
//! client_name = "ada"
//! client_key = "/home/ada/.chef/ada.pem"
//! chef_server_url = "https://chef.example.org/organizations/shop"
//! ```
//! Only these are read; `node_name` is an older word for the first. A key can stand there itself, and
//! a relative path is relative to the file.

use std::path::{Path, PathBuf};

use pantry_http_client::ServerUrl;
use pantry_model::ApplicationName;
use serde::Deserialize;

use super::{Key, Known};
use crate::config::ConfigError;
use crate::environment::Environment;
use crate::errors::CliError;

#[derive(Deserialize)]
struct Profile {
    #[serde(alias = "node_name")]
    client_name: Option<String>,
    client_key: Option<String>,
    chef_server_url: Option<String>,
}

/// What the profile of this name says.
pub(super) fn load(name: &str, environment: &Environment) -> Result<Known, CliError> {
    let home = environment.home.as_deref().ok_or_else(|| CliError::Usage {
        message: "there is no home directory with profiles".to_owned(),
        hint: "say `--chef-server-url`, `--chef-user` and `--chef-key`".to_owned(),
    })?;
    let path = home.join(".chef/credentials");
    let text = std::fs::read_to_string(&path)
        .map_err(|source| ConfigError::Unreadable { path: path.clone(), source })?;
    let profile = parse(&text, &path, name)?;
    let wrong = |message| ConfigError::wrong(&path, name, message);
    let url = profile.chef_server_url.map(|text| text.parse::<ServerUrl>());
    let url = url.transpose().map_err(|error| wrong(format!("chef_server_url: {error}")))?;
    let key = profile.client_key.map(|key| key_of(key, &path));
    Ok(Known { url, user: profile.client_name, key, is_own: false })
}

fn parse(text: &str, path: &Path, name: &str) -> Result<Profile, ConfigError> {
    let all: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map(|span| 1 + text.get(..span.start).map_or(0, lines));
        let place = match line {
            Some(line) => format!("{}:{line}", path.display()),
            None => path.display().to_string(),
        };
        ConfigError::Wrong { place, message: error.message().to_owned() }
    })?;
    let Some(profile) = all.get(name).and_then(toml::Value::as_table) else {
        let tables = all.iter().filter(|(_, value)| value.is_table());
        let names: Vec<_> = tables.map(|(name, _)| name.as_str()).collect();
        let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        return Err(ConfigError::wrong(
            path,
            name,
            format!("there is no such profile, only {known}"),
        ));
    };
    profile.clone().try_into().map_err(|error: toml::de::Error| {
        ConfigError::wrong(path, name, error.message().to_owned())
    })
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

fn key_of(key: String, file: &Path) -> Key {
    if key.trim_start().starts_with("-----BEGIN") {
        return Key::Within(file.to_owned(), key);
    }
    let folder = file.parent().map_or_else(PathBuf::new, Path::to_owned);
    Key::File(folder.join(key))
}

/// The URL in this file of the profile with which this user asks for this application. A file that
/// is not there, or not in order, has none.
pub(super) fn url_for(
    path: &Path,
    user: &str,
    application: Option<&ApplicationName>,
) -> Option<ServerUrl> {
    let text = std::fs::read_to_string(path).ok()?;
    let all: toml::Table = text.parse().ok()?;
    let of = |name: &str| {
        let profile: Profile = all.get(name)?.clone().try_into().ok()?;
        let url: ServerUrl = profile.chef_server_url?.parse().ok()?;
        (profile.client_name.as_deref() == Some(user)).then_some(url)
    };
    let is_of = |url: &ServerUrl| match (url.organization(), application) {
        (Some(organization), Some(application)) => organization == application.as_str(),
        _ => true,
    };
    if let Some(url) = all.keys().filter_map(|name| of(name)).find(is_of) {
        return Some(url);
    }
    // Of another application, and so on the same server.
    let url = all.keys().find_map(|name| of(name))?;
    Some(ServerUrl::new(url.tls(), url.host(), url.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
[default]
client_name = "ada"
client_key = "ada.pem"
chef_server_url = "https://chef.example.org/organizations/shop"

[old]
node_name = "bob"
client_key = """
-----BEGIN RSA PRIVATE KEY-----
"""
"#;

    #[test]
    fn a_profile_says_where_and_who() {
        let path = Path::new("/home/ada/.chef/credentials");
        let default = parse(TEXT, path, "default").unwrap();
        assert_eq!(default.client_name.as_deref(), Some("ada"));
        let key = key_of(default.client_key.unwrap(), path);
        assert!(matches!(key, Key::File(key) if key == Path::new("/home/ada/.chef/ada.pem")));
        let old = parse(TEXT, path, "old").unwrap();
        assert_eq!(old.client_name.as_deref(), Some("bob"));
        assert!(matches!(key_of(old.client_key.unwrap(), path), Key::Within(..)));

        let error = |text: &str| parse(text, path, "shop").err().unwrap().to_string();
        assert!(
            error(TEXT).ends_with("credentials: shop: there is no such profile, only default, old")
        );
        assert!(error("x = 1").ends_with("only none"));
        assert!(error("[shop]\n\nx = [\n").contains("credentials:3: "));
        assert!(error("[shop]\nclient_name = 1\n").contains("shop: invalid type"));
    }

    #[test]
    fn the_url_is_that_of_the_users_own_profile() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        std::fs::write(&path, TEXT).unwrap();
        let url = |user: &str, application: Option<&str>| {
            let application = application.map(|name| name.parse().unwrap());
            url_for(&path, user, application.as_ref()).map(|url| url.to_string())
        };
        let shop = Some("https://chef.example.org/organizations/shop".to_owned());
        assert_eq!(url("ada", None), shop);
        assert_eq!(url("ada", Some("shop")), shop);
        assert_eq!(url("ada", Some("bank")).as_deref(), Some("https://chef.example.org"));
        assert_eq!(url("bob", None), None);
        assert_eq!(url("eve", None), None);
    }
}
