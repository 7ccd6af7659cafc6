//! `exec` and its like: what is shown while work goes on, and what it ends with.

use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex};

use pantry_model::{DeliveryState, Ending, OutputStream};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

use super::fake::{Answer, Fake, JOB, delivery, done, job, output, started};
use super::process::wait;

fn ended_with(exit_code: i32, chunks: u64) -> Ending {
    Ending { exit_code: Some(exit_code), output_chunks: chunks, ..Ending::default() }
}

/// Two clients: one does well, the other does not.
fn two_clients(command: &str, _: &Value, _: &[u8]) -> Answer {
    match command {
        "job-start" => started(2),
        "job-show" => Answer::Reply(json!({"job": job(), "deliveries": [
            {"identity": "web1", "state": "succeeded", "changed_at": 0},
            {"identity": "web22", "state": "failed", "changed_at": 0},
        ]})),
        _ => Answer::Watch(vec![
            delivery("web1", DeliveryState::Sent, true, Ending::default()),
            delivery("web22", DeliveryState::Sent, true, Ending::default()),
            output("web1", 0, OutputStream::Stdout, b"one\ntw"),
            output("web22", 0, OutputStream::Stderr, b"bad \x1b[2J\xff\n"),
            output("web1", 1, OutputStream::Stdout, b"o\nthree"),
            delivery("web22", DeliveryState::Failed, true, ended_with(3, 1)),
            delivery("web1", DeliveryState::Succeeded, true, ended_with(0, 2)),
            done(),
        ]),
    }
}

#[test]
fn lines_come_under_their_clients_names() {
    let fake = Fake::start(two_clients);
    let place = fake.place();
    let exec = ["-a", "shop", "exec", "--stdin", "-", "--timeout", "5m", "--", "sh", "-s", "-x"];
    let ended = place.run_with_input(&exec, b"echo hi");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.stdout, "web1  | one\nweb1  | two\nweb1  | three\n");
    assert_eq!(
        ended.stderr,
        "web22 ! bad ␛[2J\u{fffd}\n\n\
         CLIENT  RESULT     DETAIL\n\
         web1    succeeded\n\
         web22   failed     exit code 3\n\
         1 succeeded, 1 failed\n"
    );
    let (command, asked, payload) = fake.asked().remove(0);
    assert_eq!((command.as_str(), payload.as_slice()), ("job-start", &b"echo hi"[..]));
    assert_eq!(asked["application"], "shop");
    let arguments = json!({"program": "sh", "arguments": ["-s", "-x"]});
    assert_eq!(
        asked["order"],
        json!({"command": "exec", "arguments": arguments, "timeout_ms": 300_000})
    );
    assert_eq!(asked["time_to_live_ms"], 3_600_000);
}

#[test]
fn json_is_one_object_a_line() {
    let fake = Fake::start(two_clients);
    let ended = fake.place().run(&["--json", "-a", "shop", "exec", "--shell", "a | b"]);
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(ended.stderr, "");
    let lines: Vec<Value> =
        ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        lines[0],
        json!({"event": "job", "job": JOB, "application": "shop", "deliveries": 2})
    );
    let bad = lines.iter().find(|line| line["stream"] == "stderr").unwrap();
    assert_eq!(
        *bad,
        json!({"event": "output", "application": "shop", "identity": "web22", "stream": "stderr",
               "text": "bad \u{1b}[2J\u{fffd}", "ended": true, "lossy": true})
    );
    let last = lines.last().unwrap();
    assert_eq!((&last["event"], &last["exit_code"]), (&json!("summary"), &json!(1)));
    assert_eq!(last["results"], json!({"succeeded": 1, "failed": 1}));
    assert_eq!(last["clients"][1]["identity"], "web22");
    assert_eq!(last["clients"][1]["exit_code"], 3);
    assert_eq!(
        fake.asked()[0].1["order"]["arguments"],
        json!({"program": "sh", "arguments": ["-c", "a | b"]})
    );
}

#[test]
fn a_client_that_is_away_is_silent_in_the_end() {
    let fake = Fake::start(|command: &str, _: &Value, _: &[u8]| match command {
        "job-start" => started(2),
        _ => Answer::Watch(vec![
            delivery("web1", DeliveryState::Succeeded, true, ended_with(0, 0)),
            delivery("web2", DeliveryState::Queued, false, Ending::default()),
        ]),
    });
    let ended = fake.place().run(&["-a", "shop", "echo", "hi"]);
    assert_eq!(ended.code, Some(11), "{ended:?}");
    assert_eq!(
        ended.stderr,
        format!(
            "web2 is away: it has until 1970-01-01 01:16 to come back and run it\n\n\
             CLIENT  RESULT     DETAIL\n\
             web1    succeeded\n\
             web2    silent     away; has until 1970-01-01 01:16 to come back and run it\n\
             1 succeeded, 1 silent\n\n\
             hint: to wait for the silent ones: `pantry job watch {JOB}`\n"
        )
    );
}

#[test]
fn a_client_that_comes_back_in_time_is_waited_for() {
    let fake = Fake::start(|command: &str, _: &Value, _: &[u8]| match command {
        "job-start" => started(1),
        _ => Answer::Watch(vec![
            delivery("web1", DeliveryState::Queued, false, Ending::default()),
            delivery("web1", DeliveryState::Sent, true, Ending::default()),
            delivery("web1", DeliveryState::Running, false, Ending::default()),
            output("web1", 0, OutputStream::Stdout, b"hi\n"),
            delivery("web1", DeliveryState::Succeeded, true, ended_with(0, 1)),
            done(),
        ]),
    });
    let ended = fake.place().run(&["-a", "shop", "echo", "hi"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.stdout, "web1 | hi\n");
    let notes: Vec<_> = ended.stderr.lines().take(4).collect();
    assert!(notes[0].starts_with("web1 is away: "), "{notes:?}");
    assert_eq!(notes[1], "web1 is back");
    assert_eq!(notes[2], "web1 went away with the work in hand: waiting for it");
}

#[test]
fn jobs_of_several_applications_have_whole_names() {
    let other = "0123456789abcdeg";
    let fake = Fake::start(move |command: &str, asked: &Value, _: &[u8]| match command {
        "job-start" => Answer::Reply(json!([
            {"job": JOB, "application": "shop", "deliveries": 1},
            {"job": other, "application": "bank", "deliveries": 1},
        ])),
        _ => Answer::Watch(vec![
            delivery("web1", DeliveryState::Sent, true, Ending::default()),
            output("web1", 0, OutputStream::Stdout, asked["job"].as_str().unwrap().as_bytes()),
            delivery("web1", DeliveryState::Succeeded, true, ended_with(0, 1)),
            done(),
        ]),
    });
    let ended = fake.place().run(&["echo", "hi"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let mut lines: Vec<_> = ended.stdout.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, [format!("bank/web1 | {other}"), format!("shop/web1 | {JOB}")]);
    assert_eq!(fake.asked()[0].1["application"], Value::Null);

    let ended = fake.place().run(&["echo", "hi", "--no-wait"]);
    assert_eq!(ended.stdout, format!("{JOB}\n{other}\n"));
}

#[test]
fn a_watch_goes_on_where_it_was_after_the_connection_was_lost() {
    // So much that credit is given back for it, by which the server knows that it was seen.
    let first = "one\n".repeat(70_000) + "half ";
    let chunks = first.len().div_ceil(32 * 1024) as u64;
    let seen = first.clone();
    let watches = Arc::new(Mutex::new(0));
    let fake = Fake::start(move |command: &str, _: &Value, _: &[u8]| {
        if command == "job-start" {
            return started(1);
        }
        let running = delivery("web1", DeliveryState::Running, true, Ending::default());
        let output =
            |place, text: &str| output("web1", place, OutputStream::Stdout, text.as_bytes());
        let mut watches = watches.lock().unwrap();
        *watches += 1;
        if *watches == 1 {
            return Answer::WatchAndRestart(vec![running, output(0, &first)]);
        }
        Answer::Watch(vec![
            running,
            // Said again, though it was seen.
            output(0, &first),
            output(chunks, "a line\n"),
            delivery("web1", DeliveryState::Succeeded, true, ended_with(0, chunks + 1)),
            done(),
        ])
    });
    let ended = fake.place().run(&["-a", "shop", "exec", "--", "x"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let lines = seen + "a line\n";
    let expected: String = lines.lines().map(|line| format!("web1 | {line}\n")).collect();
    assert!(ended.stdout == expected, "{} bytes, not {}", ended.stdout.len(), expected.len());
    assert!(ended.stderr.contains("the connection to the server is lost"), "{}", ended.stderr);
    let asked = fake.asked();
    assert_eq!(asked[1].1["seen"], json!({}));
    assert_eq!(asked[2].1["seen"], json!({"web1": chunks}));
}

#[test]
fn all_the_output_comes_though_only_so_much_is_on_its_way() {
    let bytes: Vec<u8> = (0..9 * 1024 * 1024u32).map(|n| (n % 251) as u8).collect();
    let all = bytes.clone();
    let fake = Fake::start(move |command: &str, asked: &Value, _: &[u8]| {
        if command == "job-show" {
            return two_clients(command, asked, &[]);
        }
        let mut events = vec![delivery("web1", DeliveryState::Running, true, Ending::default())];
        for (place, part) in bytes.chunks(256 * 1024).enumerate() {
            events.push(output("web1", 8 * place as u64, OutputStream::Stdout, part));
        }
        events.push(done());
        Answer::Watch(events)
    });
    let place = fake.place();
    let arguments = ["job", "output", JOB, "-i", "web1"];
    let mut child = place.command(&arguments).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut read = Vec::new();
    out.read_to_end(&mut read).unwrap();
    let ended = wait(child);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(read == all, "{} of {} bytes", read.len(), all.len());
    let watch = &fake.asked()[1].1;
    assert_eq!((&watch["identities"], &watch["follow"]), (&json!(["web1"]), &json!(false)));

    // Whoever reads has enough after a while, which is no failure.
    let mut child = place.command(&arguments).spawn().unwrap();
    let mut some = vec![0; 1000];
    child.stdout.take().unwrap().read_exact(&mut some).unwrap();
    let ended = wait(child);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));

    let ended = place.run(&["job", "output", JOB, "-i", "db*"]);
    assert_eq!(ended.code, Some(9), "{ended:?}");
}

#[test]
fn ctrl_c_ends_the_watching_and_not_the_job() {
    let fake = Fake::start(|command: &str, _: &Value, _: &[u8]| match command {
        "job-start" => started(1),
        _ => Answer::Watch(vec![
            delivery("web1", DeliveryState::Running, true, Ending::default()),
            output("web1", 0, OutputStream::Stdout, b"working\n"),
        ]),
    });
    let place = fake.place();
    let mut child = place.command(&["-a", "shop", "exec", "--", "x"]).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert_eq!(line, "web1 | working\n");
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let ended = wait(child);
    assert_eq!(ended.code, Some(130), "{ended:?}");
    assert!(ended.stderr.contains(&format!("`pantry job watch {JOB}`")), "{}", ended.stderr);
}
