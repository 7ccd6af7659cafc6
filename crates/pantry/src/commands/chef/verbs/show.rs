//! One object, whole.

use pantry_http_client::{ChefClient, ChefError};

use super::super::document::Document;
use super::super::kind::Kind;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::clean::{Colours, clean};

/// The object of this name.
pub(in crate::commands::chef) async fn get(
    kind: Kind<'_>,
    name: &str,
    client: &ChefClient,
) -> Result<Document, CliError> {
    let path = kind.path(name);
    let body = client.get(&path).await?;
    Document::read(&body).map_err(|reason| {
        let url = client.url().join(&path).to_string();
        ChefError::NotUnderstood { method: "GET".to_owned(), url, reason }.into()
    })
}

/// Prints it: as it is with `--json`, else on several lines with what matters first.
pub(in crate::commands::chef) async fn show(
    kind: Kind<'_>,
    name: &str,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let document = get(kind, name, client).await?;
    print(&document, kind.order(), context)?;
    Ok(exit::DONE)
}

/// Prints an object, of which these keys come first and those last.
pub(in crate::commands::chef) fn print(
    document: &Document,
    order: (&[&str], &[&str]),
    context: &mut Context,
) -> Result<(), CliError> {
    if context.print.is_json() {
        return context.print.line(&document.compact());
    }
    let text = document.pretty(order);
    if !context.print.out_is_terminal() {
        return context.print.line(&text);
    }
    // JSON has no control characters but in its texts, and there only those that it need not escape.
    text.lines().try_for_each(|line| context.print.line(&clean(line, Colours::Removed)))
}
