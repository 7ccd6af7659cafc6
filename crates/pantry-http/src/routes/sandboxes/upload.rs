//! `PUT sandboxes/ID/MD5`, by a link: a content that a sandbox waits for.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::header::{HeaderName, HeaderValue};
use pantry_model::refusals::files;
use pantry_model::{Error, Md5, Refusal};

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::files::link;

const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");

/// Keeps a content, as it arrives.
pub(crate) async fn answer(mut call: Call) -> Result<Answer, Error> {
    let (organization, ticket) = link(&call)?;
    let said = call.header(CONTENT_MD5).map(digest).transpose()?;
    let usecases = call.usecases().clone();
    let (sandbox, md5) = (call.parameter("id"), call.parameter("md5"));
    let mut upload = usecases.begin_upload(&organization, sandbox, md5, &ticket).await?;
    let shared = call.shared.clone();
    let none = || Error::Internal("a route that takes no body as it arrives".to_owned());
    let body = call.arriving.as_mut().ok_or_else(none)?;
    loop {
        match body.next(&shared.limits).await {
            Ok(Some(bytes)) => upload.write(bytes).await?,
            Ok(None) => break,
            Err(answer) => return Ok(answer),
        }
    }
    usecases.finish_upload(upload, said).await?;
    Ok(Answer::nothing())
}

/// The MD5 that a header says.
pub(crate) fn digest(value: &HeaderValue) -> Result<Md5, Refusal> {
    let bytes = STANDARD.decode(value.as_bytes().trim_ascii());
    let bytes = bytes.map_err(|_| files::invalid_digest())?;
    bytes.try_into().map(Md5).map_err(|_| files::invalid_digest())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_base64_of_16_bytes() {
        let read = |text: &'static str| digest(&HeaderValue::from_static(text));
        let empty = "d41d8cd98f00b204e9800998ecf8427e".parse().unwrap();
        assert_eq!(read("1B2M2Y8AsgTpgAmY7PhCfg=="), Ok(empty));
        for bad in ["", "d41d8cd98f00b204e9800998ecf8427e", "1B2M2Y8AsgTpgAmY7PhC", "?"] {
            assert_eq!(read(bad), Err(files::invalid_digest()), "{bad}");
        }
    }
}
