//! Every parser of this crate, over the head of one request: what the fuzz target calls.

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Uri};

use pantry_usecases::Ticket;

use crate::route::Table;
use crate::routes::Wanted;
use crate::{api_version, forms, origin, pipeline, query, request_id, routes};

/// Reads all that is read of a request before its handler: its target, and its headers as pairs of
/// name and value. Panics if what is read breaks a promise.
pub fn head<'h>(target: &[u8], headers: impl Iterator<Item = (&'h [u8], &'h [u8])>) {
    let Ok(uri) = Uri::try_from(target) else { return };
    let mut map = HeaderMap::new();
    for (name, value) in headers.take(100) {
        if let (Ok(name), Ok(value)) =
            (HeaderName::from_bytes(name), HeaderValue::from_bytes(value))
        {
            routes::read_credentials(value.as_bytes());
            let _ = routes::digest(&value);
            map.append(name, value);
        }
    }
    let parameters = Table::new(true).ok().and_then(|table| table.find(uri.path()));
    for (name, value) in parameters.into_iter().flat_map(|found| found.parameters) {
        assert!(!name.is_empty() && value.len() <= 3 * target.len());
    }
    let value = |name| query::pairs(uri.query()?).find(|(known, _)| known == name).map(|(_, v)| v);
    let _ = Ticket::read(value("expires").as_deref(), value("signature").as_deref());
    for size in [0, 1, 1000, u64::MAX] {
        if let Wanted::Part(part) = Wanted::read(&map, size, "\"x\"") {
            assert!(part.start < part.end && part.end <= size);
        }
    }
    let pairs = query::pairs(uri.query().unwrap_or_default()).count();
    assert!(pairs <= target.len());
    let base = origin::base(&map, &uri, false);
    assert!(base.starts_with("http") && base.bytes().all(|byte| byte.is_ascii_graphic()));
    let ids = request_id::RequestIds::since(pantry_model::Timestamp(0));
    assert!(ids.of(&map).as_bytes().iter().all(u8::is_ascii_graphic));
    if let Err(unsupported) = api_version::read(&map) {
        let header: Result<serde_json::Value, _> =
            serde_json::from_slice(unsupported.header().as_bytes());
        assert!(header.is_ok());
    }
    let _ = forms::check(&Method::PUT, &map);
    let _ = pipeline::check_client(&map);
}
