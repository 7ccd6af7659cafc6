//! `GET /license`: how many nodes a user's organizations have. (The original tells any user how many
//! there are on the whole server, and so how many others have.)
//!
//! Pantry asks for no licence. Tools ask how many nodes the original's covers without payment, so
//! they are told the original's numbers.

use pantry_model::Error;
use serde_json::json;

use crate::answer::Answer;
use crate::call::Call;

/// How many nodes the original's free licence covers.
const FREE_NODES: u64 = 25;

/// Where the original's licence is explained.
const EXPLAINED: &str = "https://docs.chef.io/licensing/";

/// How many nodes there are in the organizations that the user belongs to; a superuser hears of all.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let count = call.usecases().count_nodes(&caller).await?;
    let body = json!({
        "limit_exceeded": count > FREE_NODES,
        "node_license": FREE_NODES,
        "node_count": count,
        "upgrade_url": EXPLAINED,
    });
    Ok(Answer::ok(&body))
}
