//! Who a request comes from: what its headers claim, and whether its signature proves it.

use std::sync::Arc;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use pantry_model::refusals::request;
use pantry_model::{Class, Error, Refusal};
use pantry_sign::{Claim, ClaimError, PublicKey, Request};
use pantry_usecases::Caller;

use crate::call::{Call, Claimed};
use crate::shared::Shared;

/// How many seconds a request's time may differ from the server's.
const SKEW: u64 = 900;

const SIGN: HeaderName = HeaderName::from_static("x-ops-sign");
const USER: HeaderName = HeaderName::from_static("x-ops-userid");
const SOURCE: HeaderName = HeaderName::from_static("x-ops-request-source");
const WEB_KEY_TAG: HeaderName = HeaderName::from_static("x-ops-webkey-tag");

/// What the headers claim, if it is recent.
pub(crate) fn claim(shared: &Shared, headers: &HeaderMap) -> Result<Claim, Refusal> {
    let claim = Claim::read(|name| headers.get(name).map(HeaderValue::as_bytes));
    let claim = claim.map_err(|error| {
        let class = match error {
            ClaimError::MissingHeaders(_) | ClaimError::UnsupportedProtocol => Class::Invalid,
            ClaimError::BadTimestamp => Class::Unauthenticated,
        };
        Refusal::listed(class, error.to_string())
    })?;
    let now = shared.usecases.clock().now();
    if claim.within(now.0.div_euclid(1000), SKEW) {
        Ok(claim)
    } else {
        Err(request::clock_skew(claim.user()))
    }
}

/// Whether a request says that it is signed.
pub(crate) fn is_signed(headers: &HeaderMap) -> bool {
    headers.contains_key(SIGN) || headers.contains_key(USER)
}

/// The caller, if one of the claimed user's keys made the signature over this path, and the caller
/// may be where the path leads.
pub(crate) fn prove(call: &Call, path: &str) -> Result<Caller, Error> {
    let (caller, is_let_in) = sender(call, path)?;
    match &call.within {
        Some(application) if !is_let_in => {
            Err(request::not_associated(caller.name(), application).into())
        }
        _ => Ok(caller),
    }
}

/// Whoever sent a request, if one of the claimed user's keys made the signature over this path; and
/// whether they may be where the path leads.
pub(crate) fn sender(call: &Call, path: &str) -> Result<(Caller, bool), Error> {
    let Some(Claimed { claim, known }) = &call.claimed else {
        return Err(Error::Internal("a route that is not signed asks who calls".to_owned()));
    };
    let request = Request {
        method: call.method().as_str(),
        path,
        body: call.body(),
        server_api_version: call.version().number(),
    };
    let block = claim.block(&request);
    let now = call.usecases().clock().now();
    let (which, key) = if is_web(call.headers()) {
        // A front end speaks for users, who come first.
        let proven = web_key(call).is_some_and(|key| block.verify(key));
        (proven.then_some(0), None)
    } else {
        let candidates = known.candidates().iter().enumerate();
        let mut keys = candidates
            .flat_map(|(which, one)| one.keys(now).map(move |(name, key)| (which, name, key)));
        let fitting = keys.find(|(_, _, key)| block.verify(key));
        fitting.map_or((None, None), |(which, name, _)| (Some(which), Some(name.to_owned())))
    };
    let user = claim.user();
    let Some(which) = which else {
        let is_known = known.candidates().iter().any(|one| one.keys(now).next().is_some());
        let refusal = if is_known { request::invalid_signature } else { request::unknown_actor };
        return Err(refusal(user).into());
    };
    let (Some(candidate), Some(caller)) = (
        known.candidates().get(which),
        Caller::new(Arc::clone(known), which, call.within.clone(), key),
    ) else {
        return Err(request::unknown_actor(user).into());
    };
    let is_let_in = caller.is_superuser() || known.belongs(candidate);
    Ok((caller, is_let_in))
}

/// Whether a web front end speaks for the user.
fn is_web(headers: &HeaderMap) -> bool {
    headers.get(SOURCE).is_some_and(|source| source == "web")
}

/// The key of the front end. A request may say which of several it means; there is the one.
fn web_key(call: &Call) -> Option<&PublicKey> {
    let tag = call.header(WEB_KEY_TAG).map_or(&b""[..], HeaderValue::as_bytes);
    call.shared.web_key.as_ref().filter(|_| matches!(tag, b"" | b"default"))
}
