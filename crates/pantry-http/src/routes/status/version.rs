//! `GET /version`: for tools that ask it before they decide how to speak with a server.

use pantry_model::Error;

use crate::answer::Answer;
use crate::call::Call;

/// The first line is what `knife ec backup` reads: the last word of it, as a version. It is that of
/// the Chef Server whose API this is, since a tool decides by it what it can ask for. The second
/// line is Pantry's own.
const VERSION: &str = concat!("chef-server 15.10.118\npantry ", env!("CARGO_PKG_VERSION"), "\n");

/// Text.
pub(crate) async fn answer(_call: Call) -> Result<Answer, Error> {
    Ok(Answer::text(VERSION))
}
