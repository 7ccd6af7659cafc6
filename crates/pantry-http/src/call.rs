//! A request, as its handler sees it: in order so far as that can be seen from its headers, its whole
//! body there, and its signature not yet verified.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use hyper::Method;
use hyper::header::{AsHeaderName, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use pantry_model::chef::ApiVersion;
use pantry_model::refusals::request;
use pantry_model::{ApplicationName, Error, Refusal};
use pantry_sign::Claim;
use pantry_usecases::{Caller, KnownActors, Link, UseCases};
use serde_json::{Map, Value};

use crate::body::Unread;
use crate::shared::Shared;
use crate::{authenticate, forms, origin, query};

/// Who a signed request says to be from, and who is known by that name.
pub(crate) struct Claimed {
    pub(crate) claim: Claim,
    pub(crate) known: Arc<KnownActors>,
}

/// A request.
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    pub(crate) parts: Parts,
    pub(crate) peer: IpAddr,
    pub(crate) version: ApiVersion,
    /// The parameters of the path by name, decoded.
    pub(crate) parameters: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
    /// The body as it arrives, for every route that is linked.
    pub(crate) arriving: Option<Unread>,
    /// The organization that the path is about, which exists; none if it is about none.
    pub(crate) within: Option<ApplicationName>,
    /// There for every route that is signed, and for a shelf's if the request is.
    pub(crate) claimed: Option<Claimed>,
}

impl Call {
    /// What can be done.
    pub(crate) fn usecases(&self) -> &UseCases {
        &self.shared.usecases
    }

    /// The method, one of those that the route has.
    pub(crate) fn method(&self) -> &Method {
        &self.parts.method
    }

    /// The path as it was received, without its query.
    pub(crate) fn raw_path(&self) -> &str {
        self.parts.uri.path()
    }

    /// A parameter of the route's path, percent-decoded once. It may be any text: bytes that are no
    /// UTF-8 have become U+FFFD, which is in no name. Empty if the route has no such parameter.
    pub(crate) fn parameter(&self, name: &str) -> &str {
        let found = self.parameters.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// The first value of this name in the query.
    pub(crate) fn query(&self, name: &str) -> Option<Cow<'_, str>> {
        query::pairs(self.parts.uri.query()?).find(|(known, _)| known == name).map(|(_, v)| v)
    }

    /// The first value of a header.
    pub(crate) fn header(&self, name: impl AsHeaderName) -> Option<&HeaderValue> {
        self.parts.headers.get(name)
    }

    /// All headers.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    /// The body.
    pub(crate) fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as a JSON object.
    pub(crate) fn object(&self) -> Result<Map<String, Value>, Refusal> {
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(request::wrong_json_type()),
            Err(_) => Err(request::invalid_json()),
        }
    }

    /// The version of the API that the request is written in.
    pub(crate) fn version(&self) -> ApiVersion {
        self.version
    }

    /// The organization that the path is about; only routes under `/organizations/{organization}`
    /// are about one.
    pub(crate) fn organization(&self) -> Result<&ApplicationName, Error> {
        let none = || Error::Internal("a route without an organization".to_owned());
        self.within.as_ref().ok_or_else(none)
    }

    /// The URL of a path on this server, as the request's sender sees it.
    pub(crate) fn url(&self, segments: &[&str]) -> String {
        let Parts { headers, uri, .. } = &self.parts;
        origin::base(headers, uri, self.shared.speaks_tls) + &origin::path(segments)
    }

    /// The URL of a link, as the request's sender sees it.
    pub(crate) fn link(&self, link: &Link) -> String {
        let Parts { headers, uri, .. } = &self.parts;
        match link {
            Link::Here(path) => origin::base(headers, uri, self.shared.speaks_tls) + path,
            Link::Elsewhere(url) => url.clone(),
        }
    }

    /// Whether it comes from a program on the server's own machine.
    pub(crate) fn is_local(&self) -> bool {
        origin::is_local(&self.parts.headers, self.peer)
    }

    /// Who calls: proven by the signature, and let into the organization. Every handler of a signed
    /// route asks this after it has parsed the body, and before it does anything: whoever may not
    /// even ask still hears first what is wrong with the body, as from the original.
    pub(crate) fn caller(&self) -> Result<Caller, Error> {
        self.caller_of(self.raw_path())
    }

    /// Who sends a report of a Chef run: as [`Call::caller`], in whichever form the report is.
    pub(crate) fn reporter(&self) -> Result<Caller, Error> {
        authenticate::prove(self, self.raw_path())
    }

    /// Who reads a shelf, if the request is signed: proven by the signature, and let in or not, which is
    /// for the use case to tell.
    pub(crate) fn reader(&self) -> Result<Option<Caller>, Error> {
        match &self.claimed {
            None => Ok(None),
            Some(_) => authenticate::sender(self, self.raw_path()).map(|(caller, _)| Some(caller)),
        }
    }

    /// The same for a signature that covers another path than the request's own.
    pub(crate) fn caller_of(&self, path: &str) -> Result<Caller, Error> {
        let caller = authenticate::prove(self, path)?;
        forms::check(self.method(), &self.parts.headers)?;
        Ok(caller)
    }
}
