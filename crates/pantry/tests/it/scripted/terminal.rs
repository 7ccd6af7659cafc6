//! What a person sees: on a terminal there are colours, progress, and questions.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::process::{Child, Command};

use pantry_model::{DeliveryState, Ending, OutputStream};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use serde_json::Value;

use super::fake::{Answer, Fake, delivery, done, output, started};
use super::process::wait;

/// A terminal of one's own.
pub(crate) struct Terminal {
    ours: File,
    theirs: OwnedFd,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap().into_string().unwrap();
        let theirs = File::options().read(true).write(true).open(name).unwrap().into();
        Self { ours: ours.into(), theirs }
    }

    /// Starts a command that has it for all three of its streams.
    pub(crate) fn start(&self, mut command: Command) -> Child {
        let end = || self.theirs.as_fd().try_clone_to_owned().unwrap();
        command.env("TERM", "xterm").stdin(end()).stdout(end()).stderr(end());
        command.spawn().unwrap()
    }

    /// Types something.
    pub(crate) fn type_in(&mut self, text: &str) {
        self.ours.write_all(text.as_bytes()).unwrap();
    }

    /// What was shown until the program closed the terminal.
    pub(crate) fn rest(self) -> String {
        let Self { mut ours, theirs } = self;
        drop(theirs);
        let mut shown = Vec::new();
        // A terminal that nobody has open any more says so with an error.
        let _ = ours.read_to_end(&mut shown);
        String::from_utf8(shown).unwrap()
    }
}

fn one_client(command: &str, _: &Value, _: &[u8]) -> Answer {
    match command {
        "job-start" => started(1),
        "app-delete" => Answer::Reply(Value::Null),
        _ => Answer::Watch(vec![
            delivery("web1", DeliveryState::Running, true, Ending::default()),
            output("web1", 0, OutputStream::Stdout, b"\x1b[32mgreen\n"),
            delivery(
                "web1",
                DeliveryState::Succeeded,
                true,
                Ending { output_chunks: 1, ..Ending::default() },
            ),
            done(),
        ]),
    }
}

#[test]
fn names_have_colours_and_progress_makes_room_for_lines() {
    let fake = Fake::start(one_client);
    let place = fake.place();
    let terminal = Terminal::new();
    let child = terminal.start(place.command(&["-a", "shop", "exec", "--", "x"]));
    assert_eq!(wait(child).code, Some(0));
    let shown = terminal.rest();
    assert!(
        shown.contains("\x1b[36mweb1\x1b[0m \x1b[36m|\x1b[0m \x1b[32mgreen\x1b[0m\r\n"),
        "{shown:?}"
    );
    let progress = shown.find("0 of 1 done\r\x1b[K").expect("progress is shown and taken away");
    assert!(progress < shown.find("green").unwrap(), "{shown:?}");
    assert!(shown.ends_with("1 succeeded\r\n"), "{shown:?}");

    let terminal = Terminal::new();
    let mut command = place.command(&["-a", "shop", "exec", "--", "x"]);
    command.env("NO_COLOR", "1");
    let child = terminal.start(command);
    assert_eq!(wait(child).code, Some(0));
    let shown = terminal.rest();
    assert!(shown.contains("web1 | green\r\n"), "{shown:?}");
}

#[test]
fn a_deletion_is_asked_about() {
    let fake = Fake::start(one_client);
    let place = fake.place();
    for (answer, code, asked) in [("n\n", 130, 0), ("\n", 130, 0), ("yes\n", 0, 1)] {
        let mut terminal = Terminal::new();
        let child = terminal.start(place.command(&["app", "delete", "shop"]));
        terminal.type_in(answer);
        assert_eq!(wait(child).code, Some(code), "{answer:?}");
        let shown = terminal.rest();
        assert!(shown.contains("Delete the application shop"), "{shown:?}");
        assert_eq!(fake.asked().len(), asked);
    }
}
