//! Machines: enrolled once, with one key each; deleted with what they had been asked.

use pantry_model::{DeliveryState, Error, Target};

use crate::house::{House, app, machine, new_job, public_key};

#[tokio::test]
async fn a_name_and_a_key_are_taken_once() {
    let house = House::with_clients(&[("web1", "prod", &["web"])]).await;
    let again = house.enrol("shop", "web1", "prod", &[], 2).await.unwrap_err();
    assert_eq!(again, Error::ClientTaken(machine("shop", "web1")));
    let same_key = house.enrol("shop", "web2", "prod", &[], 1).await.unwrap_err();
    assert_eq!(same_key, Error::KeyTaken);
    let nowhere = house.enrol("nope", "web1", "prod", &[], 3).await.unwrap_err();
    assert_eq!(nowhere, Error::UnknownApplication(app("nope")));
    // What failed left nothing behind.
    assert_eq!(house.clients("shop").await, ["web1"]);
    assert_eq!(house.keys.owner(&public_key(2)), None);
    let ledger = house.ledger(Some("shop")).await;
    let of_clients = |line: &&String| line.contains("web") || line.contains(" key ");
    let of_clients: Vec<_> =
        ledger.iter().filter(of_clients).filter_map(|line| line.split_once(' ')).collect();
    assert_eq!(
        of_clients.into_iter().map(|(_, what)| what).collect::<Vec<_>>(),
        [
            "u/admin create machine web1",
            "u/admin create key a/shop/i/web1",
            "u/admin create api-client web1",
        ]
    );
}

#[tokio::test]
async fn a_deleted_machine_is_unknown_at_once_and_its_deliveries_end_true() {
    let house = House::with_clients(&[("here", "prod", &[]), ("away", "prod", &[])]).await;
    house.arrives("here", 7);
    let job = house.usecases.start_job(&house.admin, new_job(Target::default())).await.unwrap();
    for name in ["here", "away"] {
        house.usecases.delete_machine(&house.admin, &machine("shop", name)).await.unwrap();
    }
    assert_eq!((house.keys.owner(&public_key(1)), house.keys.owner(&public_key(2))), (None, None));
    assert_eq!(house.fleet.parted.lock().unwrap().len(), 2);

    let view = house.usecases.show_job(&house.admin, job[0].job).await.unwrap();
    let states: Vec<_> =
        view.deliveries.iter().map(|it| (it.identity.as_str(), it.state)).collect();
    // What was sent may have run; what never was has not.
    let expected = [("away", DeliveryState::Cancelled), ("here", DeliveryState::Interrupted)];
    assert_eq!(states, expected);
    let again = house.usecases.delete_machine(&house.admin, &machine("shop", "here")).await;
    assert_eq!(again.unwrap_err(), Error::UnknownClient(machine("shop", "here")));
}

#[tokio::test]
async fn a_machine_that_is_here_says_so() {
    let house = House::with_clients(&[("web1", "prod", &["web"])]).await;
    let id = machine("shop", "web1");
    let before = house.usecases.show_machine(&house.admin, &id).await.unwrap();
    assert!(!before.online && before.last_seen.is_none());
    house.arrives("web1", 7);
    let now = house.usecases.show_machine(&house.admin, &id).await.unwrap();
    assert!(now.online && now.last_seen.is_some() && now.address.as_deref() == Some("127.0.0.1"));
    let status = house.usecases.application_status(&house.admin, None).await.unwrap();
    assert_eq!((status[0].clients, status[0].online), (1, 1));
}
