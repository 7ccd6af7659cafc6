//! `GET files/SHA256`: a file of a cookbook, or a part of it.

use hyper::Method;
use pantry_model::Error;
use pantry_usecases::StoredFile;

use super::{Wanted, link};
use crate::answer::Answer;
use crate::call::Call;
use crate::outgoing::Outgoing;

/// Sends a file while it is read.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let (organization, ticket) = link(&call)?;
    let file = call.usecases().find_file(&organization, call.parameter("sha256"), &ticket).await?;
    send(&call, &file).await
}

/// What is wanted of a file that its reader may have.
pub(crate) async fn send(call: &Call, file: &StoredFile) -> Result<Answer, Error> {
    let usecases = call.usecases();
    let etag = format!("\"{}\"", file.sha256);
    let (size, head) = (file.size, call.method() == Method::HEAD);
    let bytes = match Wanted::read(call.headers(), size, &etag) {
        Wanted::Nothing => return Ok(Answer::not_modified(&etag)),
        Wanted::Beyond => return Ok(Answer::beyond(size)),
        Wanted::Part(bytes) if !head => Some(bytes),
        Wanted::Part(_) | Wanted::All => None,
    };
    let range = bytes.clone().unwrap_or(0..size);
    let body = if head {
        Outgoing::Unsent(size)
    } else {
        Outgoing::Content(usecases.read_file(file, range).await?)
    };
    Ok(Answer::file(body, &etag, bytes.map(|bytes| (bytes, size))))
}
