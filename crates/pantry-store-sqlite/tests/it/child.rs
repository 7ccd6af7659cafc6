//! Processes that a test can kill or limit: this test program once more, running one entry of it.

use std::path::Path;
use std::process::{Command, Stdio};

use pantry_model::{Principal, Timestamp};
use pantry_store::{Kind, Scope, Write};

/// The variable that tells a child its directory; whoever has none is not a child.
const DIRECTORY: &str = "STORE_TEST_DIRECTORY";

/// A command that runs the entry (a test's whole name) on the store in this directory. It ignores
/// SIGXFSZ, which would otherwise end it when it meets a limit on the size of files, so that it
/// gets an error as from a full disk.
pub(crate) fn command(entry: &str, directory: &Path) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", r#"trap "" XFSZ; exec "$@""#, "sh"])
        .arg(std::env::current_exe().unwrap())
        .args([entry, "--exact", "--nocapture", "--ignored"])
        .env(DIRECTORY, directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

/// The directory that this process is to work on, as a child.
pub(crate) fn directory() -> std::path::PathBuf {
    std::env::var_os(DIRECTORY).expect("this is run by other tests, in a process of its own").into()
}

/// A write that makes a user with this much content.
pub(crate) fn create(name: &str, bytes: usize) -> Write {
    let mut write = Write::new(Some(Principal::User("ada".parse().unwrap())), Timestamp(1));
    write.create(&Scope::Global, Kind::User, name, vec![b'x'; bytes]);
    write
}
