//! Files of cookbooks, for whoever has a link.

pub(super) mod range;
pub(super) mod read;

use pantry_model::refusals::files;
use pantry_model::{ApplicationName, Refusal};
use pantry_usecases::Ticket;

use crate::call::Call;

pub(crate) use range::Wanted;
pub(super) use read::send;

/// The organization that a link is about, and what makes it a link.
pub(super) fn link(call: &Call) -> Result<(ApplicationName, Ticket), Refusal> {
    let ticket =
        Ticket::read(call.query("expires").as_deref(), call.query("signature").as_deref())?;
    // A link has no other name than one that an organization may have.
    let named = call.parameter("organization").parse().map_err(|_| files::forged())?;
    Ok((named, ticket))
}
