//! Whom a job is for: an environment, roles, identity globs and a search within an application.
//!
//! Each part narrows the one before; a part that is left out narrows nothing. A machine must be in
//! the environment, have *all* the roles, match *one* of the globs, and its node must be among those
//! that the search finds, which only the server can say.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::names::{EnvironmentName, Identity, InvalidName, MAX_NAME_LENGTH, RoleName};

/// A pattern for identities: `*` stands for any run of characters, `?` for one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdentityGlob(String);

impl IdentityGlob {
    /// The pattern as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The one identity that it stands for, if it has no wildcard.
    pub fn literal(&self) -> Option<Identity> {
        self.0.parse().ok()
    }

    /// Whether the identity matches.
    pub fn matches(&self, identity: &Identity) -> bool {
        wildcard(&self.0, identity.as_str())
    }
}

/// Whether a text matches a pattern in which `*` stands for any run of characters and `?` for one
/// byte. Takes time proportional to the product of both lengths.
pub fn wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where to go on if what follows the last `*` does not match here.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        match (pattern.get(p), text.get(t)) {
            (Some(b'*'), _) => {
                retry = Some((p + 1, t));
                p += 1;
            }
            (Some(b'?'), Some(_)) => (p, t) = (p + 1, t + 1),
            (Some(a), Some(b)) if a == b => (p, t) = (p + 1, t + 1),
            (None, None) => return true,
            _ => match retry {
                Some((after, from)) if from < text.len() => {
                    retry = Some((after, from + 1));
                    (p, t) = (after, from + 1);
                }
                _ => return false,
            },
        }
    }
}

impl TryFrom<String> for IdentityGlob {
    type Error = InvalidName;
    fn try_from(text: String) -> Result<Self, InvalidName> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.*?".contains(&byte);
        if !text.is_empty() && text.len() <= MAX_NAME_LENGTH && text.bytes().all(allowed) {
            Ok(Self(text))
        } else {
            Err(InvalidName {
                what: "an identity or a pattern for identities",
                text: text.chars().take(64).collect(),
                rule: "1 to 255 of A-Z, a-z, 0-9, `_`, `-`, `.`, and the wildcards `*` and `?`",
            })
        }
    }
}

impl FromStr for IdentityGlob {
    type Err = InvalidName;
    fn from_str(text: &str) -> Result<Self, InvalidName> {
        Self::try_from(text.to_owned())
    }
}

impl From<IdentityGlob> for String {
    fn from(glob: IdentityGlob) -> String {
        glob.0
    }
}

/// What targets ask of a machine, besides its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// Its environment.
    pub environment: EnvironmentName,
    /// Its roles.
    #[serde(default)]
    pub roles: BTreeSet<RoleName>,
}

/// Whom a job is for, within its application.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// In this environment; any, if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<EnvironmentName>,
    /// With all of these roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleName>,
    /// With an identity that matches one of these; any, if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identities: Vec<IdentityGlob>,
    /// With a node that this query finds, in the language of Chef's search.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

impl Target {
    /// The identities that the target names outright, if it names nothing else: then only those
    /// machines need to be looked at.
    pub fn named(&self) -> Option<Vec<Identity>> {
        if self.identities.is_empty() {
            return None;
        }
        self.identities.iter().map(IdentityGlob::literal).collect()
    }

    /// Whether a machine is meant, as far as that can be said without its node.
    pub fn matches(&self, identity: &Identity, placement: &Placement) -> bool {
        self.environment.as_ref().is_none_or(|wanted| *wanted == placement.environment)
            && self.roles.iter().all(|role| placement.roles.contains(role))
            && (self.identities.is_empty() || self.identities.iter().any(|g| g.matches(identity)))
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        parts.extend(self.environment.iter().map(|e| format!("-e {e}")));
        parts.extend(self.roles.iter().map(|r| format!("-r {r}")));
        parts.extend(self.identities.iter().map(|i| format!("-i {}", i.as_str())));
        // As a shell takes it.
        let quoted = |query: &String| format!("-s '{}'", query.replace('\'', r"'\''"));
        parts.extend(self.search.iter().map(quoted));
        if parts.is_empty() { f.write_str("all clients") } else { f.write_str(&parts.join(" ")) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matches(pattern: &str, identity: &str) -> bool {
        pattern.parse::<IdentityGlob>().unwrap().matches(&identity.parse().unwrap())
    }

    #[test]
    fn wildcards() {
        for (pattern, identity) in [
            ("web*", "web1"),
            ("*", "x"),
            ("w?b*1", "web-21"),
            ("*.example.*", "a.example.org"),
            ("web1", "web1"),
        ] {
            assert!(matches(pattern, identity), "{pattern} {identity}");
        }
        for (pattern, identity) in
            [("web", "web1"), ("web?", "web"), ("*db", "web1"), ("w*b", "wbc")]
        {
            assert!(!matches(pattern, identity), "{pattern} {identity}");
        }
        assert!("web[1]".parse::<IdentityGlob>().is_err());
    }

    proptest! {
        /// Against the definition: `*` is any split of the text.
        #[test]
        fn wildcards_mean_what_they_say(pattern in "[ab*?]{1,7}", text in "[ab]{1,9}") {
            fn defined(pattern: &[u8], text: &[u8]) -> bool {
                match pattern.split_first() {
                    None => text.is_empty(),
                    Some((b'*', rest)) => (0..=text.len()).any(|n| defined(rest, &text[n..])),
                    Some((&p, rest)) => text
                        .split_first()
                        .is_some_and(|(&t, tail)| (p == b'?' || p == t) && defined(rest, tail)),
                }
            }
            prop_assert_eq!(matches(&pattern, &text), defined(pattern.as_bytes(), text.as_bytes()));
        }
    }

    #[test]
    fn every_part_narrows() {
        let placement = Placement {
            environment: "prod".parse().unwrap(),
            roles: ["web".parse().unwrap(), "db".parse().unwrap()].into(),
        };
        let identity: Identity = "web1".parse().unwrap();
        let target = |environment: Option<&str>, roles: &[&str], identities: &[&str]| Target {
            environment: environment.map(|e| e.parse().unwrap()),
            roles: roles.iter().map(|r| r.parse().unwrap()).collect(),
            identities: identities.iter().map(|i| i.parse().unwrap()).collect(),
            search: None,
        };
        assert!(target(None, &[], &[]).matches(&identity, &placement));
        assert!(
            target(Some("prod"), &["web", "db"], &["db*", "web*"]).matches(&identity, &placement)
        );
        assert!(!target(Some("test"), &[], &[]).matches(&identity, &placement));
        assert!(!target(None, &["web", "cache"], &[]).matches(&identity, &placement));
        assert!(!target(None, &[], &["db*"]).matches(&identity, &placement));
        assert_eq!(target(None, &[], &["a", "b"]).named().unwrap().len(), 2);
        assert_eq!(target(None, &[], &["a", "b*"]).named(), None);
    }

    #[test]
    fn it_is_shown_as_it_is_typed() {
        let search = Some("role:web AND title:it's*".to_owned());
        let target = Target { search, roles: vec!["web".parse().unwrap()], ..Target::default() };
        assert_eq!(target.to_string(), r"-r web -s 'role:web AND title:it'\''s*'");
        assert_eq!(Target::default().to_string(), "all clients");
    }
}
