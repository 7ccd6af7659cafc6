//! What other programs say: `ohai`, which knows far more of a machine than the agent looks for, and
//! `hostname`, which asks the resolver.
//!
//! Each runs in a process group of its own, so that what it starts ends with it; with a time limit,
//! with a limit of what is read, and with the lowest priority.

use std::io;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group, setpriority_process};
use tokio::io::AsyncReadExt;
use tokio::process::Command;
use tokio::time::timeout;

use super::Object;

/// How long `ohai` may take.
const OHAI_TIME: Duration = Duration::from_secs(60);
/// The most bytes that it may say.
const OHAI_BYTES: usize = 16 * 1024 * 1024;
/// How long the resolver may take.
const NAME_TIME: Duration = Duration::from_secs(5);
/// Nothing has a lower priority.
const LOWEST: i32 = 19;

/// What this `ohai` says of the machine; `None`, with a line in the log, if it cannot. That there is
/// none is worth no line if it `may_be_missing`.
pub(super) async fn ask(program: &Path, may_be_missing: bool) -> Option<Object> {
    let told = match said_by(program, &[], OHAI_TIME, OHAI_BYTES).await {
        Err(error) if may_be_missing && error.kind() == io::ErrorKind::NotFound => return None,
        told => told.and_then(|bytes| Ok(serde_json::from_slice::<Object>(&bytes)?)),
    };
    told.inspect_err(|error| {
        let program = program.display();
        tracing::warn!(%program, %error, "ohai cannot be asked; the agent looks for itself");
    })
    .ok()
}

/// The machine's full name, as its resolver says; `None` if that has no domain either.
pub(super) async fn fqdn() -> Option<String> {
    let said = said_by(Path::new("hostname"), &["--fqdn"], NAME_TIME, 1024).await.ok()?;
    let name = String::from_utf8(said).ok()?.trim().to_owned();
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (name.contains('.') && name.bytes().all(is_name)).then_some(name)
}

/// What a program says on its standard output, if it ends well.
async fn said_by(
    program: &Path,
    arguments: &[&str],
    time: Duration,
    most: usize,
) -> io::Result<Vec<u8>> {
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()?;
    let mut group = Group(child.id().and_then(|id| Pid::from_raw(id.cast_signed())));
    if let Some(id) = group.0 {
        // A courtesy; a program that has ended already needs none.
        let _ = setpriority_process(Some(id), LOWEST);
    }
    let mut said = Vec::new();
    let ended = timeout(time, async {
        if let Some(output) = child.stdout.take() {
            let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
            output.take(limit).read_to_end(&mut said).await?;
        }
        if said.len() > most {
            return Err(io::Error::other(format!("it said more than {most} bytes")));
        }
        let status = child.wait().await?;
        group.0 = None;
        Ok(status)
    });
    let status = ended.await.map_err(|_| {
        io::Error::new(io::ErrorKind::TimedOut, format!("it took longer than {time:?}"))
    })??;
    if status.success() { Ok(said) } else { Err(io::Error::other(format!("it failed: {status}"))) }
}

/// Whatever is left of a process group ends when nobody waits for it any more.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(id) = self.0 {
            // It fails if there is nobody left.
            let _ = kill_process_group(id, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ohai");
        std::fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        (folder, path)
    }

    #[tokio::test]
    async fn what_it_says_is_taken() {
        let (_folder, path) = script("echo '{\"platform\": \"debian\"}'");
        let told = ask(&path, false).await.unwrap();
        assert_eq!(told["platform"], "debian");
    }

    #[tokio::test]
    async fn what_cannot_be_used_is_left() {
        for text in ["echo '{\"a\": 1}'; exit 1", "echo '[1]'", "echo '{'", "true"] {
            let (_folder, path) = script(text);
            assert!(ask(&path, false).await.is_none(), "{text}");
        }
        assert!(ask(Path::new("/no/such/ohai"), true).await.is_none());
    }

    #[tokio::test]
    async fn its_time_and_its_words_are_limited() {
        let (_folder, path) = script("sleep 60 & echo $!; sleep 60");
        let error = said_by(&path, &[], Duration::from_millis(300), 100).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        let (_folder, path) = script("yes");
        let error = said_by(&path, &[], Duration::from_secs(30), 1000).await.unwrap_err();
        assert!(error.to_string().contains("more than 1000 bytes"), "{error}");
    }
}
