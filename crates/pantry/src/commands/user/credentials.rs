//! `pantry user credentials NAME`: makes a user's keys, and the files that hold them.
//!
//! Both key pairs are made here, and only their public halves are sent. The files come in the order
//! in which a failure does least harm: first it is made sure that all can be written, then the
//! server is asked, then they are.

use std::path::{Path, PathBuf};

use pantry_model::UserName;
use pantry_model::commands::user::{HttpAddress, UserCredentials};
use pantry_sign::PrivateKey;

use crate::commands::Context;
use crate::credentials::Credentials;
use crate::errors::{CliError, exit};
use crate::files;
use crate::keys::{KeysFile, KeysServer};

/// Options of `user credentials`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Writes, for their owner only:
  DIR/.chef/NAME.pem      the RSA key that signs requests of the Chef Server API
  DIR/.chef/credentials   a profile for knife, chef and berks; one is added if the file exists
  DIR/.pantry/keys.yml    the keys for this command line

With -a the profile is for that application and has its name; else it is `default`. --host is the
server's address as the user will reach it.

Examples:
  pantry -a shop user credentials ada --dir ada     for somebody else: hand over what is in `ada`
  pantry -a shop user credentials ada               for yourself, in your home directory
  knife client list --profile shop")]
pub(crate) struct Options {
    /// Whose
    #[arg(value_name = "NAME")]
    user: UserName,
    /// Where the files go [default: your home directory]
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Put these keys in the place of those that the user has, which are refused from then on
    #[arg(long)]
    replace: bool,
}

/// Makes the keys, tells the server, writes the files.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let user = options.user;
    let places = Places::new(&user, options.dir.as_deref(), context)?;
    let application = context.global.application.clone();
    let profile = application.as_ref().map_or("default", |name| name.as_str());
    let before = places.can_be_written(profile)?;

    let rsa = PrivateKey::generate(PrivateKey::USUAL_BITS)
        .map_err(|error| CliError::Nonsense(format!("a new RSA key: {error}")))?;
    let curve = pantry_wire::generate_key_pair();
    let mut connection = context.connect().await?;
    let asked = UserCredentials {
        user: user.clone(),
        curve_key: curve.public,
        rsa_key: rsa.public_key().to_pem(),
        replace: options.replace,
    };
    let answer = connection.change(&asked, None).await?;

    let credentials = connection.credentials();
    let server = KeysServer {
        public_key: credentials.server_key,
        host: Some(credentials.server.server_host.clone()),
        pub_sub_port: Some(credentials.server.pub_sub_port),
        receive_port: Some(credentials.server.receive_port),
        file_service_port: Some(credentials.server.file_service_port),
    };
    let url = answer.http.map(|http| url(http, credentials, context));
    let keys = KeysFile::new(user.clone(), server, &curve);
    keys.write_new(&places.keys).map_err(places.failed(&places.keys))?;
    files::write_new_secret(&places.pem, &rsa.to_pem()).map_err(places.failed(&places.pem))?;
    let text = with_profile(&before, profile, &user, &places.pem, url.as_deref());
    files::replace_secret(&places.chef, &text).map_err(places.failed(&places.chef))?;

    let Places { keys, pem, chef } = &places;
    context.print.note(&format!(
        "made the keys of {user}: {}, {} and the profile `{profile}` in {}",
        keys.display(),
        pem.display(),
        chef.display()
    ));
    if url.is_none() {
        context
            .print
            .note("this server does not serve the Chef Server API: the profile has no URL");
    }
    Ok(exit::DONE)
}

/// Where the files go.
struct Places {
    keys: PathBuf,
    pem: PathBuf,
    chef: PathBuf,
}

impl Places {
    fn new(user: &UserName, dir: Option<&Path>, context: &Context) -> Result<Self, CliError> {
        let root = match (dir, &context.environment.home) {
            (Some(dir), _) => context.environment.absolute(dir),
            (None, Some(home)) => home.clone(),
            (None, None) => {
                return Err(CliError::Usage {
                    message: "there is no home directory to write to".to_owned(),
                    hint: "say `--dir DIR`".to_owned(),
                });
            }
        };
        Ok(Self {
            keys: root.join(".pantry/keys.yml"),
            pem: root.join(".chef").join(format!("{user}.pem")),
            chef: root.join(".chef/credentials"),
        })
    }

    fn failed(&self, path: &Path) -> impl Fn(std::io::Error) -> CliError + use<> {
        let path = path.to_owned();
        move |source| CliError::File { action: "written", path: path.clone(), source }
    }

    /// Makes the directories, and sees that nothing would be written over another's keys. Gives
    /// what the profiles' file holds already.
    fn can_be_written(&self, profile: &str) -> Result<String, CliError> {
        for path in [&self.keys, &self.pem] {
            if let Some(parent) = path.parent() {
                files::make_private_directory(parent).map_err(self.failed(parent))?;
            }
            if path.symlink_metadata().is_ok() {
                return Err(self.failed(path)(std::io::ErrorKind::AlreadyExists.into()));
            }
        }
        let before = match std::fs::read_to_string(&self.chef) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(self.failed(&self.chef)(error)),
        };
        let heading = format!("[{profile}]");
        if before.lines().any(|line| line.trim() == heading) {
            return Err(CliError::Usage {
                message: format!("{} has a profile `{profile}` already", self.chef.display()),
                hint: "delete it there, or choose another directory with `--dir`".to_owned(),
            });
        }
        Ok(before)
    }
}

/// The URL that knife wants: of the application, or of the server.
fn url(http: HttpAddress, credentials: &Credentials, context: &Context) -> String {
    let scheme = if http.tls { "https" } else { "http" };
    let host = &credentials.server.server_host;
    let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
    let server = format!("{scheme}://{host}:{}", http.port);
    match &context.global.application {
        Some(application) => format!("{server}/organizations/{application}"),
        None => server,
    }
}

/// The profiles' file with one more. Names have no quotes or backslashes in them; a path could.
fn with_profile(
    before: &str,
    profile: &str,
    user: &UserName,
    pem: &Path,
    url: Option<&str>,
) -> String {
    let mut text = before.to_owned();
    if !text.is_empty() {
        text.push_str(if text.ends_with('\n') { "\n" } else { "\n\n" });
    }
    let pem = pem.display().to_string().replace('\\', "\\\\").replace('"', "\\\"");
    text.push_str(&format!("[{profile}]\nclient_name = \"{user}\"\nclient_key = \"{pem}\"\n"));
    if let Some(url) = url {
        text.push_str(&format!("chef_server_url = \"{url}\"\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_added_after_those_that_are_there() {
        let user = "ada".parse().unwrap();
        let pem = Path::new("/home/ada/.chef/ada.pem");
        let first = with_profile("", "shop", &user, pem, Some("http://127.0.0.1:4000"));
        assert_eq!(
            first,
            "[shop]\nclient_name = \"ada\"\nclient_key = \"/home/ada/.chef/ada.pem\"\nchef_server_url = \"http://127.0.0.1:4000\"\n"
        );
        let second = with_profile("[old]\nx = 1", "shop", &user, pem, None);
        assert!(second.starts_with("[old]\nx = 1\n\n[shop]\nclient_name"), "{second}");
    }
}
