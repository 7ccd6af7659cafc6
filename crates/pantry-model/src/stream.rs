//! Streams: where the server publishes, and who may listen.
//!
//! ZeroMQ matches subscriptions by prefix, so every stream ends in `|`, which no name contains:
//! whoever hears `a/shop|` hears neither `a/shop/i/web1|` nor `a/shop2|`.

use std::fmt;

use crate::names::{ApplicationName, MachineId};
use crate::principal::Principal;

/// A place where the server publishes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Stream(String);

impl Stream {
    /// The stream of one machine: its deliveries.
    pub fn of_machine(machine: &MachineId) -> Self {
        Self(format!("a/{}/i/{}|", machine.application, machine.identity))
    }

    /// The stream of an application: announcements to all its machines.
    pub fn of_application(application: &ApplicationName) -> Self {
        Self(format!("a/{application}|"))
    }

    /// The stream that messages to the server carry as their first frame.
    pub fn of_server() -> Self {
        Self("server|".to_owned())
    }

    /// The streams that a principal is entitled to: a machine its application's and its own, in the
    /// order in which it subscribes; a user none.
    pub fn entitled(principal: &Principal) -> Vec<Self> {
        match principal {
            Principal::Machine(machine) => {
                vec![Self::of_application(&machine.application), Self::of_machine(machine)]
            }
            Principal::User(_) => Vec::new(),
        }
    }

    /// The stream with these bytes, if there is such a stream.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let name = text.strip_suffix('|')?;
        let is_stream = match name.strip_prefix("a/") {
            Some(application) if !application.contains('/') => {
                application.parse::<ApplicationName>().is_ok()
            }
            Some(_) => matches!(name.parse(), Ok(Principal::Machine(_))),
            None => name == "server",
        };
        is_stream.then(|| Self(text.to_owned()))
    }

    /// The bytes that a subscription must equal.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The stream as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_whole_streams_are_streams() {
        for good in ["a/shop|", "a/shop/i/web1|", "server|"] {
            assert_eq!(Stream::from_bytes(good.as_bytes()).unwrap().as_str(), good);
        }
        for bad in ["", "|", "a/", "a/|", "a/shop", "a/shop/i/|", "u/admin|", "a/shop||", "server"]
        {
            assert_eq!(Stream::from_bytes(bad.as_bytes()), None, "{bad:?}");
        }
        assert_eq!(Stream::from_bytes(b"a/\xff|"), None);
    }

    proptest! {
        #[test]
        fn no_stream_is_a_prefix_of_another(
            app1 in "[a-z0-9][a-z0-9_-]{0,6}", app2 in "[a-z0-9][a-z0-9_-]{0,6}",
            id1 in "[A-Za-z0-9_.-]{1,6}", id2 in "[A-Za-z0-9_.-]{1,6}",
        ) {
            let machine = |app: &str, id: &str| {
                Principal::Machine(MachineId { application: app.parse().unwrap(), identity: id.parse().unwrap() })
            };
            let mine = Stream::entitled(&machine(&app1, &id1));
            let theirs = Stream::entitled(&machine(&app2, &id2));
            for a in &mine {
                for b in &theirs {
                    prop_assert!(a == b || !b.as_bytes().starts_with(a.as_bytes()));
                }
            }
        }
    }
}
