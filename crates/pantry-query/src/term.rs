//! What an object is found by.

/// A key of an object: what stands before the colon of a query.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The keys that lead to the value, joined by `_`: `network_interfaces_eth0_mtu`.
    pub path: String,
    /// The last of them, by which it is found as well: `mtu`.
    pub leaf: String,
}

/// A key with one of the values that stand under it, as text. Whoever asks for the path and whoever
/// asks for the leaf alone finds it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Term {
    /// Under which key.
    pub key: Key,
    /// The value.
    pub value: String,
}
