//! Who is to belong to an organization: at once, or once they agree.
//!
//! A name here may be any text: it is the name of a user if one is found.

use serde_json::{Map, Value};

use crate::refusals::{Refusal, associations, request};

/// `POST /organizations/NAME/users`: a user belongs to the organization from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMember {
    /// Whom.
    pub username: String,
}

impl NewMember {
    /// Reads a request's body.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        Ok(Self { username: text(object, "username")? })
    }
}

/// `POST /organizations/NAME/association_requests`: a user is asked to belong to the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInvitation {
    /// Who is asked.
    pub user: String,
}

impl NewInvitation {
    /// Reads a request's body.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        Ok(Self { user: text(object, "user")? })
    }
}

/// `PUT /users/NAME/association_requests/ID`: what a user says to an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationReply {
    /// The user belongs to the organization from now on.
    Accept,
    /// The user does not want to.
    Reject,
}

impl InvitationReply {
    /// Reads a request's body.
    pub fn read(object: &Map<String, Value>) -> Result<Self, Refusal> {
        let response = object.get("response").ok_or_else(|| request::field_missing("response"))?;
        match response.as_str() {
            Some("accept") => Ok(Self::Accept),
            Some("reject") => Ok(Self::Reject),
            _ => Err(associations::neither_accepted_nor_rejected()),
        }
    }
}

fn text(object: &Map<String, Value>, field: &str) -> Result<String, Refusal> {
    let value = object.get(field).ok_or_else(|| request::field_missing(field))?;
    let text = value.as_str().ok_or_else(|| request::field_invalid(field))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(object) => object,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn who_is_meant_must_be_said() {
        let ann = object(json!({"username": "ann", "user": "bob"}));
        assert_eq!(NewMember::read(&ann).unwrap().username, "ann");
        assert_eq!(NewInvitation::read(&ann).unwrap().user, "bob");
        let none = object(json!({}));
        assert_eq!(NewMember::read(&none).unwrap_err().sentence, "Field 'username' missing");
        assert_eq!(NewInvitation::read(&none).unwrap_err().sentence, "Field 'user' missing");
        let bad = object(json!({"username": 1, "user": null}));
        assert_eq!(NewMember::read(&bad).unwrap_err().sentence, "Field 'username' invalid");
        assert_eq!(NewInvitation::read(&bad).unwrap_err().sentence, "Field 'user' invalid");
    }

    #[test]
    fn an_invitation_is_accepted_or_rejected() {
        let read = |value: Value| InvitationReply::read(&object(value));
        assert_eq!(read(json!({"response": "accept"})), Ok(InvitationReply::Accept));
        assert_eq!(read(json!({"response": "reject"})), Ok(InvitationReply::Reject));
        for other in [json!("blither"), json!("Accept"), json!(true), json!(null), json!([])] {
            let refusal = read(json!({"response": other})).unwrap_err();
            assert_eq!(refusal.sentence, "Param response must be either 'accept' or 'reject'");
        }
        assert_eq!(read(json!({})).unwrap_err().sentence, "Field 'response' missing");
    }

    proptest! {
        #[test]
        fn any_text_may_be_a_name(name in any::<String>()) {
            let body = object(json!({"username": name, "user": name, "response": name}));
            prop_assert_eq!(NewMember::read(&body).unwrap().username, name.as_str());
            prop_assert_eq!(NewInvitation::read(&body).unwrap().user, name.as_str());
            let is_reply = name == "accept" || name == "reject";
            prop_assert_eq!(InvitationReply::read(&body).is_ok(), is_reply);
        }
    }
}
