//! `pantry client` as a process: one for each data directory, ended by SIGTERM.

use std::io::{BufRead, BufReader};

use rustix::process::{Pid, Signal, kill_process};

use super::process::{Place, wait};

#[test]
fn a_second_client_with_the_same_data_directory_does_not_start() {
    let place = Place::new();
    let keys = pantry_wire::generate_key_pair();
    let config = format!(
        "client: {{application: shop, identity: web1}}\nlog_level: debug\n\
         networking: {{receive_port: 1, pub_sub_port: 1}}\n\
         curve: {{server_public_key: \"{0}\", public_key: \"{0}\", secret_key: \"{1}\"}}\n",
        keys.public,
        keys.secret.expose_text()
    );
    place.write_secret("etc/client.yml", &config);
    let mut first = place.command(&["client", "--data-dir", "a/b"]).spawn().unwrap();
    // It says that nobody answers: then it runs.
    let mut log = BufReader::new(first.stdout.take().unwrap());
    let mut line = String::new();
    log.read_line(&mut line).unwrap();
    assert!(!line.contains(&keys.secret.expose_text()));

    let second = place.run(&["client", "--data-dir", "a/b"]);
    assert_eq!(second.code, Some(10), "{second:?}");
    assert!(second.stderr.contains("hint: each client on a machine needs"), "{}", second.stderr);

    kill_process(Pid::from_child(&first), Signal::TERM).unwrap();
    let first = wait(first);
    assert_eq!((first.code, first.stderr.as_str()), (Some(0), ""));
}
