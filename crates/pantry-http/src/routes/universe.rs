//! `GET universe`: all versions of all cookbooks, what they depend on and where they are (RFC 14 of
//! Chef). Tools that choose versions themselves read it.

use pantry_model::Error;
use pantry_usecases::VisibleCookbooks;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;
use crate::universe::{self, Coding, Tells, Under};

/// Gives the universe, unless its reader has it.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let catalogue = call.usecases().cookbooks(&caller).await?;
    let url = locations::url(&call, &["cookbooks"])?;
    send(&call, &catalogue, Under { url, tells: Tells::ChefServer }).await
}

/// The universe of these cookbooks, unless its reader has it.
pub(super) async fn send(
    call: &Call,
    of: &VisibleCookbooks,
    under: Under,
) -> Result<Answer, Error> {
    let universe = call.shared.universes.of(of, under).await?;
    let coding = Coding::wanted(call.headers());
    let tag = coding.entity_tag(universe.tag());
    if universe::has(call.headers(), universe.tag()) {
        return Ok(Answer::not_modified(&tag).varying_by_coding());
    }
    Ok(Answer::encoded(universe.bytes(coding).await?, coding.name(), &tag))
}
