//! Invitations: who may send, see, take back and answer them, and when they are void.

use pantry_model::chef::InvitationReply::{Accept, Reject};
use pantry_model::{Error, ErrorCode};
use pantry_store::Kind;
use pantry_usecases::InvitationView;

use crate::actors::sentence;
use crate::house::{House, app};
use crate::people::{shop, staffed};

impl House {
    async fn invites(&self, inviter: &str, user: &str) -> Result<String, Error> {
        let inviter = self.calls(inviter, "shop").await;
        let sent = self.usecases.invite(&inviter, &shop(), user).await?;
        Ok(sent.invitation.id)
    }

    async fn answers(
        &self,
        caller: &str,
        user: &str,
        id: &str,
        reply: pantry_model::chef::InvitationReply,
    ) -> Result<InvitationView, Error> {
        let caller = self.calls_globally(caller).await;
        self.usecases.answer_invitation(&caller, user, id, reply).await
    }

    /// The users that are asked to belong to `shop`.
    async fn invited(&self) -> Vec<String> {
        let ann = self.calls("pivotal", "shop").await;
        let found = self.usecases.list_invitations(&ann, &shop()).await.unwrap();
        found.into_iter().map(|it| it.user).collect()
    }
}

#[tokio::test]
async fn an_invitation_is_seen_from_both_sides_until_it_is_answered() {
    let house = staffed().await;
    let ann = house.calls("ann", "shop").await;
    let sent = house.usecases.invite(&ann, &shop(), "eve").await.unwrap();
    assert_eq!((&sent.email, &sent.first_name), (&"eve@example.com".into(), &"EVE".into()));
    let id = sent.invitation.id.clone();
    let expected = InvitationView { id: id.clone(), application: shop(), user: "eve".to_owned() };
    assert_eq!(sent.invitation, expected);
    let listed = house.usecases.list_invitations(&ann, &shop()).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&expected));
    let eve = house.calls_globally("eve").await;
    let own = house.usecases.invitations_of_user(&eve, "eve").await.unwrap();
    assert_eq!(own, std::slice::from_ref(&expected));

    assert_eq!(house.answers("eve", "eve", &id, Accept).await.unwrap(), expected);
    assert_eq!(house.members("shop").await, ["ann", "bob", "eve"]);
    assert_eq!(house.usecases.invitations_of_user(&eve, "eve").await.unwrap(), []);
    assert_eq!(house.invited().await, Vec::<String>::new());
    // What it may now is what every member may.
    let eve = house.calls("eve", "shop").await;
    house.usecases.show_association(&eve, &shop(), "ann").await.unwrap();
    let again = house.answers("eve", "eve", &id, Accept).await;
    assert_eq!(sentence(again), format!("Cannot find association request: {id}"));
}

#[tokio::test]
async fn whoever_rejects_belongs_to_nothing() {
    let house = staffed().await;
    let id = house.invites("ann", "eve").await.unwrap();
    house.answers("eve", "eve", &id, Reject).await.unwrap();
    assert_eq!(house.members("shop").await, ["ann", "bob"]);
    let missing = format!("Cannot find association request: {id}");
    assert_eq!(sentence(house.answers("eve", "eve", &id, Accept).await), missing);
    // It can be asked again.
    house.invites("ann", "eve").await.unwrap();
}

#[tokio::test]
async fn who_may_be_asked_and_by_whom_is_said_in_this_order() {
    let house = staffed().await;
    assert_eq!(sentence(house.invites("bob", "nobody").await), "Could not find user nobody");
    assert_eq!(sentence(house.invites("bob", "bob").await), "missing create permission");
    assert_eq!(sentence(house.invites("ann", "bob").await), "The association already exists.");
    house.invites("ann", "eve").await.unwrap();
    assert_eq!(sentence(house.invites("ann", "eve").await), "The invite already exists.");
    assert_eq!(house.invited().await, ["eve"]);
    // Another application may ask the same user.
    house.create_application("blog").await.unwrap();
    let superuser = house.calls("pivotal", "blog").await;
    house.usecases.invite(&superuser, &app("blog"), "eve").await.unwrap();
    let eve = house.calls_globally("eve").await;
    let own = house.usecases.invitations_of_user(&eve, "eve").await.unwrap();
    let from: Vec<_> = own.iter().map(|it| it.application.as_str()).collect();
    assert_eq!(from, ["blog", "shop"]);
}

#[tokio::test]
async fn of_many_who_ask_the_same_user_one_does() {
    let house = staffed().await;
    let tries = (0..8).map(|_| {
        let usecases = house.usecases.clone();
        tokio::spawn(async move {
            let caller = usecases.caller(&"u/ann".parse().unwrap(), Some(&shop())).await.unwrap();
            usecases.invite(&caller, &shop(), "eve").await
        })
    });
    let mut sent = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(_) => sent += 1,
            Err(error) => assert_eq!(error.to_string(), "The invite already exists."),
        }
    }
    assert_eq!((sent, house.invited().await.len()), (1, 1));
}

#[tokio::test]
async fn an_invitation_can_be_taken_back_by_those_who_may_invite() {
    let house = staffed().await;
    house.create_application("blog").await.unwrap();
    let id = house.invites("ann", "eve").await.unwrap();
    let withdraw = async |caller: &str, application: &str, id: &str| {
        let caller = house.calls(caller, application).await;
        house.usecases.withdraw_invitation(&caller, &app(application), id).await
    };
    assert_eq!(sentence(withdraw("bob", "shop", &id).await), "missing delete permission");
    let missing = format!("Cannot find association request: {id}");
    assert_eq!(sentence(withdraw("pivotal", "blog", &id).await), missing);
    for nonsense in ["", "x", "é", "count", "00000000000000000000000000000000"] {
        let missing = format!("Cannot find association request: {nonsense}");
        assert_eq!(sentence(withdraw("ann", "shop", nonsense).await), missing);
    }
    // An id of something else is none of an invitation.
    let user = house.id_of(Kind::User, "eve").await.to_string();
    assert!(withdraw("ann", "shop", &user).await.is_err());

    let was = withdraw("ann", "shop", &id).await.unwrap();
    assert_eq!((was.user.as_str(), was.id.as_str()), ("eve", id.as_str()));
    assert_eq!(sentence(withdraw("ann", "shop", &id).await), missing);
    assert_eq!(sentence(house.answers("eve", "eve", &id, Accept).await), missing);
    assert_eq!(sentence(house.answers("eve", "eve", &id, Reject).await), missing);
    assert_eq!(house.members("shop").await, ["ann", "bob"]);
}

#[tokio::test]
async fn invitations_are_the_users_own_affair() {
    let house = staffed().await;
    house.stranger("mallory").await;
    let id = house.invites("ann", "eve").await.unwrap();
    let own = async |caller: &str| {
        let caller = house.calls_globally(caller).await;
        house.usecases.invitations_of_user(&caller, "eve").await
    };
    assert_eq!(sentence(own("ann").await), "missing read permission");
    assert_eq!(own("pivotal").await.unwrap().len(), 1);
    let ann = house.calls_globally("ann").await;
    // Not even of someone whom one may read.
    let others = house.usecases.invitations_of_user(&ann, "bob").await;
    assert_eq!(sentence(others), "missing read permission");

    let update = "missing update permission";
    assert_eq!(sentence(house.answers("ann", "eve", &id, Accept).await), update);
    assert_eq!(sentence(house.answers("mallory", "eve", &id, Accept).await), update);
    // One that is for somebody else is not found.
    let missing = format!("Cannot find association request: {id}");
    assert_eq!(sentence(house.answers("mallory", "mallory", &id, Accept).await), missing);
    assert_eq!(house.invited().await, ["eve"]);
    house.answers("pivotal", "eve", &id, Accept).await.unwrap();
    assert_eq!(house.members("shop").await, ["ann", "bob", "eve"]);
    let nobody = house.answers("pivotal", "nobody", &id, Accept).await;
    assert_eq!(sentence(nobody), "Could not find user nobody");
}

const VOID: &str = "This invitation is no longer valid. Please notify an administrator and request \
                    to be re-invited to the organization.";

#[tokio::test]
async fn an_invitation_is_void_once_its_sender_may_not_invite_any_more() {
    let house = staffed().await;
    for how in ["no admin", "no member", "no user"] {
        house.member("shop", "cat").await;
        house.group("shop", "admins", "cat", true).await;
        let id = house.invites("cat", "eve").await.unwrap();
        match how {
            "no admin" => house.group("shop", "admins", "cat", false).await,
            // It is in the group again, which is of no use to it.
            "no member" => {
                house.group("shop", "admins", "cat", false).await;
                let ann = house.calls("ann", "shop").await;
                house.usecases.delete_association(&ann, &shop(), "cat").await.unwrap();
                house.group("shop", "admins", "cat", true).await;
            }
            _ => house.forget("cat").await,
        }
        let refused = house.answers("eve", "eve", &id, Accept).await.unwrap_err();
        assert_eq!(refused.code(), ErrorCode::Forbidden, "{how}");
        assert_eq!(refused.to_string(), VOID, "{how}");
        // And it is over.
        assert_eq!(house.invited().await, Vec::<String>::new(), "{how}");
        assert!(!house.members("shop").await.contains(&"eve".to_owned()), "{how}");
        if how != "no user" {
            house.forget("cat").await;
        }
    }
}

#[tokio::test]
async fn one_who_was_added_meanwhile_accepts_for_nothing() {
    let house = staffed().await;
    let id = house.invites("ann", "eve").await.unwrap();
    let superuser = house.calls("pivotal", "shop").await;
    house.usecases.create_association(&superuser, &shop(), "eve").await.unwrap();
    let accepted = house.answers("eve", "eve", &id, Accept).await;
    assert_eq!(sentence(accepted), "The association already exists.");
    assert_eq!(house.invited().await, Vec::<String>::new());
    assert_eq!(house.members("shop").await, ["ann", "bob", "eve"]);
}

#[tokio::test]
async fn an_invitation_is_answered_once() {
    let house = staffed().await;
    let id = house.invites("ann", "eve").await.unwrap();
    let tries = ["eve", "pivotal", "eve", "pivotal"].map(|caller| {
        let (usecases, id) = (house.usecases.clone(), id.clone());
        tokio::spawn(async move {
            let caller = format!("u/{caller}").parse().unwrap();
            let caller = usecases.caller(&caller, None).await.unwrap();
            usecases.answer_invitation(&caller, "eve", &id, Accept).await
        })
    });
    let mut accepted = 0;
    for one in tries {
        match one.await.unwrap() {
            Ok(_) => accepted += 1,
            Err(error) => assert_eq!(error.code(), ErrorCode::Unknown, "{error}"),
        }
    }
    assert_eq!(accepted, 1);
    assert_eq!(house.members("shop").await, ["ann", "bob", "eve"]);
}

#[tokio::test]
async fn invitations_end_with_their_application() {
    let house = staffed().await;
    let id = house.invites("ann", "eve").await.unwrap();
    let superuser = house.calls("pivotal", "shop").await;
    house.usecases.delete_application(&superuser, &shop()).await.unwrap();
    let eve = house.calls_globally("eve").await;
    assert_eq!(house.usecases.invitations_of_user(&eve, "eve").await.unwrap(), []);
    house.create_application("shop").await.unwrap();
    let missing = format!("Cannot find association request: {id}");
    assert_eq!(sentence(house.answers("eve", "eve", &id, Accept).await), missing);
}
