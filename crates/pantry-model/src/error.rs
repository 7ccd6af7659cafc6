//! What can go wrong in a request, each with a stable code and one sentence.
//!
//! The sentence says what happened and to what; the hint on what to do next, and the exit code,
//! belong to the command line (`pantry/errors.rs`), which maps them from the code.

use serde::{Deserialize, Serialize};

use crate::content::Sha256;
use crate::job::JobId;
use crate::names::{ApplicationName, MachineId};
use crate::principal::Principal;
use crate::refusals::{Class, Refusal};
use crate::target::Target;

/// A stable name for a kind of error, for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ErrorCode {
    /// The request itself is not in order.
    Invalid,
    /// The caller may not do this.
    Forbidden,
    /// There is no such application.
    UnknownApplication,
    /// There is no such client.
    UnknownClient,
    /// There is no such job.
    UnknownJob,
    /// There is no such user, group, key or other object.
    Unknown,
    /// The name, or the key, is already taken.
    Taken,
    /// The target matches no client.
    NobodyMatches,
    /// Something is larger than a limit.
    TooLarge,
    /// The server cannot do it now; the same request may succeed later.
    Unavailable,
    /// The server was interrupted while doing it: it may have been done, or not.
    Interrupted,
    /// The server only answers what changes nothing, and will until somebody ends that.
    ReadOnly,
    /// A fault of the server's own; its log says more.
    Internal,
}

/// What can go wrong in a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The request itself is not in order.
    #[error("{0}")]
    Invalid(String),
    /// The caller may not do this.
    #[error("{actor} may not {action}")]
    Forbidden {
        /// Who asked.
        actor: Principal,
        /// For what, as a phrase: "create jobs in the application shop".
        action: String,
    },
    /// There is no such application.
    #[error("there is no application `{0}`")]
    UnknownApplication(ApplicationName),
    /// There is no such client.
    #[error("there is no client `{}` in the application `{}`", .0.identity, .0.application)]
    UnknownClient(MachineId),
    /// There is no such job.
    #[error("there is no job `{0}`")]
    UnknownJob(JobId),
    /// Nothing that was asked about holds this content, or not any more.
    #[error("the content {0} is not there, or not any more")]
    NoSuchContent(Sha256),
    /// The application is already there.
    #[error("the application `{0}` exists already")]
    ApplicationTaken(ApplicationName),
    /// The client is already there.
    #[error("the application `{}` already has a client `{}`", .0.application, .0.identity)]
    ClientTaken(MachineId),
    /// Another principal has this CURVE key.
    #[error("this CURVE key is already in use")]
    KeyTaken,
    /// The target matches no client.
    #[error("{}", nobody(&format!("the application `{application}`"), target))]
    NobodyMatches {
        /// Where was looked.
        application: ApplicationName,
        /// For what.
        target: Box<Target>,
    },
    /// The target matches no client of any application.
    #[error("{}", nobody("any application", target))]
    NobodyMatchesAnywhere {
        /// For what was looked.
        target: Box<Target>,
    },
    /// Something is larger than a limit.
    #[error("{what} is {size} bytes long; the limit is {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// What the Chef Server API answers instead.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The server cannot do it now.
    #[error("{0}")]
    Unavailable(String),
    /// The server was interrupted while doing it: all of it has been done, or nothing.
    #[error("{0}")]
    Interrupted(String),
    /// The server only answers what changes nothing; the text says why, and until when.
    #[error("{0}")]
    ReadOnly(String),
    /// A fault of the server's own.
    #[error("{0}")]
    Internal(String),
}

fn nobody(within: &str, target: &Target) -> String {
    if *target == Target::default() {
        format!("there is no client of {within} yet")
    } else {
        format!("no client of {within} matches {target}")
    }
}

impl Error {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Invalid(_) => ErrorCode::Invalid,
            Self::Forbidden { .. } => ErrorCode::Forbidden,
            Self::UnknownApplication(_) => ErrorCode::UnknownApplication,
            Self::UnknownClient(_) => ErrorCode::UnknownClient,
            Self::UnknownJob(_) => ErrorCode::UnknownJob,
            Self::NoSuchContent(_) => ErrorCode::Unknown,
            Self::ApplicationTaken(_) | Self::ClientTaken(_) | Self::KeyTaken => ErrorCode::Taken,
            Self::NobodyMatches { .. } | Self::NobodyMatchesAnywhere { .. } => {
                ErrorCode::NobodyMatches
            }
            Self::TooLarge { .. } => ErrorCode::TooLarge,
            Self::Refused(refusal) => match refusal.class {
                Class::Invalid
                | Class::NotAllowed
                | Class::NotAcceptable
                | Class::UnknownForm
                | Class::Ambiguous => ErrorCode::Invalid,
                Class::Unauthenticated | Class::Forbidden => ErrorCode::Forbidden,
                Class::NotFound | Class::Gone | Class::Unmet => ErrorCode::Unknown,
                Class::Conflict => ErrorCode::Taken,
                Class::TooLarge => ErrorCode::TooLarge,
                Class::Unavailable => ErrorCode::Unavailable,
            },
            Self::Unavailable(_) => ErrorCode::Unavailable,
            Self::Interrupted(_) => ErrorCode::Interrupted,
            Self::ReadOnly(_) => ErrorCode::ReadOnly,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }
}
