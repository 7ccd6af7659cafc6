//! The version of the Chef Server API that a request speaks.

/// A version of the API. Requests say it in a header, and those that say nothing speak the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ApiVersion {
    /// Keys are part of users and API clients.
    V0,
    /// Keys are objects of their own.
    V1,
    /// The files of cookbooks are one list.
    V2,
}

impl ApiVersion {
    /// The version of this number.
    pub fn from_number(number: u32) -> Option<Self> {
        [Self::V0, Self::V1, Self::V2].into_iter().find(|version| version.number() == number)
    }

    /// Its number.
    pub fn number(self) -> u32 {
        match self {
            Self::V0 => 0,
            Self::V1 => 1,
            Self::V2 => 2,
        }
    }
}
