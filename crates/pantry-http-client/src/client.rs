//! The client: a request goes out, an answer comes back.
//!
//! A kept connection may have been closed by the server at the very moment when a request is written
//! to it. hyper gives such a request back if nothing of it was sent, and then it goes out on a new
//! connection, which is no repetition.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use hyper::body::Body as _;
use hyper::header::{ACCEPT_ENCODING, CONTENT_LENGTH, HOST, HeaderValue, USER_AGENT};
use hyper::{HeaderMap, StatusCode};
use pantry_model::Clock;
use tokio::time::timeout;

use crate::body;
use crate::config::{Config, Limits};
use crate::connect::{Connector, Sender};
use crate::error::{HttpError, Problem};
use crate::payload::{Payload, Sending};
use crate::pool::Pool;
use crate::retry::Attempts;
use crate::sink::{Receiving, Sink};
use crate::url::{InvalidUrl, ServerUrl};

pub use hyper::Method;

const AGENT: HeaderValue = HeaderValue::from_static(concat!("Pantry/", env!("CARGO_PKG_VERSION")));

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// What is to be done.
    pub method: Method,
    /// Where, with a path that is percent-encoded.
    pub url: ServerUrl,
    /// What stands after the `?`, percent-encoded; empty for none.
    pub query: String,
    /// Headers besides those of the connection.
    pub headers: HeaderMap,
    /// The body.
    pub body: Payload,
    /// Whether it does no harm to do it twice.
    pub repeatable: bool,
}

impl Request {
    /// A request without headers and body, repeatable if its method only reads or says how something
    /// is to be.
    pub fn new(method: Method, url: ServerUrl) -> Self {
        let repeatable = matches!(method, Method::GET | Method::HEAD | Method::PUT);
        let (query, headers, body) = (String::new(), HeaderMap::new(), Vec::new().into());
        Self { method, url, query, headers, body, repeatable }
    }

    /// The same to a link: a URL as a server gives it, with whatever it has for a query.
    pub fn to_link(method: Method, link: &str) -> Result<Self, InvalidUrl> {
        let (url, query) = link.split_once('?').unwrap_or((link, ""));
        let request = Self::new(method, url.parse()?);
        Ok(Self { query: query.to_owned(), ..request })
    }

    fn error(&self, problem: Problem) -> HttpError {
        HttpError { method: self.method.to_string(), url: self.url.to_string(), problem }
    }
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The whole body, unpacked.
    pub body: Vec<u8>,
}

/// A client for any servers, with its kept connections. Cloning it is cheap and shares them.
#[derive(Clone)]
pub struct HttpClient(Arc<Inner>);

struct Inner {
    config: Config,
    connector: Connector,
    pool: Pool,
    clock: Arc<dyn Clock>,
}

impl HttpClient {
    /// A client. Nothing is opened yet.
    pub fn new(config: Config, clock: Arc<dyn Clock>) -> Self {
        let connector = Connector::new(config.clone());
        Self(Arc::new(Inner { config, connector, pool: Pool::default(), clock }))
    }

    /// What it was made with.
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.0.clock
    }

    /// Sends a request, again if it failed and may be repeated, and gives the last answer.
    pub async fn send(&self, request: &Request) -> Result<Answer, HttpError> {
        self.send_made(request.repeatable, || Ok(request.clone())).await
    }

    /// The same, with the body of a successful answer going into a sink instead of memory. `limit`
    /// is the most bytes that it may have.
    pub async fn download(
        &self,
        request: &Request,
        sink: &mut dyn Sink,
        limit: u64,
    ) -> Result<Answer, HttpError> {
        let into = Some(Receiving { sink, limit });
        self.exchange(request.repeatable, || Ok(request.clone()), into).await
    }

    /// The same with a request that is made anew for each attempt.
    pub(crate) async fn send_made<E: From<HttpError>>(
        &self,
        repeatable: bool,
        make: impl FnMut() -> Result<Request, E>,
    ) -> Result<Answer, E> {
        self.exchange(repeatable, make, None).await
    }

    async fn exchange<E: From<HttpError>>(
        &self,
        repeatable: bool,
        mut make: impl FnMut() -> Result<Request, E>,
        mut into: Option<Receiving<'_>>,
    ) -> Result<Answer, E> {
        let mut attempts = Attempts::new(&self.0.config.retries, repeatable);
        loop {
            let request = make()?;
            // Clients that fail at the same moment have clocks that differ by milliseconds.
            let chance = self.0.clock.now().0.unsigned_abs();
            let attempt = self.attempt(&request, into.as_mut()).await;
            let pause = match &attempt {
                Ok(answer) => attempts.after_answer(answer, chance),
                Err(problem) => attempts.after_problem(problem, chance),
            };
            let Some(pause) = pause else {
                return attempt.map_err(|problem| request.error(problem).into());
            };
            tracing::debug!(?pause, method = %request.method, url = %request.url, "sent again");
            tokio::time::sleep(pause).await;
        }
    }

    async fn attempt(
        &self,
        request: &Request,
        mut into: Option<&mut Receiving<'_>>,
    ) -> Result<Answer, Problem> {
        let Inner { config: Config { limits, .. }, connector, pool, .. } = &*self.0;
        let is_file = request.body.is_file() || into.is_some();
        let within = if is_file { limits.transfer_within } else { limits.answer_within };
        let mut message = message(request, into.is_some())?;
        loop {
            let kept = pool.take(&request.url);
            let is_kept = kept.is_some();
            let mut sender = match kept {
                Some(sender) => sender,
                None => connector.connect(&request.url).await?,
            };
            let asked = ask(&mut sender, message, into.as_deref_mut(), limits);
            match timeout(within, asked).await.map_err(|_| Problem::TooSlow(within))? {
                Ok(answer) => {
                    pool.keep(&request.url, sender);
                    return Ok(answer);
                }
                Err((_, Some(unsent))) if is_kept => message = unsent,
                Err((problem, _)) => return Err(problem),
            }
        }
    }
}

type Message = hyper::Request<Sending>;

fn message(request: &Request, is_download: bool) -> Result<Message, Problem> {
    let failed = |what: String| Problem::Request(what);
    let path = match request.url.path() {
        "" => "/",
        path => path,
    };
    let target = match request.query.as_str() {
        "" => path.to_owned(),
        query => format!("{path}?{query}"),
    };
    let mut message = hyper::Request::builder()
        .method(&request.method)
        .uri(target)
        .body(request.body.open()?)
        .map_err(|error| failed(error.to_string()))?;
    let host = HeaderValue::try_from(request.url.authority());
    let length = message.body().size_hint().exact().unwrap_or_default();
    let headers = message.headers_mut();
    if matches!(request.method, Method::PUT | Method::POST) {
        // Also of nothing: there are file stores that take no content without its length.
        headers.insert(CONTENT_LENGTH, length.into());
    }
    headers.extend(request.headers.clone());
    headers.insert(HOST, host.map_err(|error| failed(error.to_string()))?);
    // A file's own bytes are wanted, and many are packed already.
    let packing = if is_download { "identity" } else { "gzip" };
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(packing));
    headers.entry(USER_AGENT).or_insert(AGENT);
    Ok(message)
}

/// Sends it and reads the answer. An error has the request with it if nothing of that was sent.
async fn ask(
    sender: &mut Sender,
    message: Message,
    into: Option<&mut Receiving<'_>>,
    limits: &Limits,
) -> Result<Answer, (Problem, Option<Message>)> {
    let moved = message.body().moved();
    let mut sending = pin!(sender.try_send_request(message));
    let sent = loop {
        let before = moved.load(Ordering::Relaxed);
        match timeout(limits.silent_for, &mut sending).await {
            Ok(sent) => break sent,
            // A large body is still going out.
            Err(_) if moved.load(Ordering::Relaxed) != before => {}
            Err(_) => return Err((Problem::Silent(limits.silent_for), None)),
        }
    };
    let response = match sent {
        Err(mut failed) => {
            let unsent = failed.take_message();
            return Err((no_answer(&failed.into_error()), unsent));
        }
        Ok(response) => response,
    };
    let (head, incoming) = response.into_parts();
    let body = match into {
        Some(into) if head.status.is_success() => {
            into.read(&head.headers, incoming, limits).await.map(|()| Vec::new())
        }
        _ => match body::read(incoming, limits).await {
            Ok(body) => body::unpack(&head.headers, body, limits),
            Err(problem) => Err(problem),
        },
    };
    let body = body.map_err(|problem| (problem, None))?;
    Ok(Answer { status: head.status, headers: head.headers, body })
}

fn no_answer(error: &hyper::Error) -> Problem {
    if error.is_parse() || error.is_parse_too_large() {
        return Problem::NotHttp(error.to_string());
    }
    if error.is_user() {
        // Only a file fails here, and says itself what happened.
        let source = std::error::Error::source(error).map(ToString::to_string);
        return Problem::Request(source.unwrap_or_else(|| error.to_string()));
    }
    Problem::CutOff
}
