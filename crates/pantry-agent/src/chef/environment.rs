//! The environment variables of a run: few, and the same every time.
//!
//! A run must not depend on how the agent was started: by a service manager, in a shell with a Ruby
//! of its own (`GEM_HOME`, `BUNDLE_GEMFILE`, `RUBYOPT`), or by another Chef. So nothing is handed on
//! but what says where and as whom the program runs, how it speaks, and how it reaches others.

use std::ffi::{OsStr, OsString};

/// What is handed on if it is there.
const KEPT: &[&str] = &[
    "HOME",
    "PATH",
    "USER",
    "LOGNAME",
    "SHELL",
    "TMPDIR",
    "TZ",
    "LANG",
    "LANGUAGE",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    // Whether somebody has accepted the licence of Chef's own packages.
    "CHEF_LICENSE",
];
/// In small letters and in large ones.
const PROXIES: &[&str] = &["http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"];
/// And whatever begins so.
const PREFIX: &str = "LC_";
/// What a service manager that says nothing means.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Of these variables, those of a run.
pub(super) fn of(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Vec<(OsString, OsString)> {
    let is_kept = |name: &OsStr| {
        let Some(name) = name.to_str() else { return false };
        KEPT.contains(&name)
            || name.starts_with(PREFIX)
            || PROXIES.contains(&name.to_ascii_lowercase().as_str())
    };
    let mut kept: Vec<_> = variables.filter(|(name, _)| is_kept(name)).collect();
    if !kept.iter().any(|(name, _)| name == "PATH") {
        kept.push(("PATH".into(), PATH.into()));
    }
    // Ruby finds the home of its user by itself, but recipes ask the environment.
    if !kept.iter().any(|(name, _)| name == "HOME") && rustix::process::geteuid().is_root() {
        kept.push(("HOME".into(), "/root".into()));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ruby_of_ones_own_is_not_handed_on() {
        let given = [
            ("HOME", "/home/ada"),
            ("GEM_HOME", "/gems"),
            ("BUNDLE_GEMFILE", "/Gemfile"),
            ("RUBYOPT", "-rbundler"),
            ("LC_ALL", "C.UTF-8"),
            ("HTTPS_PROXY", "proxy:3128"),
            ("no_proxy", "localhost"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
        ];
        let given = given.map(|(name, value)| (name.into(), value.into()));
        let names: Vec<String> = of(given.into_iter())
            .into_iter()
            .map(|(name, _)| name.into_string().unwrap())
            .collect();
        assert_eq!(names, ["HOME", "LC_ALL", "HTTPS_PROXY", "no_proxy", "PATH"]);
    }
}
