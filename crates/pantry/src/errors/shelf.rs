//! What to do when a server refuses something about shelves.

use pantry_http_client::Refused;

/// A hint, if it is about versions of cookbooks on their way to a shelf, or where they are used.
pub(super) fn hint(refused: &Refused) -> Option<String> {
    let Refused { url, user, said, .. } = refused;
    let status = refused.status.as_u16();
    if url.contains("/cookbook_uses/") && status == 403 {
        let hint = "it is told to superusers only: to the server's administrator, and to pivotal";
        return Some(hint.to_owned());
    }
    let (_, place) = url.split_once("/organizations/")?;
    let (shelf, rest) = place.split_once('/')?;
    if !matches!(rest, "shelf/promotions" | "shelf/adoptions") {
        return None;
    }
    match status {
        403 if said.starts_with("You may not read the cookbooks of") => {
            Some(format!("an admin of it lets you in: `pantry app member add APP {user}`"))
        }
        403 if said.starts_with("You may not read the cookbook ") => Some(format!(
            "an admin can give it: `pantry app acl grant APP cookbooks/NAME read user:{user}`"
        )),
        403 if said.contains("missing create permission") => Some(format!(
            "an admin can give it: `pantry app acl grant {shelf} containers/cookbooks create \
             user:{user}`"
        )),
        403 if said.contains("missing update permission") => Some(format!(
            "{shelf} has the cookbook, and an admin can give it: `pantry app acl grant {shelf} \
             cookbooks/NAME update user:{user}`"
        )),
        404 if said.contains("has no cookbook named") => {
            Some("`pantry -a APP chef cookbook list --all-versions` shows what it has".to_owned())
        }
        409 if said.contains("has another content") => {
            Some(format!("`pantry shelf diff APP {shelf} NAME@VERSION` shows in what they differ"))
        }
        409 if said.contains("has been changed meanwhile") => {
            Some("`--dry-run` shows what there is now".to_owned())
        }
        409 if said.contains("under which") => {
            Some("no two files meet by chance: find out who has made one like the other".to_owned())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hint_can_be_typed() {
        for (status, place, said, part) in [
            (403, "/cookbook_uses/apt", "missing read permission", "superusers only"),
            (
                403,
                "/organizations/base/shelf/promotions",
                "You may not read the cookbooks of 'stage', or there is no such organization.",
                "`pantry app member add APP ada`",
            ),
            (
                403,
                "/organizations/base/shelf/adoptions",
                "missing create permission",
                "grant base containers/cookbooks create user:ada`",
            ),
            (
                409,
                "/organizations/base/shelf/promotions",
                "'base' has another content of apt 1.0.0: nothing was copied.",
                "`pantry shelf diff APP base NAME@VERSION`",
            ),
            (
                404,
                "/organizations/base/shelf/promotions",
                "'stage' has no cookbook named apt with version 1.0.0.",
                "chef cookbook list --all-versions`",
            ),
        ] {
            let refused = Refused {
                method: "POST".to_owned(),
                url: format!("https://h{place}"),
                user: "ada".to_owned(),
                status: status.try_into().unwrap(),
                said: said.to_owned(),
                location: None,
                clock_difference: None,
            };
            let hint = hint(&refused).unwrap_or_default();
            assert!(hint.contains(part), "{said}: {hint}");
        }
    }
}
