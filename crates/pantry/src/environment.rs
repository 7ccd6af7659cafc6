//! The process's surroundings as one value: directories, names, who runs it.
//!
//! It is read once, in `main`, and handed on, so that everything that depends on it can be tested
//! with surroundings of the test's own.

use std::path::{Path, PathBuf};

#[cfg(feature = "server")]
use crate::config::http::Password;

/// Where the process stands.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    /// Where relative paths begin, and `.pantry` is looked for upwards from.
    pub(crate) working_directory: PathBuf,
    /// Where `server.yml` and `client.yml` are: `/etc/pantry`, or `PANTRY_CONFIG_DIR`.
    pub(crate) config_dir: PathBuf,
    /// What `data_dir` is where no configuration says: see [`default_data_dir`].
    pub(crate) data_dir: PathBuf,
    /// The home directory of whoever runs it, if they have one.
    #[cfg_attr(not(feature = "cli"), allow(dead_code, reason = "the command line's"))]
    pub(crate) home: Option<PathBuf>,
    /// Where files are made that are soon gone again: `/tmp`, or `TMPDIR`.
    #[cfg(feature = "cli")]
    pub(crate) temporary_dir: PathBuf,
    /// The command that edits a file: `vi`, or `VISUAL`, or `EDITOR`.
    #[cfg(feature = "cli")]
    pub(crate) editor: String,
    /// The file of certificates that are trusted instead of the system's: `SSL_CERT_FILE`.
    #[cfg(feature = "cli")]
    pub(crate) ssl_cert_file: Option<PathBuf>,
    /// What is said of Amazon's services, or others' that are used as they are.
    #[cfg(feature = "server")]
    pub(crate) aws: Aws,
    /// The machine's own name: what a client calls itself unless its configuration says.
    pub(crate) host_name: String,
}

impl Environment {
    /// The real one.
    pub(crate) fn of_process() -> Self {
        let directory = |name| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
        let home = directory("HOME");
        let data_dir = directory("PANTRY_DATA_DIR").unwrap_or_else(|| {
            let xdg = directory("XDG_DATA_HOME").filter(|path| path.is_absolute());
            let is_root = rustix::process::geteuid().is_root();
            default_data_dir(is_root, xdg.as_deref(), home.as_deref())
        });
        #[cfg(any(feature = "cli", feature = "server"))]
        let text = |name| std::env::var(name).ok().filter(|text| !text.trim().is_empty());
        Self {
            working_directory: std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")),
            config_dir: directory("PANTRY_CONFIG_DIR").unwrap_or_else(|| "/etc/pantry".into()),
            data_dir,
            home,
            #[cfg(feature = "cli")]
            temporary_dir: directory("TMPDIR").unwrap_or_else(|| "/tmp".into()),
            #[cfg(feature = "cli")]
            editor: text("VISUAL").or_else(|| text("EDITOR")).unwrap_or_else(|| "vi".to_owned()),
            #[cfg(feature = "cli")]
            ssl_cert_file: directory("SSL_CERT_FILE"),
            #[cfg(feature = "server")]
            aws: Aws::read(text),
            host_name: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        }
    }

    /// The first file of this name, such as `.pantry/config`, from the working directory upwards.
    #[cfg(feature = "cli")]
    pub(crate) fn find_upwards(&self, name: &str) -> Option<PathBuf> {
        self.working_directory.ancestors().map(|dir| dir.join(name)).find(|path| path.is_file())
    }

    /// The path as seen from the working directory.
    pub(crate) fn absolute(&self, path: &Path) -> PathBuf {
        // Without the `.` that people name the working directory by.
        self.working_directory.join(path).components().collect()
    }
}

/// What the usual variables say of Amazon's services. `Debug` does not show the keys.
#[cfg(feature = "server")]
#[derive(Clone, Debug, Default)]
pub(crate) struct Aws {
    /// `AWS_ACCESS_KEY_ID`.
    pub(crate) access_key_id: Option<String>,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub(crate) secret_access_key: Option<Password>,
    /// `AWS_SESSION_TOKEN`.
    pub(crate) session_token: Option<Password>,
    /// `AWS_REGION`, or `AWS_DEFAULT_REGION`.
    pub(crate) region: Option<String>,
    /// `AWS_ENDPOINT_URL_S3`, or `AWS_ENDPOINT_URL`.
    pub(crate) endpoint: Option<String>,
}

#[cfg(feature = "server")]
impl Aws {
    fn read(text: impl Fn(&'static str) -> Option<String>) -> Self {
        let secret = |name| Password::try_from(text(name)?).ok();
        Self {
            access_key_id: text("AWS_ACCESS_KEY_ID"),
            secret_access_key: secret("AWS_SECRET_ACCESS_KEY"),
            session_token: secret("AWS_SESSION_TOKEN"),
            region: text("AWS_REGION").or_else(|| text("AWS_DEFAULT_REGION")),
            endpoint: text("AWS_ENDPOINT_URL_S3").or_else(|| text("AWS_ENDPOINT_URL")),
        }
    }
}

/// `/var/lib/pantry` for root; for anyone else a directory of their own, by the XDG rules.
fn default_data_dir(is_root: bool, xdg_data_home: Option<&Path>, home: Option<&Path>) -> PathBuf {
    if is_root {
        return "/var/lib/pantry".into();
    }
    match (xdg_data_home, home) {
        (Some(data), _) => data.join("pantry"),
        (None, Some(home)) => home.join(".local/share/pantry"),
        (None, None) => "/var/lib/pantry".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_directory_is_root_s_or_one_s_own() {
        let (data, home) = (Path::new("/data"), Path::new("/home/jo"));
        assert_eq!(default_data_dir(true, Some(data), Some(home)), Path::new("/var/lib/pantry"));
        assert_eq!(default_data_dir(false, Some(data), Some(home)), Path::new("/data/pantry"));
        assert_eq!(
            default_data_dir(false, None, Some(home)),
            Path::new("/home/jo/.local/share/pantry")
        );
    }
}
