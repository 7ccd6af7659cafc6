//! What a machine's owner says of Chef: section `chef` of its `client.yml`.

use std::path::PathBuf;

/// How Chef is run on this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChefConfig {
    /// The program for modes `zero` and `server`; without, what is found on the PATH
    /// (`chef.command`).
    pub command: Option<PathBuf>,
    /// The program for mode `solo`; without, the one beside [`ChefConfig::command`], or what is
    /// found on the PATH (`chef.solo_command`).
    pub solo_command: Option<PathBuf>,
    /// How many bytes of contents that no run needs now are kept (`chef.cache_limit`).
    pub cache_limit: u64,
    /// What becomes of a run while another one goes on (`chef.when_busy`).
    pub when_busy: WhenBusy,
    /// The secret of encrypted data bag items, if it is there (`chef.secret_file`).
    pub secret_file: PathBuf,
    /// Where a Chef that runs without Pantry has its configuration (`chef.config_dir`).
    pub config_dir: PathBuf,
    /// In mode `server`: a PEM file with the certificates that are trusted in place of the machine's
    /// own authorities (`chef.trusted_certificates`).
    pub trusted_certificates: Option<PathBuf>,
    /// In mode `server`: whether the server's certificate is looked at (`chef.verify`).
    pub verify: bool,
}

impl ChefConfig {
    /// The default of [`ChefConfig::cache_limit`].
    pub const CACHE_LIMIT: u64 = 1024 * 1024 * 1024;
    /// The default of [`ChefConfig::secret_file`].
    pub const SECRET_FILE: &str = "/etc/chef/encrypted_data_bag_secret";
    /// The default of [`ChefConfig::config_dir`].
    pub const CONFIG_DIR: &str = "/etc/chef";
}

impl Default for ChefConfig {
    fn default() -> Self {
        Self {
            command: None,
            solo_command: None,
            cache_limit: Self::CACHE_LIMIT,
            when_busy: WhenBusy::default(),
            secret_file: Self::SECRET_FILE.into(),
            config_dir: Self::CONFIG_DIR.into(),
            trusted_certificates: None,
            verify: true,
        }
    }
}

/// What becomes of a run while another one goes on, here or outside of Pantry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenBusy {
    /// It waits for its turn, within its time limit.
    #[default]
    Wait,
    /// It is a failed delivery.
    Refuse,
}
