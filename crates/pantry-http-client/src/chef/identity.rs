//! Who asks.

use std::fmt;

use pantry_sign::PrivateKey;

/// A user or an API client, with the key that signs for it. `Debug` does not show the key.
#[derive(Clone)]
pub struct Identity {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: PrivateKey,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("name", &self.name).finish_non_exhaustive()
    }
}
