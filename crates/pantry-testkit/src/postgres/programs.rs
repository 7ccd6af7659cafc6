//! Where PostgreSQL's programs are, and as whom they run.
//!
//! Its server refuses to run as root. So root runs it as `postgres`, whom its package makes, and
//! for want of that as `nobody`; anybody else runs it as themselves.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use rustix::process::geteuid;

/// Debian's folder of versions, each with a `bin`.
const VERSIONS: &str = "/usr/lib/postgresql";

/// PostgreSQL on this machine.
#[derive(Clone, Debug)]
pub(super) struct Programs {
    bin: PathBuf,
    /// The user and group that run it, if that is not who runs the test.
    user: Option<(u32, u32)>,
}

impl Programs {
    /// Finds them.
    pub(super) fn find() -> Result<Self> {
        let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir(VERSIONS)
            .into_iter()
            .flatten()
            .filter_map(|entry| {
                let entry = entry.ok()?;
                let version = entry.file_name().to_str()?.parse().ok()?;
                Some((version, entry.path().join("bin")))
            })
            .collect();
        versions.sort();
        let newest_first = versions.into_iter().rev().map(|(_, bin)| bin);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let bin = newest_first
            .chain(configured())
            .chain(std::env::split_paths(&path))
            .find(|bin| ["initdb", "postgres"].iter().all(|name| bin.join(name).is_file()))
            .context(
                "PostgreSQL's server programs are not on this machine, and these tests need them: \
                 install them (Debian's package is `postgresql`), or run `cargo xtask test`",
            )?;
        let user = if geteuid().is_root() { Some(unprivileged()?) } else { None };
        Ok(Self { bin, user })
    }

    /// The folder that they are in.
    pub(super) fn folder(&self) -> &Path {
        &self.bin
    }

    /// Who runs the server.
    pub(super) fn user_id(&self) -> u32 {
        self.user.map_or_else(|| geteuid().as_raw(), |(user, _)| user)
    }

    /// The words that run one of PostgreSQL's programs, or of the system's by its name, as the right
    /// user, and end it if its parent ends.
    pub(super) fn words(&self, program: &str) -> Vec<OsString> {
        let mut words = vec!["setpriv".into()];
        if let Some((user, group)) = self.user {
            words.push(format!("--reuid={user}").into());
            words.push(format!("--regid={group}").into());
            words.push("--clear-groups".into());
        }
        words.push("--pdeathsig=INT".into());
        words.push("--".into());
        let path = self.bin.join(program);
        words.push(if path.exists() { path.into() } else { program.into() });
        words
    }

    /// Runs one of them to its end in this folder, and gives what it wrote on stdout.
    pub(super) fn run<S: AsRef<OsStr>>(
        &self,
        folder: &Path,
        program: &str,
        arguments: impl IntoIterator<Item = S>,
    ) -> Result<String> {
        let mut words = self.words(program).into_iter();
        let mut command = Command::new(words.next().context("no program")?);
        command.args(words).args(arguments).current_dir(folder);
        without_settings(&mut command);
        let output = command.output().context("`setpriv` (of util-linux) cannot be run")?;
        if !output.status.success() {
            let told = String::from_utf8_lossy(&output.stderr);
            bail!("{program} failed ({}): {}", output.status, told.trim());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Gives a file or folder to who runs the server.
    pub(super) fn give(&self, path: &Path) -> Result<()> {
        if let Some((user, group)) = self.user {
            std::os::unix::fs::chown(path, Some(user), Some(group))
                .with_context(|| path.display().to_string())?;
        }
        Ok(())
    }

    /// Makes a database cluster in `folder/data`, whose superuser `postgres` needs no password.
    pub(super) fn init(&self, folder: &Path) -> Result<()> {
        let data = folder.join("data");
        let mut arguments: Vec<&OsStr> = vec!["--pgdata".as_ref(), data.as_ref()];
        let fixed = [
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--locale-provider=icu",
            "--icu-locale=und",
            "--no-sync",
            "--no-instructions",
        ];
        arguments.extend(fixed.iter().map(OsStr::new));
        self.run(folder, "initdb", arguments).map(drop)
    }
}

/// Takes what a person has set for PostgreSQL out of the environment.
pub(super) fn without_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(|name| name.starts_with("PG")) {
            command.env_remove(name);
        }
    }
    command.env("LC_ALL", "C");
}

/// What `pg_config` says, if there is one.
fn configured() -> Option<PathBuf> {
    let output = Command::new("pg_config").arg("--bindir").output().ok()?;
    Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim()))
}

/// The user and group of `postgres`, or of `nobody`.
fn unprivileged() -> Result<(u32, u32)> {
    let users = std::fs::read_to_string("/etc/passwd").context("/etc/passwd")?;
    let of = |name: &str| {
        let line = users.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        let mut fields = line.split(':').skip(1);
        let (user, group): (u32, u32) =
            (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
        Some((user, group))
    };
    let found = of("postgres").or_else(|| of("nobody"));
    let (user, group) = found.context("neither `postgres` nor `nobody` is a user here")?;
    ensure!(user != 0, "`postgres` and `nobody` are other names of root here");
    Ok((user, group))
}
