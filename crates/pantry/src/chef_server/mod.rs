//! Which Chef server is asked, and who asks.
//!
//! Without being told it is Pantry's own, found as for every other command ([`own`]). Any other is
//! named by its URL, a name and a key, or by a profile of `~/.chef/credentials` ([`profile`]), the
//! file that Chef's own tools keep.

mod own;
mod profile;

use std::path::{Path, PathBuf};

use pantry_http_client::{ChefClient, Config, HttpClient, Identity, ServerUrl, Trust, segment};
use pantry_model::ApplicationName;
use pantry_sign::{PrivateKey, Version};

use crate::commands::Context;
use crate::errors::CliError;
use crate::files;

/// The options that name a Chef server.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Another Chef server")]
pub(crate) struct ChefServer {
    /// Its URL, with or without `/organizations/NAME`
    #[arg(long, global = true, value_name = "URL", display_order = 800)]
    pub(crate) chef_server_url: Option<ServerUrl>,
    /// The user or API client that signs the requests
    #[arg(long, global = true, value_name = "NAME", display_order = 801)]
    pub(crate) chef_user: Option<String>,
    /// The file with its RSA key
    #[arg(long, global = true, value_name = "FILE", display_order = 802)]
    pub(crate) chef_key: Option<PathBuf>,
    /// All of that from this profile of ~/.chef/credentials
    #[arg(long, global = true, value_name = "NAME", display_order = 803)]
    pub(crate) profile: Option<String>,
    /// Trust these certificates, PEM, and no others [default: SSL_CERT_FILE, or the system's]
    #[arg(long, global = true, value_name = "FILE", display_order = 804)]
    pub(crate) chef_ca_file: Option<PathBuf>,
    /// Sign by this version of the protocol: 1.0, 1.1 or 1.3 [default: what the server takes]
    #[arg(long, global = true, value_name = "VERSION", value_parser = sign_version)]
    #[arg(display_order = 805)]
    pub(crate) chef_sign_version: Option<Version>,
}

fn sign_version(text: &str) -> Result<Version, &'static str> {
    let known = Version::ALL.into_iter().find(|version| version.number() == text);
    known.filter(|version| *version != Version::V1_2).ok_or("1.0, 1.1 or 1.3 is expected")
}

impl ChefServer {
    /// What was said here where something was, else there.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            chef_server_url: self.chef_server_url.or(other.chef_server_url),
            chef_user: self.chef_user.or(other.chef_user),
            chef_key: self.chef_key.or(other.chef_key),
            profile: self.profile.or(other.profile),
            chef_ca_file: self.chef_ca_file.or(other.chef_ca_file),
            chef_sign_version: self.chef_sign_version.or(other.chef_sign_version),
        }
    }
}

/// A server, and who asks it. What is not known has been said nowhere.
#[derive(Debug, Default)]
struct Known {
    url: Option<ServerUrl>,
    user: Option<String>,
    key: Option<Key>,
    /// Whether it is Pantry's own, where everything is in an application.
    is_own: bool,
}

/// Where a key is.
#[derive(Clone, Debug)]
enum Key {
    File(PathBuf),
    /// In the middle of this file.
    Within(PathBuf, String),
}

/// The client for the organization that the options mean. A problem with the key's file is noted.
pub(crate) fn client(options: &ChefServer, context: &mut Context) -> Result<ChefClient, CliError> {
    let known = find(options, context)?;
    let application = context.global.application.as_ref();
    let is_of_none = known.url.as_ref().is_some_and(|url| url.organization().is_none());
    if known.is_own && is_of_none && application.is_none() {
        context.application()?;
    }
    let known =
        Known { url: known.url.map(|url| in_organization(url, application)).transpose()?, ..known };
    client_of(known, options, context)
}

/// The same for the server as a whole, with all its organizations.
pub(crate) fn whole(options: &ChefServer, context: &mut Context) -> Result<ChefClient, CliError> {
    let known = find(options, context)?;
    let url = known.url.as_ref().map(ServerUrl::without_organization);
    client_of(Known { url, ..known }, options, context)
}

/// The client for another server, with whom the options say, or who you are here.
pub(crate) fn reader(
    options: &ChefServer,
    url: ServerUrl,
    context: &mut Context,
) -> Result<ChefClient, CliError> {
    let known = find(options, context)?;
    client_of(Known { url: Some(url), is_own: false, ..known }, options, context)
}

/// What requests go through that nobody signs.
pub(crate) fn http(options: &ChefServer, context: &Context) -> HttpClient {
    let ca_file = options.chef_ca_file.as_deref().map(|path| context.environment.absolute(path));
    let trusted = ca_file.or_else(|| context.environment.ssl_cert_file.clone());
    let mut config =
        Config { trust: trusted.map_or(Trust::System, Trust::File), ..Config::default() };
    if let Some(patience) = context.global.connect_timeout {
        config.limits.connect_within = patience;
    }
    HttpClient::new(config, context.clock.clone())
}

fn client_of(
    known: Known,
    options: &ChefServer,
    context: &mut Context,
) -> Result<ChefClient, CliError> {
    let (url, user, key) = match known {
        Known { url: Some(url), user: Some(user), key: Some(key), .. } => (url, user, key),
        Known { url, user, .. } => return Err(incomplete(url.as_ref(), user.as_deref())),
    };
    if let Key::File(path) = &key
        && let Some(mode) = files::readable_by_others(path)
    {
        let path = path.display();
        context.print.note(&format!(
            "warning: {path} holds a secret key, and others than its owner can read it (mode \
             {mode}): chmod 600 {path}"
        ));
    }
    let identity = Identity { name: user, key: read_key(&key)? };
    let http = http(options, context);
    Ok(ChefClient::new(http, url, identity, options.chef_sign_version))
}

fn find(options: &ChefServer, context: &Context) -> Result<Known, CliError> {
    let profile = match &options.profile {
        Some(name) => profile::load(name, &context.environment)?,
        None => Known::default(),
    };
    let said = Known {
        url: options.chef_server_url.clone().or(profile.url),
        user: options.chef_user.clone().or(profile.user),
        key: options
            .chef_key
            .as_deref()
            .map(|path| Key::File(context.environment.absolute(path)))
            .or(profile.key),
        is_own: false,
    };
    match said {
        Known { url: Some(_), .. } => Ok(said),
        // Somebody else, at this server.
        Known { url: None, user: Some(_), .. } | Known { url: None, key: Some(_), .. } => {
            let own = own::find(&context.global, &context.environment)?;
            Ok(Known { url: own.url, is_own: true, ..said })
        }
        Known { .. } => own::find(&context.global, &context.environment),
    }
}

fn incomplete(url: Option<&ServerUrl>, user: Option<&str>) -> CliError {
    let at = url.map_or_else(String::new, |url| format!(" at {url}"));
    let (what, option) = match user {
        None => ("the name that signs requests", "`--chef-user NAME`"),
        Some(_) => ("the key that signs requests", "`--chef-key FILE`"),
    };
    CliError::Usage {
        message: format!("{what}{at} is not known"),
        hint: format!(
            "say {option}, or `--profile NAME` for one of ~/.chef/credentials; either can stand in \
             .pantry/config"
        ),
    }
}

/// The URL of the application: the server's with it, or one that ends in an organization already.
fn in_organization(
    url: ServerUrl,
    application: Option<&ApplicationName>,
) -> Result<ServerUrl, CliError> {
    match (url.organization(), application) {
        (Some(organization), Some(application)) if organization != application.as_str() => {
            Err(CliError::Usage {
                message: format!("{url} is not the application {application}"),
                hint: "leave `-a` out, or the organization in the URL".to_owned(),
            })
        }
        (Some(_), _) => Ok(url),
        (None, Some(application)) => {
            Ok(url.join(&format!("/organizations/{}", segment(application.as_str()))))
        }
        // Servers of one organization, such as goiardi, have their objects right there.
        (None, None) => Ok(url),
    }
}

fn read_key(key: &Key) -> Result<PrivateKey, CliError> {
    let (path, text): (&Path, _) = match key {
        Key::Within(path, text) => (path, text.clone()),
        Key::File(path) => {
            let failed = |source| CliError::File { action: "read", path: path.clone(), source };
            (path, std::fs::read_to_string(path).map_err(failed)?)
        }
    };
    PrivateKey::from_pem(&text).map_err(|source| CliError::Key { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_is_an_organization_of_its_server() {
        let url = |text: &str| text.parse::<ServerUrl>().unwrap();
        let shop: ApplicationName = "shop".parse().unwrap();
        for (said, application, meant) in [
            ("https://h", Some(&shop), "https://h/organizations/shop"),
            ("https://h/organizations/shop", Some(&shop), "https://h/organizations/shop"),
            ("https://h/organizations/bank", None, "https://h/organizations/bank"),
            ("http://h:4545", None, "http://h:4545"),
        ] {
            let found = in_organization(url(said), application).unwrap();
            assert_eq!(found.to_string(), meant);
        }
        let error = in_organization(url("https://h/organizations/bank"), Some(&shop)).unwrap_err();
        assert!(error.to_string().contains("is not the application shop"), "{error}");
    }
}
