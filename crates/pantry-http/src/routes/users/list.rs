//! `GET /users`: all users, the one with an e-mail address, or the one who is someone elsewhere; or
//! with `verbose=true` all users with what people call them.

use pantry_model::Error;
use pantry_usecases::{UserFilter, UserView};
use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::call::Call;

/// Users by name, with their URLs or with what people call them.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    if call.query("verbose").is_some_and(|verbose| verbose == "true") {
        let users = call.usecases().list_user_profiles(&caller).await?;
        let users: Map<_, _> = users.into_iter().map(in_short).collect();
        return Ok(Answer::ok(&users));
    }
    let (email, uid) = (call.query("email"), call.query("external_authentication_uid"));
    let filter = match (email, uid) {
        (Some(email), _) => UserFilter::Email(email.into_owned()),
        (None, Some(uid)) => UserFilter::ExternalIdentity(uid.into_owned()),
        (None, None) => UserFilter::All,
    };
    let names = call.usecases().list_users(&caller, &filter).await?;
    let url = |name: String| (name.clone(), json!(call.url(&["users", &name])));
    let users: Map<_, _> = names.into_iter().map(url).collect();
    Ok(Answer::ok(&users))
}

fn in_short(user: UserView) -> (String, Value) {
    let text = |field| user.profile.get(field).cloned().unwrap_or_else(|| json!(""));
    let shown = json!({
        "email": text("email"),
        "first_name": text("first_name"),
        "last_name": text("last_name"),
        "display_name": text("display_name"),
    });
    (user.name, shown)
}
