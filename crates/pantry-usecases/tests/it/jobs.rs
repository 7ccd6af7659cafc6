//! Jobs: exactly the machines that a target means, written down before anyone is told.

use std::time::Duration;

use pantry_model::protocol::MAX_PAYLOAD_BYTES;
use pantry_model::{DeliveryState, Error, ErrorCode, Incarnation, Target};

use crate::house::{House, app, new_job};

fn target(environment: Option<&str>, roles: &[&str], identities: &[&str]) -> Target {
    Target {
        environment: environment.map(|it| it.parse().unwrap()),
        roles: roles.iter().map(|it| it.parse().unwrap()).collect(),
        identities: identities.iter().map(|it| it.parse().unwrap()).collect(),
        search: None,
    }
}

#[tokio::test]
async fn a_job_goes_to_exactly_the_machines_that_are_meant() {
    let house = House::with_clients(&[
        ("web1", "prod", &["web"]),
        ("web2", "test", &["web"]),
        ("db1", "prod", &["db"]),
    ])
    .await;
    house.create_application("blog").await.unwrap();
    house.enrol("blog", "web9", "prod", &["web"], 99).await.unwrap();
    for (target, meant) in [
        (target(None, &[], &[]), vec!["db1", "web1", "web2"]),
        (target(Some("prod"), &[], &[]), vec!["db1", "web1"]),
        (target(None, &["web"], &[]), vec!["web1", "web2"]),
        (target(Some("prod"), &["web"], &[]), vec!["web1"]),
        (target(None, &[], &["web*"]), vec!["web1", "web2"]),
        (target(None, &[], &["db1", "web2", "db1"]), vec!["db1", "web2"]),
    ] {
        let started = house.usecases.start_job(&house.admin, new_job(target)).await.unwrap();
        let view = house.usecases.show_job(&house.admin, started[0].job).await.unwrap();
        let got: Vec<_> = view.deliveries.iter().map(|it| it.identity.as_str()).collect();
        assert_eq!(got, meant);
        assert_eq!(started[0].deliveries, meant.len() as u64);
    }
}

#[tokio::test]
async fn a_machine_that_is_here_is_sent_to_at_once_and_one_that_is_away_waits() {
    let house = House::with_clients(&[("here", "prod", &[]), ("away", "prod", &[])]).await;
    house.arrives("here", 7);
    let started = house.usecases.start_job(&house.admin, new_job(Target::default())).await.unwrap();
    let stored = house.usecases.show_job(&house.admin, started[0].job).await.unwrap().deliveries;
    let expected = [
        ("away", DeliveryState::Queued, None),
        ("here", DeliveryState::Sent, Some(Incarnation(7))),
    ];
    let got: Vec<_> =
        stored.iter().map(|it| (it.identity.as_str(), it.state, it.incarnation)).collect();
    assert_eq!(got, expected);
    let (job, mut sent) = house.fleet.sent.lock().unwrap().remove(0);
    sent.sort_by(|a, b| a.identity.cmp(&b.identity));
    assert_eq!((job, sent), (started[0].job, stored));
}

#[tokio::test]
async fn without_an_application_there_is_a_job_for_each_that_is_meant() {
    let house = House::with_clients(&[("web1", "prod", &[])]).await;
    for (name, key) in [("blog", 50), ("idle", 51)] {
        house.create_application(name).await.unwrap();
        house.enrol(name, &format!("{name}1"), "prod", &[], key).await.unwrap();
    }
    let mut new = new_job(target(None, &[], &["web1", "blog1"]));
    new.application = None;
    let started = house.usecases.start_job(&house.admin, new).await.unwrap();
    let names: Vec<_> = started.iter().map(|it| it.application.as_str()).collect();
    assert_eq!(names, ["blog", "shop"]);
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_anything_is_written() {
    let house = House::with_clients(&[("web1", "prod", &[])]).await;
    let before = house.ledger(Some("shop")).await;
    let start = async |change: &dyn Fn(&mut pantry_usecases::NewJob)| {
        let mut new = new_job(Target::default());
        change(&mut new);
        house.usecases.start_job(&house.admin, new).await.unwrap_err()
    };
    let nobody = start(&|new| new.target = target(None, &[], &["nobody"])).await;
    assert_eq!(nobody.to_string(), "no client of the application `shop` matches -i nobody");
    let unknown = start(&|new| new.application = Some(app("nope"))).await;
    assert_eq!(unknown, Error::UnknownApplication(app("nope")));
    let large = start(&|new| new.payload = vec![0; MAX_PAYLOAD_BYTES + 1]).await;
    assert_eq!(large.code(), ErrorCode::TooLarge);
    assert_eq!(start(&|new| new.time_to_live = Duration::ZERO).await.code(), ErrorCode::Invalid);
    assert_eq!(start(&|new| new.order.timeout = Duration::MAX).await.code(), ErrorCode::Invalid);
    assert_eq!(house.ledger(Some("shop")).await, before);
}
