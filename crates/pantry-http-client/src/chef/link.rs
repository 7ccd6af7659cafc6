//! Links to the contents of files.
//!
//! A Chef server hands out a URL for each content, on its own host or elsewhere, that is good for a
//! while for whoever has it. So these requests are not signed, and what is refused is about the link
//! and not about whoever asks.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hyper::Method;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use md5::{Digest as _, Md5 as Hasher};
use pantry_model::Md5;
use std::io;

use super::client::ChefClient;
use super::error::{ChefError, Refused};
use crate::client::{Answer, Request};
use crate::payload::Payload;
use crate::sink::Sink;

const CONTENT_MD5: HeaderName = HeaderName::from_static("content-md5");
/// Chef's own clients say so, and links of some servers are only good for it.
const BINARY: HeaderValue = HeaderValue::from_static("application/x-binary");
const ANY: HeaderValue = HeaderValue::from_static("*/*");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

impl ChefClient {
    /// Sends a content to where a link points.
    pub async fn send_to_link(
        &self,
        link: &str,
        md5: Md5,
        content: Payload,
    ) -> Result<(), ChefError> {
        let mut request = Request::to_link(Method::PUT, link)?;
        let sum = HeaderValue::from_str(&BASE64_STANDARD.encode(md5.0));
        if let Ok(sum) = sum {
            request.headers.insert(CONTENT_MD5, sum);
        }
        request.headers.insert(CONTENT_TYPE, BINARY);
        request.headers.insert(ACCEPT, JSON);
        request.body = content;
        let answer = self.http().send(&request).await?;
        self.check(&request, &answer)
    }

    /// Reads the content with this MD5 from where a link points, which must not have more than
    /// `limit` bytes. What has gone into the sink is worth nothing if this fails.
    pub async fn read_from_link(
        &self,
        link: &str,
        md5: Md5,
        sink: &mut dyn Sink,
        limit: u64,
    ) -> Result<(), ChefError> {
        let mut request = Request::to_link(Method::GET, link)?;
        request.headers.insert(ACCEPT, ANY);
        let mut summed = Summed { sink, hasher: Hasher::new() };
        let answer = self.http().download(&request, &mut summed, limit).await?;
        let found = Md5(summed.hasher.finalize().into());
        self.check(&request, &answer)?;
        if found == md5 {
            return Ok(());
        }
        Err(ChefError::OtherContent { url: request.url.to_string(), expected: md5, found })
    }

    fn check(&self, request: &Request, answer: &Answer) -> Result<(), ChefError> {
        if answer.status.is_success() {
            return Ok(());
        }
        let (method, url) = (request.method.as_str(), request.url.to_string());
        let refused = Refused::new((method, &url), self.user(), answer, self.now());
        Err(ChefError::LinkRefused(Box::new(refused)))
    }
}

/// A sink that knows the MD5 of what went into it.
struct Summed<'s> {
    sink: &'s mut dyn Sink,
    hasher: Hasher,
}

impl Sink for Summed<'_> {
    fn begin(&mut self) -> io::Result<()> {
        self.hasher = Hasher::new();
        self.sink.begin()
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        self.sink.write(bytes)
    }
}
