//! Keys of users and API clients: who may read and change them, and which ones cannot be changed;
//! and the principals that anyone may ask for.

use pantry_model::chef::ApiVersion;
use pantry_model::chef::keys::{KeySource, KeyUpdate, NewKey};
use pantry_model::{Error, Timestamp};
use pantry_store::{Change, Kind, Scope, Verb, Write};
use pantry_usecases::{Caller, KEY_READER, KeyOwner, Principals};

use crate::actors::{key, sentence};
use crate::house::{House, app};

const NOT_READABLE: &str = "Requestor not found to be a member of group public_key_read_access \
    which is necessary for read access for this request.";

fn new_key(name: &str, expiry: Option<i64>) -> NewKey {
    NewKey { name: name.parse().unwrap(), source: key(name), expiry: expiry.map(Timestamp) }
}

fn nothing() -> KeyUpdate {
    KeyUpdate { name: None, source: None, expiry: None }
}

async fn house() -> House {
    let house = House::with_clients(&[]).await;
    for name in ["bob", "eve"] {
        house.make_user(name).await.unwrap();
    }
    for name in ["web1", "web2"] {
        house.make_client(name).await.unwrap();
    }
    house
}

async fn names(house: &House, caller: &Caller, owner: KeyOwner<'_>) -> Vec<String> {
    let keys = house.usecases.list_keys(caller, owner).await.unwrap();
    let name = |key: pantry_usecases::KeySummary| {
        if key.expired { format!("{} (expired)", key.name) } else { key.name }
    };
    keys.into_iter().map(name).collect()
}

#[tokio::test]
async fn keys_are_made_shown_changed_and_deleted() {
    let house = house().await;
    for (caller, owner) in [
        (house.acting("bob", None).await, KeyOwner::User("bob")),
        (house.acting("pivotal", Some("shop")).await, KeyOwner::ApiClient("web1")),
    ] {
        let usecases = &house.usecases;
        usecases.create_key(&caller, owner, &new_key("alt", Some(1_000))).await.unwrap();
        let taken = usecases.create_key(&caller, owner, &new_key("alt", None)).await;
        assert_eq!(sentence(taken), "a key with the name 'alt' already exists for this actor.");
        assert_eq!(names(&house, &caller, owner).await, ["alt (expired)", "default"]);
        let shown = usecases.show_key(&caller, owner, "alt").await.unwrap();
        assert_eq!((shown.public_key.as_str(), shown.expiry), ("KEY alt", Some(Timestamp(1_000))));

        let clash = KeyUpdate { name: Some("default".parse().unwrap()), ..nothing() };
        let clash = usecases.update_key(&caller, owner, "alt", &clash).await;
        assert_eq!(sentence(clash), "a key with the name 'default' already exists for this actor.");
        let rename = KeyUpdate { name: Some("new".parse().unwrap()), ..nothing() };
        assert!(usecases.update_key(&caller, owner, "alt", &rename).await.unwrap().renamed);
        let update = KeyUpdate {
            name: Some("new".parse().unwrap()),
            source: Some(KeySource::Generate),
            expiry: Some(None),
        };
        let updated = usecases.update_key(&caller, owner, "new", &update).await.unwrap();
        let made = updated.made.unwrap();
        assert!(!updated.renamed && made.private_key.is_some());
        let shown = usecases.show_key(&caller, owner, "new").await.unwrap();
        assert_eq!((shown.public_key, shown.expiry), (made.public_key, None));

        usecases.delete_key(&caller, owner, "new").await.unwrap();
        let missing = format!("There is no key named new associated with {}.", owner.name());
        assert_eq!(sentence(usecases.show_key(&caller, owner, "new").await), missing);
        assert_eq!(sentence(usecases.delete_key(&caller, owner, "new").await), missing);
        let update = usecases.update_key(&caller, owner, "new", &nothing()).await;
        assert_eq!(sentence(update), missing);
        assert_eq!(names(&house, &caller, owner).await, ["default"]);
    }
    let ledger = house.ledger(None).await;
    let of_keys: Vec<_> = ledger.iter().filter_map(|line| line.split_once(" u/bob ")).collect();
    let of_keys: Vec<_> = of_keys.into_iter().map(|(_, what)| what).collect();
    assert_eq!(
        of_keys,
        [
            "create actor-key user/bob/alt",
            "delete actor-key user/bob/alt",
            "create actor-key user/bob/new",
            "update actor-key user/bob/new",
            "delete actor-key user/bob/new",
        ]
    );
}

#[tokio::test]
async fn the_key_in_use_cannot_be_changed() {
    let house = house().await;
    let (usecases, owner) = (&house.usecases, KeyOwner::User("bob"));
    let bob = house.acting("bob", None).await;
    let bob = house.signed_with(&bob, "default").await;
    let in_use = "The key 'default' was used to authenticate this request and cannot be modified or deleted.";
    assert_eq!(sentence(usecases.delete_key(&bob, owner, "default").await), in_use);
    let update = usecases.update_key(&bob, owner, "default", &nothing()).await;
    assert_eq!(sentence(update), in_use);
    // A name alone is not the key: it is in use for its owner only.
    let pivotal = house.acting("pivotal", None).await;
    let pivotal = house.signed_with(&pivotal, "default").await;
    usecases.delete_key(&pivotal, owner, "default").await.unwrap();
    let gone = usecases.known(None, "bob").await.unwrap();
    assert_eq!(gone.candidates()[0].keys(Timestamp(0)).count(), 0);
}

#[tokio::test]
async fn whoever_may_change_the_owner_may_change_its_keys() {
    let house = house().await;
    let (usecases, update) = (&house.usecases, nothing());
    let web1 = house.acting_client("web1").await;
    usecases.create_key(&web1, KeyOwner::ApiClient("web1"), &new_key("alt", None)).await.unwrap();
    for (caller, owner) in [
        (house.acting("eve", None).await, KeyOwner::User("bob")),
        (house.acting_client("web2").await, KeyOwner::ApiClient("web1")),
        (house.acting("eve", Some("shop")).await, KeyOwner::ApiClient("web1")),
        (house.acting_client("shop-validator").await, KeyOwner::ApiClient("shop-validator")),
    ] {
        for refused in [
            usecases.create_key(&caller, owner, &new_key("k", None)).await.map(drop),
            usecases.update_key(&caller, owner, "default", &update).await.map(drop),
            usecases.delete_key(&caller, owner, "default").await.map(drop),
        ] {
            assert_eq!(sentence(refused), "missing update permission", "{owner:?}");
        }
    }
    let nobody = usecases.list_keys(&web1, KeyOwner::ApiClient("web9")).await;
    assert_eq!(sentence(nobody), "Cannot load client web9");
    let nobody = usecases.list_keys(&web1, KeyOwner::User("nobody")).await;
    assert_eq!(sentence(nobody), "Could not find user nobody");
}

#[tokio::test]
async fn within_an_application_readers_of_public_keys_are_a_group() {
    let house = house().await;
    let usecases = &house.usecases;
    let owners = [KeyOwner::User("bob"), KeyOwner::ApiClient("web1")];
    for owner in owners {
        names(&house, &house.acting_client("web2").await, owner).await;
        names(&house, &house.acting("pivotal", Some("shop")).await, owner).await;
        let eve = house.acting("eve", Some("shop")).await;
        let list = usecases.list_keys(&eve, owner).await;
        assert_eq!(sentence(list), NOT_READABLE);
        assert_eq!(sentence(usecases.show_key(&eve, owner, "default").await), NOT_READABLE);
    }
    // Through two groups: eve is in one that is in `users`, which is in the group of readers.
    let (store, shop) = (usecases.store(), Scope::Application(app("shop")));
    let users = store.object(&shop, Kind::Group, "users").await.unwrap().unwrap().id;
    let (team, eve) = (pantry_model::ObjectId([203; 16]), house.acting("eve", None).await);
    let mut write = Write::new(None, usecases.clock().now());
    let acl = pantry_model::Acl::default();
    write.create_object(&shop, Kind::Group, "team", team, b"{}".to_vec(), acl);
    write.changes.push(Change::AddMember { of: users, member: team });
    write.changes.push(Change::AddMember { of: team, member: eve.id().unwrap() });
    write.enter(&Scope::Global, Verb::Update, Kind::User, "eve", None);
    store.commit(write).await.unwrap();
    for owner in owners {
        let eve = house.acting("eve", Some("shop")).await;
        assert_eq!(names(&house, &eve, owner).await, ["default"]);
    }
    // Outside of applications, it is who may read the user.
    let list = usecases.list_keys(&eve, KeyOwner::User("bob")).await;
    assert_eq!(sentence(list), "missing read permission");
}

#[tokio::test]
async fn anyone_may_ask_whose_public_keys_there_are() {
    let house = house().await;
    let usecases = &house.usecases;
    house.make_client("bob").await.unwrap();
    let bob = house.acting("bob", None).await;
    for (name, end) in [("old", Some(1)), ("other", None)] {
        usecases.create_key(&bob, KeyOwner::User("bob"), &new_key(name, end)).await.unwrap();
    }
    let ask = async |organization: &str, name: &str, version| match usecases
        .principals(organization, name, version)
        .await
        .unwrap()
    {
        Principals::NoOrganization => vec!["no organization".to_owned()],
        Principals::Known(known) => known
            .into_iter()
            .map(|it| {
                let kind = if it.is_client { "client" } else { "user" };
                let key = it.public_key.unwrap_or_else(|| "no key".to_owned());
                format!("{kind} {} {} {key}", it.name, it.is_member)
            })
            .collect(),
    };
    assert_eq!(ask("shop", "bob", ApiVersion::V0).await, ["client bob true KEY bob"]);
    assert_eq!(
        ask("shop", "bob", ApiVersion::V1).await,
        ["user bob false KEY bob", "user bob false KEY other", "client bob true KEY bob"]
    );
    assert_eq!(ask("shop", "eve", ApiVersion::V0).await, ["user eve false KEY eve"]);
    usecases
        .delete_key(&house.acting("eve", None).await, KeyOwner::User("eve"), "default")
        .await
        .unwrap();
    assert_eq!(ask("shop", "eve", ApiVersion::V0).await, ["user eve false no key"]);
    assert!(ask("shop", "eve", ApiVersion::V1).await.is_empty());
    for name in ["nobody", "", "no/body", "ボブ"] {
        assert!(ask("shop", name, ApiVersion::V0).await.is_empty(), "{name}");
    }
    for organization in ["blog", "_global", "Shop", ""] {
        let found = ask(organization, "bob", ApiVersion::V0).await;
        assert_eq!(found, ["no organization"], "{organization}");
    }
}

#[tokio::test]
async fn keys_are_told_from_other_texts_as_when_they_are_used() {
    let house = house().await;
    let key = house.usecases.workshop().key().await.unwrap();
    let is_public_key = KEY_READER.is_public_key;
    assert!(is_public_key(&key.public_key().to_pem()));
    for other in ["", "Nope.", key.to_pem().as_str(), "-----BEGIN PUBLIC KEY-----"] {
        assert!(!is_public_key(other));
        assert_eq!((KEY_READER.key_of_certificate)(other), None);
    }
}

#[tokio::test]
async fn of_many_who_give_an_actor_a_key_of_one_name_one_does() {
    let house = house().await;
    let bob = house.acting("bob", None).await;
    let tries = (0..8).map(|_| {
        let (usecases, bob) = (house.usecases.clone(), bob.clone());
        tokio::spawn(async move {
            usecases.create_key(&bob, KeyOwner::User("bob"), &new_key("k", None)).await
        })
    });
    let mut made = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(_) => made += 1,
            Err(Error::Refused(refusal)) => assert!(refusal.sentence.contains("already exists")),
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(made, 1);
}
