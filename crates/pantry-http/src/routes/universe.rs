//! `GET universe`: all versions of all cookbooks, what they depend on and where they are (RFC 14 of
//! Chef). Tools that choose versions themselves read it.

use pantry_model::Error;
use pantry_usecases::VisibleCookbooks;

use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;
use crate::universe::{self, Coding, Universes};

/// Gives the universe, unless its reader has it.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let cookbooks = call.usecases().cookbooks(&caller).await?;
    let under = locations::url(&call, &["cookbooks"])?;
    send(&call, &call.shared.universes, cookbooks, under).await
}

/// The universe of these cookbooks, whose URLs begin so, unless its reader has it.
pub(super) async fn send(
    call: &Call,
    universes: &Universes,
    cookbooks: VisibleCookbooks,
    under: String,
) -> Result<Answer, Error> {
    let universe = universes.of(cookbooks, under).await?;
    let coding = Coding::wanted(call.headers());
    let tag = coding.entity_tag(universe.tag());
    if universe::has(call.headers(), universe.tag()) {
        return Ok(Answer::not_modified(&tag).varying_by_coding());
    }
    let body = universes.body(&universe, coding).await?;
    Ok(Answer::encoded(body, coding.name(), &tag))
}
