//! `store` in `server.yml`: where objects are kept.
//!
//! What a URL of a database may say is known to the backend. A command line that is built without
//! the server has no use for it, and only passes over it.

use std::path::PathBuf;

#[cfg(feature = "server")]
use pantry_store_postgres::Config;
use serde::Deserialize;

use super::values::whole;

/// `store`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct StoreConfig {
    /// `sqlite:` for a file in the data directory, `sqlite:PATH`, or `postgres://…`.
    pub(crate) url: StoreUrl,
    /// The file whose first line is the password for PostgreSQL.
    pub(crate) password_file: Option<PathBuf>,
    /// How many connections to PostgreSQL there are at most.
    #[serde(deserialize_with = "whole::<2, 1000, _, _>")]
    pub(crate) pool: usize,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self { url: StoreUrl::Sqlite(None), password_file: None, pool: 16 }
    }
}

/// Which backend keeps the objects, and where.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum StoreUrl {
    /// SQLite in this file; in the data directory, if none.
    Sqlite(Option<PathBuf>),
    /// A database of a PostgreSQL server.
    #[cfg(feature = "server")]
    Postgres(Box<Config>),
    /// A database of a PostgreSQL server.
    #[cfg(not(feature = "server"))]
    Postgres,
}

impl TryFrom<String> for StoreUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("sqlite", "")) => Ok(Self::Sqlite(None)),
            Some(("sqlite", path)) => Ok(Self::Sqlite(Some(path.into()))),
            Some(("postgres" | "postgresql", _)) => postgres(&text),
            // What follows may be a password.
            Some((scheme, _)) => Err(format!("`{scheme}:` is not a store: {KNOWN}")),
            None => Err(format!("is not a store: {KNOWN}")),
        }
    }
}

const KNOWN: &str = "`sqlite:`, `sqlite:PATH` or `postgres://USER@HOST/DATABASE`";

#[cfg(feature = "server")]
fn postgres(url: &str) -> Result<StoreUrl, String> {
    let config = Config::parse(url).map_err(|error| error.to_string())?;
    Ok(StoreUrl::Postgres(Box::new(config)))
}

#[cfg(not(feature = "server"))]
fn postgres(_url: &str) -> Result<StoreUrl, String> {
    Ok(StoreUrl::Postgres)
}

impl StoreConfig {
    /// A setting that does not go with another one, and why.
    pub(crate) fn conflict(&self) -> Option<(&'static str, &'static str)> {
        self.password_file.as_ref()?;
        let setting = "store.password_file";
        match &self.url {
            StoreUrl::Sqlite(_) => Some((setting, "is for PostgreSQL; SQLite has no password")),
            #[cfg(feature = "server")]
            StoreUrl::Postgres(config) if config.has_password() => {
                Some((setting, "is a second password beside the one in store.url: leave one out"))
            }
            #[cfg(feature = "server")]
            StoreUrl::Postgres(_) => None,
            #[cfg(not(feature = "server"))]
            StoreUrl::Postgres => None,
        }
    }
}

#[cfg(test)]
#[cfg(feature = "server")]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<StoreUrl, String> {
        StoreUrl::try_from(url.to_owned())
    }

    #[test]
    fn the_scheme_says_which_backend() {
        assert_eq!(read("sqlite:").unwrap(), StoreUrl::Sqlite(None));
        assert_eq!(read("sqlite:/a:b").unwrap(), StoreUrl::Sqlite(Some("/a:b".into())));
        for scheme in ["postgres", "postgresql"] {
            let Ok(StoreUrl::Postgres(config)) = read(&format!("{scheme}://joe:pw@db/shop")) else {
                panic!("{scheme}")
            };
            assert_eq!(config.to_string(), "postgres://joe@db:5432/shop");
        }
        for (url, told) in [
            ("mysql://joe:secret@db/shop", "`mysql:` is not a store: `sqlite:`"),
            ("secret", "is not a store: `sqlite:`"),
            ("postgres:secret", "is not the URL of a PostgreSQL database"),
            ("postgres://joe:secret@db/shop?x=y", "has a parameter `x`, which is not known"),
        ] {
            let error = read(url).unwrap_err();
            assert!(error.starts_with(told) && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_password_is_said_once_and_never_shown() {
        let file = Some(PathBuf::from("/etc/pantry/password"));
        let store = |url: &str| {
            let url = read(url).unwrap();
            StoreConfig { url, password_file: file.clone(), ..StoreConfig::default() }
        };
        assert_eq!(store("postgres://joe@db/shop").conflict(), None);
        assert!(store("postgres://joe:secret@db/shop").conflict().is_some());
        assert!(store("sqlite:").conflict().is_some());
        assert!(!format!("{:?}", store("postgres://joe:secret@db/shop")).contains("secret"));
        assert_eq!(
            StoreConfig::default().pool,
            Config::parse("postgres://db").unwrap().pool(),
            "the default is that of the backend"
        );
    }
}
