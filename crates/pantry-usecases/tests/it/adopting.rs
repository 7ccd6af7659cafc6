//! Versions of cookbooks that several applications have: found, and adopted on a shelf.

use pantry_model::refusals::shelves;
use pantry_model::{Acl, ApplicationName, Error};
use pantry_store::Kind;
use pantry_usecases::{Adoption, SharedVersion};
use serde_json::json;

use crate::house::{House, app};
use crate::standing::{of, refusal};
use crate::vetting::{apps, named, staged};

impl House {
    async fn shares(&self, who: &str, from: &[&str]) -> Result<Vec<SharedVersion>, Error> {
        let caller = self.calls(who, "base").await;
        self.usecases.shared_cookbooks(&caller, &apps(from)).await
    }
}

fn shared_line(one: &SharedVersion) -> String {
    let who: Vec<_> = one.applications.iter().map(ApplicationName::as_str).collect();
    let SharedVersion { name, version, files, bytes, state, .. } = one;
    format!("{name} {version} of {}: {files} files, {bytes} bytes, {state:?}", who.join(" "))
}

#[tokio::test]
async fn what_several_have_is_adopted_once() {
    let house = staged().await;
    let it = &house.usecases;
    for name in ["mill", "bank"] {
        house.create_application(name).await.unwrap();
        house.associate(name, "sue").await;
    }
    house.associate("shop", "sue").await;
    let frozen = json!({"frozen?": true});
    for (application, name, contents, with) in [
        ("shop", "apt", &[1, 2][..], frozen.clone()),
        ("mill", "apt", &[1, 2], json!({})),
        ("bank", "apt", &[1, 3], json!({})),
        ("shop", "web", &[4], json!({})),
        ("mill", "web", &[4], json!({"dependencies": {"apt": "> 1.0"}})),
        ("shop", "alone", &[5], json!({})),
        ("mill", "zsh", &[6], json!({})),
        ("bank", "zsh", &[6], json!({})),
        ("base", "zsh", &[7], json!({})),
        ("shop", "ntp", &[8], json!({})),
        ("bank", "ntp", &[8], json!({})),
        ("base", "ntp", &[8], frozen),
    ] {
        house.uploads_cookbook(("sue", application), (name, "1.0.0"), contents, with).await;
    }
    let all = ["shop", "mill", "bank"];
    let found = house.shares("sue", &all).await.unwrap();
    let lines = |found: &[SharedVersion]| found.iter().map(shared_line).collect::<Vec<_>>();
    assert_eq!(
        lines(&found),
        [
            "apt 1.0.0 of shop mill: 2 files, 3 bytes, Possible",
            "ntp 1.0.0 of shop bank: 1 files, 8 bytes, There",
            "zsh 1.0.0 of mill bank: 1 files, 6 bytes, Other",
        ]
    );
    assert_eq!(house.has("base").await, ["ntp/1.0.0", "zsh/1.0.0"]);

    let sue = house.calls("sue", "base").await;
    let only = named(&["zsh@1.0.0"]);
    let done = it.adopt_cookbooks(&sue, &apps(&all), (Some(&only), false)).await.unwrap();
    assert_eq!(done.iter().map(|one| one.state).collect::<Vec<_>>(), [Adoption::Other]);
    let done = it.adopt_cookbooks(&sue, &apps(&all), (None, false)).await.unwrap();
    assert_eq!(done[0].state, Adoption::Done);
    assert_eq!(house.has("base").await, ["apt/1.0.0", "ntp/1.0.0", "zsh/1.0.0"]);
    assert_eq!(house.held("base", &[1, 2, 3, 6]).await, [1, 2]);
    assert_eq!(house.has("shop").await.len(), 4, "their own copies stay");
    let again = house.shares("sue", &all).await.unwrap();
    assert_eq!(again[0].state, Adoption::There);
    // The shelf's ledger names nobody.
    let ledger = house.ledger(Some("base")).await.join("\n");
    assert!(!all.iter().any(|name| ledger.contains(name)), "{ledger}");

    for (who, from, expected) in [
        ("sue", &["shop"][..], shelves::invalid_applications()),
        ("sue", &["shop", "shop"], shelves::invalid_applications()),
        ("sue", &["shop", "base"], shelves::copied_to_itself(&app("base"))),
        ("sue", &["shop", "nothing"], shelves::unreadable("nothing")),
    ] {
        assert_eq!(refusal(house.shares(who, from).await), expected, "{from:?}");
    }
    house.associate("base", "bob").await;
    assert_eq!(refusal(house.shares("bob", &all).await), shelves::unreadable("mill"));
    house.set_acl(&of("mill"), Kind::Cookbook, "apt", Acl::default()).await;
    let refused = house.shares("sue", &all).await;
    assert_eq!(refusal(refused), shelves::unreadable_cookbook("apt", "mill"));
}
