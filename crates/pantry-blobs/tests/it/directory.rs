//! A directory of contents.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::{Duration, UNIX_EPOCH};

use pantry_blobs::{BlobError, Blobs, Directory};
use pantry_model::Timestamp;
use tempfile::TempDir;

use crate::contract::{bytes, holds, keep, receive};

fn open(folder: &TempDir) -> Directory {
    Directory::open(&folder.path().join("blobs"), Timestamp(0)).unwrap()
}

/// Every file and directory below one.
fn walk(directory: &Path) -> Vec<(std::path::PathBuf, fs::Metadata)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        if metadata.is_dir() {
            found.extend(walk(&entry.path()));
        }
        found.push((entry.path(), metadata));
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_keeps_contents() {
    let folder = tempfile::tempdir().unwrap();
    holds(&open(&folder)).await;
}

#[tokio::test]
async fn only_the_server_can_read_them_and_nothing_else_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = open(&folder);
    for length in [10, 200_000] {
        keep(&blobs, &bytes(length)).await;
    }
    let files: Vec<_> = walk(folder.path());
    assert_eq!(files.iter().filter(|(_, metadata)| metadata.is_file()).count(), 2);
    for (path, metadata) in files {
        let expected = if metadata.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(metadata.permissions().mode() & 0o777, expected, "{}", path.display());
    }
}

#[tokio::test]
async fn they_are_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let of = keep(&open(&folder), &bytes(10)).await;
    assert_eq!(open(&folder).size(&of).await.unwrap(), Some(10));
}

#[tokio::test]
async fn what_somebody_has_left_goes_after_a_day() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = open(&folder);
    let mut spool = blobs.spool();
    spool.write(bytes(100_000)).await.unwrap();
    let incoming = folder.path().join("blobs/incoming");
    let count = || fs::read_dir(&incoming).unwrap().count();
    assert_eq!(count(), 1);
    // As a server that is killed leaves it.
    std::mem::forget(spool);
    let written = walk(&incoming)[0].1.modified().unwrap().duration_since(UNIX_EPOCH).unwrap();
    let day = Duration::from_hours(24);
    for (later, left) in [(day, 1), (day + Duration::from_secs(1), 0)] {
        Directory::open(&folder.path().join("blobs"), Timestamp(0).after(written + later)).unwrap();
        assert_eq!(count(), left);
    }
}

#[tokio::test]
async fn what_a_broken_disk_has_left_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = open(&folder);
    for length in [10, 200_000] {
        let of = keep(&blobs, &bytes(length)).await.to_string();
        let path = folder.path().join("blobs").join(&of[..2]).join(&of[2..4]).join(&of);
        fs::write(&path, b"half").unwrap();
        let mut reading = blobs.get(&of.parse().unwrap(), 0..length as u64).await.unwrap().unwrap();
        let mut last = None;
        while let Some(part) = reading.next().await {
            last = Some(part.is_err());
            if last == Some(true) {
                break;
            }
        }
        assert_eq!(last, Some(true), "half of a content passes for all of it");
        keep(&blobs, &bytes(length)).await;
        assert!(fs::read(&path).unwrap() == bytes(length));
    }
}

#[tokio::test]
async fn what_is_no_content_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let blobs = open(&folder);
    let of = keep(&blobs, &bytes(10)).await;
    let root = folder.path().join("blobs");
    let name = of.to_string();
    fs::create_dir_all(root.join("00/zz")).unwrap();
    fs::write(root.join("readme"), b"").unwrap();
    fs::write(root.join(&name[..2]).join(&name[2..4]).join("0".repeat(64)), b"").unwrap();
    fs::write(root.join(&name[..2]).join(&name[2..4]).join("x"), b"").unwrap();
    let listed = blobs.list(None, 10).await.unwrap();
    assert_eq!(listed.iter().map(|one| one.sha256).collect::<Vec<_>>(), [of]);
}

#[tokio::test]
async fn where_nothing_can_be_kept_that_is_said_with_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let refused = Directory::open(&file, Timestamp(0)).unwrap_err();
    assert!(refused.to_string().contains(&*file.display().to_string()), "{refused}");

    let blobs = open(&folder);
    let received = receive(&blobs, &bytes(10), 10).await;
    fs::remove_dir_all(folder.path().join("blobs")).unwrap();
    let refused = blobs.put(&received).await.unwrap_err();
    assert!(matches!(&refused, BlobError::Unavailable(text) if text.contains("incoming")));
    assert!(blobs.answers().await.is_err());
}
