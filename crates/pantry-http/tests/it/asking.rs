//! Requests with JSON in them, signed by someone, in a version of the API.

use pantry_sign::PrivateKey;
use serde_json::Value;

use crate::client::Reply;
use crate::house::{Ask, House, NOW};
use crate::people::{OWN_KEY, Signer};

/// Who asks, and in which version of the API.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    pub(crate) house: &'a House,
    pub(crate) name: &'a str,
    pub(crate) key: &'a PrivateKey,
    pub(crate) version: u32,
}

impl House {
    /// Someone with the key that most have, in version 0 of the API.
    pub(crate) fn asker<'a>(&'a self, name: &'a str) -> Asker<'a> {
        Asker { house: self, name, key: &OWN_KEY, version: 0 }
    }
}

impl<'a> Asker<'a> {
    /// The same, in another version of the API.
    pub(crate) fn in_version(self, version: u32) -> Self {
        Self { version, ..self }
    }

    /// The same, with another key.
    pub(crate) fn with_key(self, key: &'a PrivateKey) -> Self {
        Self { key, ..self }
    }

    /// The answer to a request with this body; `null` for none.
    pub(crate) async fn asks(self, method: &str, path: &str, body: Value) -> Reply {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.sends(method, path, &body).await
    }

    /// The answer to a request with these bytes.
    pub(crate) async fn sends(self, method: &str, path: &str, body: &[u8]) -> Reply {
        let version = self.version.to_string();
        let signer =
            Signer { name: self.name, key: self.key, version: pantry_sign::Version::V1_3, at: NOW };
        let signed = path.split_once('?').map_or(path, |(path, _)| path);
        let ask = Ask::new(method, path)
            .header("X-Ops-Server-API-Version", &version)
            .header("Content-Type", "application/json")
            .body(body)
            .signing(signed)
            .signed(signer);
        // In a box, since its buffers would be in the frame of every test that asks often.
        Box::pin(self.house.ask(ask)).await
    }

    /// The answer to a GET.
    pub(crate) async fn gets(self, path: &str) -> Reply {
        self.asks("GET", path, Value::Null).await
    }
}

impl Reply {
    /// The private key in the answer, in this field.
    pub(crate) fn private_key(&self, field: &str) -> PrivateKey {
        let json = self.json();
        let pem = json.pointer(field).and_then(Value::as_str);
        PrivateKey::from_pem(pem.unwrap_or_else(|| panic!("no {field} in {json}"))).unwrap()
    }
}
