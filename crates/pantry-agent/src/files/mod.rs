//! Files to this machine and from it, and what its owner has to say about that.
//!
//! How files are read and written so that no link leads elsewhere is `pantry-files`; here it is put
//! together with the job that wants it.

mod list;
mod pull;
mod push;
mod rules;
mod underway;

use std::path::Path;
use std::time::Duration;

pub(crate) use list::list;
use pantry_model::protocol::Reported;
pub(crate) use pull::pull;
pub(crate) use push::push;
pub use rules::FileRules;
pub(crate) use underway::clean_up;

use crate::process::Outcome;

/// Waits for work, as long as it may take.
pub(crate) async fn within(
    time: Duration,
    work: impl Future<Output = Result<(), String>>,
) -> Outcome {
    match tokio::time::timeout(time, work).await {
        Ok(Ok(())) => Outcome::succeeded(),
        Ok(Err(reason)) => Outcome::failed(reason),
        Err(_) => {
            let reason = format!("it took longer than {} s and was ended", time.as_secs_f64());
            Outcome {
                what: Reported::TimedOut,
                reason: Some(reason),
                exit_code: None,
                signal: None,
            }
        }
    }
}

/// A path must begin at the top, since a machine has no place from which others would be seen.
pub(crate) fn absolute(path: &str) -> Result<(), String> {
    match Path::new(path).is_absolute() && !path.contains('\0') {
        true => Ok(()),
        false => Err(format!("{path:?} is no absolute path")),
    }
}
