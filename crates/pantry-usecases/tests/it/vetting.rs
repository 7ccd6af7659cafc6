//! Versions of cookbooks on their way to a shelf: promoted with what they need, as a whole or not at
//! all.

use std::sync::Arc;

use pantry_model::chef::cookbook::{AskedVersion, NumVersions, is_frozen};
use pantry_model::refusals::{request, shelves};
use pantry_model::{Acl, ApplicationName, CookbookName, Error, Permission, Version};
use pantry_store::{Change, Kind, Write};
use pantry_usecases::{Caller, PromotedVersion, UseCases};
use serde_json::{Value, json};

use crate::chef::said;
use crate::cookbooks::{cookbook, files, md5};
use crate::house::{House, app};
use crate::people::staffed;
use crate::standing::{of, refusal};

/// The application `shop` of ann and bob, and sue's `stage` and the shelf `base`.
pub(crate) async fn staged() -> House {
    let house = staffed().await;
    house.stranger("sue").await;
    for name in ["stage", "base"] {
        house.create_application(name).await.unwrap();
        house.associate(name, "sue").await;
        house.group(name, "admins", "sue", true).await;
    }
    let sue = house.calls("sue", "base").await;
    assert!(house.usecases.create_shelf(&sue, &app("base")).await.unwrap());
    house
}

impl House {
    /// Uploads files with these contents, and has somebody put a cookbook of them.
    pub(crate) async fn uploads_cookbook(
        &self,
        (who, application): (&str, &str),
        (name, version): (&str, &str),
        contents: &[u8],
        with: Value,
    ) {
        self.uploads(application, contents).await;
        let mut with = with;
        with["recipes"] = files(contents).into();
        let caller = self.calls(who, application).await;
        let new = cookbook(name, version, &with);
        self.usecases.put_cookbook(&caller, &new, false).await.unwrap();
    }

    /// What an application has of its own.
    pub(crate) async fn has(&self, application: &str) -> Vec<String> {
        self.usecases.store().names(&of(application), Kind::CookbookVersion).await.unwrap()
    }

    async fn promotes(&self, who: &str, named: &[&str]) -> Result<Vec<String>, Error> {
        let caller = self.calls(who, "base").await;
        promoted(&self.usecases, &caller, named).await
    }
}

pub(crate) fn apps(names: &[&str]) -> Vec<ApplicationName> {
    names.iter().map(|name| app(name)).collect()
}

pub(crate) fn named(texts: &[&str]) -> Vec<(CookbookName, Version)> {
    let one = |text: &&str| {
        let (name, version) = text.split_once('@').unwrap();
        (name.parse().unwrap(), version.parse().unwrap())
    };
    texts.iter().map(one).collect()
}

async fn promoted(it: &UseCases, caller: &Caller, what: &[&str]) -> Result<Vec<String>, Error> {
    let promoted = it.promote_cookbooks(caller, &app("stage"), &named(what), false).await?;
    Ok(promoted.iter().map(line).collect())
}

fn line(one: &PromotedVersion) -> String {
    let is_there = if one.is_new { "" } else { " is there" };
    let by = one.needed_by.as_ref();
    let by = by.map(|need| format!(" for {} {}", need.cookbook, need.version)).unwrap_or_default();
    format!("{} {}{is_there}{by}", one.name, one.version)
}

#[tokio::test]
async fn a_version_comes_with_what_it_needs_and_all_of_it_is_frozen() {
    let house = staged().await;
    let it = &house.usecases;
    let of_sue = ("sue", "stage");
    let needs = json!({"dependencies": {"apt": ">= 1.0"}});
    house.uploads_cookbook(of_sue, ("web", "1.0.0"), &[1, 2], needs).await;
    house.uploads_cookbook(of_sue, ("apt", "1.0.0"), &[2, 3], json!({})).await;
    house.uploads_cookbook(of_sue, ("other", "1.0.0"), &[4], json!({})).await;

    let sue = house.calls("sue", "base").await;
    let dry =
        it.promote_cookbooks(&sue, &app("stage"), &named(&["web@1.0.0"]), true).await.unwrap();
    assert_eq!(dry.iter().map(line).collect::<Vec<_>>(), ["web 1.0.0", "apt 1.0.0 for web 1.0.0"]);
    assert_eq!((dry[0].files, dry[0].bytes), (2, 3));
    assert!(house.has("base").await.is_empty());

    let done = house.promotes("sue", &["web@1.0.0"]).await.unwrap();
    assert_eq!(done, ["web 1.0.0", "apt 1.0.0 for web 1.0.0"]);
    assert_eq!(house.has("base").await, ["apt/1.0.0", "web/1.0.0"]);
    for name in ["apt/1.0.0", "web/1.0.0"] {
        let stored = it.store().document(&of("base"), Kind::CookbookVersion, name).await.unwrap();
        assert!(is_frozen(&stored.unwrap().body), "{name}");
    }
    let staged = it.store().document(&of("stage"), Kind::CookbookVersion, "web/1.0.0").await;
    assert!(!is_frozen(&staged.unwrap().unwrap().body));
    // The copies hold their contents themselves.
    assert_eq!(house.held("base", &[1, 2, 3, 4]).await, [1, 2, 3]);
    let asked = (AskedVersion::read("1.0.0").unwrap(), "1.0.0");
    let stage = house.calls("sue", "stage").await;
    it.delete_cookbook(&stage, "web", asked).await.unwrap();
    assert_eq!(house.held("base", &[1, 2]).await, [1, 2]);
    let shown = it.show_cookbook(&sue, "web", asked).await.unwrap();
    assert_eq!((shown.links.len(), said(&shown.stored)["frozen?"].clone()), (2, true.into()));
    let listed = it.list_cookbooks(&sue, NumVersions::All).await.unwrap();
    assert_eq!(listed.len(), 2);

    let ledger = house.ledger(Some("base")).await;
    let said: Vec<_> = ledger.iter().filter(|line| line.contains(" promotion ")).collect();
    assert_eq!(said.len(), 2, "{ledger:?}");
    assert!(said[0].ends_with(" u/sue create promotion web/1.0.0 from stage"), "{said:?}");
    assert!(ledger.iter().any(|it| it.ends_with(" u/sue create cookbook-version apt/1.0.0")));

    // What is there is passed over, and what comes later is counted with it.
    house.uploads_cookbook(of_sue, ("apt", "2.0.0"), &[5], json!({})).await;
    house.uploads_cookbook(of_sue, ("apt", "3.0.0"), &[5], json!({})).await;
    let again = house.promotes("sue", &["apt@1.0.0", "apt@2.0.0", "apt@3.0.0"]).await.unwrap();
    assert_eq!(again, ["apt 1.0.0 is there", "apt 2.0.0", "apt 3.0.0"]);
    for version in ["1.0.0", "2.0.0", "3.0.0"] {
        let asked = (AskedVersion::read(version).unwrap(), version);
        it.delete_cookbook(&sue, "apt", asked).await.unwrap();
    }
    let cookbook = it.store().object(&of("base"), Kind::Cookbook, "apt").await.unwrap();
    assert_eq!(cookbook, None, "all versions were counted");
}

#[tokio::test]
async fn what_is_there_with_another_content_is_named_and_nothing_is_promoted() {
    let house = staged().await;
    for (application, contents) in [("stage", [1]), ("base", [2])] {
        for name in ["apt", "zsh"] {
            house
                .uploads_cookbook(("sue", application), (name, "1.0.0"), &contents, json!({}))
                .await;
        }
    }
    let frozen = json!({"frozen?": true, "json_class": "Chef::CookbookVersion"});
    house.uploads_cookbook(("sue", "base"), ("same", "1.0.0"), &[3], frozen).await;
    house.uploads_cookbook(("sue", "stage"), ("same", "1.0.0"), &[3], json!({})).await;
    house.uploads_cookbook(("sue", "stage"), ("new", "1.0.0"), &[4], json!({})).await;
    let refused = house.promotes("sue", &["new@1.0.0", "zsh@1.0.0", "apt@1.0.0"]).await;
    let others = vec!["apt 1.0.0".to_owned(), "zsh 1.0.0".to_owned()];
    assert_eq!(refusal(refused), shelves::other_versions(others, "base"));
    assert_eq!(house.has("base").await, ["apt/1.0.0", "same/1.0.0", "zsh/1.0.0"]);
    let done = house.promotes("sue", &["new@1.0.0", "same@1.0.0"]).await.unwrap();
    assert_eq!(done, ["new 1.0.0", "same 1.0.0 is there"]);

    let missing = house.promotes("sue", &["new@2.0.0"]).await;
    let version = "2.0.0".parse().unwrap();
    assert_eq!(refusal(missing), shelves::no_such_version("new", version, "stage"));
    let needs = json!({"dependencies": {"apt": "> 1.0"}});
    house.uploads_cookbook(("sue", "stage"), ("web", "1.0.0"), &[5], needs).await;
    let sentence = refusal(house.promotes("sue", &["web@1.0.0"]).await).sentence;
    assert!(sentence.starts_with("What web 1.0.0 needs cannot be had of 'stage' and 'base'"));
    assert!(sentence.contains("apt"), "{sentence}");

    // Under an MD5 that the shelf has for another content nothing can come.
    let scope = of("stage");
    let mut write = Write::new(None, house.usecases.clock().now());
    let other =
        pantry_model::Content { md5: md5(3), sha256: pantry_model::Sha256([99; 32]), size: 1 };
    let asked = (AskedVersion::read("1.0.0").unwrap(), "1.0.0");
    let stage = house.calls("sue", "stage").await;
    house.usecases.delete_cookbook(&stage, "same", asked).await.unwrap();
    write.create(&scope, Kind::Upload, "evil", b"{}".to_vec());
    let (name, kind) = ("evil".to_owned(), Kind::Upload);
    write.changes.push(Change::Hold { scope, kind, name, contents: vec![other], taken_from: None });
    house.usecases.store().commit(write).await.unwrap();
    let evil = cookbook("evil", "1.0.0", &json!({"recipes": files(&[3])}));
    house.usecases.put_cookbook(&stage, &evil, false).await.unwrap();
    let refused = house.promotes("sue", &["evil@1.0.0"]).await;
    assert_eq!(refusal(refused), shelves::other_content("evil 1.0.0", &md5(3), "base"));
}

#[tokio::test]
async fn whoever_promotes_may_read_there_and_upload_here() {
    let house = staged().await;
    let it = &house.usecases;
    house.uploads_cookbook(("sue", "stage"), ("apt", "1.0.0"), &[1], json!({})).await;
    house.uploads_cookbook(("sue", "stage"), ("apt", "2.0.0"), &[1], json!({})).await;
    house.associate("base", "bob").await;
    // One who does not belong there hears the same as of what is not there.
    let refused = house.promotes("bob", &["apt@1.0.0"]).await;
    assert_eq!(refusal(refused), shelves::unreadable("stage"));
    let bob = house.calls("bob", "base").await;
    let refused = it.promote_cookbooks(&bob, &app("nothing"), &named(&["apt@1.0.0"]), false).await;
    assert_eq!(refusal(refused), shelves::unreadable("nothing"));
    house.api_client("base", "web1").await;
    let client = it.caller(&"a/base/i/web1".parse().unwrap(), Some(&app("base"))).await.unwrap();
    let refused = it.promote_cookbooks(&client, &app("stage"), &named(&["apt@1.0.0"]), true).await;
    assert_eq!(refusal(refused), shelves::unreadable("stage"));

    house.associate("stage", "bob").await;
    assert_eq!(house.promotes("bob", &["apt@1.0.0"]).await.unwrap(), ["apt 1.0.0"]);
    let acl = house.acl(&of("stage"), Kind::Cookbook, "apt").await;
    house.set_acl(&of("stage"), Kind::Cookbook, "apt", Acl::default()).await;
    let refused = house.promotes("bob", &["apt@2.0.0"]).await;
    assert_eq!(refusal(refused), shelves::unreadable_cookbook("apt", "stage"));
    house.set_acl(&of("stage"), Kind::Cookbook, "apt", acl).await;

    let own = house.acl(&of("base"), Kind::Cookbook, "apt").await;
    house.set_acl(&of("base"), Kind::Cookbook, "apt", Acl::default()).await;
    let refused = house.promotes("bob", &["apt@2.0.0"]).await;
    assert_eq!(refusal(refused), request::missing_permission(Permission::Update));
    house.set_acl(&of("base"), Kind::Cookbook, "apt", own).await;
    house.set_acl(&of("base"), Kind::Container, "cookbooks", Acl::default()).await;
    assert_eq!(house.promotes("bob", &["apt@2.0.0"]).await.unwrap(), ["apt 2.0.0"]);
    house.uploads_cookbook(("sue", "stage"), ("new", "1.0.0"), &[1], json!({})).await;
    let refused = house.promotes("bob", &["new@1.0.0"]).await;
    assert_eq!(refusal(refused), request::missing_permission(Permission::Create));

    let stage = house.calls("sue", "stage").await;
    let refused = it.promote_cookbooks(&stage, &app("base"), &named(&["apt@1.0.0"]), false).await;
    assert_eq!(refusal(refused), shelves::not_a_shelf(&app("stage")));
    let base = house.calls("sue", "base").await;
    let refused = it.promote_cookbooks(&base, &app("base"), &named(&["apt@1.0.0"]), false).await;
    assert_eq!(refusal(refused), shelves::copied_to_itself(&app("base")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_meanwhile_is_promoted_as_a_whole_or_not() {
    const ROUNDS: u8 = 30;
    let house = Arc::new(staged().await);
    let needs = |version: u8| json!({"dependencies": {"apt": format!("= 1.{version}.0")}});
    for round in 0..ROUNDS {
        let of_sue = ("sue", "stage");
        house.uploads_cookbook(of_sue, ("web", &format!("1.{round}.0")), &[1], needs(round)).await;
        house
            .uploads_cookbook(of_sue, ("apt", &format!("1.{round}.0")), &[round + 2], json!({}))
            .await;
    }
    // One takes the dependencies away that the other promotes.
    let other = house.beside();
    let deletes = {
        let house = Arc::clone(&house);
        tokio::spawn(async move {
            let sue = house.calls("sue", "stage").await;
            for round in 0..ROUNDS {
                let version = format!("1.{round}.0");
                let asked = (AskedVersion::read(&version).unwrap(), version.as_str());
                other.delete_cookbook(&sue, "apt", asked).await.unwrap();
            }
        })
    };
    let (mut whole, mut refused) = (0, 0);
    for round in (0..ROUNDS).rev() {
        match house.promotes("sue", &[&format!("web@1.{round}.0")]).await {
            Ok(_) => whole += 1,
            Err(Error::Refused(_)) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    deletes.await.unwrap();
    assert_eq!(whole + refused, ROUNDS);
    let there = house.has("base").await;
    for round in 0..ROUNDS {
        let is_there = |name: &str| there.contains(&format!("{name}/1.{round}.0"));
        assert_eq!(is_there("web"), is_there("apt"), "{round} of {there:?}");
        let expected = if is_there("apt") { vec![round + 2] } else { vec![] };
        assert_eq!(house.held("base", &[round + 2]).await, expected);
    }
    assert_eq!(there.len(), usize::from(whole) * 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_that_comes_from_elsewhere_meanwhile_is_a_conflict() {
    let house = Arc::new(staged().await);
    house.uploads("base", &[2]).await;
    let other = house.beside();
    for round in 0..10 {
        let version = format!("1.{round}.0");
        house.uploads_cookbook(("sue", "stage"), ("apt", &version), &[1], json!({})).await;
        let puts = {
            let (house, other, version) = (Arc::clone(&house), other.clone(), version.clone());
            tokio::spawn(async move {
                let sue = house.calls("sue", "base").await;
                let new = json!({"recipes": files(&[2]), "frozen?": true});
                other.put_cookbook(&sue, &cookbook("apt", &version, &new), false).await
            })
        };
        let promotes = house.promotes("sue", &[&format!("apt@{version}")]).await;
        let expected = match (puts.await.unwrap(), promotes) {
            (Ok(_), refused) => {
                let others = vec![format!("apt {version}")];
                assert_eq!(refusal(refused), shelves::other_versions(others, "base"));
                2
            }
            (Err(_), promoted) => {
                promoted.unwrap();
                1
            }
        };
        let (kept, name) = (Kind::CookbookVersion, format!("apt/{version}"));
        let store = house.usecases.store();
        let held = store.contents_of(&of("base"), kept, &name).await.unwrap();
        assert_eq!(held.iter().map(|it| it.md5).collect::<Vec<_>>(), [md5(expected)]);
        // What an upload has left goes with what takes it over.
        house.uploads("base", &[2]).await;
    }
}
