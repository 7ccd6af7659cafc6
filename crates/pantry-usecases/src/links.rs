//! Links to contents of files, for programs that do not sign what they fetch.
//!
//! A link says which application's reader it was made for and when it ends, and is signed by the
//! server. It works as long as something of that application holds the content.

use pantry_model::{ApplicationName, Content, Error};

use crate::UseCases;

/// Where something can be fetched, or put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Here: a path and a query, which whoever answers puts behind the server's own address.
    Here(String),
    /// Elsewhere: a whole URL.
    Elsewhere(String),
}

impl UseCases {
    /// Where these contents, which an application holds, can be read; in their order.
    pub(crate) async fn links_to_read(
        &self,
        application: &ApplicationName,
        contents: &[Content],
    ) -> Result<Vec<Link>, Error> {
        let link = |content: &Content| {
            Link::Here(format!("/organizations/{application}/files/{}", content.sha256))
        };
        Ok(contents.iter().map(link).collect())
    }
}
