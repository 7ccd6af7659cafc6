//! The commands of a document, so that a test can run them and a document cannot go stale.
//!
//! A block fenced with exactly `sh` holds commands that are run, one a line, in the order of the
//! document; a block with any other mark (`text`, `console`, `yaml`) is only read. In a block,
//! empty lines and lines that begin with `#` are left out, and a line that ends with `\` goes on in
//! the next. Every command must succeed.
//!
//! A command that goes on in the background ends with `&` and a comment that quotes what it prints
//! when it is ready. It tells the reader the same as the test, which waits for that text:
//!
//! ````text
//! ```sh
//! pantry server &        # ready once it says "public key"
//! pantry app create shop
//! ```
//! ````

/// Why commands cannot be read from a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A block has no end.
    #[error("line {0}: this block is not closed")]
    OpenBlock(usize),
    /// The last line of a block says that it goes on.
    #[error("line {0}: this line ends with `\\`, and the block ends after it")]
    OpenLine(usize),
    /// Nobody could tell when to go on.
    #[error("line {0}: a background command needs a comment that quotes what it prints when ready")]
    NeverReady(usize),
}

/// One command of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentedCommand {
    /// The line of the document on which it begins, from 1.
    pub line: usize,
    /// What is typed, without the `&`.
    pub text: String,
    /// What it prints when it is ready, if it goes on in the background.
    pub ready: Option<String>,
}

/// All commands of a Markdown document, in order.
pub fn commands(markdown: &str) -> Result<Vec<DocumentedCommand>, Unreadable> {
    let mut found = Vec::new();
    // The block that is open: the line of its fence, and whether its commands are run.
    let mut block: Option<(usize, bool)> = None;
    // The line that goes on: where it began, and what there is of it.
    let mut begun: Option<(usize, String)> = None;
    for (line, text) in (1..).zip(markdown.lines()) {
        let text = text.trim();
        if let Some(mark) = text.strip_prefix("```") {
            if let Some((start, _)) = begun {
                return Err(Unreadable::OpenLine(start));
            }
            block = if block.is_some() { None } else { Some((line, mark == "sh")) };
            continue;
        }
        let is_run = matches!(block, Some((_, true)));
        if !is_run || begun.is_none() && (text.is_empty() || text.starts_with('#')) {
            continue;
        }
        let (start, mut whole) = begun.take().unwrap_or((line, String::new()));
        match text.strip_suffix('\\') {
            Some(part) => {
                whole.push_str(part);
                begun = Some((start, whole));
            }
            None => {
                whole.push_str(text);
                found.push(command(start, &whole)?);
            }
        }
    }
    match block {
        Some((start, _)) => Err(Unreadable::OpenBlock(start)),
        None => Ok(found),
    }
}

fn command(line: usize, text: &str) -> Result<DocumentedCommand, Unreadable> {
    let background = text.rsplit_once(" &").filter(|(_, rest)| {
        let rest = rest.trim_start();
        rest.is_empty() || rest.starts_with('#')
    });
    let Some((text, comment)) = background else {
        return Ok(DocumentedCommand { line, text: text.to_owned(), ready: None });
    };
    let ready = comment.split('"').nth(1).filter(|quoted| !quoted.is_empty());
    let ready = ready.ok_or(Unreadable::NeverReady(line))?;
    let text = text.trim_end().to_owned();
    Ok(DocumentedCommand { line, text, ready: Some(ready.to_owned()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(markdown: &str) -> Vec<(usize, String, Option<String>)> {
        let commands = commands(markdown).unwrap();
        commands.into_iter().map(|c| (c.line, c.text, c.ready)).collect()
    }

    #[test]
    fn only_blocks_marked_sh_are_run() {
        let markdown = "one\n```sh\npantry status\n```\n```text\npantry no\n```\n```\nno\n```\n";
        assert_eq!(read(markdown), [(3, "pantry status".to_owned(), None)]);
    }

    #[test]
    fn comments_and_empty_lines_are_left_out_and_long_lines_joined() {
        let markdown = "```sh\n# first\n\npantry -a shop \\\n  echo hi # there\n```\n";
        assert_eq!(read(markdown), [(4, "pantry -a shop echo hi # there".to_owned(), None)]);
    }

    #[test]
    fn a_background_command_says_when_it_is_ready() {
        let markdown = "```sh\npantry server   &  # ready once it says \"public key\"\n```\n";
        let expected = (2, "pantry server".to_owned(), Some("public key".to_owned()));
        assert_eq!(read(markdown), [expected]);
        let both = "```sh\na && b\necho 'x & y'\n```\n";
        assert!(read(both).iter().all(|(_, _, ready)| ready.is_none()));
    }

    #[test]
    fn the_documents_can_be_typed() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        for document in [
            "README.md",
            "docs/src/getting-started.md",
            "docs/src/chef-data.md",
            "docs/src/cookbooks.md",
        ] {
            let text = std::fs::read_to_string(root.join(document)).unwrap();
            let commands = commands(&text).unwrap();
            assert!(commands.len() > 5, "{document}: {commands:?}");
            for command in commands {
                let mut shell = std::process::Command::new("sh");
                let status = shell.args(["-n", "-c", &command.text]).status().unwrap();
                assert!(status.success(), "{document}:{}: {}", command.line, command.text);
            }
        }
    }

    #[test]
    fn what_a_test_could_not_run_is_an_error_with_its_line() {
        for (markdown, error) in [
            ("```sh\npantry status\n", Unreadable::OpenBlock(1)),
            ("```sh\npantry \\\n```\n", Unreadable::OpenLine(2)),
            ("```sh\npantry server &\n```\n", Unreadable::NeverReady(2)),
            ("```sh\npantry server & # soon\n```\n", Unreadable::NeverReady(2)),
        ] {
            assert_eq!(commands(markdown).unwrap_err(), error, "{markdown}");
        }
    }
}
