//! A Supermarket, or what is read as one: its universe, and cookbooks as single files.
//!
//! Most are read by everybody. Some want to know who asks, as a shelf of Pantry's that is not published:
//! then what is under the Supermarket's own URL is asked for with a signature, and nothing else is.

use std::io;

use hyper::Method;
use hyper::header::{ACCEPT, HeaderValue, LOCATION};
use serde::Deserialize;

use crate::chef::{ChefClient, ChefError, Refused};
use crate::client::{Answer, HttpClient, Request};
use crate::sink::Sink;
use crate::url::ServerUrl;

/// How often a file may be said to be elsewhere.
const MOST_REDIRECTS: usize = 5;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const ANY: HeaderValue = HeaderValue::from_static("*/*");

/// A Supermarket. Cloning it is cheap.
#[derive(Clone)]
pub struct Supermarket {
    http: HttpClient,
    url: ServerUrl,
    /// Who asks, if that is to be said.
    signer: Option<ChefClient>,
}

/// What is read of a version.
#[derive(Deserialize)]
struct Version {
    file: String,
}

impl Supermarket {
    /// One at a URL, read by nobody in particular.
    pub fn new(http: HttpClient, url: ServerUrl) -> Self {
        Self { http, url, signer: None }
    }

    /// One that is read by whom this client signs for, at that client's URL.
    pub fn signed(client: ChefClient) -> Self {
        Self { http: client.http().clone(), url: client.url().clone(), signer: Some(client) }
    }

    /// Where it is.
    pub fn url(&self) -> &ServerUrl {
        &self.url
    }

    /// Its universe, which is JSON.
    pub async fn universe(&self) -> Result<Vec<u8>, ChefError> {
        self.get(&self.url.join("/universe").to_string(), &JSON).await
    }

    /// Fetches the archive of a version, which must not have more than `limit` bytes, from the API at a
    /// location that the universe has said; one that is only a path is on this server. The version is
    /// as the universe writes it. What has gone into the sink is worth nothing if this fails.
    pub async fn fetch(
        &self,
        location: &str,
        (name, version): (&str, &str),
        sink: &mut dyn Sink,
        limit: u64,
    ) -> Result<(), ChefError> {
        let location = self.absolute(location.trim_end_matches('/'));
        let (name, version) = (crate::segment(name), version.replace('.', "_"));
        let at = format!("{location}/cookbooks/{name}/versions/{}", crate::segment(&version));
        let body = self.get(&at, &JSON).await?;
        let told: Version =
            serde_json::from_slice(&body).map_err(|error| not_understood(&at, &error))?;
        self.download(self.absolute(&told.file), sink, limit).await
    }

    /// A URL, or a path on this server.
    fn absolute(&self, said: &str) -> String {
        if !said.starts_with('/') {
            return said.to_owned();
        }
        let Self { url, .. } = self;
        ServerUrl::new(url.tls(), url.host(), url.port()).join(said).to_string()
    }

    /// The path below this Supermarket's URL, if whoever asks is said there.
    fn signed_path<'u>(&self, url: &'u str) -> Option<(&ChefClient, &'u str)> {
        let signer = self.signer.as_ref()?;
        let path = url.strip_prefix(&self.url.to_string())?;
        path.starts_with('/').then_some((signer, path))
    }

    async fn get(&self, url: &str, accept: &HeaderValue) -> Result<Vec<u8>, ChefError> {
        if let Some((signer, path)) = self.signed_path(url) {
            return signer.get(path).await;
        }
        let mut url = url.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            let mut request = Request::to_link(Method::GET, &url)?;
            request.headers.insert(ACCEPT, accept.clone());
            let answer = self.http.send(&request).await?;
            match self.next(&request, &answer)? {
                None => return Ok(answer.body),
                Some(elsewhere) => url = elsewhere,
            }
        }
        Err(too_often(&url))
    }

    async fn download(
        &self,
        mut url: String,
        sink: &mut dyn Sink,
        limit: u64,
    ) -> Result<(), ChefError> {
        if let Some((signer, path)) = self.signed_path(&url) {
            let bytes = signer.get(path).await?;
            let write = |sink: &mut dyn Sink| -> io::Result<()> {
                if bytes.len() as u64 > limit {
                    return Err(io::Error::other(format!("it has more than {limit} bytes")));
                }
                sink.begin()?;
                sink.write(&bytes)
            };
            return write(sink).map_err(|error| not_understood(&url, &error));
        }
        for _ in 0..=MOST_REDIRECTS {
            let mut request = Request::to_link(Method::GET, &url)?;
            request.headers.insert(ACCEPT, ANY);
            let answer = self.http.download(&request, sink, limit).await?;
            match self.next(&request, &answer)? {
                None => return Ok(()),
                Some(elsewhere) => url = elsewhere,
            }
        }
        Err(too_often(&url))
    }

    /// Where an answer says that what was asked for is; nothing if the answer is it.
    fn next(&self, request: &Request, answer: &Answer) -> Result<Option<String>, ChefError> {
        if answer.status.is_success() {
            return Ok(None);
        }
        let location = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok());
        match location {
            Some(said) if answer.status.is_redirection() => {
                let asked = &request.url;
                let own = ServerUrl::new(asked.tls(), asked.host(), asked.port());
                let is_path = said.starts_with('/') && !said.starts_with("//");
                Ok(Some(if is_path { format!("{own}{said}") } else { said.to_owned() }))
            }
            _ => {
                let now = self.http.clock().now().0.div_euclid(1000);
                let (method, url) = (request.method.as_str(), request.url.to_string());
                let refused = Refused::new((method, &url), "", answer, now);
                Err(ChefError::SupermarketRefused(Box::new(refused)))
            }
        }
    }
}

fn not_understood(url: &str, error: &dyn std::fmt::Display) -> ChefError {
    let (method, url, reason) = ("GET".to_owned(), url.to_owned(), error.to_string());
    ChefError::NotUnderstood { method, url, reason }
}

fn too_often(url: &str) -> ChefError {
    let reason = format!("it was said to be elsewhere more than {MOST_REDIRECTS} times");
    not_understood(url, &reason)
}
