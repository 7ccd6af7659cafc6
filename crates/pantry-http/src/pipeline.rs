//! What every request passes, in the order of the original: a request that is wrong in several ways
//! is answered for the first of them.
//!
//! 1. the version of the API (406)
//! 2. the length of the URL (414)
//! 3. the path (404)
//! 4. the method (405)
//! 5. where a signature is asked for: the client's version (400), the headers that it needs (400,
//!    401), and the time in them (401)
//! 6. the size of the body (413)
//! 7. where a signature is asked for: whether the organization exists (404)
//!
//! What is a shelf's need not be signed, and if it is, 7 is the handler's to tell: nobody learns from it
//! which shelves there are. A link needs none of 1, 5 and 7, and its handler is given the body as it arrives.
//!
//! Then the handler finds out what is wrong with the body (400), and asks who calls:
//!
//! 8. whether that is known, and the signature right (401)
//! 9. whether they belong to the organization (403)
//! 10. whether they take JSON (406) and have sent it (415)

use std::net::IpAddr;
use std::sync::Arc;

use bytes::Bytes;
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderMap, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response};
use pantry_model::ApplicationName;
use pantry_model::chef::ApiVersion;
use pantry_model::refusals::request;
use pantry_sign::Claim;
use tokio::time::Instant;

use crate::answer::Answer;
use crate::api_version::{self, API_VERSION};
use crate::body::Unread;
use crate::call::{Call, Claimed};
use crate::outgoing::Outgoing;
use crate::request_id::REQUEST_ID;
use crate::route::{Access, Found, ORGANIZATION_PARAMETER, SHELF_PARAMETER};
use crate::shared::Shared;
use crate::unwind::Caught;
use crate::{authenticate, refuse};

const CHEF_VERSION: HeaderName = HeaderName::from_static("x-chef-version");

/// The oldest client that is served.
const MIN_CHEF_VERSION: u32 = 10;

/// Answers a request. Nothing that a request can be makes this fail.
pub(crate) async fn run(
    shared: &Arc<Shared>,
    peer: IpAddr,
    received: Request<Incoming>,
) -> Response<Outgoing> {
    let started = Instant::now();
    let (parts, body) = received.into_parts();
    let body = Unread::new(body);
    let is_over = body.is_over().clone();
    let request_id = shared.request_ids.of(&parts.headers);
    let (method, uri) = (parts.method.clone(), parts.uri.clone());

    let is_linked = || {
        let found = shared.table.find(uri.path());
        found.is_some_and(|found| found.route.access == Access::Linked)
    };
    let read = api_version::read(&parts.headers);
    let read = read.or_else(|error| if is_linked() { Ok(api_version::OLDEST) } else { Err(error) });
    let (answer, version) = match read {
        Err(unsupported) => (unsupported.answer(), unsupported.header()),
        Ok(version) => {
            let process = Caught(Box::pin(process(shared, peer, version, parts, body)));
            let answer = match process.await {
                Ok(Ok(answer) | Err(answer)) => answer,
                Err(panic) => {
                    tracing::error!(?request_id, %method, path = uri.path(), panic, "a handler panicked");
                    refuse::internal()
                }
            };
            let header = api_version::header(version, answer.status());
            (answer, header)
        }
    };

    let (status, took) = (answer.status(), started.elapsed());
    shared.metrics.answered(&method, status, took);
    tracing::debug!(?request_id, %method, path = uri.path(), status = status.as_u16(), ?took, %peer);
    let mut response = answer.into_response();
    response.headers_mut().insert(API_VERSION, version);
    response.headers_mut().insert(REQUEST_ID, request_id);
    if !is_over.get() {
        // What is left of it would be taken for the next request, so there is none on this
        // connection, and the peer must know.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// The answer, which is an `Err` where a check has ended the request before its handler.
async fn process(
    shared: &Arc<Shared>,
    peer: IpAddr,
    version: ApiVersion,
    parts: Parts,
    mut body: Unread,
) -> Result<Answer, Answer> {
    let limits = &shared.limits;
    let length = parts.uri.path_and_query().map_or(0, |both| both.as_str().len());
    if length > limits.max_uri_bytes {
        return Err(refuse::uri_too_long(limits.max_uri_bytes));
    }
    let found = shared.table.find(parts.uri.path()).ok_or_else(refuse::no_route)?;
    let Some(handler) = found.route.handler(&parts.method) else {
        return Err(refuse::method_not_allowed(found.route.allowed()));
    };
    let claim = match found.route.access {
        Access::Open | Access::Linked => None,
        Access::Shelf if !authenticate::is_signed(&parts.headers) => None,
        Access::Signed | Access::Report | Access::Shelf => {
            check_client(&parts.headers)?;
            let claim = authenticate::claim(shared, &parts.headers);
            Some(claim.map_err(|refusal| refuse::refusal(&refusal))?)
        }
    };
    let (body, arriving) = match found.route.access {
        Access::Linked => (Bytes::new(), Some(body)),
        Access::Report => (body.read(limits, limits.max_report_bytes).await?, None),
        Access::Open | Access::Signed | Access::Shelf => {
            (body.read(limits, limits.max_json_bytes).await?, None)
        }
    };
    let (within, claimed) = match claim {
        None => (None, None),
        Some(claim) if found.route.access == Access::Shelf => {
            known_at_shelf(shared, &found, claim).await?
        }
        Some(claim) => known(shared, &found, claim).await?,
    };
    let (shared, parameters) = (Arc::clone(shared), found.parameters);
    let call = Call { shared, parts, peer, version, parameters, body, arriving, within, claimed };
    handler(call).await.map_err(refuse::answer)
}

/// The organization, which must exist, and who is known by the claimed name in it.
async fn known(
    shared: &Shared,
    found: &Found,
    claim: Claim,
) -> Result<(Option<ApplicationName>, Option<Claimed>), Answer> {
    let missing = |name: &str| refuse::refusal(&request::no_such_organization(name));
    let named = found.parameters.iter().find(|(name, _)| *name == ORGANIZATION_PARAMETER);
    let within = match named {
        Some((_, name)) => Some(name.parse::<ApplicationName>().map_err(|_| missing(name))?),
        None if found.is_of_default_organization => shared.default_organization.clone(),
        None => None,
    };
    let known = shared.usecases.known(within.as_ref(), claim.user()).await;
    let known = known.map_err(refuse::answer)?;
    match &within {
        Some(name) if !known.application_exists() => Err(missing(name.as_str())),
        _ => Ok((within, Some(Claimed { claim, known }))),
    }
}

/// Who is known by the claimed name in the application of a shelf. Whether there is one, is told by the
/// handler, in the same words whoever asks.
async fn known_at_shelf(
    shared: &Shared,
    found: &Found,
    claim: Claim,
) -> Result<(Option<ApplicationName>, Option<Claimed>), Answer> {
    let named = found.parameters.iter().find(|(name, _)| *name == SHELF_PARAMETER);
    let within = named.and_then(|(_, name)| name.parse::<ApplicationName>().ok());
    let known = shared.usecases.known(within.as_ref(), claim.user()).await;
    Ok((within, Some(Claimed { claim, known: known.map_err(refuse::answer)? })))
}

/// Refuses clients that are too old, by what they say of themselves.
pub(crate) fn check_client(headers: &HeaderMap) -> Result<(), Answer> {
    match headers.get(CHEF_VERSION) {
        Some(said) if !is_new_enough(said) => {
            let said = String::from_utf8_lossy(said.as_bytes());
            Err(refuse::refusal(&request::client_too_old(MIN_CHEF_VERSION, &said)))
        }
        _ => Ok(()),
    }
}

/// Whether a version is new enough. Version 0.10 came before 10, and counts as that.
fn is_new_enough(said: &HeaderValue) -> bool {
    let mut numbers = said.to_str().unwrap_or_default().split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(0)), Some(Ok(minor))) => minor == 10,
        (Some(Ok(major)), _) => major >= MIN_CHEF_VERSION,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_clients_are_told_from_new_ones() {
        for new in ["10.0.0", "18.10.17", "999.0.0", "0.10.8", "12", "11.4.0.rc.1"] {
            assert!(is_new_enough(&HeaderValue::from_static(new)), "{new}");
        }
        for old in ["9.0.1", "0.9.18", "0.11.0", "", "x", "-1.0.0", "99999999999.0.0", "10a.0"] {
            assert!(!is_new_enough(&HeaderValue::from_static(old)), "{old}");
        }
    }
}
