//! How a group is named in the membership of another, or in an access control list: `name` where
//! it is used, `::name` for one that belongs to no organization, `organization::name` for another's.

/// A group's name with what it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopedName<'a> {
    /// One of the organization that the request is about; in a request about none, one that belongs
    /// to none.
    Here(&'a str),
    /// One that belongs to no organization.
    Global(&'a str),
    /// One of this organization.
    Of(&'a str, &'a str),
}

impl<'a> ScopedName<'a> {
    /// Reads a name; `None` if nothing can be called so.
    pub fn read(text: &'a str) -> Option<Self> {
        let read = match text.split_once("::") {
            None => Self::Here(text),
            Some(("", name)) => Self::Global(name),
            Some((organization, name)) => Self::Of(organization, name),
        };
        let (organization, name) = match read {
            Self::Here(name) | Self::Global(name) => ("", name),
            Self::Of(organization, name) => (organization, name),
        };
        let fits = |text: &str| {
            text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        };
        (!name.is_empty() && fits(name) && fits(organization)).then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::ScopedName::{Global, Here, Of};
    use super::*;

    #[test]
    fn a_name_says_what_it_belongs_to() {
        for (text, expected) in [
            ("admins", Some(Here("admins"))),
            ("Web-1.example_org", Some(Here("Web-1.example_org"))),
            ("::server-admins", Some(Global("server-admins"))),
            ("shop::admins", Some(Of("shop", "admins"))),
            ("", None),
            ("::", None),
            ("shop::", None),
            (":admins", None),
            (":::admins", None),
            ("a::b::c", None),
            ("no good", None),
            ("no good::admins", None),
            ("größe", None),
        ] {
            assert_eq!(ScopedName::read(text), expected, "{text:?}");
        }
    }
}
