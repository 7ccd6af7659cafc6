//! `/organizations/O/controls`: reports of audits, which the original has given up.

use pantry_model::{Class, Error, Refusal};

use crate::answer::Answer;
use crate::call::Call;

/// 410 for whoever asks, and however.
pub(crate) async fn answer(_call: Call) -> Result<Answer, Error> {
    Err(Refusal::bare(Class::Gone, "controls are gone: no Chef Server keeps them any more").into())
}
