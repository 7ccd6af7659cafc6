//! A secret key in a file of ours.

use pantry_model::{CurveSecretKey, key::InvalidKey};
use serde::Deserialize;

/// A secret key as a file holds it: 40 characters of Z85. Not shown by `Debug`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct SecretText(pub(crate) CurveSecretKey);

impl TryFrom<String> for SecretText {
    type Error = InvalidKey;

    fn try_from(text: String) -> Result<Self, InvalidKey> {
        text.parse().map(Self)
    }
}
