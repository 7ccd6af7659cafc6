//! What goes wrong, as a status and a body. This is the only place that maps one to the other.

use hyper::StatusCode;
use pantry_model::refusals::request;
use pantry_model::{Class, Detail, Error, Form, Refusal};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::json;

use crate::answer::Answer;

/// When to come again after a 503, in seconds.
const RETRY_AFTER: u32 = 1;

/// How a request is signed: what the original says in a 401.
const SIGNING: &str = r#"X-Ops-Sign version="1.0" version="1.1""#;

/// The status that a class of refusals has.
fn status(class: Class) -> StatusCode {
    match class {
        Class::Invalid => StatusCode::BAD_REQUEST,
        Class::Unauthenticated => StatusCode::UNAUTHORIZED,
        Class::Forbidden => StatusCode::FORBIDDEN,
        Class::NotFound => StatusCode::NOT_FOUND,
        Class::NotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Class::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
        Class::Conflict => StatusCode::CONFLICT,
        Class::Gone => StatusCode::GONE,
        Class::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Class::UnknownForm => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Class::Ambiguous => StatusCode::UNPROCESSABLE_ENTITY,
        Class::Unmet => StatusCode::PRECONDITION_FAILED,
        Class::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The answer to a request that failed so.
pub(crate) fn answer(error: Error) -> Answer {
    let class = match &error {
        Error::Refused(_) => None,
        Error::Invalid(_) => Some(Class::Invalid),
        Error::Forbidden { .. } => Some(Class::Forbidden),
        Error::UnknownApplication(name) => {
            return refusal(&request::no_such_organization(name.as_str()));
        }
        Error::UnknownClient(_)
        | Error::UnknownJob(_)
        | Error::NoSuchContent(_)
        | Error::NobodyMatches { .. }
        | Error::NobodyMatchesAnywhere { .. } => Some(Class::NotFound),
        Error::ApplicationTaken(_) | Error::ClientTaken(_) | Error::KeyTaken => {
            Some(Class::Conflict)
        }
        Error::TooLarge { .. } => Some(Class::TooLarge),
        // Asked again, a request says whether it has been done: it conflicts with itself, or not.
        Error::Unavailable(_) | Error::Interrupted(_) | Error::ReadOnly(_) => {
            Some(Class::Unavailable)
        }
        Error::Internal(reason) => {
            // What failed inside is nobody else's concern.
            tracing::error!(%reason, "a request failed");
            return internal();
        }
    };
    match (error, class) {
        (Error::Refused(refused), _) => refusal(&refused),
        (error, class) => {
            refusal(&Refusal::listed(class.unwrap_or(Class::Invalid), error.to_string()))
        }
    }
}

/// The answer that is a refusal.
pub(crate) fn refusal(refusal: &Refusal) -> Answer {
    let status = status(refusal.class);
    let answer = match refusal.form {
        Form::List => Answer::json(status, &json!({ "error": [refusal.sentence] })),
        Form::Text => Answer::json(status, &json!({ "error": refusal.sentence })),
        Form::Object => Answer::json(status, &Body { error: [Detailed(refusal)] }),
        Form::Messages => {
            let (messages, code) = ([&refusal.sentence], market_code(refusal.class));
            Answer::json(status, &json!({ "error_messages": messages, "error_code": code }))
        }
    };
    match refusal.class {
        Class::Unauthenticated => answer.challenging(SIGNING),
        Class::Unavailable => answer.retry_after(RETRY_AFTER),
        _ => answer,
    }
}

/// What a Supermarket calls a class of refusals.
fn market_code(class: Class) -> &'static str {
    match class {
        Class::NotFound => "NOT_FOUND",
        Class::Invalid => "INVALID_DATA",
        Class::Forbidden => "FORBIDDEN",
        Class::Unauthenticated => "AUTHENTICATION_FAILED",
        _ => "UNAVAILABLE",
    }
}

#[derive(serde::Serialize)]
struct Body<'a> {
    error: [Detailed<'a>; 1],
}

/// A refusal as an object: first its sentence, then its details in their order.
struct Detailed<'a>(&'a Refusal);

impl Serialize for Detailed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(None)?;
        object.serialize_entry("message", &self.0.sentence)?;
        for (name, detail) in &self.0.details {
            match detail {
                Detail::Text(text) => object.serialize_entry(name, text)?,
                Detail::List(texts) => object.serialize_entry(name, texts)?,
            }
        }
        object.end()
    }
}

/// A fault of the server's own, which its log tells.
pub(crate) fn internal() -> Answer {
    listed(StatusCode::INTERNAL_SERVER_ERROR, "internal service error")
}

/// A refusal that only HTTP knows.
pub(crate) fn listed(status: StatusCode, sentence: &str) -> Answer {
    Answer::json(status, &json!({ "error": [sentence] }))
}

/// There is no such path.
pub(crate) fn no_route() -> Answer {
    listed(StatusCode::NOT_FOUND, "there is nothing at this path")
}

/// There is such a path, and this method is none of its own.
pub(crate) fn method_not_allowed(methods: String) -> Answer {
    let sentence = format!("this path only takes the methods {methods}");
    listed(StatusCode::METHOD_NOT_ALLOWED, &sentence).allowing(methods)
}

/// The path with its query is longer than the limit.
pub(crate) fn uri_too_long(limit: usize) -> Answer {
    let sentence = format!("a path and its query must be no more than {limit} bytes");
    listed(StatusCode::URI_TOO_LONG, &sentence)
}

/// The body did not arrive in time.
pub(crate) fn body_too_slow(seconds: u64) -> Answer {
    let sentence = format!("the body did not arrive within {seconds} seconds");
    listed(StatusCode::REQUEST_TIMEOUT, &sentence)
}

/// Nothing of a body that is long arrived for too long.
pub(crate) fn body_stalled(seconds: u64) -> Answer {
    let sentence = format!("nothing of the body arrived for {seconds} seconds");
    listed(StatusCode::REQUEST_TIMEOUT, &sentence)
}

/// The body ended before its time, or is not in the form that its headers promise.
pub(crate) fn body_broken() -> Answer {
    listed(StatusCode::BAD_REQUEST, "the body could not be read to its end")
}
