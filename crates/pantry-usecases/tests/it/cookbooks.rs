//! Versions of cookbooks: who may put them, what they hold, and what goes with the last of them.

use pantry_model::chef::cookbook::{AskedVersion, ManifestForm, NewCookbookVersion, NumVersions};
use pantry_model::refusals::{cookbooks, environments, request};
use pantry_model::{Acl, Content, Error, Md5, Permission, Sha256};
use pantry_store::{Change, Kind, Write};
use pantry_usecases::{Caller, SavedCookbook, UseCases};
use serde_json::{Value, json};

use crate::chef::{environment, said};
use crate::house::House;
use crate::people::staffed;
use crate::standing::{of, refusal};

impl House {
    /// Has an application hold contents, as an upload that has been closed does.
    pub(crate) async fn uploads(&self, application: &str, numbers: &[u8]) {
        let scope = of(application);
        let content = |number: &u8| Content {
            md5: md5(*number),
            sha256: Sha256([*number; 32]),
            size: u64::from(*number),
        };
        let mut write = Write::new(None, self.usecases.clock().now());
        let name = format!("{:?}", self.usecases.clock().now());
        write.create(&scope, Kind::Upload, &name, b"{}".to_vec());
        let (contents, kind) = (numbers.iter().map(content).collect(), Kind::Upload);
        write.changes.push(Change::Hold { scope, kind, name, contents, taken_from: None });
        self.usecases.store().commit(write).await.unwrap();
    }

    /// Which of these contents something of an application holds.
    pub(crate) async fn held(&self, application: &str, numbers: &[u8]) -> Vec<u8> {
        let md5s: Vec<_> = numbers.iter().copied().map(md5).collect();
        let found = self.usecases.store().contents(&of(application), &md5s).await.unwrap();
        let pairs = numbers.iter().zip(found);
        pairs.filter(|(_, found)| found.is_some()).map(|(number, _)| *number).collect()
    }
}

pub(crate) fn md5(number: u8) -> Md5 {
    Md5([number; 16])
}

/// Files with these contents.
pub(crate) fn files(numbers: &[u8]) -> Vec<Value> {
    let file = |number: &u8| {
        let (name, checksum) = (format!("r{number}.rb"), md5(*number).to_string());
        let path = format!("recipes/{name}");
        json!({ "name": name, "path": path, "checksum": checksum, "specificity": "default" })
    };
    numbers.iter().map(file).collect()
}

/// A cookbook with these changes to its body.
pub(crate) fn cookbook(name: &str, version: &str, with: &Value) -> NewCookbookVersion {
    let mut body = json!({
        "name": format!("{name}-{version}"),
        "cookbook_name": name,
        "metadata": { "version": version },
    });
    for (key, value) in with.as_object().unwrap() {
        if key == "dependencies" {
            body["metadata"][key] = value.clone();
        } else {
            body[key] = value.clone();
        }
    }
    let body = serde_json::to_vec(&body).unwrap();
    NewCookbookVersion::read(&body, (name, version), ManifestForm::Segments).unwrap()
}

async fn put(it: &UseCases, caller: &Caller, new: &NewCookbookVersion) -> Result<bool, Error> {
    it.put_cookbook(caller, new, false).await.map(|saved| saved.is_new)
}

fn asked(version: &str) -> (AskedVersion, &str) {
    (AskedVersion::read(version).unwrap(), version)
}

#[tokio::test]
async fn a_cookbook_is_there_as_long_as_it_has_a_version() {
    let house = staffed().await;
    let (it, ann, bob) =
        (&house.usecases, house.calls("ann", "shop").await, house.calls("bob", "shop").await);
    assert!(put(it, &bob, &cookbook("web", "1.9.0", &json!({}))).await.unwrap());
    assert!(put(it, &ann, &cookbook("web", "1.10.0", &json!({}))).await.unwrap());
    assert!(!put(it, &ann, &cookbook("web", "1.10.0", &json!({}))).await.unwrap());
    let list = |name: &'static str| it.list_cookbook_versions(&bob, name);
    let versions = |listed: pantry_usecases::ListedCookbook| {
        listed.versions.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(versions(list("web").await.unwrap()), ["1.10.0", "1.9.0"]);
    let shown = it.show_cookbook(&bob, "web", asked("_latest")).await.unwrap();
    assert_eq!(said(&shown.stored)["metadata"]["version"], "1.10.0");
    assert_eq!(said(&shown.stored)["metadata"]["dependencies"], json!({}));
    // Who has made it may do everything with it, and others what the container says.
    let acl = house.acl(&of("shop"), Kind::Cookbook, "web").await;
    let bob_id = house.id_of(Kind::User, "bob").await;
    assert!(acl.permits(Permission::Grant, |holder| *holder == bob_id));

    it.delete_cookbook(&bob, "web", asked("1.9")).await.unwrap();
    assert_eq!(versions(list("web").await.unwrap()), ["1.10.0"]);
    it.delete_cookbook(&bob, "web", asked("latest")).await.unwrap();
    assert_eq!(refusal(list("web").await), cookbooks::not_found("web"));
    let object = it.store().object(&of("shop"), Kind::Cookbook, "web").await.unwrap();
    assert_eq!(object, None);
    for kind in [Kind::CookbookVersion, Kind::CookbookSummary] {
        assert_eq!(it.store().count(&of("shop"), kind).await.unwrap(), 0, "{kind:?}");
    }
    let gone = it.show_cookbook(&bob, "web", asked("_latest")).await;
    assert_eq!(refusal(gone), cookbooks::version_not_found("web", "_latest"));
    let gone = it.delete_cookbook(&bob, "web", asked("1.10")).await;
    assert_eq!(refusal(gone), cookbooks::version_not_found("web", "1.10"));
}

#[tokio::test]
async fn one_that_is_frozen_stays_so() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    let web = |frozen: bool, version: &str| {
        cookbook("web", "1.0.0", &json!({ "frozen?": frozen, "version": version }))
    };
    put(it, &bob, &web(true, "1.0.0")).await.unwrap();
    let refused = put(it, &bob, &web(false, "1.0.0")).await;
    assert_eq!(refusal(refused), cookbooks::frozen("web", "1.0.0".parse().unwrap()));
    let forced = it.put_cookbook(&bob, &web(false, "1.0.0"), true).await.unwrap();
    let SavedCookbook { is_new, answer } = forced;
    assert!(!is_new);
    assert_eq!(said(&answer)["frozen?"], true);
    let shown = it.show_cookbook(&bob, "web", asked("1.0.0")).await.unwrap();
    assert_eq!(said(&shown.stored)["frozen?"], true);
}

#[tokio::test]
async fn a_version_holds_its_contents_and_lets_go_of_them() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    let web = |numbers: &[u8]| cookbook("web", "1.0.0", &json!({ "recipes": files(numbers) }));
    let refused = put(it, &bob, &web(&[1])).await;
    assert_eq!(refusal(refused), cookbooks::not_uploaded());
    assert_eq!(it.store().count(&of("shop"), Kind::Cookbook).await.unwrap(), 0);
    house.uploads("shop", &[1, 2, 3]).await;
    put(it, &bob, &web(&[1, 2])).await.unwrap();
    let shown = it.show_cookbook(&bob, "web", asked("1.0.0")).await.unwrap();
    assert_eq!(shown.links.iter().map(|(md5, _)| *md5).collect::<Vec<_>>(), [md5(1), md5(2)]);

    let refused = put(it, &bob, &web(&[1, 9])).await;
    assert_eq!(refusal(refused), cookbooks::md5_not_uploaded(&md5(9)));
    let no_md5 = json!([{ "name": "a", "path": "a", "checksum": "a", "specificity": "b" }]);
    let refused = put(it, &bob, &cookbook("web", "1.0.0", &json!({ "files": no_md5 }))).await;
    assert_eq!(refusal(refused), cookbooks::checksum_not_uploaded("a"));
    assert_eq!(house.held("shop", &[1, 2, 3]).await, [1, 2, 3]);

    put(it, &bob, &web(&[2, 3])).await.unwrap();
    assert_eq!(house.held("shop", &[1, 2, 3]).await, [2, 3], "the upload still held one");
    house.uploads("shop", &[2]).await;
    put(it, &bob, &web(&[2, 3])).await.unwrap();
    it.delete_cookbook(&bob, "web", asked("1.0.0")).await.unwrap();
    assert!(house.held("shop", &[1, 2, 3]).await.is_empty());
}

#[tokio::test]
async fn what_another_application_has_uploaded_is_no_use() {
    let house = staffed().await;
    house.create_application("shelf").await.unwrap();
    house.uploads("shelf", &[1]).await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    let web = cookbook("web", "1.0.0", &json!({ "recipes": files(&[1]) }));
    assert_eq!(refusal(put(it, &bob, &web).await), cookbooks::not_uploaded());
    let pivotal = house.calls("pivotal", "shelf").await;
    put(it, &pivotal, &web).await.unwrap();
    assert!(it.list_cookbooks(&bob, NumVersions::All).await.unwrap().is_empty());
    let missing = it.show_cookbook(&bob, "web", asked("1.0.0")).await;
    assert_eq!(refusal(missing), cookbooks::version_not_found("web", "1.0.0"));
}

#[tokio::test]
async fn clients_may_read_cookbooks_and_no_more() {
    let house = staffed().await;
    house.api_client("shop", "web1").await;
    let (it, web1) = (&house.usecases, house.client_calls("web1", "shop").await);
    let web = cookbook("web", "1.0.0", &json!({}));
    let missing = |permission| request::missing_permission(permission);
    assert_eq!(refusal(put(it, &web1, &web).await), missing(Permission::Create));
    put(it, &house.calls("bob", "shop").await, &web).await.unwrap();
    it.show_cookbook(&web1, "web", asked("1.0.0")).await.unwrap();
    assert_eq!(refusal(put(it, &web1, &web).await), missing(Permission::Update));
    let deleted = it.delete_cookbook(&web1, "web", asked("1.0.0")).await;
    assert_eq!(refusal(deleted), missing(Permission::Delete));
    house.set_acl(&of("shop"), Kind::Cookbook, "web", Acl::default()).await;
    let shown = it.show_cookbook(&web1, "web", asked("1.0.0")).await;
    assert_eq!(refusal(shown), missing(Permission::Read));
}

#[tokio::test]
async fn versions_come_and_go_side_by_side() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    for _ in 0..5 {
        let new: Vec<_> =
            (0..6).map(|n| cookbook("web", &format!("1.0.{n}"), &json!({}))).collect();
        let all = new.iter().map(|new| put(it, &bob, new));
        let [a, b, c, d, e, f] = <[_; 6]>::try_from(all.collect::<Vec<_>>()).ok().unwrap();
        let made = tokio::join!(a, b, c, d, e, f);
        assert!(matches!(made, (Ok(true), Ok(true), Ok(true), Ok(true), Ok(true), Ok(true))));
        assert_eq!(it.list_cookbook_versions(&bob, "web").await.unwrap().versions.len(), 6);
        let seventh = cookbook("web", "1.0.6", &json!({}));
        let delete = |version| it.delete_cookbook(&bob, "web", asked(version));
        let gone = tokio::join!(
            delete("1.0.0"),
            delete("1.0.1"),
            delete("1.0.2"),
            delete("1.0.3"),
            delete("1.0.4"),
            delete("1.0.5"),
            put(it, &bob, &seventh)
        );
        assert!(gone.0.is_ok() && gone.5.is_ok() && matches!(gone.6, Ok(true)));
        it.delete_cookbook(&bob, "web", asked("1.0.6")).await.unwrap();
        assert_eq!(it.store().count(&of("shop"), Kind::Cookbook).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn an_environment_lets_use_some_versions() {
    let house = staffed().await;
    let (it, bob) = (&house.usecases, house.calls("bob", "shop").await);
    house.uploads("shop", &[1, 2]).await;
    for (name, version, number) in
        [("web", "1.0.0", 1), ("web", "1.1.0", 2), ("web", "2.0.0", 2), ("db", "0.1.0", 1)]
    {
        let recipes = json!({ "recipes": files(&[number]) });
        put(it, &bob, &cookbook(name, version, &recipes)).await.unwrap();
    }
    for (name, constraint) in [("prod", "~> 1.0"), ("none", "> 9.0")] {
        let mut body = said(&environment(name, "").object().to_json());
        body["cookbook_versions"] = json!({ "web": constraint, "db": "< 0.1" });
        let body = serde_json::to_vec(&body).unwrap();
        let environment = pantry_model::chef::Environment::read(&body).unwrap();
        it.create_environment(&bob, &environment).await.unwrap();
    }
    let lines = async |environment: &str, number| {
        let all = it.list_cookbooks_in_environment(&bob, environment, number).await.unwrap();
        let line = |one: pantry_usecases::ListedCookbook| {
            one.versions.iter().fold(one.name.to_string(), |line, it| format!("{line} {it}"))
        };
        all.into_iter().map(line).collect::<Vec<_>>()
    };
    let one = NumVersions::UpTo(1);
    assert_eq!(lines("_default", one).await, ["db 0.1.0", "web 2.0.0"]);
    assert_eq!(lines("prod", NumVersions::All).await, ["web 1.1.0 1.0.0"]);
    assert_eq!(lines("prod", NumVersions::UpTo(0)).await, ["web"]);
    assert_eq!(lines("none", one).await, ["db", "web"]);
    let recipes = async |name: &str| it.list_recipes_in_environment(&bob, name).await.unwrap();
    assert_eq!(recipes("_default").await, ["db::r1", "web::r2"]);
    assert_eq!(recipes("prod").await, ["web::r2"]);
    assert_eq!(recipes("none").await, Vec::<String>::new());
    assert_eq!(it.list_recipes(&bob).await.unwrap(), ["db::r1", "web::r2"]);

    let versions = async |environment: &str, name: &str| {
        let of = (environment, name);
        it.list_cookbook_versions_in_environment(&bob, of, NumVersions::All).await
    };
    assert_eq!(versions("prod", "web").await.unwrap().versions.len(), 2);
    assert!(versions("prod", "db").await.unwrap().versions.is_empty());
    assert_eq!(refusal(versions("gone", "x").await), environments::not_found("gone"));
    // What is missing is told even to those who may not read the environment.
    house.set_acl(&of("shop"), Kind::Environment, "prod", Acl::default()).await;
    assert_eq!(refusal(versions("prod", "x").await), cookbooks::not_found("x"));
    let missing = request::missing_permission(Permission::Read);
    assert_eq!(refusal(versions("prod", "web").await), missing);
}
