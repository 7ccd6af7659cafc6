//! Shelves: what an application sees of them, and until when.

use pantry_model::chef::cookbook::{AskedVersion, NumVersions};
use pantry_model::chef::{Environment, ShelfUpdate};
use pantry_model::refusals::{cookbooks, request, shelves};
use pantry_model::{Error, Permission};
use pantry_store::Kind;
use pantry_usecases::{AttachedShelf, Caller, UseCases};
use serde_json::json;

use crate::chef::said;
use crate::cookbooks::{cookbook, files, md5};
use crate::house::{House, app};
use crate::people::staffed;
use crate::standing::{of, refusal};

/// Two applications, `shop` of ann and bob and `mill` of eve, and two shelves of sue's.
async fn shelved() -> House {
    let house = staffed().await;
    house.create_application("mill").await.unwrap();
    house.associate("mill", "eve").await;
    house.group("mill", "admins", "eve", true).await;
    house.stranger("sue").await;
    for shelf in ["base", "extra"] {
        house.create_application(shelf).await.unwrap();
        house.associate(shelf, "sue").await;
        house.group(shelf, "admins", "sue", true).await;
        let sue = house.calls("sue", shelf).await;
        assert!(house.usecases.create_shelf(&sue, &app(shelf)).await.unwrap());
        house.usecases.grant_shelf(&sue, &app(shelf), &app("shop")).await.unwrap();
    }
    house
}

impl House {
    async fn puts(&self, who: &str, application: &str, name: &str, version: &str) {
        let caller = self.calls(who, application).await;
        let new = cookbook(name, version, &json!({}));
        self.usecases.put_cookbook(&caller, &new, false).await.unwrap();
    }

    async fn attaches(&self, shelf: &str) -> Result<(), Error> {
        let ann = self.calls("ann", "shop").await;
        self.usecases.attach_shelf(&ann, &app(shelf), None).await
    }

    async fn sees(&self, who: &str, application: &str) -> Vec<String> {
        let caller = self.calls(who, application).await;
        let listed = self.usecases.list_cookbooks(&caller, NumVersions::All).await.unwrap();
        let line = |one: &pantry_usecases::ListedCookbook| {
            let versions = one.versions.iter().map(|version| format!(" {version}"));
            format!("{}{}", one.name, versions.collect::<String>())
        };
        listed.iter().map(line).collect()
    }
}

/// That every application may use a shelf, or only those that it is granted to.
pub(crate) fn for_all(is_for_all: bool) -> ShelfUpdate {
    ShelfUpdate { granted_to_all: Some(is_for_all), ..ShelfUpdate::default() }
}

fn asked(version: &str) -> (AskedVersion, &str) {
    (AskedVersion::read(version).unwrap(), version)
}

async fn shown(it: &UseCases, caller: &Caller, name: &str, version: &str) -> serde_json::Value {
    said(&it.show_cookbook(caller, name, asked(version)).await.unwrap().stored)
}

fn usable(name: &str) -> AttachedShelf {
    AttachedShelf { name: app(name), is_usable: true }
}

#[tokio::test]
async fn of_each_name_and_version_the_first_counts() {
    let house = shelved().await;
    for (who, application, name, version) in [
        ("bob", "shop", "apt", "1.0.0"),
        ("sue", "base", "apt", "1.0.0"),
        ("sue", "base", "apt", "2.0.0"),
        ("sue", "extra", "apt", "2.0.0"),
        ("sue", "extra", "zsh", "1.0.0"),
    ] {
        house.puts(who, application, name, version).await;
    }
    assert_eq!(house.sees("bob", "shop").await, ["apt 1.0.0"]);
    house.attaches("base").await.unwrap();
    house.attaches("extra").await.unwrap();
    assert_eq!(house.sees("bob", "shop").await, ["apt 2.0.0 1.0.0", "zsh 1.0.0"]);
    assert!(house.sees("eve", "mill").await.is_empty());
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    assert_eq!(shown(it, &bob, "apt", "_latest").await["metadata"]["version"], "2.0.0");
    let solved = it.solve_in_environment(&bob, "_default", &["zsh".parse().unwrap()], false).await;
    assert_eq!(solved.unwrap().len(), 1);
    assert_eq!(it.list_recipes(&bob).await.unwrap(), Vec::<String>::new());

    // What comes to a shelf is there at once.
    house.puts("sue", "base", "apt", "3.0.0").await;
    assert_eq!(house.sees("bob", "shop").await, ["apt 3.0.0 2.0.0 1.0.0", "zsh 1.0.0"]);
    let ann = house.calls("ann", "shop").await;
    let old = json!({"name": "old", "cookbook_versions": {"apt": "< 3"}}).to_string();
    it.create_environment(&ann, &Environment::read(old.as_bytes()).unwrap()).await.unwrap();
    let number = NumVersions::UpTo(1);
    let in_old = it.list_cookbook_versions_in_environment(&bob, ("old", "apt"), number).await;
    assert_eq!(in_old.unwrap().versions[0].to_string(), "2.0.0");
}

#[tokio::test]
async fn a_put_makes_a_copy_and_a_shelf_s_own_is_not_deleted() {
    let house = shelved().await;
    let it = &house.usecases;
    let (bob, sue) = (house.calls("bob", "shop").await, house.calls("sue", "base").await);
    house.uploads("base", &[1, 2]).await;
    let frozen = json!({"recipes": files(&[1, 2]), "frozen?": true});
    it.put_cookbook(&sue, &cookbook("web", "1.0.0", &frozen), false).await.unwrap();
    house.attaches("base").await.unwrap();

    let deleted = it.delete_cookbook(&bob, "web", asked("1.0.0")).await;
    assert_eq!(refusal(deleted), shelves::only_on_a_shelf("web"));
    let gone = it.delete_cookbook(&bob, "web", asked("2.0.0")).await;
    assert_eq!(refusal(gone), cookbooks::version_not_found("web", "2.0.0"));

    // Contents of just this version need not be sent again; those of another one do.
    let other = cookbook("web", "1.1.0", &json!({"recipes": files(&[1])}));
    let refused = it.put_cookbook(&bob, &other, false).await;
    assert_eq!(refusal(refused), cookbooks::not_uploaded());
    let unknown = cookbook("web", "1.0.0", &json!({"recipes": files(&[1, 3])}));
    let refused = it.put_cookbook(&bob, &unknown, false).await;
    assert_eq!(refusal(refused), cookbooks::not_uploaded());
    let copy = cookbook("web", "1.0.0", &json!({"recipes": files(&[1])}));
    assert!(it.put_cookbook(&bob, &copy, false).await.unwrap().is_new);
    assert_eq!(house.held("shop", &[1, 2]).await, [1]);
    let recipes = |stored: serde_json::Value| stored["recipes"].as_array().map(Vec::len);
    assert_eq!(recipes(shown(it, &bob, "web", "1.0.0").await), Some(1));
    assert_eq!(shown(it, &bob, "web", "1.0.0").await["frozen?"], false);
    assert_eq!(recipes(shown(it, &sue, "web", "1.0.0").await), Some(2));

    // Without the copy the shelf's is there again.
    it.delete_cookbook(&bob, "web", asked("1.0.0")).await.unwrap();
    assert_eq!(recipes(shown(it, &bob, "web", "1.0.0").await), Some(2));
    assert_eq!(it.store().contents(&of("shop"), &[md5(1)]).await.unwrap(), [None]);
}

#[tokio::test]
async fn what_is_withdrawn_is_gone_with_the_next_request() {
    let house = shelved().await;
    let (it, other) = (&house.usecases, house.beside());
    let (bob, sue) = (house.calls("bob", "shop").await, house.calls("sue", "base").await);
    house.puts("sue", "base", "apt", "1.0.0").await;
    house.attaches("base").await.unwrap();
    assert_eq!(house.sees("bob", "shop").await, ["apt 1.0.0"]);
    assert_eq!(it.attached_shelves(&bob).await.unwrap(), [usable("base")]);

    other.revoke_shelf(&sue, &app("base"), &app("shop")).await.unwrap();
    assert!(house.sees("bob", "shop").await.is_empty());
    assert!(!it.attached_shelves(&bob).await.unwrap()[0].is_usable);
    let missing = it.show_cookbook(&bob, "apt", asked("1.0.0")).await;
    assert_eq!(refusal(missing), cookbooks::version_not_found("apt", "1.0.0"));
    let twice = other.revoke_shelf(&sue, &app("base"), &app("shop")).await;
    assert_eq!(refusal(twice), shelves::no_grant(&app("base"), "shop"));

    other.update_shelf(&sue, &app("base"), &for_all(true)).await.unwrap();
    assert_eq!(house.sees("bob", "shop").await, ["apt 1.0.0"]);
    other.update_shelf(&sue, &app("base"), &for_all(false)).await.unwrap();
    assert!(house.sees("bob", "shop").await.is_empty());
    other.grant_shelf(&sue, &app("base"), &app("shop")).await.unwrap();
    assert_eq!(house.sees("bob", "shop").await, ["apt 1.0.0"]);

    // Who may not read the application's cookbooks does not read its shelves'.
    let ann = house.calls("ann", "shop").await;
    it.detach_shelf(&ann, "base").await.unwrap();
    assert!(house.sees("bob", "shop").await.is_empty());
    assert_eq!(
        refusal(it.detach_shelf(&ann, "base").await),
        shelves::not_attached("base", &app("shop"))
    );
}

#[tokio::test]
async fn a_namesake_of_a_shelf_or_of_an_application_is_another() {
    let house = shelved().await;
    let it = &house.usecases;
    house.puts("sue", "base", "apt", "1.0.0").await;
    house.attaches("base").await.unwrap();
    let superuser = house.calls("pivotal", "base").await;
    it.delete_application(&superuser, &app("base")).await.unwrap();
    assert!(house.sees("bob", "shop").await.is_empty());

    house.create_application("base").await.unwrap();
    house.associate("base", "eve").await;
    house.group("base", "admins", "eve", true).await;
    let eve = house.calls("eve", "base").await;
    assert!(it.create_shelf(&eve, &app("base")).await.unwrap());
    it.update_shelf(&eve, &app("base"), &for_all(true)).await.unwrap();
    house.puts("eve", "base", "apt", "6.6.6").await;
    assert!(house.sees("bob", "shop").await.is_empty());
    // Who wants it says so.
    house.attaches("base").await.unwrap();
    assert_eq!(house.sees("bob", "shop").await, ["apt 6.6.6"]);

    let superuser = house.calls("pivotal", "shop").await;
    it.delete_application(&superuser, &app("shop")).await.unwrap();
    house.create_application("shop").await.unwrap();
    assert_eq!(
        it.store().names(&of("extra"), Kind::ShelfGrant).await.unwrap(),
        Vec::<String>::new()
    );
}

#[tokio::test]
async fn what_is_no_shelf_or_not_granted_is_refused_in_the_same_words() {
    let house = shelved().await;
    let (it, eve) = (&house.usecases, house.calls("eve", "mill").await);
    for name in ["base", "shop", "nothing"] {
        let refused = it.attach_shelf(&eve, &app(name), None).await;
        assert_eq!(refusal(refused), shelves::not_granted(&app(name), &app("mill")), "{name}");
    }
    let (ann, bob) = (house.calls("ann", "shop").await, house.calls("bob", "shop").await);
    let refused = it.attach_shelf(&bob, &app("base"), None).await;
    assert_eq!(refusal(refused), request::missing_permission(Permission::Update));
    let itself = it.attach_shelf(&ann, &app("shop"), None).await;
    assert_eq!(refusal(itself), shelves::shelf_of_itself(&app("shop")));
    house.attaches("base").await.unwrap();
    let twice = house.attaches("base").await;
    assert_eq!(refusal(twice), shelves::attached_already(&app("base"), &app("shop")));

    // A grant does not tell whether there is an application.
    let sue = house.calls("sue", "base").await;
    it.grant_shelf(&sue, &app("base"), &app("nothing")).await.unwrap();
    let base = it.show_shelf(&sue, &app("base")).await.unwrap();
    assert_eq!(base.grants.unwrap(), ["nothing", "shop"]);

    // Shelves are not shelves of each other.
    it.grant_shelf(&sue, &app("base"), &app("extra")).await.unwrap();
    let extra = house.calls("sue", "extra").await;
    it.grant_shelf(&extra, &app("extra"), &app("base")).await.unwrap();
    it.attach_shelf(&extra, &app("base"), None).await.unwrap();
    let cycle = it.attach_shelf(&sue, &app("extra"), None).await;
    assert_eq!(refusal(cycle), shelves::cycle(&app("extra"), &app("base")));
}

#[tokio::test]
async fn shelves_stand_in_the_order_that_is_said() {
    let house = shelved().await;
    let (it, ann) = (&house.usecases, house.calls("ann", "shop").await);
    house.attaches("extra").await.unwrap();
    it.attach_shelf(&ann, &app("base"), Some(0)).await.unwrap();
    assert_eq!(it.attached_shelves(&ann).await.unwrap(), [usable("base"), usable("extra")]);
    it.order_shelves(&ann, &[app("extra"), app("base")]).await.unwrap();
    assert_eq!(it.attached_shelves(&ann).await.unwrap(), [usable("extra"), usable("base")]);
    for order in [vec![], vec![app("base")], vec![app("base"); 2], vec![app("base"), app("mill")]] {
        let refused = it.order_shelves(&ann, &order).await;
        assert_eq!(refusal(refused), shelves::other_shelves(&app("shop")));
    }
}
