//! `pantry app acl grant|revoke APP OBJECT PERMISSIONS HOLDER`.

use pantry_model::commands::acl::{AclGrant, AclObject, AclRevoke, Holder};
use pantry_model::{ApplicationName, Permission};

use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `app acl grant` and `app acl revoke`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An OBJECT is `organization`, which is the application itself, or a kind and a name, as in the paths
of the Chef Server API. New objects inherit the permissions of their container; those that exist
keep theirs.

Examples:
  pantry app acl grant shop containers/jobs create group:deployers
  pantry app acl revoke shop nodes/web1 update,delete user:ada
  pantry app acl grant shop organization all client:backup")]
pub(super) struct Options {
    /// The application
    #[arg(value_name = "APP")]
    application: ApplicationName,
    /// The object
    #[arg(value_name = "OBJECT")]
    object: AclObject,
    /// create, read, update, delete, grant, several of them with commas, or all
    #[arg(value_name = "PERMISSIONS", value_parser = permissions)]
    permissions: Permissions,
    /// user:NAME, client:NAME or group:NAME
    #[arg(value_name = "HOLDER")]
    holder: Holder,
}

/// Permissions as they are typed.
#[derive(Clone, Debug)]
struct Permissions(Vec<Permission>);

fn permissions(text: &str) -> Result<Permissions, String> {
    if text == "all" {
        return Ok(Permissions(Permission::ALL.to_vec()));
    }
    let known = |word: &str| {
        Permission::from_text(word).ok_or_else(|| {
            format!("`{word}` is no permission: create, read, update, delete, grant or all")
        })
    };
    text.split(',').map(known).collect::<Result<_, _>>().map(Permissions)
}

/// Gives them.
pub(super) async fn grant(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let Options { application, object, permissions: Permissions(permissions), holder } = options;
    let said = format!("{holder} holds {} on {object} of {application}", words(&permissions));
    let mut connection = context.connect().await?;
    connection.change(&AclGrant { application, object, permissions, holder }, None).await?;
    context.print.note(&said);
    Ok(exit::DONE)
}

/// Takes them.
pub(super) async fn revoke(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let Options { application, object, permissions: Permissions(permissions), holder } = options;
    let said =
        format!("{holder} no longer holds {} on {object} of {application}", words(&permissions));
    let mut connection = context.connect().await?;
    connection.change(&AclRevoke { application, object, permissions, holder }, None).await?;
    context.print.note(&said);
    Ok(exit::DONE)
}

fn words(permissions: &[Permission]) -> String {
    permissions.iter().map(|it| it.as_str()).collect::<Vec<_>>().join(", ")
}
