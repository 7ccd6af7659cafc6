//! What the server says of itself.

pub(super) mod api_versions;
pub(super) mod health;
pub(super) mod license;
pub(super) mod stats;
pub(super) mod version;
pub(super) mod welcome;
