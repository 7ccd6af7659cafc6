//! What is told of all cookbooks together, from memory.

use std::sync::Arc;

use pantry_model::Error;
use pantry_store::{Change, Kind, Write};
use pantry_usecases::{Catalogue, CatalogueCookbook, UseCases};

use crate::house::{House, app};
use crate::standing::of;

/// Stores a version of a cookbook, or deletes it.
async fn store(house: &House, name: &str, is_there: bool) {
    let scope = of("shop");
    let mut write = Write::new(None, house.usecases.clock().now());
    let kind = Kind::CookbookSummary;
    if is_there {
        write.create(&scope, Kind::CookbookVersion, name, b"{}".to_vec());
        let body = br#"{"dependencies":{"apt":">= 1.0"},"recipes":["default"]}"#.to_vec();
        write.changes.push(Change::Put { scope, kind, name: name.to_owned(), body });
    } else {
        let version = house.usecases.store().document(&scope, Kind::CookbookVersion, name).await;
        write.delete(&scope, Kind::CookbookVersion, name, version.unwrap().unwrap().hash);
        write.changes.push(Change::Delete { scope, kind, name: name.to_owned() });
    }
    house.usecases.store().commit(write).await.unwrap();
}

async fn catalogue(usecases: &UseCases) -> Arc<Catalogue> {
    let visible = usecases.visible_cookbooks(&of("shop")).await.unwrap();
    let own = visible.layers().next();
    Arc::clone(own.unwrap())
}

async fn all(usecases: &UseCases) -> Vec<String> {
    let catalogue = catalogue(usecases).await;
    lines(&catalogue)
}

fn lines(catalogue: &Catalogue) -> Vec<String> {
    let line = |cookbook: &Arc<CatalogueCookbook>| {
        let versions = cookbook.versions.iter().map(|one| one.version.to_string());
        format!("{} {}", cookbook.name, versions.collect::<Vec<_>>().join(" "))
    };
    catalogue.cookbooks().iter().map(line).collect()
}

#[tokio::test]
async fn each_server_sees_what_another_has_changed() {
    let house = House::new().await;
    house.create_application("shop").await.unwrap();
    let other = house.beside();
    assert!(all(&house.usecases).await.is_empty());
    assert!(all(&other).await.is_empty());
    for name in ["web/1.9.0", "web/1.10.0", "apt/1.0.0"] {
        store(&house, name, true).await;
    }
    for usecases in [&house.usecases, &other] {
        assert_eq!(all(usecases).await, ["apt 1.0.0", "web 1.10.0 1.9.0"]);
    }
    let before = catalogue(&other).await;
    assert!(Arc::ptr_eq(&before, &catalogue(&other).await));
    store(&house, "web/1.10.0", false).await;
    let after = catalogue(&other).await;
    assert_eq!(lines(&after), ["apt 1.0.0", "web 1.9.0"]);
    let apt = |it: &Catalogue| Arc::clone(it.cookbook("apt").unwrap());
    assert!(Arc::ptr_eq(&apt(&before), &apt(&after)), "what did not change was read again");
    store(&house, "web/1.9.0", false).await;
    assert_eq!(all(&other).await, ["apt 1.0.0"]);
}

#[tokio::test]
async fn many_changes_are_seen_as_well() {
    let house = House::new().await;
    house.create_application("shop").await.unwrap();
    store(&house, "web/1.0.0", true).await;
    assert_eq!(catalogue(&house.usecases).await.cookbooks().len(), 1);
    for number in 0..40 {
        store(&house, &format!("c{number}/1.0.0"), true).await;
    }
    assert_eq!(catalogue(&house.usecases).await.cookbooks().len(), 41);
}

#[tokio::test]
async fn an_applications_namesake_has_none_of_its_cookbooks() {
    let house = House::new().await;
    house.create_application("shop").await.unwrap();
    store(&house, "web/1.0.0", true).await;
    assert_eq!(all(&house.usecases).await, ["web 1.0.0"]);
    let superuser = house.calls("pivotal", "shop").await;
    house.usecases.delete_application(&superuser, &app("shop")).await.unwrap();
    let gone = house.usecases.visible_cookbooks(&of("shop")).await;
    assert!(matches!(gone, Err(Error::UnknownApplication(_))), "{gone:?}");
    house.create_application("shop").await.unwrap();
    assert!(all(&house.usecases).await.is_empty());
}
