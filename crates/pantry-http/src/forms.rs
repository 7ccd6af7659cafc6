//! In which forms a request's sender takes answers, and in which it has written its body.

use hyper::Method;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use pantry_model::Refusal;
use pantry_model::refusals::request;

/// Nothing if the answer may be JSON (406) and the body of what writes says to be (415).
pub(crate) fn check(method: &Method, headers: &HeaderMap) -> Result<(), Refusal> {
    let accepted = headers.get_all(ACCEPT);
    if accepted.iter().next().is_some() && !accepted.iter().any(admits_json) {
        return Err(request::not_acceptable());
    }
    let writes = matches!(*method, Method::POST | Method::PUT);
    if writes && !headers.get(CONTENT_TYPE).is_some_and(is_json) {
        return Err(request::not_json());
    }
    Ok(())
}

/// Whether one of the ranges of an `Accept` holds `application/json`, and not with quality zero.
fn admits_json(value: &HeaderValue) -> bool {
    let Ok(text) = value.to_str() else { return false };
    text.split(',').any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default();
        let fits = ["application/json", "application/*", "*/*", "*"]
            .iter()
            .any(|known| range.eq_ignore_ascii_case(known));
        fits && !parts.any(is_quality_zero)
    })
}

fn is_quality_zero(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    name.trim().eq_ignore_ascii_case("q") && value.trim().parse() == Ok(0.0_f32)
}

fn is_json(value: &HeaderValue) -> bool {
    let text = value.to_str().unwrap_or_default();
    let media = text.split(';').next().unwrap_or_default();
    media.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(method: Method, pairs: &[(&'static str, &'static str)]) -> Result<(), Refusal> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        check(&method, &headers)
    }

    #[test]
    fn an_answer_may_be_json_if_its_receiver_does_not_mind() {
        for fine in [
            "application/json",
            "*/*",
            "*",
            "text/html, application/json;q=0.5",
            "Application/JSON; charset=utf-8",
            "text/html, image/gif, *; q=.2, */*; q=.2",
        ] {
            assert_eq!(outcome(Method::GET, &[("accept", fine)]), Ok(()), "{fine}");
        }
        assert_eq!(outcome(Method::GET, &[]), Ok(()));
        assert_eq!(outcome(Method::GET, &[("accept", "text/html"), ("accept", "*/*")]), Ok(()));
        for bad in ["text/html", "application/xml", "", "application/json;q=0", "*/*; q=0.000"] {
            let refused = outcome(Method::GET, &[("accept", bad)]);
            assert_eq!(refused, Err(request::not_acceptable()), "{bad}");
        }
    }

    #[test]
    fn what_writes_must_send_json() {
        for method in [Method::POST, Method::PUT] {
            let sent = |media| outcome(method.clone(), &[("content-type", media)]);
            assert_eq!(sent("application/json"), Ok(()));
            assert_eq!(sent("application/JSON; charset=utf-8"), Ok(()));
            assert_eq!(sent("application/xml"), Err(request::not_json()));
            assert_eq!(outcome(method.clone(), &[]), Err(request::not_json()));
        }
        assert_eq!(outcome(Method::DELETE, &[("content-type", "text/html")]), Ok(()));
    }
}
