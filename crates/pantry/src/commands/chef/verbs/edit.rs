//! An object in the user's editor.
//!
//! What is written is never lost: unless the server took it, it stays in its file. And nothing of
//! somebody else's is lost: the object is read again before it is replaced.

use pantry_http_client::ChefClient;

use super::super::document::{Document, Member};
use super::super::editor::{Draft, Interrupts};
use super::super::kind::Kind;
use super::super::save::is_status;
use super::show;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Lets the user edit an object, without the members that are hidden, and sends it back.
pub(in crate::commands::chef) async fn edit(
    kind: Kind<'_>,
    name: &str,
    hidden: &[&str],
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let before = shown(&show::get(kind, name, client).await?, hidden);
    let text = before.pretty(kind.order()) + "\n";
    let draft = Draft::new(&kind.title(name), &text, &context.environment)?;
    let mut interrupts = Interrupts::listen()?;
    let edited = match read(&draft, &text, &mut interrupts, context).await {
        Ok(Some(edited)) if !edited.is_same(&before) => edited,
        Ok(_) => {
            context.print.note(&format!("nothing changed: the {} is as it was", kind.title(name)));
            return Ok(exit::DONE);
        }
        // What nobody has written need not be kept.
        Err(error @ CliError::Editor { .. }) if is_untouched(&draft, &text) => return Err(error),
        Err(error) => return Err(kept(error, draft)),
    };
    let replaced = tokio::select! {
        replaced = replace(kind, name, &before, &edited, hidden, client) => replaced,
        () = interrupts.next() => Err((CliError::Interrupted, None)),
    };
    match replaced {
        Ok(()) => {
            context.print.note(&format!("updated the {}", kind.title(name)));
            Ok(exit::DONE)
        }
        Err((error, whole)) => {
            // So that the file can be uploaded as it is.
            if let Some(whole) = whole {
                draft.write(&(whole.pretty(kind.order()) + "\n"))?;
            }
            Err(kept(error, draft))
        }
    }
}

fn kept(error: CliError, draft: Draft) -> CliError {
    CliError::Kept { source: Box::new(error), path: draft.keep() }
}

fn is_untouched(draft: &Draft, text: &str) -> bool {
    draft.read().is_ok_and(|now| now == text.as_bytes())
}

/// What the user has made of the text; `None` if nothing. What is no JSON can be edited again, if
/// there is somebody to ask.
async fn read(
    draft: &Draft,
    text: &str,
    interrupts: &mut Interrupts,
    context: &mut Context,
) -> Result<Option<Document>, CliError> {
    loop {
        draft.edit(&context.environment, interrupts).await?;
        let edited = draft.read()?;
        if edited == text.as_bytes() {
            return Ok(None);
        }
        match Document::read(&edited) {
            Ok(edited) => return Ok(Some(edited)),
            Err(reason) => {
                let error = draft.wrong(reason);
                if !context.print.can_ask() {
                    return Err(error);
                }
                context.print.note(&format!("error: {error}"));
                if !context.print.confirm("Edit it again?")? {
                    return Err(error);
                }
            }
        }
    }
}

/// Puts the edited object in the place of the one from before. An error has with it what was to be,
/// where that could be said.
async fn replace(
    kind: Kind<'_>,
    name: &str,
    before: &Document,
    edited: &Document,
    hidden: &[&str],
    client: &ChefClient,
) -> Result<(), (CliError, Option<Document>)> {
    let changed = || CliError::ChangedMeanwhile { what: format!("the {}", kind.title(name)) };
    let now = match show::get(kind, name, client).await {
        Ok(now) => now,
        Err(CliError::Chef(error)) if is_status(&error, 404) => return Err((changed(), None)),
        Err(error) => return Err((error, None)),
    };
    let whole = completed(edited, &now, hidden);
    if !shown(&now, hidden).is_same(before) {
        return Err((changed(), Some(whole)));
    }
    match client.put(&kind.path(name), whole.compact().into_bytes()).await {
        Ok(_) => Ok(()),
        Err(error) => Err((error.into(), Some(whole))),
    }
}

/// An object without what is hidden.
fn shown(document: &Document, hidden: &[&str]) -> Document {
    let members = document.members().into_iter();
    Document::of(members.filter(|(key, _)| !hidden.contains(&key.as_ref())).collect())
}

/// What was edited, with what is hidden as it is now.
fn completed(edited: &Document, now: &Document, hidden: &[&str]) -> Document {
    let mut members: Vec<Member<'_>> = edited.members();
    for (key, value) in now.members() {
        let is_said = members.iter().any(|(said, _)| *said == key);
        if hidden.contains(&key.as_ref()) && !is_said {
            members.push((key.into_owned().into(), value));
        }
    }
    Document::of(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_hidden_comes_back_as_it_is_now() {
        let document = |text: &str| Document::read(text.as_bytes()).unwrap();
        let before = document(r#"{"name":"web1","automatic":{"a":1},"normal":{}}"#);
        let offered = shown(&before, &["automatic", "default"]);
        assert_eq!(offered.text(), r#"{"name":"web1","normal":{}}"#);
        let now = document(r#"{"name":"web1","automatic":{"a":2},"normal":{}}"#);
        let edited = document(r#"{"name":"web1","normal":{"b":1}}"#);
        let whole = completed(&edited, &now, &["automatic", "default"]);
        assert_eq!(whole.text(), r#"{"name":"web1","normal":{"b":1},"automatic":{"a":2}}"#);
        let said = document(r#"{"automatic":{"a":3}}"#);
        assert_eq!(completed(&said, &now, &["automatic"]).text(), r#"{"automatic":{"a":3}}"#);
    }
}
