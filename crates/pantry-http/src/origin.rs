//! Under which URL a request's sender sees this server, so that URLs in answers lead back to it.
//!
//! A proxy may stand in between: it says in `X-Forwarded-Proto` how it was spoken to, and leaves
//! `Host` as it was. Each may hold several values when there are several proxies; the first is the
//! sender's own. Nothing is decided by them: whoever lies gets its own lie back.

use std::net::IpAddr;

use hyper::Uri;
use hyper::header::{HOST, HeaderMap, HeaderName};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The longest host that is repeated, in bytes.
const MAX_HOST: usize = 300;

/// What stands for itself in a path; among them all that names may hold.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// The beginning of this server's URLs, without a slash at its end: `https://chef.example.org`.
pub(crate) fn base(headers: &HeaderMap, uri: &Uri, speaks_tls: bool) -> String {
    let scheme = match first(headers, &FORWARDED_PROTO) {
        Some(said) if said.eq_ignore_ascii_case("https") => "https",
        Some(said) if said.eq_ignore_ascii_case("http") => "http",
        _ if speaks_tls => "https",
        _ => "http",
    };
    // A target in absolute form counts more than `Host` (RFC 9112 §3.2.2).
    let authority = uri.authority().map(|authority| authority.as_str());
    let host = authority.or_else(|| first(headers, &HOST)).filter(|host| is_host(host));
    format!("{scheme}://{}", host.unwrap_or("localhost"))
}

/// A path of these segments.
pub(crate) fn path(segments: &[&str]) -> String {
    let mut path = String::new();
    for segment in segments {
        path.push('/');
        path.extend(utf8_percent_encode(segment, ESCAPED));
    }
    path
}

/// Whether a request comes from a program on this machine, and not through a proxy on it.
pub(crate) fn is_local(headers: &HeaderMap, peer: IpAddr) -> bool {
    peer.to_canonical().is_loopback() && !headers.contains_key(FORWARDED_FOR)
}

/// The first of the values that a header holds.
fn first<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    let value = headers.get(name)?.to_str().ok()?;
    value.split(',').next().map(str::trim)
}

/// Whether a text looks like `example.org:443` or `[::1]:443`, and can stand in a URL.
fn is_host(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:[]%".contains(&byte);
    (1..=MAX_HOST).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        });
        pairs.collect()
    }

    #[test]
    fn urls_lead_back_the_way_a_request_came() {
        let uri = Uri::from_static("/nodes");
        let host = ("host", "chef.example.org:8443");
        let proto = |proto| ("x-forwarded-proto", proto);
        for (sent, speaks_tls, expected) in [
            (&[host][..], false, "http://chef.example.org:8443"),
            (&[host], true, "https://chef.example.org:8443"),
            (&[host, proto("https")], false, "https://chef.example.org:8443"),
            (&[host, proto("http")], true, "http://chef.example.org:8443"),
            (&[host, proto("HTTPS, http")], false, "https://chef.example.org:8443"),
            (&[host, proto("gopher")], true, "https://chef.example.org:8443"),
            (&[("host", "[::1]:4000")], false, "http://[::1]:4000"),
            (&[("host", "a.example:443,b.example")], false, "http://a.example:443"),
            (&[("host", "evil\"/><script>")], false, "http://localhost"),
            (&[], false, "http://localhost"),
        ] {
            assert_eq!(base(&headers(sent), &uri, speaks_tls), expected, "{sent:?}");
        }
        let absolute = Uri::from_static("http://chef.example.com/nodes");
        assert_eq!(base(&headers(&[host]), &absolute, false), "http://chef.example.com");
    }

    #[test]
    fn segments_are_escaped() {
        let segments = ["organizations", "a-b_c", "roles", "web::1.0", "a/b c%é"];
        assert_eq!(path(&segments), "/organizations/a-b_c/roles/web::1.0/a%2Fb%20c%25%C3%A9");
    }

    #[test]
    fn only_loopback_without_a_proxy_is_local() {
        let [here, mapped, there] =
            ["127.0.0.1", "::ffff:127.0.0.2", "10.0.0.1"].map(|text| text.parse().unwrap());
        assert!(is_local(&headers(&[]), here));
        assert!(is_local(&headers(&[]), mapped));
        assert!(!is_local(&headers(&[]), there));
        assert!(!is_local(&headers(&[("x-forwarded-for", "10.0.0.1")]), here));
    }

    proptest! {
        #[test]
        fn any_header_gives_a_base_that_is_a_url(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                let headers: HeaderMap =
                    [(HOST, value.clone()), (FORWARDED_PROTO, value)].into_iter().collect();
                let base = base(&headers, &Uri::from_static("/"), false);
                prop_assert!(base.starts_with("http"));
                prop_assert!(base.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"'));
            }
        }
    }
}
