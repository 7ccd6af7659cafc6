//! Requests about Chef's objects, in as few words as possible: signed by the superuser, and about
//! the organization `shop`.

use serde_json::Value;

use crate::client::Reply;
use crate::house::{Ask, House};

/// The URL of something in `shop`.
pub(crate) fn url(path: &str) -> String {
    format!("http://pantry.example/organizations/shop/{path}")
}

impl House {
    /// The answer to a request without a body.
    pub(crate) async fn call(&self, method: &str, path: &str) -> Reply {
        self.call_with(method, path, "").await
    }

    /// The answer to a request with this body.
    pub(crate) async fn call_with(&self, method: &str, path: &str, body: &str) -> Reply {
        let path = format!("/organizations/shop/{path}");
        let signed = path.split_once('?').map_or(path.as_str(), |(path, _)| path);
        let ask = Ask::new(method, &path).signing(signed).by("pivotal").body(body.as_bytes());
        // What reads an answer has its buffer within, and a test makes many calls.
        Box::pin(self.ask(ask.header("Content-Type", "application/json"))).await
    }

    /// The body of such an answer, which must have this status.
    pub(crate) async fn expect(&self, status: u16, call: (&str, &str, &str)) -> Value {
        let (method, path, body) = call;
        let reply = self.call_with(method, path, body).await;
        assert_eq!(reply.status, status, "{method} {path} {body}: {}", reply.text());
        reply.json()
    }
}

/// What a refusal looks like.
pub(crate) fn error(sentence: &str) -> Value {
    serde_json::json!({ "error": [sentence] })
}
