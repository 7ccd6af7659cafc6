//! Walking the values of a key in the order of their bytes: where to begin, and where to end.

use pantry_query::{Bound, Sought};

/// The least value that can be sought.
pub fn begin(sought: &Sought) -> &str {
    match sought {
        Sought::Anything | Sought::Like(..) => "",
        Sought::Exactly(text) => text,
        Sought::Matching(pattern) => pattern.prefix(),
        Sought::Within(range) => match &range.from {
            Bound::Open => "",
            Bound::Including(text) | Bound::Excluding(text) => text,
        },
    }
}

/// Whether neither this value, which is not less than the [first](begin), nor one after it is sought.
pub fn is_beyond(sought: &Sought, value: &str) -> bool {
    match sought {
        Sought::Anything | Sought::Like(..) => false,
        Sought::Exactly(text) => value > text.as_str(),
        Sought::Matching(pattern) => !value.starts_with(pattern.prefix()),
        Sought::Within(range) => match &range.to {
            Bound::Open => false,
            Bound::Including(last) => value > last.as_str(),
            Bound::Excluding(end) => value >= end.as_str(),
        },
    }
}
