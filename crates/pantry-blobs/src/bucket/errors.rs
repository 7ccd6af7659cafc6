//! What the client of S3 says went wrong, in few words and with what to do.

use std::error::Error as _;

use object_store::Error;

use crate::error::BlobError;

/// What S3 answers where there is no such bucket.
const NO_BUCKET: &str = "NoSuchBucket";

/// What was found, or that it is not there.
pub(super) fn if_there<T>(outcome: Result<T, Error>) -> Result<Option<T>, Error> {
    match outcome {
        Ok(found) => Ok(Some(found)),
        // A bucket that is not there is not one without the object.
        Err(error @ Error::NotFound { .. }) if !told(&error).contains(NO_BUCKET) => Ok(None),
        Err(error) => Err(error),
    }
}

/// A request that failed.
pub(super) fn failed(action: &str, bucket: &str, error: &Error) -> BlobError {
    advised(&format!("{action} (a content)"), bucket, error)
}

/// The same, for what is no request about a content.
pub(super) fn advised(action: &str, bucket: &str, error: &Error) -> BlobError {
    let told = told(error);
    let advice = match error {
        _ if told.contains(NO_BUCKET) => ": make the bucket first, or is `blobs.url` another?",
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => {
            ": do `blobs.access_key_id` and `blobs.secret_access_key` belong to one who may read, \
             write, list and delete there?"
        }
        Error::Generic { .. } => ": is `blobs.endpoint` its server, and does that run?",
        _ => "",
    };
    BlobError::Unavailable(format!("{bucket} cannot be {action}: {told}{advice}"))
}

/// What the server said in its answer; or the error with what has caused it, each once.
fn told(error: &Error) -> String {
    let whole = with_causes(error);
    let said = |tag: &str| {
        let (_, rest) = whole.split_once(&format!("<{tag}>"))?;
        rest.split_once("</").map(|(text, _)| text)
    };
    match (said("Code"), said("Message")) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        // It may be a whole page.
        _ => whole.chars().take(600).collect(),
    }
}

fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    text
}
