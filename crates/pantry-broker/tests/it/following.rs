//! Jobs that another server has written down reach the machines that are here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use pantry_model::protocol::Reported;
use pantry_model::{
    ApplicationName, Delivery, DeliveryState, Ending, Incarnation, Job, JobId, MachineId, Principal,
};
use pantry_usecases::{Fleet, Follower, KeyRing, Presence, Random, UseCases, Workshop};

use crate::house::{House, job_for_web1};

/// A server to which only web1 seems to be connected, if anybody.
struct Elsewhere(Option<Incarnation>);

#[async_trait]
impl Fleet for Elsewhere {
    fn presence(&self, _machine: &MachineId) -> Option<Presence> {
        let (address, version) = ("127.0.0.1".to_owned(), "1".to_owned());
        self.0.map(|incarnation| Presence { incarnation, address, version })
    }
    fn online(&self, _application: &ApplicationName) -> u64 {
        u64::from(self.0.is_some())
    }
    async fn send_out(&self, _job: &Job, _payload: Vec<u8>, _deliveries: &[Delivery]) {}
    async fn take_up(&self, _job: &Job, _payload: Vec<u8>, _deliveries: Vec<Delivery>) {}
    async fn part_with(&self, _principals: &[Principal]) {}
}

/// Random numbers that the house's own do not meet.
struct Others(AtomicU32);

impl Random for Others {
    fn number(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// Starts a job for web1 on another server of the same store.
async fn start_elsewhere(house: &House, seems_here: Option<Incarnation>) -> JobId {
    let ring = Arc::new(KeyRing::load(house.store.as_ref()).await.unwrap());
    let random = Arc::new(Others(AtomicU32::new(1 << 31)));
    let (store, fleet) = (house.store.clone(), Arc::new(Elsewhere(seems_here)));
    let (clock, workshop) = (house.clock.clone(), Workshop::start().unwrap());
    let files = house.files.clone();
    let other = UseCases::new(store, clock, random, ring, fleet, workshop, files);
    let new = job_for_web1(Duration::from_secs(60));
    other.start_job(&house.admin, new).await.unwrap()[0].job
}

#[tokio::test]
async fn a_job_that_was_started_elsewhere_is_marked_as_sent_and_delivered() {
    let house = House::new().await;
    let mut follower = Follower::begin(house.store.as_ref()).await.unwrap();
    let mut peer = house.web1(1).await;
    let job = start_elsewhere(&house, None).await;
    let queued = house.delivery(job, |_| true).await;
    assert_eq!((queued.state, queued.incarnation), (DeliveryState::Queued, None));

    follower.catch_up(&house.usecases).await.unwrap();
    let message = peer.message(pantry_model::MessageType::Deliver).await;
    assert_eq!((message.metadata.job, message.payload()), (Some(job), &b"input"[..]));
    let sent = house.delivery(job, |_| true).await;
    assert_eq!((sent.state, sent.incarnation), (DeliveryState::Sent, Some(Incarnation(1))));
    peer.report(job, Reported::Succeeded, Ending::default()).await;
    house.delivery(job, |it| it.state == DeliveryState::Succeeded).await;
}

#[tokio::test]
async fn a_job_that_was_sent_by_a_server_that_the_machine_has_left_is_delivered() {
    let house = House::new().await;
    let mut follower = Follower::begin(house.store.as_ref()).await.unwrap();
    let mut peer = house.web1(1).await;
    let other = start_elsewhere(&house, Some(Incarnation(2))).await;
    let same = start_elsewhere(&house, Some(Incarnation(1))).await;
    follower.catch_up(&house.usecases).await.unwrap();
    // What is for another incarnation is not for this one.
    assert_eq!(peer.delivered().await.job, same);
    assert_eq!(house.delivery(other, |_| true).await.incarnation, Some(Incarnation(2)));
}

#[tokio::test]
async fn what_was_started_here_is_delivered_once() {
    let house = House::new().await;
    let mut follower = Follower::begin(house.store.as_ref()).await.unwrap();
    let mut peer = house.web1(1).await;
    let first = house.start_job(60_000).await;
    assert_eq!(peer.delivered().await.job, first);
    follower.catch_up(&house.usecases).await.unwrap();
    let second = house.start_job(60_000).await;
    assert_eq!(peer.delivered().await.job, second);
}

#[tokio::test]
async fn a_key_that_another_server_has_taken_away_has_nothing_done() {
    let house = House::new().await;
    let mut admin = house.connect_admin().await;
    admin.request(&pantry_model::commands::app::AppList {}).await;
    admin.message(pantry_model::MessageType::Reply).await;
    // Nobody here has heard of it yet.
    let mut write = pantry_store::Write::new(None, pantry_model::Timestamp(1));
    write.changes.push(pantry_store::Change::RemoveKeys { owner: house.admin.clone() });
    house.store.commit(write).await.unwrap();
    admin.request(&pantry_model::commands::app::AppList {}).await;
    admin.ended().await;
}
