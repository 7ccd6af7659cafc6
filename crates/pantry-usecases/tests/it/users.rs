//! Users: who may make, see, change and delete them, and what goes with them.

use pantry_model::chef::email::EmailAddress;
use pantry_model::chef::keys::KeySource;
use pantry_model::chef::users::{Credentials, NewUser, Password, UserUpdate};
use pantry_model::{Permission, Principal};
use pantry_store::{Change, Kind, Scope, Write};
use pantry_usecases::{KeyOwner, UserFilter};
use serde_json::{Value, json};

use crate::actors::{key, new_user, same_user, sentence};
use crate::house::{House, public_key};

const TAKEN: &str = "Username or email address already in use.";

fn credentials(name: &str, password: &str) -> Credentials {
    Credentials { name: name.to_owned(), password: password.to_owned() }
}

pub(crate) fn email(text: &str) -> Option<EmailAddress> {
    Some(EmailAddress::read(text).unwrap())
}

#[tokio::test]
async fn a_name_and_an_address_are_taken_once() {
    let house = House::new().await;
    house.make_user("bob").await.unwrap();
    assert_eq!(sentence(house.make_user("bob").await), TAKEN);
    let pivotal = house.acting("pivotal", None).await;
    let same_address = NewUser { email: email("BOB@Example.com"), ..new_user("rob") };
    assert_eq!(sentence(house.usecases.create_user(&pivotal, &same_address).await), TAKEN);
    let missing = sentence(house.usecases.show_user(&pivotal, "rob").await);
    assert_eq!(missing, "Could not find user rob");
    // The first users have addresses too.
    let root = NewUser { email: email("root@localhost.localdomain"), ..new_user("root") };
    assert_eq!(sentence(house.usecases.create_user(&pivotal, &root).await), TAKEN);
}

#[tokio::test]
async fn of_many_who_take_an_address_one_gets_it() {
    let house = House::new().await;
    let pivotal = house.acting("pivotal", None).await;
    let tries = (0..8).map(|number| {
        let (usecases, pivotal) = (house.usecases.clone(), pivotal.clone());
        tokio::spawn(async move {
            let mut new = new_user(&format!("bob{number}"));
            (new.email, new.password) = (email("bob@example.com"), None);
            usecases.create_user(&pivotal, &new).await
        })
    });
    let mut made = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(_) => made += 1,
            error => assert_eq!(sentence(error), TAKEN),
        }
    }
    assert_eq!(made, 1);
    let all = house.usecases.list_users(&pivotal, &UserFilter::All).await.unwrap();
    assert_eq!(all.len(), 3);
}

#[tokio::test]
async fn a_user_sees_and_changes_itself_and_nobody_else() {
    let house = House::new().await;
    for name in ["bob", "eve"] {
        house.make_user(name).await.unwrap();
    }
    let (usecases, bob) = (&house.usecases, house.acting("bob", None).await);
    let shown = usecases.show_user(&bob, "bob").await.unwrap();
    assert_eq!(
        (Value::Object(shown.profile), shown.public_key.as_deref()),
        (json!({"display_name": "bob", "email": "bob@example.com"}), Some("KEY bob"))
    );
    assert_eq!(sentence(usecases.show_user(&bob, "eve").await), "missing read permission");
    let update = usecases.update_user(&bob, "eve", &same_user("eve")).await;
    assert_eq!(sentence(update), "missing update permission");
    assert_eq!(sentence(usecases.delete_user(&bob, "eve").await), "missing delete permission");
    let new = usecases.create_user(&bob, &new_user("rob")).await;
    assert_eq!(sentence(new), "missing create permission");
    let list = usecases.list_users(&bob, &UserFilter::All).await;
    assert_eq!(sentence(list), "missing read permission");
    let list = usecases.list_user_profiles(&bob).await;
    assert_eq!(sentence(list), "missing read permission");
    // Where it is known and who lets it in is not its own affair.
    for update in [
        UserUpdate { external_authentication_uid: Some("b".to_owned()), ..same_user("bob") },
        UserUpdate { recovery_authentication_enabled: Some(true), ..same_user("bob") },
    ] {
        let answer = usecases.update_user(&bob, "bob", &update).await;
        assert_eq!(sentence(answer), "missing update permission");
        let pivotal = house.acting("pivotal", None).await;
        usecases.update_user(&pivotal, "bob", &update).await.unwrap();
    }
}

#[tokio::test]
async fn a_new_users_list_names_its_superuser_itself_and_those_who_manage_users() {
    let house = House::new().await;
    house.make_user("bob").await.unwrap();
    let store = house.usecases.store();
    let object = async |kind, name: &'static str| {
        store.object(&Scope::Global, kind, name).await.unwrap().unwrap()
    };
    let bob = object(Kind::User, "bob").await;
    let pivotal = object(Kind::User, "pivotal").await.id;
    let admins = object(Kind::Group, "server-admins").await.id;
    for permission in Permission::ALL {
        let holders = bob.acl.holders(permission);
        assert!(holders.contains(&pivotal) && holders.contains(&bob.id), "{permission}");
        assert_eq!(holders.contains(&admins), permission != Permission::Grant, "{permission}");
    }
}

#[tokio::test]
async fn users_are_found_by_address_and_by_who_they_are_elsewhere() {
    let house = House::new().await;
    let (usecases, pivotal) = (&house.usecases, house.acting("pivotal", None).await);
    let elsewhere = NewUser {
        external_authentication_uid: Some("Bob.Elsewhere".to_owned()),
        ..new_user("bob")
    };
    usecases.create_user(&pivotal, &elsewhere).await.unwrap();
    for (filter, found) in [
        (UserFilter::Email("BOB@example.COM".to_owned()), vec!["bob"]),
        (UserFilter::Email("nobody@example.com".to_owned()), vec![]),
        (UserFilter::ExternalIdentity("Bob.Elsewhere".to_owned()), vec!["bob"]),
        (UserFilter::ExternalIdentity("bob.elsewhere".to_owned()), vec![]),
        (UserFilter::All, vec!["admin", "bob", "pivotal"]),
    ] {
        assert_eq!(usecases.list_users(&pivotal, &filter).await.unwrap(), found, "{filter:?}");
    }
    let profiles = usecases.list_user_profiles(&pivotal).await.unwrap();
    let emails: Vec<_> = profiles.iter().map(|user| &user.profile["email"]).collect();
    let expected = ["admin@localhost.localdomain", "bob@example.com", "root@localhost.localdomain"];
    assert_eq!(emails, expected);
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_frees_what_is_given_up() {
    let house = House::new().await;
    for name in ["bob", "eve"] {
        house.make_user(name).await.unwrap();
    }
    let (usecases, bob) = (&house.usecases, house.acting("bob", None).await);
    let before = house.ledger(None).await.len();
    usecases.update_user(&bob, "bob", &same_user("bob")).await.unwrap();
    assert_eq!(house.ledger(None).await.len(), before, "nothing was to change");

    let mut update = same_user("bob");
    update.profile.insert("city".to_owned(), json!("Köln"));
    update.email = email("new@example.com");
    update.password = Some(Password::read("another").unwrap());
    usecases.update_user(&bob, "bob", &update).await.unwrap();
    update.profile = json!({"display_name": "Bob", "city": null}).as_object().cloned().unwrap();
    update.password = None;
    usecases.update_user(&bob, "bob", &update).await.unwrap();
    let shown = usecases.show_user(&bob, "bob").await.unwrap().profile;
    assert_eq!(Value::Object(shown), json!({"display_name": "Bob", "email": "new@example.com"}));
    let pivotal = house.acting("pivotal", None).await;
    usecases.authenticate_user(&pivotal, &credentials("bob", "another")).await.unwrap();
    let old = usecases.authenticate_user(&pivotal, &credentials("bob", "foobar")).await;
    assert_eq!(sentence(old), "Failed to authenticate: Username and password incorrect");

    // The address that bob has given up is free, that of eve is not.
    let clash = UserUpdate { email: email("eve@example.com"), ..same_user("bob") };
    let clash = usecases.update_user(&bob, "bob", &clash).await;
    assert_eq!(sentence(clash), "User 'bob' already exists");
    let taken = UserUpdate { email: email("bob@example.com"), ..same_user("eve") };
    usecases.update_user(&pivotal, "eve", &taken).await.unwrap();
    let without = UserUpdate { email: None, ..same_user("bob") };
    let without = usecases.update_user(&bob, "bob", &without).await;
    assert_eq!(sentence(without), "Field 'email' missing");
}

#[tokio::test]
async fn a_renamed_user_keeps_keys_rights_and_memberships() {
    let house = House::new().await;
    for name in ["bob", "eve"] {
        house.make_user(name).await.unwrap();
    }
    let (usecases, bob) = (&house.usecases, house.acting("bob", None).await);
    let store = usecases.store();
    let mut write = Write::new(None, usecases.clock().now());
    write.add_key(&Scope::Global, public_key(7), "u/bob".parse().unwrap());
    let admins = store.object(&Scope::Global, Kind::Group, "server-admins").await.unwrap().unwrap();
    write.changes.push(Change::AddMember { of: admins.id, member: bob.id().unwrap() });
    write.enter(&Scope::Global, pantry_store::Verb::Update, Kind::Group, "server-admins", None);
    store.commit(write).await.unwrap();
    house.keys.refresh(store.as_ref(), &"u/bob".parse().unwrap()).await.unwrap();

    let clash = UserUpdate { name: "eve".parse().unwrap(), ..same_user("bob") };
    let clash = usecases.update_user(&bob, "bob", &clash).await;
    assert_eq!(sentence(clash), "User 'eve' already exists");

    let rename = UserUpdate { name: "rob".parse().unwrap(), ..same_user("bob") };
    assert!(usecases.update_user(&bob, "bob", &rename).await.unwrap().renamed);
    let rob = house.acting("rob", None).await;
    assert_eq!(rob.id(), bob.id());
    let shown = usecases.show_user(&rob, "rob").await.unwrap();
    assert_eq!(shown.public_key.as_deref(), Some("KEY bob"));
    assert_eq!(sentence(usecases.show_user(&rob, "bob").await), "Could not find user bob");
    // By the group that it is in.
    usecases.list_users(&rob, &UserFilter::All).await.unwrap();
    let (old, new): (Principal, Principal) = ("u/bob".parse().unwrap(), "u/rob".parse().unwrap());
    assert_eq!(house.keys.owner(&public_key(7)), Some(new));
    assert_eq!(*house.fleet.parted.lock().unwrap(), [old]);
    // The old name begins anew, and has nothing of that.
    let again = NewUser { email: email("x@y.zz"), ..new_user("bob") };
    let pivotal = house.acting("pivotal", None).await;
    usecases.create_user(&pivotal, &again).await.unwrap();
    let bob = house.acting("bob", None).await;
    assert_ne!(bob.id(), rob.id());
    assert_eq!(sentence(usecases.show_user(&bob, "rob").await), "missing read permission");
}

#[tokio::test]
async fn a_deleted_user_leaves_nothing_behind() {
    let house = House::with_clients(&[]).await;
    house.make_user("bob").await.unwrap();
    let (usecases, pivotal) = (&house.usecases, house.acting("pivotal", None).await);
    let (store, bob) = (usecases.store(), house.acting("bob", None).await.id().unwrap());
    let shop = Scope::Application("shop".parse().unwrap());
    let mut write = Write::new(None, usecases.clock().now());
    for (number, kind) in [(201, Kind::Association), (202, Kind::Invitation)] {
        let (id, name) = (pantry_model::ObjectId([number; 16]), bob.to_string());
        write.create_object(&shop, kind, &name, id, b"{}".to_vec(), pantry_model::Acl::default());
        write.changes.push(Change::AddMember { of: id, member: bob });
    }
    write.add_key(&Scope::Global, public_key(7), "u/bob".parse().unwrap());
    store.commit(write).await.unwrap();
    house.keys.refresh(store.as_ref(), &"u/bob".parse().unwrap()).await.unwrap();
    let before = usecases.known(None, "bob").await.unwrap();
    assert_eq!(before.candidates().len(), 1);

    let was = usecases.delete_user(&pivotal, "bob").await.unwrap();
    assert_eq!(was.public_key.as_deref(), Some("KEY bob"));
    for kind in [Kind::Association, Kind::Invitation] {
        assert_eq!(store.count(&shop, kind).await.unwrap(), 0, "{kind:?}");
    }
    assert_eq!(house.keys.owner(&public_key(7)), None);
    assert_eq!(*house.fleet.parted.lock().unwrap(), ["u/bob".parse().unwrap()]);
    assert!(usecases.known(None, "bob").await.unwrap().candidates().is_empty());
    assert_eq!(sentence(usecases.delete_user(&pivotal, "bob").await), "Could not find user bob");
    house.make_user("bob").await.unwrap();
    assert_eq!(store.member_of(house.acting("bob", None).await.id().unwrap()).await.unwrap(), []);
}

#[tokio::test]
async fn the_servers_own_users_stay() {
    let house = House::new().await;
    let (usecases, pivotal) = (&house.usecases, house.acting("pivotal", None).await);
    for name in ["pivotal", "admin"] {
        let deleted = sentence(usecases.delete_user(&pivotal, name).await);
        let expected =
            format!("User '{name}' belongs to the server itself and cannot be renamed or deleted");
        assert_eq!(deleted, expected);
        let rename = UserUpdate { name: "x".parse().unwrap(), ..same_user(name) };
        let renamed = usecases.update_user(&pivotal, name, &rename).await;
        assert_eq!(sentence(renamed), expected);
        let refused = usecases.authenticate_user(&pivotal, &credentials(name, "foobar")).await;
        assert_eq!(sentence(refused), "missing create permission");
    }
}

#[tokio::test]
async fn passwords_are_tried_for_a_superuser_only() {
    let house = House::new().await;
    let (usecases, pivotal) = (&house.usecases, house.acting("pivotal", None).await);
    house.make_user("bob").await.unwrap();
    let bob = house.acting("bob", None).await;
    let right = credentials("bob", "foobar");
    let let_in = usecases.authenticate_user(&pivotal, &right).await.unwrap();
    assert_eq!((let_in.name.as_str(), let_in.public_key), ("bob", None));
    for wrong in [credentials("bob", "foobaz"), credentials("nobody", "foobar")] {
        let refused = usecases.authenticate_user(&pivotal, &wrong).await;
        assert_eq!(sentence(refused), "Failed to authenticate: Username and password incorrect");
    }
    for refused in [
        usecases.authenticate_user(&bob, &right).await,
        usecases.recover_system(&bob, &right).await,
    ] {
        assert_eq!(sentence(refused), "missing create permission");
    }
    usecases.set_password(&bob, "bob", &Password::read("another").unwrap()).await.unwrap();
    usecases.authenticate_user(&pivotal, &credentials("bob", "another")).await.unwrap();
}

#[tokio::test]
async fn recovery_is_for_those_for_whom_it_is_enabled() {
    let house = House::new().await;
    let (usecases, pivotal) = (&house.usecases, house.acting("pivotal", None).await);
    house.make_user("bob").await.unwrap();
    let disabled = "System recovery disabled for this user";
    for name in ["bob", "no#{body}"] {
        let refused = usecases.recover_system(&pivotal, &credentials(name, "foobar")).await;
        assert_eq!(sentence(refused), disabled);
    }
    let enable = UserUpdate { recovery_authentication_enabled: Some(true), ..same_user("bob") };
    usecases.update_user(&pivotal, "bob", &enable).await.unwrap();
    usecases.recover_system(&pivotal, &credentials("bob", "foobar")).await.unwrap();
    let wrong = usecases.recover_system(&pivotal, &credentials("bob", "foobaz")).await;
    assert_eq!(sentence(wrong), "Failed to authenticate: Username and password incorrect");
}

#[tokio::test]
async fn a_first_key_can_be_made_given_or_left_out() {
    let house = House::new().await;
    let (usecases, pivotal) = (&house.usecases, house.acting("pivotal", None).await);
    let made = NewUser { key: Some(KeySource::Generate), ..new_user("made") };
    let made = usecases.create_user(&pivotal, &made).await.unwrap().key.unwrap();
    let private = made.private_key.unwrap();
    assert_eq!(private.public_key().to_pem(), made.public_key);
    let without = NewUser { key: None, ..new_user("without") };
    assert!(usecases.create_user(&pivotal, &without).await.unwrap().key.is_none());
    assert_eq!(usecases.show_user(&pivotal, "without").await.unwrap().public_key, None);
    assert_eq!(usecases.list_keys(&pivotal, KeyOwner::User("without")).await.unwrap(), []);
    // Version 0 gives it one by changing the user, and replaces it so.
    for text in ["one", "other"] {
        let update = UserUpdate { key: Some(key(text)), ..same_user("without") };
        usecases.update_user(&pivotal, "without", &update).await.unwrap();
        let shown = usecases.show_user(&pivotal, "without").await.unwrap();
        assert_eq!(shown.public_key, Some(format!("KEY {text}")));
    }
}
