//! The server's disk is full: nothing is answered that is not kept, everything else goes on, and
//! when there is room again so does the server.
//!
//! On SQLite, whichever backend the tests run on: with PostgreSQL the disk is another program's.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use pantry_testkit::backend::Backend;
use pantry_testkit::installation::Installation;
use pantry_testkit::process::Process;

use crate::whole::BINARY;

/// So many jobs never fit.
const MOST_JOBS: usize = 100;

#[test]
fn a_server_with_a_full_disk_says_so_and_recovers() -> Result<()> {
    let house = Installation::on(Backend::Sqlite, BINARY.as_ref(), BINARY.as_ref())?;
    // A limit on the size of files is a full disk for the database, and can be lifted from outside.
    let mut server = Process::spawn(
        "server",
        Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" server --config server.yml", BINARY])
            .current_dir(house.path("")),
    )?;
    server.wait_for("is listening")?;
    house.succeed(&["app", "create", "shop"])?;
    house.enrol("shop", "web1", &[])?;
    let _client = house.start_client("shop", "web1")?;
    server.limit_files(Some(256 * 1024))?;

    std::fs::write(house.path("input"), vec![b'x'; 100 * 1024])?;
    let mut answered = Vec::new();
    let refused = loop {
        let output = house.run(&[
            "-a",
            "shop",
            "exec",
            "--no-wait",
            "--stdin",
            "input",
            "--",
            "wc",
            "-c",
        ])?;
        if !output.status.success() {
            break output;
        }
        answered.push(String::from_utf8(output.stdout)?.trim().to_owned());
        ensure!(answered.len() < MOST_JOBS, "the limit was never reached");
    };
    assert_eq!(refused.status.code(), Some(13));
    let told = String::from_utf8(refused.stderr)?;
    assert!(told.contains("disk"), "{told}");
    // What needs no room still works.
    house.succeed(&["status"])?;

    server.limit_files(None)?;
    let last = house.succeed(&["-a", "shop", "exec", "--stdin", "input", "--", "wc", "-c"])?;
    assert_eq!(last.trim(), "web1 | 102400");
    for job in &answered {
        let mut watch = house.command(&["--json", "job", "watch", job]);
        Process::spawn("watch", &mut watch)?
            .wait_for("\"state\":\"succeeded\"")
            .context("answered before")?;
    }
    Ok(())
}
