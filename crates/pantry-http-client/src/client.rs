//! The client: a request goes out, an answer comes back.
//!
//! A kept connection may have been closed by the server at the very moment when a request is written
//! to it. hyper gives such a request back if nothing of it was sent, and then it goes out on a new
//! connection, which is no repetition.

use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{ACCEPT_ENCODING, HOST, HeaderValue, USER_AGENT};
use hyper::{HeaderMap, StatusCode};
use pantry_model::Clock;
use tokio::time::timeout;

use crate::body;
use crate::config::{Config, Limits};
use crate::connect::{Connector, Sender};
use crate::error::{HttpError, Problem};
use crate::pool::Pool;
use crate::retry::Attempts;
use crate::url::ServerUrl;

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
    pub body: Bytes,
    /// Whether it does no harm to do it twice.
    pub repeatable: bool,
}

impl Request {
    /// A request without headers and body, repeatable if its method only reads or says how something
    /// is to be.
    pub fn new(method: Method, url: ServerUrl) -> Self {
        let repeatable = matches!(method, Method::GET | Method::HEAD | Method::PUT);
        let (query, headers, body) = (String::new(), HeaderMap::new(), Bytes::new());
        Self { method, url, query, headers, body, repeatable }
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

    /// The same with a request that is made anew for each attempt.
    pub(crate) async fn send_made<E: From<HttpError>>(
        &self,
        repeatable: bool,
        mut make: impl FnMut() -> Result<Request, E>,
    ) -> Result<Answer, E> {
        let mut attempts = Attempts::new(&self.0.config.retries, repeatable);
        loop {
            let request = make()?;
            // Clients that fail at the same moment have clocks that differ by milliseconds.
            let chance = self.0.clock.now().0.unsigned_abs();
            let attempt = self.attempt(&request).await;
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

    async fn attempt(&self, request: &Request) -> Result<Answer, Problem> {
        let Inner { config: Config { limits, .. }, connector, pool, .. } = &*self.0;
        let mut message = message(request)?;
        loop {
            let kept = pool.take(&request.url);
            let is_kept = kept.is_some();
            let mut sender = match kept {
                Some(sender) => sender,
                None => connector.connect(&request.url).await?,
            };
            let answered = timeout(limits.answer_within, ask(&mut sender, message, limits)).await;
            match answered.map_err(|_| Problem::TooSlow(limits.answer_within))? {
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

type Message = hyper::Request<Full<Bytes>>;

fn message(request: &Request) -> Result<Message, Problem> {
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
        .body(Full::new(request.body.clone()))
        .map_err(|error| failed(error.to_string()))?;
    let host = HeaderValue::try_from(request.url.authority());
    let headers = message.headers_mut();
    headers.extend(request.headers.clone());
    headers.insert(HOST, host.map_err(|error| failed(error.to_string()))?);
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    headers.entry(USER_AGENT).or_insert(AGENT);
    Ok(message)
}

/// Sends it and reads the answer. An error has the request with it if nothing of that was sent.
async fn ask(
    sender: &mut Sender,
    message: Message,
    limits: &Limits,
) -> Result<Answer, (Problem, Option<Message>)> {
    let sent = timeout(limits.silent_for, sender.try_send_request(message)).await;
    let response = match sent {
        Err(_) => return Err((Problem::Silent(limits.silent_for), None)),
        Ok(Err(mut failed)) => {
            let unsent = failed.take_message();
            return Err((no_answer(&failed.into_error()), unsent));
        }
        Ok(Ok(response)) => response,
    };
    let (head, incoming) = response.into_parts();
    let body = body::read(incoming, limits).await.map_err(|problem| (problem, None))?;
    let body = body::unpack(&head.headers, body, limits).map_err(|problem| (problem, None))?;
    Ok(Answer { status: head.status, headers: head.headers, body })
}

fn no_answer(error: &hyper::Error) -> Problem {
    if error.is_parse() || error.is_parse_too_large() {
        return Problem::NotHttp(error.to_string());
    }
    Problem::CutOff
}
