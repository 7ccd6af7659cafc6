//! The client of a Chef server.

use std::sync::Arc;

use bytes::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use pantry_sign::{SignError, SigningTime, Version, sign};
use serde::de::DeserializeOwned;

use super::api_version::ApiVersion;
use super::error::{ChefError, Refused, said};
use super::identity::Identity;
use super::protocol::Protocol;
use crate::client::{Answer, HttpClient, Request};
use crate::payload::Payload;
use crate::url::ServerUrl;

/// Which version of Chef's own clients this one is like. Servers refuse those before 10.
const LIKE_CHEF: HeaderValue = HeaderValue::from_static("18.0.0");
const CHEF_VERSION: HeaderName = HeaderName::from_static("x-chef-version");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A Chef server, or an organization on one, as somebody sees it. Cloning it is cheap.
#[derive(Clone)]
pub struct ChefClient(Arc<Inner>);

struct Inner {
    http: HttpClient,
    url: ServerUrl,
    identity: Identity,
    api_version: ApiVersion,
    protocol: Protocol,
}

/// What is asked.
#[derive(Clone, Copy)]
struct Asked<'a> {
    method: &'a Method,
    path: &'a str,
    query: &'a str,
    body: &'a Bytes,
    repeatable: bool,
}

impl ChefClient {
    /// A client. Nothing is asked yet. `protocol` is by which requests must be signed; without, it
    /// is found out.
    pub fn new(
        http: HttpClient,
        url: ServerUrl,
        identity: Identity,
        protocol: Option<Version>,
    ) -> Self {
        let (api_version, protocol) = (ApiVersion::new(), Protocol::new(protocol));
        Self(Arc::new(Inner { http, url, identity, api_version, protocol }))
    }

    /// The same for an organization on this server, if this is the server as a whole.
    pub fn in_organization(&self, name: &str) -> Self {
        let Inner { http, url, identity, protocol, .. } = &*self.0;
        let url = url.join(&format!("/organizations/{}", super::segment(name)));
        let (api_version, protocol) = (ApiVersion::new(), protocol.again());
        let (http, identity) = (http.clone(), identity.clone());
        Self(Arc::new(Inner { http, url, identity, api_version, protocol }))
    }

    /// Where it asks.
    pub fn url(&self) -> &ServerUrl {
        &self.0.url
    }

    /// Who asks.
    pub fn user(&self) -> &str {
        &self.0.identity.name
    }

    /// In which version of the API the server answers. Until it has
    /// answered something, it is the one in which it is asked.
    pub fn api_version(&self) -> u32 {
        self.0.api_version.answered()
    }

    /// The body of what is at a path, which begins with a slash and may have a query.
    pub async fn get(&self, path: &str) -> Result<Vec<u8>, ChefError> {
        self.ask(&Method::GET, path, Vec::new(), true).await
    }

    /// The same as a document.
    pub async fn get_json<T: DeserializeOwned>(&self, path: &str) -> Result<T, ChefError> {
        let body = self.get(path).await?;
        self.read(&Method::GET, path, &body)
    }

    /// Says what is to be at a path.
    pub async fn put(&self, path: &str, body: Vec<u8>) -> Result<Vec<u8>, ChefError> {
        self.ask(&Method::PUT, path, body, true).await
    }

    /// Makes something in a collection.
    pub async fn post(&self, path: &str, body: Vec<u8>) -> Result<Vec<u8>, ChefError> {
        self.ask(&Method::POST, path, body, false).await
    }

    /// Asks with a body, for something that changes nothing.
    pub async fn query<T: DeserializeOwned>(
        &self,
        path: &str,
        body: Vec<u8>,
    ) -> Result<T, ChefError> {
        let body = self.ask(&Method::POST, path, body, true).await?;
        self.read(&Method::POST, path, &body)
    }

    /// Deletes what is at a path.
    pub async fn delete(&self, path: &str) -> Result<Vec<u8>, ChefError> {
        self.ask(&Method::DELETE, path, Vec::new(), false).await
    }

    fn read<T: DeserializeOwned>(
        &self,
        method: &Method,
        path: &str,
        body: &[u8],
    ) -> Result<T, ChefError> {
        serde_json::from_slice(body).map_err(|error| ChefError::NotUnderstood {
            method: method.to_string(),
            url: self.shown(path),
            reason: error.to_string(),
        })
    }

    /// A path as it is shown, without its query.
    fn shown(&self, path: &str) -> String {
        self.0.url.join(split(path).0).to_string()
    }

    async fn ask(
        &self,
        method: &Method,
        path: &str,
        body: Vec<u8>,
        repeatable: bool,
    ) -> Result<Vec<u8>, ChefError> {
        let ((path, query), body) = (split(path), Bytes::from(body));
        let asked = Asked { method, path, query, body: &body, repeatable };
        let (api_version, protocol) = (self.0.api_version.now(), self.0.protocol.now());
        let answer = self.in_api_version(asked, api_version, protocol).await?;
        let answer = match self.0.protocol.other(protocol, answer.status, &said(&answer)) {
            None => answer,
            Some(older) => {
                let again = self.in_api_version(asked, self.0.api_version.now(), older).await?;
                if again.status == StatusCode::UNAUTHORIZED {
                    // The older one is not to blame.
                    answer
                } else {
                    self.0.protocol.learn_old();
                    again
                }
            }
        };
        if answer.status.is_success() {
            return Ok(answer.body);
        }
        let shown = self.shown(path);
        let asked = (method.as_str(), shown.as_str());
        let refused = Refused::new(asked, self.user(), &answer, self.now());
        Err(ChefError::Refused(Box::new(refused)))
    }

    /// Asks in this version of the API, or in one that the server knows.
    async fn in_api_version(
        &self,
        asked: Asked<'_>,
        version: u32,
        protocol: Version,
    ) -> Result<Answer, ChefError> {
        let answer = self.send(asked, version, protocol).await?;
        let is_refused = answer.status == StatusCode::NOT_ACCEPTABLE;
        let known = is_refused.then(|| self.0.api_version.learn(version, &answer)).flatten();
        let answer = match known {
            Some(version) => self.send(asked, version, protocol).await?,
            None => answer,
        };
        self.0.api_version.hear(&answer);
        Ok(answer)
    }

    async fn send(
        &self,
        asked: Asked<'_>,
        version: u32,
        protocol: Version,
    ) -> Result<Answer, ChefError> {
        // Signed anew for each attempt: a signature has the time in it.
        let make = || self.signed(asked, version, protocol);
        self.0.http.send_made(asked.repeatable, make).await
    }

    fn signed(
        &self,
        asked: Asked<'_>,
        server_api_version: u32,
        protocol: Version,
    ) -> Result<Request, ChefError> {
        let mut request = Request::new(asked.method.clone(), self.0.url.join(asked.path));
        let time = SigningTime::from_unix(self.now()).map_err(|_| SignError::Failed)?;
        let signed = pantry_sign::Request {
            method: asked.method.as_str(),
            path: request.url.path(),
            body: asked.body,
            server_api_version,
        };
        let Identity { name, key } = &self.0.identity;
        let headers = sign(protocol, name, time, &signed, key)?;
        request.headers = HeaderMap::with_capacity(headers.len() + 3);
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| SignError::User)?;
            let value = HeaderValue::from_str(&value).map_err(|_| SignError::User)?;
            request.headers.insert(name, value);
        }
        request.headers.insert(CHEF_VERSION, LIKE_CHEF);
        request.headers.insert(ACCEPT, JSON);
        if matches!(*asked.method, Method::PUT | Method::POST) {
            request.headers.insert(CONTENT_TYPE, JSON);
        }
        request.query = asked.query.to_owned();
        request.body = Payload::Bytes(asked.body.clone());
        Ok(request)
    }

    pub(crate) fn http(&self) -> &HttpClient {
        &self.0.http
    }

    pub(super) fn now(&self) -> i64 {
        self.0.http.clock().now().0.div_euclid(1000)
    }
}

/// A path and its query.
fn split(path: &str) -> (&str, &str) {
    path.split_once('?').unwrap_or((path, ""))
}
