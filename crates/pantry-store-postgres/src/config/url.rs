//! A URL taken apart, by libpq's rules, which are not those of other URLs: several hosts, each with
//! a port; a socket's directory as a host; every part may be missing, and said in a parameter.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use super::error::{MAX_URL_BYTES, UrlError};

/// What a URL says, decoded. Of hosts and ports those in parameters count, if there are any.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    /// Separated by commas; an empty one is the usual place.
    pub(super) hosts: Option<String>,
    /// The same; an empty one is the usual port.
    pub(super) ports: Option<String>,
    pub(super) database: Option<String>,
    /// The others, in their order.
    pub(super) parameters: Vec<(String, String)>,
}

/// Takes a URL apart.
pub(super) fn split(url: &str) -> Result<Parts, UrlError> {
    if url.len() > MAX_URL_BYTES {
        return Err(UrlError::TooLong);
    }
    let prefixes = ["postgres://", "postgresql://"];
    let rest = prefixes.iter().find_map(|prefix| url.strip_prefix(prefix));
    let mut rest = rest.ok_or(UrlError::Scheme)?;

    let mut parts = Parts::default();
    if let Some(end) = rest.find(['@', '/', '?']) {
        let (before, after) = rest.split_at(end);
        if let Some(after) = after.strip_prefix('@') {
            let (user, password) = match before.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (before, None),
            };
            parts.user = given(decode(user, "user")?);
            let password = password.map(|it| decode(it, "password")).transpose()?;
            parts.password = password.and_then(given);
            rest = after;
        } else if after.contains('@') {
            // Most likely `USER:PASS/WORD@HOST`. What follows would be read as another part, and
            // then be told.
            return Err(UrlError::TakenApart);
        }
    }

    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, mut rest) = rest.split_at(end);
    if authority.contains('@') {
        return Err(UrlError::TakenApart);
    }
    if !authority.is_empty() {
        let (hosts, ports) = hosts(authority)?;
        parts.hosts = Some(hosts);
        parts.ports = ports;
    }
    if let Some(path) = rest.strip_prefix('/') {
        let end = path.find('?').unwrap_or(path.len());
        let (database, after) = path.split_at(end);
        parts.database = given(decode(database, "database")?);
        rest = after;
    }
    for parameter in rest.strip_prefix('?').unwrap_or_default().split('&') {
        if !parameter.is_empty() {
            parts.take(parameter)?;
        }
    }
    Ok(parts)
}

impl Parts {
    /// A parameter replaces what was said before it.
    fn take(&mut self, parameter: &str) -> Result<(), UrlError> {
        let (name, value) = parameter.split_once('=').ok_or(UrlError::Form)?;
        if value.contains('=') {
            return Err(UrlError::Form);
        }
        let (name, value) = (decode(name, "parameters")?, decode(value, "parameters")?);
        match &*name {
            "user" => self.user = given(value),
            "password" => self.password = given(value),
            "host" => self.hosts = Some(value.into_owned()),
            "port" => self.ports = Some(value.into_owned()),
            "dbname" => self.database = given(value),
            _ => self.parameters.push((name.into_owned(), value.into_owned())),
        }
        Ok(())
    }
}

/// Hosts and ports, each separated by commas.
fn hosts(authority: &str) -> Result<(String, Option<String>), UrlError> {
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for one in authority.split(',') {
        let (host, port) = match one.strip_prefix('[') {
            Some(bracketed) => {
                let (host, after) = bracketed.split_once(']').ok_or(UrlError::Brackets)?;
                let port = match after.strip_prefix(':') {
                    Some(port) => port,
                    None if after.is_empty() => "",
                    None => return Err(UrlError::Brackets),
                };
                if host.is_empty() {
                    return Err(UrlError::Brackets);
                }
                (host, port)
            }
            None => one.split_once(':').unwrap_or((one, "")),
        };
        hosts.push(decode(host, "host")?);
        ports.push(decode(port, "port")?);
    }
    let any_port = ports.iter().any(|port| !port.is_empty());
    Ok((hosts.join(","), any_port.then(|| ports.join(","))))
}

/// Not every `%` is one: libpq takes it only before two hexadecimal digits, and no zero byte.
fn decode<'t>(text: &'t str, part: &'static str) -> Result<Cow<'t, str>, UrlError> {
    let escape = || UrlError::Escape(part);
    let mut escapes = text.split('%').skip(1);
    let is_hexadecimal = |after: &str| {
        after.as_bytes().get(..2).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    if !escapes.all(is_hexadecimal) {
        return Err(escape());
    }
    let decoded = percent_decode_str(text).decode_utf8().map_err(|_| escape())?;
    if decoded.contains('\0') {
        return Err(escape());
    }
    Ok(decoded)
}

fn given(text: Cow<'_, str>) -> Option<String> {
    (!text.is_empty()).then(|| text.into_owned())
}
