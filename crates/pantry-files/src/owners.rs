//! Users and groups of this machine, by name and by number.
//!
//! `/etc/passwd` and `/etc/group` are read. Who is not in them may be in a directory of the network's,
//! which the C library asks: `getent` does that for us, where it is, so that no call into C is needed.

use std::collections::HashMap;
use std::fs;
use std::process::{Command, Stdio};

use crate::error::FilesError;

/// Users and groups, remembered once they have been looked up.
#[derive(Debug, Default)]
pub struct Owners {
    users: HashMap<u32, String>,
    groups: HashMap<u32, String>,
}

#[derive(Clone, Copy)]
struct Database {
    file: &'static str,
    name: &'static str,
    what: &'static str,
}

const USERS: Database = Database { file: "/etc/passwd", name: "passwd", what: "user" };
const GROUPS: Database = Database { file: "/etc/group", name: "group", what: "group" };

impl Owners {
    /// The number of a user, said by name or number.
    pub fn user(said: &str) -> Result<u32, FilesError> {
        USERS.number(said)
    }

    /// The number of a group, said by name or number.
    pub fn group(said: &str) -> Result<u32, FilesError> {
        GROUPS.number(said)
    }

    /// A user's name; the number, if there is none.
    pub fn user_name(&mut self, number: u32) -> String {
        self.users.entry(number).or_insert_with(|| USERS.name(number)).clone()
    }

    /// A group's name; the number, if there is none.
    pub fn group_name(&mut self, number: u32) -> String {
        self.groups.entry(number).or_insert_with(|| GROUPS.name(number)).clone()
    }
}

impl Database {
    fn number(self, said: &str) -> Result<u32, FilesError> {
        if let Ok(number) = said.parse() {
            return Ok(number);
        }
        let found = self.find(said, |line| line.split(':').next() == Some(said));
        found
            .and_then(|line| line.split(':').nth(2)?.parse().ok())
            .ok_or_else(|| FilesError::NoOwner { what: self.what, name: said.to_owned() })
    }

    fn name(self, number: u32) -> String {
        let text = number.to_string();
        let found = self.find(&text, |line| line.split(':').nth(2) == Some(&text));
        let name = found.and_then(|line| line.split(':').next().map(str::to_owned));
        name.filter(|name| !name.is_empty()).unwrap_or(text)
    }

    fn find(self, key: &str, is_it: impl Fn(&str) -> bool) -> Option<String> {
        let in_file = fs::read_to_string(self.file).unwrap_or_default();
        if let Some(line) = in_file.lines().find(|line| is_it(line)) {
            return Some(line.to_owned());
        }
        if key.is_empty() || key.starts_with('-') {
            return None;
        }
        let mut command = Command::new("getent");
        command.args([self.name, key]).stdin(Stdio::null()).stderr(Stdio::null());
        let output = command.output().ok().filter(|output| output.status.success())?;
        let text = String::from_utf8(output.stdout).ok()?;
        text.lines().find(|line| is_it(line)).map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_root_and_nobody_knows_a_stranger() {
        assert_eq!(Owners::user("root").unwrap(), 0);
        assert_eq!(Owners::user("4711").unwrap(), 4711);
        let mut owners = Owners::default();
        assert_eq!(owners.user_name(0), "root");
        assert_eq!(owners.user_name(3_999_999_999), "3999999999");
        assert!(!owners.group_name(0).is_empty());
        let error = Owners::group("no such group").unwrap_err();
        assert_eq!(error.to_string(), "there is no group `no such group`");
        assert!(Owners::user("--help").is_err());
    }
}
