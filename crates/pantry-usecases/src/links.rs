//! Links to contents of files, for programs that do not sign what they fetch.
//!
//! A link says what its bearer may do, in which application, and until when, and is sealed by the
//! server. One to read works as long as a cookbook of that application holds the content, and one to
//! upload as long as its sandbox is open: a link proves what somebody was told, and what is so now
//! is looked at when it is used.

use std::sync::Arc;
use std::time::Duration;

use pantry_blobs::Blobs;
use pantry_model::refusals::{Refusal, files};
use pantry_model::{ApplicationName, Content, Error, Md5, Sha256, Timestamp};
use pantry_sign::{Seal, SealKey};

use crate::UseCases;
use crate::contents::to_error;

/// Where something can be fetched, or put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Here: a path and a query, which whoever answers puts behind the server's own address.
    Here(String),
    /// Elsewhere: a whole URL.
    Elsewhere(String),
}

/// How long a link to read works, unless it is said.
pub const READ_FOR: Duration = Duration::from_hours(8);

/// How long a link to upload works, unless it is said.
pub const UPLOAD_FOR: Duration = Duration::from_mins(15);

/// How links are made.
#[derive(Clone, Debug)]
pub struct Links {
    /// With what they are sealed.
    pub key: SealKey,
    /// How long one to read works.
    pub read_for: Duration,
    /// How long one to upload works.
    pub upload_for: Duration,
    /// Whether one to read leads to where contents are kept, past this server, if it can.
    pub are_direct: bool,
}

impl Links {
    /// Links that are sealed with this key, and else all defaults.
    pub fn new(key: SealKey) -> Self {
        Self { key, read_for: READ_FOR, upload_for: UPLOAD_FOR, are_direct: false }
    }
}

/// Where contents are kept, and how links to them are made.
#[derive(Clone)]
pub struct Files {
    /// Where they are kept.
    pub blobs: Arc<dyn Blobs>,
    /// How links are made.
    pub links: Links,
}

/// What a link lets its bearer do.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Grant<'a> {
    /// Read a content that an application holds.
    Read(&'a ApplicationName, &'a Sha256),
    /// Upload the content of a sandbox of an application that has this MD5.
    Upload(&'a ApplicationName, &'a str, &'a Md5),
}

/// What makes an address a link.
#[derive(Clone, Copy, Debug)]
pub struct Ticket {
    /// Until when it works, in seconds since the Unix epoch.
    expires: i64,
    seal: Seal,
}

impl Ticket {
    /// Reads it from the two values in an address's query.
    pub fn read(expires: Option<&str>, signature: Option<&str>) -> Result<Self, Refusal> {
        let (Some(expires), Some(signature)) = (expires, signature) else {
            return Err(files::unsigned());
        };
        let expires = expires.parse().map_err(|_| files::forged())?;
        let seal = signature.parse().map_err(|_| files::forged())?;
        Ok(Self { expires, seal })
    }
}

impl Grant<'_> {
    fn seal(&self, key: &SealKey, expires: i64) -> Seal {
        self.said(expires, |parts| key.seal(parts))
    }

    /// All that a seal is over.
    fn said<T>(&self, expires: i64, then: impl FnOnce(&[&[u8]]) -> T) -> T {
        let expires = expires.to_be_bytes();
        match self {
            Self::Read(application, sha256) => {
                then(&[b"GET", application.as_str().as_bytes(), &sha256.0, &expires])
            }
            Self::Upload(application, sandbox, md5) => {
                let application = application.as_str().as_bytes();
                then(&[b"PUT", application, sandbox.as_bytes(), &md5.0, &expires])
            }
        }
    }

    fn path(&self) -> String {
        match self {
            Self::Read(application, sha256) => {
                format!("/organizations/{application}/files/{sha256}")
            }
            Self::Upload(application, sandbox, md5) => {
                format!("/organizations/{application}/sandboxes/{sandbox}/{md5}")
            }
        }
    }
}

impl Links {
    /// A link that grants this from now on, for as long as it may.
    pub(crate) fn link(&self, grant: &Grant<'_>, now: Timestamp) -> Link {
        let lifetime = match grant {
            Grant::Read(..) => self.read_for,
            Grant::Upload(..) => self.upload_for,
        };
        let expires = now.after(lifetime).0.div_euclid(1000);
        let seal = grant.seal(&self.key, expires);
        Link::Here(format!("{}?expires={expires}&signature={seal}", grant.path()))
    }

    /// Whether a ticket grants this now.
    pub(crate) fn check(
        &self,
        grant: &Grant<'_>,
        ticket: &Ticket,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if !grant.said(ticket.expires, |parts| self.key.verify(parts, &ticket.seal)) {
            return Err(files::forged());
        }
        if now.0.div_euclid(1000) > ticket.expires { Err(files::expired()) } else { Ok(()) }
    }
}

impl UseCases {
    /// Where these contents, which an application holds, can be read; in their order.
    pub(crate) async fn links_to_read(
        &self,
        application: &ApplicationName,
        contents: &[Content],
    ) -> Result<Vec<Link>, Error> {
        let Files { blobs, links } = &self.files;
        let now = self.clock.now();
        let mut made = Vec::with_capacity(contents.len());
        for content in contents {
            let direct = if links.are_direct {
                blobs.link(&content.sha256, links.read_for).await.map_err(to_error)?
            } else {
                None
            };
            let here = || links.link(&Grant::Read(application, &content.sha256), now);
            made.push(direct.map_or_else(here, Link::Elsewhere));
        }
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_244_400_123);

    fn ticket(link: &Link) -> (String, Ticket) {
        let Link::Here(link) = link else { panic!("{link:?}") };
        let (path, query) = link.split_once('?').unwrap();
        let value = |name| query.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap();
        let ticket = Ticket::read(Some(value("expires=")), Some(value("signature="))).unwrap();
        (path.to_owned(), ticket)
    }

    #[test]
    fn a_link_grants_what_it_was_made_for_until_it_expires() {
        let links = Links::new(SealKey::new(&[1; 32]));
        let (shop, shelf) = ("shop".parse().unwrap(), "shelf".parse().unwrap());
        let (sha256, md5) = (Sha256([2; 32]), Md5([3; 16]));
        let read = Grant::Read(&shop, &sha256);
        let (path, ticket_to_read) = ticket(&links.link(&read, NOW));
        assert_eq!(path, format!("/organizations/shop/files/{}", "02".repeat(32)));
        let upload = Grant::Upload(&shop, "5b", &md5);
        let (path, ticket_to_upload) = ticket(&links.link(&upload, NOW));
        assert_eq!(path, format!("/organizations/shop/sandboxes/5b/{}", "03".repeat(16)));

        let hours = Duration::from_hours(8);
        for (grant, ticket, lifetime) in
            [(&read, &ticket_to_read, hours), (&upload, &ticket_to_upload, UPLOAD_FOR)]
        {
            assert_eq!(links.check(grant, ticket, NOW), Ok(()));
            assert_eq!(links.check(grant, ticket, NOW.after(lifetime)), Ok(()));
            let later = NOW.after(lifetime + Duration::from_secs(1));
            assert_eq!(links.check(grant, ticket, later), Err(files::expired()));
        }
        let (other, other_md5) = (Sha256([4; 32]), Md5([4; 16]));
        for (grant, ticket) in [
            (Grant::Read(&shelf, &sha256), &ticket_to_read),
            (Grant::Read(&shop, &other), &ticket_to_read),
            (Grant::Read(&shop, &sha256), &ticket_to_upload),
            (upload, &ticket_to_read),
            (Grant::Upload(&shelf, "5b", &md5), &ticket_to_upload),
            (Grant::Upload(&shop, "5c", &md5), &ticket_to_upload),
            (Grant::Upload(&shop, "5b", &other_md5), &ticket_to_upload),
        ] {
            assert_eq!(links.check(&grant, ticket, NOW), Err(files::forged()), "{grant:?}");
        }
        let later = Ticket { expires: ticket_to_read.expires + 1, ..ticket_to_read };
        assert_eq!(links.check(&read, &later, NOW), Err(files::forged()));
        let of_another = Links::new(SealKey::new(&[2; 32]));
        assert_eq!(of_another.check(&read, &ticket_to_read, NOW), Err(files::forged()));
    }

    #[test]
    fn what_is_no_ticket_is_none() {
        let seal = SealKey::new(&[1; 32]).seal(&[]).to_string();
        assert!(Ticket::read(Some("1"), Some(&seal)).is_ok());
        for (expires, signature) in [(None, None), (Some("1"), None), (None, Some("x"))] {
            assert_eq!(Ticket::read(expires, signature).unwrap_err(), files::unsigned());
        }
        for (expires, signature) in
            [("", &*seal), ("1x", &seal), ("99999999999999999999", &seal), ("1", ""), ("1", "é")]
        {
            let refused = Ticket::read(Some(expires), Some(signature)).unwrap_err();
            assert_eq!(refused, files::forged(), "{expires} {signature}");
        }
    }
}
