//! Applications: made once, listed, deleted with all that is theirs.

use pantry_model::{Error, Target};
use pantry_usecases::NewApplication;

use crate::house::{House, app, machine, new_job, public_key};

#[tokio::test]
async fn an_application_is_made_once_and_written_down() {
    let house = House::new().await;
    house.create_application("shop").await.unwrap();
    let again = house.create_application("shop").await.unwrap_err();
    assert_eq!(again, Error::ApplicationTaken(app("shop")));
    for scope in [None, Some("shop")] {
        let ledger = house.ledger(scope).await;
        let made = |line: &&String| line.ends_with(" u/admin create application shop");
        assert_eq!(ledger.iter().filter(made).count(), 1, "{ledger:#?}");
    }
}

#[tokio::test]
async fn of_many_who_make_the_same_one_wins() {
    let house = House::new().await;
    let tries = (0..16).map(|_| {
        let (usecases, admin) = (house.usecases.clone(), house.admin.clone());
        tokio::spawn(async move {
            let caller = usecases.caller(&admin, None).await.unwrap();
            let new = NewApplication { name: app("shop"), full_name: None };
            usecases.create_application(&caller, new).await
        })
    });
    let mut made = 0;
    for one in tries.collect::<Vec<_>>() {
        match one.await.unwrap() {
            Ok(_) => made += 1,
            Err(error) => assert_eq!(error, Error::ApplicationTaken(app("shop"))),
        }
    }
    assert_eq!(made, 1);
}

#[tokio::test]
async fn deleting_takes_clients_keys_and_jobs_along_and_nothing_of_others() {
    let house = House::with_clients(&[("web1", "prod", &[]), ("web2", "prod", &[])]).await;
    house.create_application("blog").await.unwrap();
    house.enrol("blog", "web1", "prod", &[], 9).await.unwrap();
    let job = house.usecases.start_job(&house.admin, new_job(Target::default())).await.unwrap();

    let caller = house.usecases.caller(&house.admin, Some(&app("shop"))).await.unwrap();
    house.usecases.delete_application(&caller, &app("shop")).await.unwrap();

    let mut parted = house.fleet.parted.lock().unwrap().clone();
    parted.sort();
    assert_eq!(parted, ["a/shop/i/web1", "a/shop/i/web2"].map(|p| p.parse().unwrap()));
    assert_eq!(house.keys.owner(&public_key(1)), None);
    assert_eq!(house.keys.owner(&public_key(9)), Some("a/blog/i/web1".parse().unwrap()));
    let gone = house.usecases.show_job(&house.admin, job[0].job).await.unwrap_err();
    assert_eq!(gone, Error::UnknownJob(job[0].job));
    let unknown = house.usecases.show_machine(&house.admin, &machine("shop", "web1")).await;
    assert_eq!(unknown.unwrap_err(), Error::UnknownApplication(app("shop")));
    house.usecases.show_machine(&house.admin, &machine("blog", "web1")).await.unwrap();
    // The key is free again, and the name begins anew.
    house.create_application("shop").await.unwrap();
    house.enrol("shop", "web1", "prod", &[], 1).await.unwrap();
    assert_eq!(house.clients("shop").await, ["web1"]);
}

#[tokio::test]
async fn whoever_may_not_is_told_so_and_changes_nothing() {
    let house = House::with_clients(&[("web1", "prod", &[])]).await;
    let eve = &house.outsider;
    let usecases = &house.usecases;
    let forbidden = [
        usecases.delete_machine(eve, &machine("shop", "web1")).await.err(),
        usecases.show_machine(eve, &machine("shop", "web1")).await.err(),
        usecases.start_job(eve, new_job(Target::default())).await.err(),
        usecases.list_jobs(eve, Some(&app("shop")), 10).await.err(),
        usecases.read_ledger(eve, None, None, 10).await.err(),
        usecases.read_refusals(eve, 10).await.err(),
        usecases.application_status(eve, Some(&app("shop"))).await.err(),
    ];
    for error in forbidden {
        assert!(matches!(error, Some(Error::Forbidden { .. })), "{error:?}");
    }
    assert_eq!(usecases.list_applications(eve).await.unwrap(), []);
    assert_eq!(usecases.list_jobs(eve, None, 10).await.unwrap(), []);
    let before = house.ledger(None).await;
    assert!(usecases.caller(eve, None).await.is_err(), "eve is nobody");
    assert_eq!(house.ledger(None).await, before);
}

#[tokio::test]
async fn the_ledger_is_read_from_its_end_or_from_a_position() {
    let house = House::new().await;
    house.create_application("shop").await.unwrap();
    let read = async |after, limit| {
        let lines = house.usecases.read_ledger(&house.admin, None, after, limit).await.unwrap();
        lines.into_iter().map(|line| line.position).collect::<Vec<_>>()
    };
    let all = read(Some(0), 1000).await;
    let last = u64::try_from(all.len()).unwrap();
    assert_eq!(all, (1..=last).collect::<Vec<_>>());
    assert_eq!(read(None, 2).await, [last - 1, last]);
    assert_eq!(read(None, 1000).await, all);
    assert_eq!(read(Some(0), 2).await, [1, 2]);
    assert_eq!(read(Some(2), 1000).await, all[2..]);
}
