//! `blobs` in `server.yml`: where file contents are kept, and how links to them work.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::http::Password;
use super::values::seconds;

/// `blobs`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct BlobsConfig {
    /// `file:` for a directory in the data directory, `file:PATH`, or `s3://BUCKET/PREFIX`.
    pub(crate) url: BlobsUrl,
    /// How long a link to read works.
    #[serde(deserialize_with = "seconds::<60, 604_800, _>")]
    pub(crate) read_links_for: Duration,
    /// How long a link to upload works.
    #[serde(deserialize_with = "seconds::<60, 604_800, _>")]
    pub(crate) upload_links_for: Duration,
    /// Whether links to read lead to the bucket, past this server.
    pub(crate) direct_links: bool,
    /// The URL of the bucket's server, if it is not Amazon's.
    pub(crate) endpoint: Option<String>,
    /// The bucket's region.
    pub(crate) region: Option<String>,
    /// Whether the bucket's server may be asked without TLS.
    pub(crate) allow_http: bool,
    /// The name of the key to the bucket.
    pub(crate) access_key_id: Option<String>,
    /// The key to the bucket.
    pub(crate) secret_access_key: Option<Password>,
}

impl Default for BlobsConfig {
    fn default() -> Self {
        Self {
            url: BlobsUrl::Directory(None),
            read_links_for: Duration::from_hours(8),
            upload_links_for: Duration::from_mins(15),
            direct_links: false,
            endpoint: None,
            region: None,
            allow_http: false,
            access_key_id: None,
            secret_access_key: None,
        }
    }
}

/// Which backend keeps the contents, and where.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum BlobsUrl {
    /// This directory, which may be said from the data directory; `blobs` in it, if none.
    Directory(Option<PathBuf>),
    /// A bucket, and what the names of all objects begin with.
    Bucket(String, String),
}

impl TryFrom<String> for BlobsUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("file", "")) => Ok(Self::Directory(None)),
            Some(("file", path)) => Ok(Self::Directory(Some(path.into()))),
            Some(("s3", rest)) => bucket(rest).ok_or_else(|| {
                format!("`{text}` is not a bucket with a prefix: `s3://BUCKET/PREFIX`")
            }),
            Some((scheme, _)) => Err(format!("`{scheme}:` keeps no files: {KNOWN}")),
            None => Err(format!("keeps no files: {KNOWN}")),
        }
    }
}

const KNOWN: &str = "`file:`, `file:PATH` or `s3://BUCKET/PREFIX`";

/// `//BUCKET/PREFIX`. What a name may hold is what Amazon's own rules allow.
fn bucket(rest: &str) -> Option<BlobsUrl> {
    let rest = rest.strip_prefix("//")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let prefix = prefix.trim_end_matches('/');
    let in_bucket =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-".contains(&byte);
    let in_prefix = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/".contains(&byte);
    let is_bucket = (3..=63).contains(&bucket.len()) && bucket.bytes().all(in_bucket);
    let is_prefix = prefix.is_empty()
        || (prefix.len() <= 512
            && prefix.bytes().all(in_prefix)
            && prefix.split('/').all(|part| !matches!(part, "" | "." | "..")));
    (is_bucket && is_prefix).then(|| BlobsUrl::Bucket(bucket.to_owned(), prefix.to_owned()))
}

impl BlobsConfig {
    /// A setting that does not go with another one, and why.
    pub(crate) fn conflict(&self) -> Option<(&'static str, &'static str)> {
        let of_buckets = [
            ("blobs.direct_links", self.direct_links),
            ("blobs.endpoint", self.endpoint.is_some()),
            ("blobs.region", self.region.is_some()),
            ("blobs.allow_http", self.allow_http),
            ("blobs.access_key_id", self.access_key_id.is_some()),
            ("blobs.secret_access_key", self.secret_access_key.is_some()),
        ];
        if let BlobsUrl::Directory(_) = self.url {
            let said = of_buckets.into_iter().find(|(_, is_said)| *is_said);
            return said
                .map(|(setting, _)| (setting, "is for a bucket, and `blobs.url` is a directory"));
        }
        if self.access_key_id.is_some() != self.secret_access_key.is_some() {
            let why = "goes with `blobs.secret_access_key`: say both, or neither";
            return Some(("blobs.access_key_id", why));
        }
        let endpoint = self.endpoint.as_deref()?;
        let (is_tls, is_plain) =
            (endpoint.starts_with("https://"), endpoint.starts_with("http://"));
        match (is_tls, is_plain) {
            (false, false) => Some(("blobs.endpoint", "is not a URL: it begins with `https://`")),
            (false, true) if !self.allow_http => Some((
                "blobs.endpoint",
                "is not TLS: `blobs.allow_http: true` says that it need not be",
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<BlobsUrl, String> {
        BlobsUrl::try_from(url.to_owned())
    }

    #[test]
    fn the_scheme_says_which_backend() {
        let bucket = |bucket: &str, prefix: &str| BlobsUrl::Bucket(bucket.into(), prefix.into());
        assert_eq!(read("file:"), Ok(BlobsUrl::Directory(None)));
        assert_eq!(read("file:/a:b"), Ok(BlobsUrl::Directory(Some("/a:b".into()))));
        assert_eq!(read("s3://pantry"), Ok(bucket("pantry", "")));
        assert_eq!(read("s3://pantry.example/"), Ok(bucket("pantry.example", "")));
        assert_eq!(read("s3://pantry/chef/Files/"), Ok(bucket("pantry", "chef/Files")));
        for url in [
            "s3:pantry",
            "s3://",
            "s3://ab",
            "s3://Pantry",
            "s3://pantry//a",
            "s3://pantry/a/../b",
            "s3://pantry/a b",
            "s3://user@pantry",
        ] {
            assert!(read(url).unwrap_err().contains("is not a bucket"), "{url}");
        }
        assert!(read("ftp://x").unwrap_err().starts_with("`ftp:` keeps no files"));
    }

    #[test]
    fn settings_that_do_not_go_together_are_told() {
        let bucket = BlobsConfig { url: read("s3://pantry").unwrap(), ..BlobsConfig::default() };
        let at = |endpoint: &str| Some(endpoint.to_owned());
        let key = Password::try_from("secret".to_owned()).ok();
        assert_eq!(bucket.conflict(), None);
        let fine = BlobsConfig { endpoint: at("http://s3"), allow_http: true, ..bucket.clone() };
        assert_eq!(fine.conflict(), None);
        for (config, setting) in [
            (BlobsConfig { direct_links: true, ..BlobsConfig::default() }, "blobs.direct_links"),
            (BlobsConfig { endpoint: at("s3.example"), ..bucket.clone() }, "blobs.endpoint"),
            (BlobsConfig { endpoint: at("http://s3"), ..bucket.clone() }, "blobs.endpoint"),
            (BlobsConfig { secret_access_key: key, ..bucket }, "blobs.access_key_id"),
        ] {
            assert_eq!(config.conflict().map(|(said, _)| said), Some(setting));
            assert!(!format!("{config:?}").contains("secret\""));
        }
    }
}
