//! The files of cookbooks on their way to a server, with a bar that says how far it is.

use std::collections::BTreeSet;

use pantry_berks::CookbookFile;
use pantry_http_client::{ChefClient, ChefError, LocalContent, Uploaded, upload_contents};

use crate::print::Print;
use crate::print::progress::bar;

/// Sees to it that the server has the contents of these files.
pub(super) async fn send(
    client: &ChefClient,
    files: impl IntoIterator<Item = &CookbookFile>,
    print: &mut Print,
) -> Result<Uploaded, ChefError> {
    let contents: Vec<_> = files.into_iter().map(content).collect();
    let count = contents.iter().map(|it| it.md5).collect::<BTreeSet<_>>().len();
    let sent = {
        let mut told = |done: Uploaded| print.progress(&bar("files", done.contents, count));
        upload_contents(client, &contents, &mut told).await
    };
    print.progress("");
    sent
}

fn content(file: &CookbookFile) -> LocalContent {
    LocalContent { md5: file.md5, path: file.place.clone(), size: file.size }
}
