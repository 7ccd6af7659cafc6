//! What a client may wait for and take, and whom it trusts.

use std::path::PathBuf;
use std::time::Duration;

/// All of it. The defaults suit a person who waits.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// How long anything may take, and how large it may be.
    pub limits: Limits,
    /// How often a request is sent again.
    pub retries: Retries,
    /// Whose certificates are trusted.
    pub trust: Trust,
}

/// How long anything may take, and how large it may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long it may take to reach a server: its name, the connection and TLS together.
    pub connect_within: Duration,
    /// How long nothing may come while an answer is waited for, or read.
    pub silent_for: Duration,
    /// How long one attempt may take in all, once there is a connection.
    pub answer_within: Duration,
    /// How long one attempt may take in all if a file goes or comes by it.
    pub transfer_within: Duration,
    /// Bytes of an answer's body, both as it comes and unpacked.
    pub max_answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_within: Duration::from_secs(10),
            silent_for: Duration::from_secs(60),
            answer_within: Duration::from_secs(300),
            transfer_within: Duration::from_secs(3600),
            max_answer_bytes: 256 * 1024 * 1024,
        }
    }
}

/// How often a request is sent again, and after which pauses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retries {
    /// How often it is sent at most, the first time included.
    pub attempts: u32,
    /// The pause before the second attempt; before each further one it is twice as long.
    pub first_pause: Duration,
    /// The longest pause. A server that wants a longer one is not waited for.
    pub longest_pause: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_pause: Duration::from_millis(250),
            longest_pause: Duration::from_secs(30),
        }
    }
}

/// Whose certificates are trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Trust {
    /// The authorities that this machine trusts.
    #[default]
    System,
    /// Those in this file, PEM, and no others. One of them may be the server's own.
    File(PathBuf),
}
