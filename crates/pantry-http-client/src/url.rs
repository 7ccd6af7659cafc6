//! Where a server is: `https://chef.example.org/organizations/shop`.

use std::fmt;
use std::net::Ipv6Addr;
use std::str::FromStr;

use hyper::Uri;

/// A text that is not the URL of a server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{url}` is not the URL of a server: {reason}")]
pub struct InvalidUrl {
    /// The text.
    pub url: String,
    /// Why not.
    pub reason: &'static str,
}

/// The URL of a server, or of an organization on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerUrl {
    tls: bool,
    /// Without brackets.
    host: String,
    port: u16,
    /// Empty, or a path that begins with a slash and does not end with one.
    path: String,
}

impl ServerUrl {
    /// A server on a port, without a path.
    pub fn new(tls: bool, host: &str, port: u16) -> Self {
        Self { tls, host: host.to_owned(), port, path: String::new() }
    }

    /// Whether it is reached by TLS.
    pub fn tls(&self) -> bool {
        self.tls
    }

    /// The host's name or address.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Empty, or a path that begins with a slash and does not end with one.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The organization that the path ends with, if it does.
    pub fn organization(&self) -> Option<&str> {
        let (before, name) = self.path.rsplit_once('/')?;
        before.ends_with("/organizations").then_some(name)
    }

    /// The server as a whole: the same without the organization that the path ends with, if it does.
    pub fn without_organization(&self) -> Self {
        let organization = self.organization().map(|name| format!("/organizations/{name}"));
        let server = organization.and_then(|end| self.path.strip_suffix(&end));
        Self { path: server.unwrap_or(&self.path).to_owned(), ..self.clone() }
    }

    /// The same server with a longer path. What is joined begins with a slash and is encoded.
    pub fn join(&self, path: &str) -> Self {
        Self { path: format!("{}{path}", self.path), ..self.clone() }
    }

    /// The same URL on another host.
    pub fn at_host(&self, host: &str) -> Self {
        Self { host: host.to_owned(), ..self.clone() }
    }

    /// The value of the header `Host`.
    pub(crate) fn authority(&self) -> String {
        let host =
            if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        if self.port == usual_port(self.tls) { host } else { format!("{host}:{}", self.port) }
    }
}

fn usual_port(tls: bool) -> u16 {
    if tls { 443 } else { 80 }
}

impl FromStr for ServerUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<Self, InvalidUrl> {
        let invalid = |reason| InvalidUrl { url: text.to_owned(), reason };
        let uri: Uri = text.parse().map_err(|_| invalid("it is not written as one"))?;
        let tls = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(invalid("it must begin with https:// or http://")),
        };
        let authority = uri.authority().ok_or_else(|| invalid("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(invalid(
                "a name or password in it would be of no use: requests are signed",
            ));
        }
        if uri.query().is_some() {
            return Err(invalid("it must not have a query"));
        }
        let host = authority.host();
        let in_brackets = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let host = in_brackets.unwrap_or(host);
        let is_host = match in_brackets {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => !host.is_empty() && !host.contains(['[', ']', ':']),
        };
        if !is_host {
            return Err(invalid("it names no host"));
        }
        let has_port = authority.as_str().len() > authority.host().len();
        let port = match (authority.port_u16(), has_port) {
            (Some(0), _) | (None, true) => return Err(invalid("its port is none")),
            (Some(port), _) => port,
            (None, false) => usual_port(tls),
        };
        let path = uri.path().trim_end_matches('/').to_owned();
        Ok(Self { tls, host: host.to_owned(), port, path })
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority(), self.path)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn urls_have_one_form() {
        for (text, form, organization) in [
            ("https://chef.example.org", "https://chef.example.org", None),
            ("https://chef.example.org:443/", "https://chef.example.org", None),
            ("http://10.0.0.1:4000//", "http://10.0.0.1:4000", None),
            (
                "http://[::1]:80/organizations/shop/",
                "http://[::1]/organizations/shop",
                Some("shop"),
            ),
            ("https://h/chef/organizations/a", "https://h/chef/organizations/a", Some("a")),
            ("https://h/organizations", "https://h/organizations", None),
            ("https://h/a/b", "https://h/a/b", None),
        ] {
            let url: ServerUrl = text.parse().unwrap();
            assert_eq!((url.to_string().as_str(), url.organization()), (form, organization));
            let end = organization.map_or(String::new(), |name| format!("/organizations/{name}"));
            assert_eq!(format!("{}{end}", url.without_organization()), form);
        }
        let url: ServerUrl = "https://h".parse().unwrap();
        assert_eq!(
            url.join("/organizations/b").at_host("::1").to_string(),
            "https://[::1]/organizations/b"
        );
    }

    #[test]
    fn what_is_none_is_told() {
        for (text, reason) in [
            ("", "not written as one"),
            ("chef.example.org", "must begin with https://"),
            ("ftp://h", "must begin with https://"),
            ("https://", "not written as one"),
            ("https://u:p@h/", "name or password"),
            ("https://h/?a=b", "query"),
            ("https://h:0", "port"),
            ("https://h:99999", "port"),
            ("https://h:/", "port"),
            ("/organizations/shop", "must begin with"),
        ] {
            let error = text.parse::<ServerUrl>().unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_url_or_an_error(text in r"(https?://)?[a-z\[\]:@/?#é.0-9]{0,12}") {
            if let Ok(url) = text.parse::<ServerUrl>() {
                prop_assert_eq!(url.to_string().parse::<ServerUrl>().unwrap(), url);
            }
        }
    }
}
