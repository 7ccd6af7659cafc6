//! A right that is withdrawn is gone for the very next request, whoever has withdrawn it: these use
//! cases, or others on the same store, which have a memory of their own.

use pantry_model::chef::keys::{KeySource, KeyUpdate, NewKey};
use pantry_model::chef::users::NewUser;
use pantry_model::chef::{AceActors, AceUpdate, GroupUpdate, NewContainer, NewGroup};
use pantry_model::refusals::request as refusals;
use pantry_model::{Error, Permission, Timestamp};
use pantry_usecases::{AclKind, AclOf, Caller, KeyOwner, NewApplication, UseCases};

use crate::actors::{new_client, new_user};
use crate::house::House;
use crate::people::shop;

/// A key that requests are signed with, and what it is called.
const PEM: &str = include_str!("../../../pantry-sign/tests/it/keys/2048.public.pem");
const KEY: &str = "extra";

/// What became of a request to see the container `vault`.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Served,
    NoSuchApplication,
    Unknown,
    NoKey,
    NotAMember,
    NotPermitted,
}

/// Who asks: a user and an API client, both in the group `inner`, which is in the group `outer`,
/// which may see the container `vault`.
#[derive(Clone, Copy, Debug)]
enum Who {
    User,
    ApiClient,
}
use Who::{ApiClient, User};

impl Who {
    fn name(self) -> &'static str {
        match self {
            User => "bob",
            ApiClient => "web1",
        }
    }

    /// Makes a request, as it is made over HTTP.
    async fn asks(self, usecases: &UseCases) -> Outcome {
        let (shop, is_client) = (shop(), matches!(self, ApiClient));
        let known = usecases.known(Some(&shop), self.name()).await.unwrap();
        if !known.application_exists() {
            return Outcome::NoSuchApplication;
        }
        let which = known.candidates().iter().position(|one| one.is_client() == is_client);
        let Some(which) = which else { return Outcome::Unknown };
        let (candidate, now) = (&known.candidates()[which], usecases.clock().now());
        if !candidate.keys(now).any(|(name, _)| name == KEY) {
            return Outcome::NoKey;
        }
        if !known.belongs(candidate) {
            return Outcome::NotAMember;
        }
        let caller = Caller::new(known, which, Some(shop), Some(KEY.to_owned())).unwrap();
        match usecases.show_container(&caller, "vault").await {
            Ok(_) => Outcome::Served,
            Err(Error::Refused(refusal)) => {
                assert_eq!(refusal, refusals::missing_permission(Permission::Read));
                Outcome::NotPermitted
            }
            Err(error) => panic!("{error}"),
        }
    }

    async fn gets_a_key(self, usecases: &UseCases, expiry: Option<Timestamp>) {
        let source = KeySource::Given(PEM.to_owned());
        let new = NewKey { name: KEY.parse().unwrap(), source, expiry };
        let pivotal = pivotal(usecases).await;
        usecases.create_key(&pivotal, self.as_owner(), &new).await.unwrap();
    }

    fn as_owner(self) -> KeyOwner<'static> {
        match self {
            User => KeyOwner::User(self.name()),
            ApiClient => KeyOwner::ApiClient(self.name()),
        }
    }
}

async fn pivotal(usecases: &UseCases) -> Caller {
    usecases.caller(&"u/pivotal".parse().unwrap(), Some(&shop())).await.unwrap()
}

async fn make_group(usecases: &UseCases, name: &str) {
    let new = NewGroup { name: name.parse().unwrap() };
    usecases.create_group(&pivotal(usecases).await, &new).await.unwrap();
}

async fn update_group(usecases: &UseCases, name: &str, update: GroupUpdate) {
    usecases.update_group(&pivotal(usecases).await, name, &update).await.unwrap();
}

/// Lets these groups, and the superuser, see the container.
async fn open_vault(usecases: &UseCases, groups: &[&str]) {
    let update = AceUpdate {
        permission: Permission::Read,
        actors: AceActors::Either(vec!["pivotal".to_owned()]),
        groups: groups.iter().map(ToString::to_string).collect(),
    };
    let vault = AclOf::Object(AclKind::Container, "vault");
    usecases.update_ace(&pivotal(usecases).await, vault, &update).await.unwrap();
}

/// Makes the groups, which are empty, and the container.
async fn furnish(usecases: &UseCases) {
    for group in ["inner", "outer"] {
        make_group(usecases, group).await;
    }
    nest(usecases, &["inner"]).await;
    let vault = NewContainer { name: "vault".parse().unwrap() };
    usecases.create_container(&pivotal(usecases).await, &vault).await.unwrap();
    open_vault(usecases, &["outer"]).await;
}

/// Says which groups are in `outer`.
async fn nest(usecases: &UseCases, groups: &[&str]) {
    let groups = groups.iter().map(ToString::to_string).collect();
    update_group(usecases, "outer", GroupUpdate { groups: Some(groups), ..Default::default() })
        .await;
}

/// Says who is in `inner`.
async fn fill(usecases: &UseCases, these: &[Who]) {
    let named = |is_wanted: fn(&Who) -> bool| {
        Some(these.iter().copied().filter(is_wanted).map(|who| who.name().to_owned()).collect())
    };
    let users = named(|who| matches!(who, User));
    let clients = named(|who| matches!(who, ApiClient));
    update_group(usecases, "inner", GroupUpdate { users, clients, ..Default::default() }).await;
}

/// Bob, who has no password: what hashes one takes its time.
fn bob() -> NewUser {
    NewUser { password: None, ..new_user("bob") }
}

/// Makes everything anew, in the place of what is left from before.
async fn scene(house: &House) {
    let (usecases, callers) = (&house.usecases, house.calls_globally("pivotal").await);
    // Whatever the test before has left of it.
    let _ = usecases.delete_application(&callers, &shop()).await;
    let _ = usecases.delete_user(&callers, "bob").await;
    house.create_application("shop").await.unwrap();
    usecases.create_user(&callers, &bob()).await.unwrap();
    let caller = pivotal(usecases).await;
    usecases.create_association(&caller, &shop(), "bob").await.unwrap();
    usecases.create_api_client(&caller, &new_client("web1")).await.unwrap();
    furnish(usecases).await;
    for who in [User, ApiClient] {
        who.gets_a_key(usecases, None).await;
    }
    fill(usecases, &[User, ApiClient]).await;
}

/// How a right ends.
#[derive(Clone, Copy, Debug)]
enum Way {
    RemovedFromGroup,
    GroupRemovedFromGroup,
    OwnGroupDeleted,
    OuterGroupDeleted,
    ListChanged,
    KeyDeleted,
    KeyEnded,
    Dissociated,
    Deleted,
    MadeAnew,
    ApplicationDeleted,
    ApplicationMadeAnew,
}
use Way::*;

impl Way {
    async fn is_gone(self, who: Who, by: &UseCases) {
        let caller = pivotal(by).await;
        match self {
            RemovedFromGroup => fill(by, &[]).await,
            GroupRemovedFromGroup => nest(by, &[]).await,
            OwnGroupDeleted => drop(by.delete_group(&caller, "inner").await.unwrap()),
            OuterGroupDeleted => drop(by.delete_group(&caller, "outer").await.unwrap()),
            ListChanged => open_vault(by, &[]).await,
            KeyDeleted => drop(by.delete_key(&caller, who.as_owner(), KEY).await.unwrap()),
            KeyEnded => {
                let ended =
                    KeyUpdate { name: None, source: None, expiry: Some(Some(Timestamp(1))) };
                drop(by.update_key(&caller, who.as_owner(), KEY, &ended).await.unwrap());
            }
            Dissociated => {
                drop(by.delete_association(&caller, &shop(), who.name()).await.unwrap());
            }
            Deleted | MadeAnew => match who {
                User => drop(by.delete_user(&caller, who.name()).await.unwrap()),
                ApiClient => drop(by.delete_api_client(&caller, who.name()).await.unwrap()),
            },
            ApplicationDeleted | ApplicationMadeAnew => {
                drop(by.delete_application(&caller, &shop()).await.unwrap());
            }
        }
        match (self, who) {
            (MadeAnew, User) => {
                drop(by.create_user(&caller, &bob()).await.unwrap());
                by.create_association(&caller, &shop(), "bob").await.unwrap();
            }
            (MadeAnew, ApiClient) => {
                drop(by.create_api_client(&caller, &new_client("web1")).await.unwrap());
            }
            (ApplicationMadeAnew, _) => {
                let new = NewApplication { name: shop(), full_name: None };
                by.create_application(&caller, new).await.unwrap();
                by.create_association(&caller, &shop(), "bob").await.unwrap();
                let caller = pivotal(by).await;
                drop(by.create_api_client(&caller, &new_client("web1")).await.unwrap());
                furnish(by).await;
            }
            _ => return,
        }
        // Bob's keys are his own; the others are other actors now, under the same names.
        if !matches!((self, who), (ApplicationMadeAnew, User)) {
            who.gets_a_key(by, None).await;
        }
    }
}

/// Has a right withdrawn by these use cases and by others, and asks both.
async fn withdraw(house: &House, who: Who, way: Way, expected: Outcome) {
    let (own, other) = (&house.usecases, &house.beside());
    for (by, name) in [(own, "the same"), (other, "others")] {
        scene(house).await;
        for usecases in [own, other, own, other] {
            assert_eq!(who.asks(usecases).await, Outcome::Served);
        }
        way.is_gone(who, by).await;
        for usecases in [own, other, own] {
            assert_eq!(who.asks(usecases).await, expected, "{who:?} {way:?} by {name}");
        }
    }
}

#[tokio::test]
async fn a_member_of_a_group_has_nothing_of_it_when_that_ends() {
    let house = House::new().await;
    let ways =
        [RemovedFromGroup, GroupRemovedFromGroup, OwnGroupDeleted, OuterGroupDeleted, ListChanged];
    for (who, way) in ways.into_iter().flat_map(|way| [(User, way), (ApiClient, way)]) {
        withdraw(&house, who, way, Outcome::NotPermitted).await;
    }
}

#[tokio::test]
async fn a_key_that_is_gone_or_has_ended_signs_nothing() {
    let house = House::new().await;
    for who in [User, ApiClient] {
        withdraw(&house, who, KeyDeleted, Outcome::NoKey).await;
        withdraw(&house, who, KeyEnded, Outcome::NoKey).await;
    }
}

#[tokio::test]
async fn who_is_gone_is_nobody_and_their_namesake_is_someone_else() {
    let house = House::new().await;
    withdraw(&house, User, Dissociated, Outcome::NotAMember).await;
    for who in [User, ApiClient] {
        withdraw(&house, who, Deleted, Outcome::Unknown).await;
        withdraw(&house, who, MadeAnew, Outcome::NotPermitted).await;
        withdraw(&house, who, ApplicationDeleted, Outcome::NoSuchApplication).await;
        withdraw(&house, who, ApplicationMadeAnew, Outcome::NotPermitted).await;
    }
}

#[tokio::test]
async fn a_key_ends_when_its_time_comes_and_nothing_else_happens() {
    let house = House::new().await;
    scene(&house).await;
    let usecases = &house.usecases;
    // The clock goes on by a step whenever someone looks at it.
    let ends = Timestamp(usecases.clock().now().0 + 50);
    let update = KeyUpdate { name: None, source: None, expiry: Some(Some(ends)) };
    let pivotal = pivotal(usecases).await;
    usecases.update_key(&pivotal, User.as_owner(), KEY, &update).await.unwrap();
    assert_eq!(User.asks(usecases).await, Outcome::Served);
    while usecases.clock().now() < ends {}
    assert_eq!(User.asks(usecases).await, Outcome::NoKey);
}
