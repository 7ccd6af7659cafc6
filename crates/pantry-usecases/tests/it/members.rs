//! Members as an application's own tools speak of them: users and admins at once.

use pantry_model::{Error, Target};

use crate::actors::sentence;
use crate::house::{House, app};
use crate::people::{shop, staffed};

impl House {
    async fn adds(&self, caller: &str, user: &str, admin: bool) -> Result<(), Error> {
        let caller = self.calls(caller, "shop").await;
        self.usecases.add_member(&caller, &user.parse().unwrap(), admin).await
    }

    async fn removes(&self, caller: &str, user: &str) -> Result<(), Error> {
        let caller = self.calls(caller, "shop").await;
        self.usecases.remove_member(&caller, &user.parse().unwrap()).await
    }

    /// The members of `shop`, admins with a star.
    async fn lists(&self, caller: &str) -> Result<Vec<String>, Error> {
        let caller = self.calls(caller, "shop").await;
        let members = self.usecases.list_members(&caller).await?.into_iter();
        let told = members.map(|it| format!("{}{}", it.user, if it.admin { "*" } else { "" }));
        Ok(told.collect())
    }
}

#[tokio::test]
async fn a_member_may_be_an_admin_at_once_or_later() {
    let house = staffed().await;
    assert_eq!(house.lists("bob").await.unwrap(), ["ann*", "bob"]);
    house.adds("admin", "eve", true).await.unwrap();
    house.adds("admin", "bob", true).await.unwrap();
    assert_eq!(house.lists("admin").await.unwrap(), ["ann*", "bob*", "eve*"]);
    let there = "The association already exists.";
    assert_eq!(sentence(house.adds("admin", "bob", true).await), there);
    assert_eq!(sentence(house.adds("admin", "bob", false).await), there);
    // Whoever is an admin may what admins may.
    house.removes("eve", "ann").await.unwrap();
    assert_eq!(house.lists("eve").await.unwrap(), ["bob*", "eve*"]);
}

#[tokio::test]
async fn whoever_is_taken_out_is_no_admin_either() {
    let house = staffed().await;
    house.removes("ann", "ann").await.unwrap();
    house.adds("admin", "ann", false).await.unwrap();
    assert_eq!(house.lists("ann").await.unwrap(), ["ann", "bob"]);
}

#[tokio::test]
async fn who_may_not_changes_nothing() {
    let house = staffed().await;
    assert_eq!(sentence(house.adds("ann", "eve", false).await), "missing create permission");
    assert_eq!(sentence(house.adds("eve", "eve", true).await), "missing create permission");
    assert_eq!(sentence(house.adds("admin", "nobody", true).await), "Could not find user nobody");
    assert_eq!(sentence(house.removes("bob", "ann").await), "missing update permission");
    let outside = "Cannot find a user eve in organization shop";
    assert_eq!(sentence(house.removes("ann", "eve").await), outside);
    assert_eq!(sentence(house.lists("eve").await), "missing read permission");
    assert_eq!(house.lists("ann").await.unwrap(), ["ann*", "bob"]);

    let caller = house.calls("admin", "nope").await;
    let nowhere = Error::UnknownApplication(app("nope"));
    assert_eq!(house.usecases.list_members(&caller).await.unwrap_err(), nowhere);
    let eve = "eve".parse().unwrap();
    assert_eq!(house.usecases.add_member(&caller, &eve, true).await.unwrap_err(), nowhere);
}

#[tokio::test]
async fn whoever_left_sees_nothing_whatever_groups_it_is_in() {
    let house = staffed().await;
    house.group("shop", "users", "bob", true).await;
    house.removes("ann", "bob").await.unwrap();
    assert_eq!(sentence(house.lists("bob").await), "missing read permission");
    let (bob, all) = ("u/bob".parse().unwrap(), Target::default());
    let machines = house.usecases.list_machines(&bob, &shop(), &all).await;
    assert!(matches!(machines, Err(Error::Forbidden { .. })), "{machines:?}");
}
