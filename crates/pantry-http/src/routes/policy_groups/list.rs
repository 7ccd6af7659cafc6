//! `GET policy_groups`: all policy groups, each with where it is found and what it follows.

use pantry_model::Error;
use serde_json::{Map, Value, json};

use super::policies;
use crate::answer::Answer;
use crate::call::Call;
use crate::routes::locations;

/// Lists policy groups. Other than when it is shown, nothing is said of policies if there are none.
pub(crate) async fn answer(call: Call) -> Result<Answer, Error> {
    let caller = call.caller()?;
    let groups = call.usecases().list_policy_groups(&caller).await?;
    let located = groups.into_iter().map(|(name, followed)| {
        let mut group = json!({ "uri": locations::url(&call, &["policy_groups", &name])? });
        if let Value::Object(group) = &mut group
            && !followed.is_empty()
        {
            group.insert("policies".to_owned(), policies(followed));
        }
        Ok((name, group))
    });
    Ok(Answer::ok(&located.collect::<Result<Map<_, _>, Error>>()?))
}
