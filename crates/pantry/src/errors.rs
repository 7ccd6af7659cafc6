//! Every exit code, every hint, and the one place where an error becomes both.
//!
//! An error is one sentence that says what happened; its hint says what to do next. With `--json`
//! the same is one JSON object on standard error:
//! `{"error": {"code": "…", "message": "…", "hint": "…" or null, "exit_code": 4}}`.

#[cfg(feature = "client")]
mod agent;
#[cfg(feature = "cli")]
mod chef;
#[cfg(any(feature = "cli", feature = "client"))]
mod cookbook;
#[cfg(feature = "cli")]
mod failure;
#[cfg(feature = "cli")]
mod file;
#[cfg(feature = "cli")]
mod shelf;
#[cfg(feature = "server")]
mod start;

use std::io;
use std::path::PathBuf;

use serde::Serialize;

use crate::config::ConfigError;

/// The exit codes. Their numbers never change.
#[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "most are the command line's"))]
pub(crate) mod exit {
    /// All was done.
    pub(crate) const DONE: u8 = 0;
    /// The command failed on a client, or something was found to be broken.
    pub(crate) const FAILED: u8 = 1;
    /// The command line, or what it asks for, is not in order.
    pub(crate) const USAGE: u8 = 2;
    /// A configuration, a key file or another file of this machine cannot be used.
    pub(crate) const CONFIGURATION: u8 = 3;
    /// The server is not there.
    pub(crate) const NOT_THERE: u8 = 4;
    /// The server does not know this key.
    pub(crate) const KEY_REFUSED: u8 = 5;
    /// What answers is not a Pantry server with the expected key.
    pub(crate) const OTHER_SERVER: u8 = 6;
    /// The user may not do this.
    pub(crate) const FORBIDDEN: u8 = 7;
    /// There is no such application, client or job.
    pub(crate) const UNKNOWN: u8 = 8;
    /// The target matches no client.
    pub(crate) const NOBODY: u8 = 9;
    /// The name, the key, the identity or the data directory is taken.
    pub(crate) const TAKEN: u8 = 10;
    /// A client was silent: it has not taken its work.
    pub(crate) const SILENT: u8 = 11;
    /// Something is larger than a limit.
    pub(crate) const TOO_LARGE: u8 = 12;
    /// The server cannot do it now, or failed.
    pub(crate) const SERVER: u8 = 13;
    /// Interrupted by Ctrl-C, or declined.
    pub(crate) const INTERRUPTED: u8 = 130;
}

/// Why a command ends without its answer.
#[derive(Debug, thiserror::Error)]
#[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "most are the command line's"))]
pub(crate) enum CliError {
    /// The command line asks for something that does not fit together.
    #[error("{message}")]
    Usage {
        /// What.
        message: String,
        /// What to type instead.
        hint: String,
    },
    /// A configuration or key file is not in order.
    #[error(transparent)]
    Configuration(#[from] ConfigError),
    /// A file cannot be read or written.
    #[error("{} cannot be {action}: {source}", .path.display())]
    File {
        /// "read", "written" or "deleted".
        action: &'static str,
        /// Which.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// Standard output or input fails.
    #[error("standard {which} fails: {source}")]
    Standard {
        /// "input" or "output".
        which: &'static str,
        /// How.
        source: io::Error,
    },
    /// There are no credentials.
    #[error("there are no credentials to speak to a server with")]
    NoCredentials {
        /// Where they were looked for.
        looked: Vec<PathBuf>,
    },
    /// Nothing answers.
    #[error("there is no server at {address}")]
    NotThere {
        /// Where.
        address: String,
    },
    /// The server was there, and is not any more.
    #[error("the connection to the server was lost before it answered")]
    Lost,
    /// The server takes the connection and says nothing.
    #[error("the server does not answer")]
    NoAnswer,
    /// The server does not know the key.
    #[error("the server at {address} does not know the key of {user}")]
    KeyRefused {
        /// Where.
        address: String,
        /// Whose.
        user: String,
        /// The file that it came from.
        path: PathBuf,
    },
    /// Something else answers.
    #[error("what answers at {address} is not the Pantry server with the expected key")]
    OtherServer {
        /// Where.
        address: String,
        /// The file that says which key to expect.
        path: PathBuf,
    },
    /// The server says no.
    #[cfg(feature = "cli")]
    #[error("{}", .0.message)]
    Server(pantry_model::protocol::Failure),
    /// No client with a delivery in a job matches `-i`.
    #[error("no client of this job matches {patterns}")]
    NobodyInJob {
        /// What was asked for.
        patterns: String,
    },
    /// More than a command can take with it.
    #[error("the input is larger than {limit} bytes, the most that a command takes with it")]
    PayloadTooLarge {
        /// The limit.
        limit: usize,
    },
    /// What the server says makes no sense here.
    #[error("the server's answer is not understood: {0}")]
    Nonsense(String),
    /// A question was answered with no.
    #[error("nothing was done")]
    Declined,
    /// A Chef server was asked in vain.
    #[cfg(feature = "cli")]
    #[error(transparent)]
    Chef(Box<pantry_http_client::ChefError>),
    /// There is no key to sign requests of the Chef API with.
    #[cfg(feature = "cli")]
    #[error("there is no RSA key with which {user} signs requests of the Chef API")]
    NoChefKey {
        /// Whose.
        user: String,
        /// Where it was looked for.
        looked: Vec<PathBuf>,
    },
    /// A file holds no RSA key that can be used.
    #[cfg(feature = "cli")]
    #[error("{}: {source}", .path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: pantry_sign::KeyError,
    },
    /// A file says no object that a Chef server could have.
    #[error("{}: {reason}", .path.display())]
    BadObject {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A folder is no cookbook that can be used.
    #[cfg(any(feature = "cli", feature = "client"))]
    #[error(transparent)]
    Cookbook(#[from] pantry_berks::CookbookError),
    /// A cookbook was not sent, because another was not.
    #[cfg(feature = "cli")]
    #[error("the cookbook {cookbook} is not sent, since it depends on {needed}")]
    NotSent {
        /// Which.
        cookbook: String,
        /// Which was not.
        needed: String,
    },
    /// Something cannot be mirrored.
    #[cfg(feature = "cli")]
    #[error("{what} cannot be mirrored: {reason}")]
    Mirror {
        /// What.
        what: String,
        /// Why not.
        reason: String,
    },
    /// What is mirrored is where it is to go, and is not the same.
    #[cfg(feature = "cli")]
    #[error("{place} has {cookbooks} with other files than the source, and nothing was sent")]
    DiffersThere {
        /// Which.
        cookbooks: String,
        /// Where.
        place: String,
    },
    /// Something is where something new was to be.
    #[cfg(feature = "cli")]
    #[error("{} is there already", .path.display())]
    IsThere {
        /// Where.
        path: PathBuf,
    },
    /// A file in Ruby says something that cannot be read. Its sentence has place and remedy.
    #[cfg(feature = "cli")]
    #[error(transparent)]
    Ruby(Box<pantry_ruby::Error>),
    /// Something went wrong with what a file says.
    #[error("{}: {source}", .path.display())]
    OfFile {
        /// The file.
        path: PathBuf,
        /// What.
        source: Box<CliError>,
    },
    /// Somebody else has changed what was edited.
    #[error("{what} was changed by somebody else meanwhile")]
    ChangedMeanwhile {
        /// What.
        what: String,
    },
    /// Ctrl-C came while a server was asked for a change.
    #[error("interrupted")]
    Interrupted,
    /// The program that edits files failed.
    #[error("the editor `{command}` {how}")]
    Editor {
        /// Its command.
        command: String,
        /// How.
        how: String,
    },
    /// What was edited is not lost: it is in a file.
    #[error("{source}")]
    Kept {
        /// What went wrong.
        source: Box<CliError>,
        /// The file.
        path: PathBuf,
    },
    /// The server cannot start.
    #[cfg(feature = "server")]
    #[error(transparent)]
    Start(#[from] crate::commands::server::StartError),
    /// Files of this machine cannot be sent, or those of others not written.
    #[cfg(feature = "cli")]
    #[error(transparent)]
    Files(#[from] pantry_files::FilesError),
    /// The file service cannot be reached.
    #[cfg(feature = "cli")]
    #[error("{0}")]
    FileService(String),
    /// The wire cannot be used.
    #[error("the network cannot be used: {0}")]
    Wire(String),
    /// Signals cannot be listened for.
    #[error("signals cannot be listened for: {0}")]
    Signals(String),
    /// The agent ended.
    #[cfg(feature = "client")]
    #[error(transparent)]
    Agent(#[from] pantry_agent::AgentError),
}

#[cfg(feature = "cli")]
impl From<pantry_http_client::ChefError> for CliError {
    fn from(error: pantry_http_client::ChefError) -> Self {
        Self::Chef(Box::new(error))
    }
}

/// An error as it is shown.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Described {
    /// A stable name, for programs.
    pub(crate) code: &'static str,
    /// One sentence.
    pub(crate) message: String,
    /// What to do next.
    pub(crate) hint: Option<String>,
    /// What the process ends with.
    pub(crate) exit_code: u8,
}

/// What is shown of an error, and what the process ends with.
pub(crate) fn describe(error: &CliError) -> Described {
    let (code, exit_code, hint) = match error {
        CliError::Usage { hint, .. } => ("usage", exit::USAGE, some(hint)),
        CliError::Configuration(ConfigError::Unreadable { path, source }) => {
            let hint = if source.kind() == io::ErrorKind::NotFound && path.ends_with("client.yml") {
                some(
                    "`pantry -a APP client create IDENTITY` on the server's machine makes a client.yml; \
                      `--config FILE` names one",
                )
            } else {
                None
            };
            ("configuration", exit::CONFIGURATION, hint)
        }
        CliError::Configuration(ConfigError::Wrong { .. }) => {
            ("configuration", exit::CONFIGURATION, None)
        }
        CliError::File { .. } | CliError::Standard { .. } => ("file", exit::CONFIGURATION, None),
        CliError::NoCredentials { looked } => {
            let looked: Vec<_> = looked.iter().map(|path| path.display().to_string()).collect();
            let hint = format!(
                "looked for {}; on the server's machine, run as the user who started it, or name \
                 its file with `--config`; elsewhere, name a key file with `--curve-key-file`",
                looked.join(" and ")
            );
            ("no-credentials", exit::CONFIGURATION, Some(hint))
        }
        CliError::NotThere { .. } => (
            "not-there",
            exit::NOT_THERE,
            some("start it with `pantry server`, or say where it is with `--host`"),
        ),
        CliError::Lost => (
            "connection-lost",
            exit::NOT_THERE,
            some("it may have been done, or not: look (`pantry job list`) before you ask again"),
        ),
        CliError::NoAnswer => ("no-answer", exit::SERVER, some("the server's log may say why")),
        CliError::KeyRefused { path, .. } => (
            "key-refused",
            exit::KEY_REFUSED,
            Some(format!("the key is that of {}; is it this server's?", path.display())),
        ),
        CliError::OtherServer { path, .. } => (
            "other-server",
            exit::OTHER_SERVER,
            Some(format!(
                "the expected key is in {}; `pantry server` prints the server's own when it starts",
                path.display()
            )),
        ),
        #[cfg(feature = "cli")]
        CliError::Server(failure) => failure::error(failure.code),
        CliError::NobodyInJob { .. } => {
            ("nobody-matches", exit::NOBODY, some("`pantry job show ID` lists its clients"))
        }
        CliError::PayloadTooLarge { .. } => {
            ("too-large", exit::TOO_LARGE, some("send a script that fetches what it needs"))
        }
        CliError::Nonsense(_) => (
            "not-understood",
            exit::SERVER,
            some("are both of the same version? `pantry --version` and `pantry status` tell"),
        ),
        CliError::Declined => ("declined", exit::INTERRUPTED, None),
        CliError::Interrupted => (
            "interrupted",
            exit::INTERRUPTED,
            some("it may have been done, or not: look before you ask again"),
        ),
        #[cfg(feature = "cli")]
        CliError::Chef(error) => chef::error(error),
        #[cfg(feature = "cli")]
        CliError::NoChefKey { user, looked } => chef::no_key(user, looked),
        #[cfg(feature = "cli")]
        CliError::Key { .. } => (
            "key",
            exit::CONFIGURATION,
            some(
                "an RSA key, PEM without a passphrase, is needed: the one that was made for the user",
            ),
        ),
        CliError::BadObject { .. } => ("bad-object", exit::USAGE, None),
        #[cfg(feature = "cli")]
        CliError::Ruby(_) => ("bad-object", exit::USAGE, None),
        #[cfg(any(feature = "cli", feature = "client"))]
        CliError::Cookbook(error) => cookbook::error(error),
        #[cfg(feature = "cli")]
        CliError::NotSent { .. } => ("not-sent", exit::USAGE, None),
        #[cfg(feature = "cli")]
        CliError::Mirror { .. } => ("bad-object", exit::USAGE, None),
        #[cfg(feature = "cli")]
        CliError::DiffersThere { place, .. } => (
            "taken",
            exit::TAKEN,
            Some(format!(
                "ask for other versions (NAME@CONSTRAINT), or delete these with `pantry -a {place} \
                 chef cookbook delete`"
            )),
        ),
        #[cfg(feature = "cli")]
        CliError::IsThere { .. } => {
            ("taken", exit::TAKEN, some("move it away, or name another folder with `--into`"))
        }
        CliError::OfFile { source, .. } => {
            let Described { code, hint, exit_code, .. } = describe(source);
            (code, exit_code, hint)
        }
        CliError::ChangedMeanwhile { .. } => {
            ("changed-meanwhile", exit::TAKEN, some("edit it again, on what it is now"))
        }
        CliError::Editor { .. } => (
            "editor",
            exit::CONFIGURATION,
            some("VISUAL or EDITOR names a program that edits a file and ends when that is done"),
        ),
        CliError::Kept { source, path } => {
            let Described { code, hint, exit_code, .. } = describe(source);
            let kept = format!("what you wrote is kept in {}, for `upload`", path.display());
            let hint = hint.map_or(kept.clone(), |hint| format!("{hint}; {kept}"));
            (code, exit_code, Some(hint))
        }
        #[cfg(feature = "server")]
        CliError::Start(error) => start::error(error),
        #[cfg(feature = "cli")]
        CliError::Files(error) => file::error(error),
        #[cfg(feature = "cli")]
        CliError::FileService(_) => file::service(),
        CliError::Wire(_) | CliError::Signals(_) => ("network", exit::SERVER, None),
        #[cfg(feature = "client")]
        CliError::Agent(error) => agent::error(error),
    };
    Described { code, message: error.to_string(), hint, exit_code }
}

fn some(hint: &str) -> Option<String> {
    Some(hint.to_owned())
}
