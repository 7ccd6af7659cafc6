//! What to do when a Chef server does not answer, or says no.

use std::path::PathBuf;
use std::time::Duration;

use pantry_http_client::{ChefError, HttpError, Problem, Refused, TlsProblem};

use super::{exit, shelf, some};

/// A stable name, the exit code, and the hint.
type Shown = (&'static str, u8, Option<String>);

/// Clocks that differ by more than this are worth a word. Signatures hold for a quarter of an hour.
const MUCH: Duration = Duration::from_secs(60);

/// For an error of a Chef server's.
pub(super) fn error(error: &ChefError) -> Shown {
    match error {
        // Nothing can have been done by it.
        ChefError::Http(HttpError { method, problem: Problem::CutOff, .. }) if method == "GET" => (
            "connection-lost",
            exit::NOT_THERE,
            some("is that the port of a Chef server? `--chef-server-url` says where it is"),
        ),
        ChefError::Http(error) => problem(&error.problem),
        ChefError::Sign(_) => ("key", exit::CONFIGURATION, some("`--chef-key` names another key")),
        ChefError::Refused(refused) => self::refused(refused),
        ChefError::LinkRefused(refused) => link(refused),
        ChefError::SupermarketRefused(refused) => supermarket(refused),
        ChefError::Link(_) | ChefError::OtherContent { .. } => (
            "not-understood",
            exit::OTHER_SERVER,
            some("somebody between here and there may have changed it: try again"),
        ),
        ChefError::Aborted => ("internal", exit::SERVER, None),
        ChefError::NotUnderstood { .. } => (
            "not-understood",
            exit::OTHER_SERVER,
            some("is that the URL of a Chef server? `--chef-server-url` names it"),
        ),
    }
}

/// For a user whose RSA key is not beside the other one.
pub(super) fn no_key(user: &str, looked: &[PathBuf]) -> Shown {
    let looked: Vec<_> = looked.iter().map(|path| path.display().to_string()).collect();
    let hint = format!(
        "looked for {}; `pantry user credentials {user}` makes one, and `--chef-user` with \
         `--chef-key` names another",
        looked.join(" and ")
    );
    ("no-credentials", exit::CONFIGURATION, Some(hint))
}

fn problem(problem: &Problem) -> Shown {
    match problem {
        Problem::Unresolved { .. } => (
            "not-there",
            exit::NOT_THERE,
            some("is the name right? `--chef-server-url`, or `--host`, says where the server is"),
        ),
        Problem::NobodyListens { .. }
        | Problem::Unreachable { .. }
        | Problem::ConnectTimeout(_) => (
            "not-there",
            exit::NOT_THERE,
            some(
                "does the server run? `--chef-server-url` says where it is; Pantry's own listens \
                     at `http.listen` in server.yml",
            ),
        ),
        Problem::Tls(TlsProblem::Untrusted) => (
            "tls-untrusted",
            exit::OTHER_SERVER,
            some(
                "`--chef-ca-file FILE`, or SSL_CERT_FILE, names the certificate of whoever signed it, \
                 or the server's own",
            ),
        ),
        Problem::Tls(TlsProblem::OtherName(_)) => (
            "tls-name",
            exit::OTHER_SERVER,
            some("`--chef-server-url`, or `--host`, takes the name that the certificate is for"),
        ),
        Problem::Tls(TlsProblem::Expired) => (
            "tls-expired",
            exit::OTHER_SERVER,
            some("is the clock here right? Else the server needs a new certificate"),
        ),
        Problem::Tls(TlsProblem::NotTls) => (
            "tls",
            exit::OTHER_SERVER,
            some("does it speak plain HTTP? Then its URL begins with http://"),
        ),
        Problem::Tls(TlsProblem::Other(_)) => ("tls", exit::OTHER_SERVER, None),
        Problem::Trust(_) => (
            "tls-trust",
            exit::CONFIGURATION,
            some("`--chef-ca-file FILE`, or SSL_CERT_FILE, names the certificates to trust"),
        ),
        Problem::NotHttp(_) => (
            "not-http",
            exit::OTHER_SERVER,
            some("does it speak TLS? Then its URL begins with https://"),
        ),
        Problem::CutOff => (
            "connection-lost",
            exit::NOT_THERE,
            some("it may have been done, or not: look before you ask again"),
        ),
        Problem::Silent(_) | Problem::TooSlow(_) => {
            ("no-answer", exit::SERVER, some("the server's log may say why"))
        }
        Problem::TooLarge { .. } => {
            ("too-large", exit::TOO_LARGE, some("ask for less at once: `--rows`, or `--attribute`"))
        }
        Problem::Unreadable { .. } | Problem::Unwritable(_) => ("file", exit::CONFIGURATION, None),
        Problem::Packing(_) => ("not-understood", exit::OTHER_SERVER, None),
        Problem::Request(_) => ("invalid", exit::USAGE, None),
    }
}

fn refused(refused: &Refused) -> Shown {
    let user = &refused.user;
    match refused.status.as_u16() {
        300..=399 => {
            let hint = refused.location.as_ref().map(|location| {
                format!("it sends whoever asks to {location}: `--chef-server-url` can name that")
            });
            ("redirected", exit::OTHER_SERVER, hint)
        }
        401 => ("not-authenticated", exit::KEY_REFUSED, Some(unauthenticated(refused))),
        403 => (
            "forbidden",
            exit::FORBIDDEN,
            shelf::hint(refused).or_else(|| Some(forbidden(refused))),
        ),
        404 | 410 => ("unknown", exit::UNKNOWN, shelf::hint(refused).or_else(|| unknown(refused))),
        405 => ("not-allowed", exit::USAGE, None),
        406 => (
            "no-common-version",
            exit::SERVER,
            some("this version of Pantry speaks versions 0 to 2 of the Chef API"),
        ),
        409 if refused.said.contains("frozen") => (
            "frozen",
            exit::TAKEN,
            some("give it another version, or say `--force` to replace what is frozen"),
        ),
        409 if refused.said.contains("among the shelves of") => {
            ("taken", exit::TAKEN, shelves_of(refused))
        }
        409 => (
            "taken",
            exit::TAKEN,
            shelf::hint(refused)
                .or_else(|| some("somebody else made it, or something else has its name")),
        ),
        412 => ("invalid", exit::USAGE, None),
        413 => (
            "too-large",
            exit::TOO_LARGE,
            some(
                "Chef servers take objects of about a megabyte; Pantry's limit is \
                 `http.limits.max_json_bytes` in server.yml",
            ),
        ),
        429 | 503 => ("unavailable", exit::SERVER, some("try again in a moment")),
        400..=499 => ("invalid", exit::USAGE, None),
        _ => {
            let hint = format!("the server's log says more; {user} asked {}", refused.url);
            ("internal", exit::SERVER, Some(hint))
        }
    }
}

/// For a link to a content. Nobody asks by a name there, so nobody lacks a permission.
fn link(refused: &Refused) -> Shown {
    match refused.status.as_u16() {
        401 | 403 => (
            "link-refused",
            exit::SERVER,
            some("the link may be too old by now, or the clocks differ: try again"),
        ),
        404 | 410 => ("unknown", exit::UNKNOWN, some("it was deleted a moment ago: look again")),
        413 => ("too-large", exit::TOO_LARGE, some("the server takes no file as large as this")),
        _ => self::refused(refused),
    }
}

fn supermarket(refused: &Refused) -> Shown {
    match refused.status.as_u16() {
        404 => (
            "unknown",
            exit::UNKNOWN,
            some(
                "a Supermarket's or a shelf's URL is expected, such as https://HOST/shelves/NAME; a shelf \
                 that is not published is read with `--source-user NAME --source-key FILE`",
            ),
        ),
        _ => self::refused(refused),
    }
}

fn unauthenticated(refused: &Refused) -> String {
    let Refused { user, said, .. } = refused;
    let difference = refused.clock_difference.filter(|difference| *difference > MUCH);
    if let Some(difference) = difference {
        let minutes = difference.as_secs().div_ceil(60);
        return format!(
            "the clock here and the server's differ by {minutes} minutes, and signatures hold for 15: \
             set the one that is wrong"
        );
    }
    if said.to_ascii_lowercase().contains("signature") {
        return format!("the key is not {user}'s there: `--chef-key` names another");
    }
    format!(
        "is {user} a user, or a client of this organization, there, and is the key the right one? \
         `--chef-user` and `--chef-key` say"
    )
}

/// Who can give the permission, and how.
fn forbidden(refused: &Refused) -> String {
    let user = &refused.user;
    let place = refused.url.split_once("/organizations/").map(|(_, rest)| rest.split('/'));
    let mut place = place.into_iter().flatten();
    let organization = place.next().unwrap_or("APP");
    if refused.said.contains("not associated with") {
        return format!("`pantry app member add {organization} {user}` lets a user in");
    }
    if refused.said.contains("comes from a shelf of") {
        return format!(
            "`pantry app shelf list {organization}` shows the shelves; a copy of its own stands before \
             them"
        );
    }
    let permission = ["create", "read", "update", "delete", "grant"]
        .into_iter()
        .find(|permission| refused.said.contains(&format!("missing {permission} permission")));
    match (permission, place.next(), place.next()) {
        (Some(permission), Some(family), object) => {
            let object = match object {
                // Who may make and use shelves is said by the application's own permissions.
                _ if matches!(family, "shelf" | "shelves") => "organization".to_owned(),
                Some(object) => format!("{family}/{object}"),
                None => format!("containers/{family}"),
            };
            format!(
                "an admin can give it: `pantry app acl grant {organization} {object} {permission} \
                 user:{user}`, or `client:{user}`"
            )
        }
        _ => "ask an administrator of the organization".to_owned(),
    }
}

/// Which shelves an application has.
fn shelves_of(refused: &Refused) -> Option<String> {
    let (_, place) = refused.url.split_once("/organizations/")?;
    let organization = place.split('/').next()?;
    Some(format!("`pantry app shelf list {organization}` shows them"))
}

/// How to find out what there is.
fn unknown(refused: &Refused) -> Option<String> {
    let (_, place) = refused.url.split_once("/organizations/")?;
    let mut place = place.split('/');
    let organization = place.next()?;
    if refused.said.to_ascii_lowercase().contains("organization") {
        return some("`pantry app list` shows the applications that there are");
    }
    if refused.said.contains("is not among the shelves of") {
        return shelves_of(refused);
    }
    if refused.said.contains("is not granted to") {
        return Some(format!("`pantry shelf show {organization}` shows whom it is granted to"));
    }
    let noun = match place.next()? {
        "nodes" => "node",
        "roles" => "role",
        "environments" => "environment",
        "cookbooks" => "cookbook",
        "data" => "data-bag",
        "reports" if refused.said.starts_with("Report ") => {
            return Some(format!("`pantry -a {organization} chef runs` lists those that are kept"));
        }
        "reports" if refused.said.starts_with("node ") => "node",
        "reports" => return some("this server may keep no reports of runs: not all do"),
        "search" => {
            return some(
                "what can be searched is node, role, environment, client, and each data bag",
            );
        }
        _ => return None,
    };
    let bag = place.next().filter(|_| noun == "data-bag" && place.next().is_some());
    let bag = bag.map(|bag| format!(" {bag}")).unwrap_or_default();
    Some(format!("`pantry -a {organization} chef {noun} list{bag}` shows what there is"))
}

#[cfg(test)]
mod tests {
    use pantry_http_client::Refused;

    fn shown(status: u16, path: &str, said: &str) -> (u8, String) {
        let refused = Refused {
            method: "GET".to_owned(),
            url: format!("https://h/organizations/shop{path}"),
            user: "ada".to_owned(),
            status: status.try_into().unwrap(),
            said: said.to_owned(),
            location: None,
            clock_difference: None,
        };
        let (_, exit_code, hint) = super::refused(&refused);
        (exit_code, hint.unwrap_or_default())
    }

    #[test]
    fn a_hint_can_be_typed() {
        for (status, path, said, exit_code, part) in [
            (401, "/nodes", "Invalid signature for user or client 'ada'", 5, "not ada's there"),
            (401, "/nodes", "Failed to authenticate as 'ada'. Ensure", 5, "`--chef-user`"),
            (
                403,
                "/nodes",
                "missing read permission",
                7,
                "grant shop containers/nodes read user:ada",
            ),
            (
                403,
                "/data/keys/db",
                "missing update permission",
                7,
                "shop data/keys update user:ada",
            ),
            (
                403,
                "/nodes",
                "'ada' not associated with organization 'shop'",
                7,
                "app member add shop ada",
            ),
            (404, "/roles/web", "Cannot load role web", 8, "`pantry -a shop chef role list`"),
            (404, "/data/keys", "Cannot load data bag keys", 8, "chef data-bag list`"),
            (404, "/data/keys/db", "Cannot load data bag item", 8, "chef data-bag list keys`"),
            (404, "/nodes", "organization 'shop' does not exist.", 8, "`pantry app list`"),
            (409, "/nodes", "Node already exists", 10, "somebody else"),
            (
                403,
                "/shelf/grants/a",
                "missing grant permission",
                7,
                "shop organization grant user:ada",
            ),
            (403, "/shelves", "missing update permission", 7, "shop organization update user:ada"),
            (403, "/cookbooks/a/1.0.0", "It comes from a shelf of this", 7, "app shelf list shop`"),
            (409, "/shelves", "'a' is among the shelves of 'shop'", 10, "app shelf list shop`"),
            (404, "/shelves/a", "'a' is not among the shelves of 'shop'", 8, "shelf list shop`"),
            (404, "/shelf/grants/a", "'shop' is not granted to 'a'", 8, "`pantry shelf show shop`"),
            (413, "/nodes/a", "JSON must be", 12, "max_json_bytes"),
            (404, "/reports/org/runs/1", "Report 1 not found", 8, "`pantry -a shop chef runs`"),
            (404, "/reports/nodes/a/runs", "node 'a' not found", 8, "chef node list`"),
            (404, "/reports/org/runs", "not found", 8, "keep no reports"),
            (400, "/nodes/a", "invalid", 2, ""),
            (500, "/nodes/a", "internal", 13, "ada asked https://h/organizations/shop/nodes/a"),
            (503, "/nodes/a", "busy", 13, "in a moment"),
        ] {
            let (code, hint) = shown(status, path, said);
            assert_eq!(code, exit_code, "{status} {said}");
            assert!(hint.contains(part), "{status} {said}: {hint}");
        }
    }
}
