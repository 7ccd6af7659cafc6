//! `GET /_stats`: metrics, for whoever has the password: as JSON, or in Prometheus' text format with
//! `?format=text`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hyper::StatusCode;
use hyper::header::{ACCEPT, AUTHORIZATION};
use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;
use crate::metrics::{as_json, as_text};
use crate::refuse;

/// Who reads metrics, in the original.
const USER: &[u8] = b"statsuser";

/// What is said to who does not say the password.
const CHALLENGE: &str = r#"Basic realm="Pantry metrics", charset="UTF-8""#;

enum Format {
    Json,
    Text,
}

/// The metrics.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    if !is_permitted(&call) {
        let sentence = "metrics are for `statsuser`, with the password that the server was given";
        let refused = refuse::listed(StatusCode::UNAUTHORIZED, sentence);
        return Ok(refused.challenging(CHALLENGE));
    }
    let Some(format) = format(&call) else {
        let sentence = "metrics can be had with `format=json` or `format=text`";
        return Ok(refuse::listed(StatusCode::NOT_ACCEPTABLE, sentence));
    };
    let families = call.shared.metrics.families(call.shared.crowd.open());
    Ok(match format {
        Format::Json => Answer::ok(&as_json(&families)),
        Format::Text => Answer::metrics(as_text(&families)),
    })
}

fn is_permitted(call: &Call) -> bool {
    let given = call.header(AUTHORIZATION).and_then(|value| read_credentials(value.as_bytes()));
    match (&call.shared.stats_password, given) {
        (Some(password), Some(given)) => password.is(&given),
        _ => false,
    }
}

/// The password in `Basic …` (RFC 7617), if it is the user's.
pub(crate) fn read_credentials(value: &[u8]) -> Option<Vec<u8>> {
    let (scheme, rest) = value.split_at_checked("Basic ".len())?;
    if !scheme.eq_ignore_ascii_case(b"Basic ") {
        return None;
    }
    let pair = STANDARD.decode(rest.trim_ascii()).ok()?;
    let password = pair.strip_prefix(USER)?.strip_prefix(b":")?;
    Some(password.to_vec())
}

/// The format that is asked for: in the query, or by what is accepted.
fn format(call: &Call) -> Option<Format> {
    match call.query("format").as_deref() {
        Some("json") => Some(Format::Json),
        Some("text") => Some(Format::Text),
        Some(_) => None,
        None => {
            let accepted = call.header(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
            let is_text = accepted.contains("text/plain") && !accepted.contains("application/json");
            Some(if is_text { Format::Text } else { Format::Json })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_read_as_it_is_sent() {
        let basic = |pair: &str| format!("Basic {}", STANDARD.encode(pair)).into_bytes();
        assert_eq!(read_credentials(&basic("statsuser:a:b")), Some(b"a:b".to_vec()));
        assert_eq!(read_credentials(&basic("statsuser:")), Some(Vec::new()));
        for other in ["stats:a", "statsuser", "statsuser2:a", ":a", ""] {
            assert_eq!(read_credentials(&basic(other)), None, "{other}");
        }
        for other in ["", "Basic", "Bearer c3RhdHN1c2VyOmE=", "Basic c3RhdHN1c2V"] {
            assert_eq!(read_credentials(other.as_bytes()), None, "{other}");
        }
    }
}
