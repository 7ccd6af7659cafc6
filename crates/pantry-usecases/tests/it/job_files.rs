//! What jobs hold of files: taken over from who has stored them, and let go when nobody needs it.

use bytes::Bytes;
use pantry_model::commands::ClientCommand as _;
use pantry_model::commands::file::FilePull;
use pantry_model::protocol::files::Place;
use pantry_model::{JobId, Principal, Sha256, Target};
use pantry_usecases::{NewJob, UseCases};
use sha2::Digest as _;

use crate::house::{House, app, machine, new_job};
use crate::upkeep::collected;

/// When the house's clock begins, and how long an hour is, in milliseconds.
const START: i64 = 1_000_000;
const HOUR: i64 = 60 * 60 * 1000;

fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

async fn store(usecases: &UseCases, who: &Principal, to: &Place, bytes: &'static [u8]) {
    let storing = usecases.begin_storing(who, to).await.unwrap();
    let mut upload = usecases.begin_file();
    upload.write(Bytes::from_static(bytes)).await.unwrap();
    let arrived = usecases.keep_file(upload, &sha256(bytes)).await.unwrap();
    usecases.hold_files(&storing, &[arrived]).await.unwrap();
}

/// Whether the bytes can be had.
async fn is_kept(house: &House, bytes: &[u8]) -> bool {
    house.files.blobs.size(&sha256(bytes)).await.unwrap().is_some()
}

/// A second application with a client.
async fn with_blog(house: &House) {
    house.create_application("blog").await.unwrap();
    house.enrol("blog", "web1", "prod", &[], 9).await.unwrap();
}

fn carrying(number: u64) -> NewJob {
    NewJob { staged: Some(number), ..new_job(Target::default()) }
}

async fn start(house: &House, new: NewJob) -> Vec<JobId> {
    let started = house.usecases.start_job(&house.admin, new).await.unwrap();
    started.into_iter().map(|started| started.job).collect()
}

#[tokio::test]
async fn what_was_stored_goes_to_the_jobs_of_all_applications_that_it_is_for() {
    let house = House::with_clients(&[("web1", "prod", &[]), ("db1", "prod", &[])]).await;
    with_blog(&house).await;
    store(&house.usecases, &house.admin, &Place::Staged(1), b"page").await;
    store(&house.usecases, &house.admin, &Place::Staged(1), b"style").await;
    store(&house.usecases, &house.admin, &Place::Staged(2), b"other").await;
    let jobs = start(&house, NewJob { application: None, ..carrying(1) }).await;
    assert_eq!(jobs.len(), 2);
    let held = [(sha256(b"page"), 4), (sha256(b"style"), 5)].into();
    for job in jobs {
        let (mut own, mut others) = (0, 0);
        for who in [machine("shop", "web1"), machine("shop", "db1"), machine("blog", "web1")] {
            match house.usecases.files_of_job(&who, job).await {
                Ok(files) => {
                    assert_eq!(files, held);
                    own += 1;
                }
                Err(error) => {
                    assert_eq!(error.to_string(), format!("there is no job `{job}`"));
                    others += 1;
                }
            }
        }
        assert!(own > 0 && others > 0, "{own} {others}");
    }
    // What one user stores is no other's, and a number is used once.
    let again = house.usecases.start_job(&house.admin, carrying(1)).await.unwrap_err();
    assert_eq!(again.to_string(), "nothing is stored under the number 1");
    assert_eq!(start(&house, carrying(2)).await.len(), 1);
}

#[tokio::test]
async fn files_go_when_nobody_can_need_them_any_more() {
    let house = House::with_clients(&[("web1", "prod", &[])]).await;
    with_blog(&house).await;
    store(&house.usecases, &house.admin, &Place::Staged(1), b"carried").await;
    let carried = start(&house, carrying(1)).await[0];
    store(&house.usecases, &house.admin, &Place::Staged(2), b"never used").await;
    let mut bringing = new_job(Target::default());
    bringing.order.command = FilePull::NAME.to_owned();
    let brings = start(&house, bringing.clone()).await[0];
    let (web1, of_blog) = (machine("shop", "web1"), machine("blog", "web1"));
    let principal = Principal::Machine(web1.clone());
    store(&house.usecases, &principal, &Place::Delivery(brings), b"brought").await;
    bringing.application = Some(app("blog"));
    let brings = start(&house, bringing).await[0];
    let principal = Principal::Machine(of_blog);
    store(&house.usecases, &principal, &Place::Delivery(brings), b"of blog").await;

    // An hour for it to be accepted, a minute to run, and an hour for the answer.
    let now = collected(&house.at(START + 2 * HOUR + 30_000), &house).await;
    assert_eq!(now.uploads, 0, "{now:?}");
    assert_eq!(house.usecases.files_of_job(&web1, carried).await.unwrap().len(), 1);
    let now = collected(&house.at(START + 2 * HOUR + 90_000), &house).await;
    assert_eq!((now.uploads, is_kept(&house, b"carried").await), (1, false), "{now:?}");
    assert!(is_kept(&house, b"brought").await && is_kept(&house, b"never used").await);
    // With its application.
    let caller = house.usecases.caller(&house.admin, None).await.unwrap();
    house.usecases.delete_application(&caller, &app("blog")).await.unwrap();
    let now = collected(&house.at(START + 3 * HOUR), &house).await;
    assert_eq!((now.uploads, is_kept(&house, b"of blog").await), (1, false), "{now:?}");
    let now = collected(&house.at(START + 25 * HOUR), &house).await;
    assert_eq!(now.uploads, 2, "{now:?}");
    assert!(!is_kept(&house, b"brought").await && !is_kept(&house, b"never used").await);
}
