//! A Chef server, as somebody with a key sees it.
//!
//! Two things are agreed on with the server, each once: in which version of the API requests are
//! written ([`api_version`]), and by which protocol they are signed ([`protocol`]). Both begin with
//! the newest, and learn from a refusal, which every server says before it has done anything. The
//! contents of files travel by links ([`link`]), and into the server through sandboxes ([`sandbox`],
//! [`download`]).

mod api_version;
mod client;
mod download;
mod error;
mod identity;
mod link;
mod protocol;
mod sandbox;

use std::fmt::{self, Display};

use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, utf8_percent_encode};

pub use client::ChefClient;
pub use download::{RemoteContent, download_contents};
pub use error::{ChefError, Refused};
pub use identity::Identity;
pub use sandbox::{LocalContent, Uploaded, upload_contents};

/// What cannot stand as it is in one segment of a path. The names of Chef's objects have none of it.
const NOT_IN_SEGMENT: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// A name as a segment of a path.
pub fn segment(name: &str) -> impl Display {
    struct Segment<'n>(&'n str);
    impl Display for Segment<'_> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            // What these say is understood as a path and not as a name.
            match self.0 {
                "." => f.write_str("%2E"),
                ".." => f.write_str("%2E%2E"),
                name => utf8_percent_encode(name, NOT_IN_SEGMENT).fmt(f),
            }
        }
    }
    Segment(name)
}

/// A text as the value of a parameter in a query.
pub fn query_value(text: &str) -> impl Display {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
}
