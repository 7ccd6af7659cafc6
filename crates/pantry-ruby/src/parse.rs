//! From a source to a tree, on a thread of its own.
//!
//! The parser is Ruby's own, written in C, and calls itself for each level of an expression: so it
//! gets a stack that is large enough for as deep as it goes, whoever calls, and the evaluation stays
//! on it.

use std::thread;

use ruby_prism::{Node, Options, ParseOptions};

use crate::error::{Fault, Place, Problem};
use crate::limits;

/// Parses a source, and evaluates what it says with this.
pub(crate) fn with_tree<T: Send>(
    source: &str,
    evaluate: impl FnOnce(&Node<'_>) -> Result<T, Fault> + Send,
) -> Result<T, Fault> {
    let at_start = |problem| Fault { problem, place: Place(0) };
    within_limits(source)?;
    thread::scope(|scope| {
        thread::Builder::new()
            .name("ruby".to_owned())
            .stack_size(limits::STACK_BYTES)
            .spawn_scoped(scope, || on_the_stack(source, evaluate))
            .map_err(|_| at_start(Problem::Parser))?
            .join()
            .unwrap_or_else(|_| Err(at_start(Problem::Parser)))
    })
}

fn on_the_stack<T>(
    source: &str,
    evaluate: impl FnOnce(&Node<'_>) -> Result<T, Fault>,
) -> Result<T, Fault> {
    // A comment in the file may not change what its bytes mean.
    let options: ParseOptions = Options::default().encoding("UTF-8").encoding_locked(true).build();
    let parsed = ruby_prism::parse_with_options(source.as_bytes(), &options);
    let mut errors = parsed.errors();
    if let Some(error) = errors.next() {
        let message = String::from_utf8_lossy(error.message()).into_owned();
        let place = Place(error.location().start() as usize);
        return Err(Fault { problem: Problem::Syntax(message), place });
    }
    evaluate(&parsed.node())
}

fn within_limits(source: &str) -> Result<(), Fault> {
    if source.len() > limits::SOURCE_BYTES {
        let problem = Problem::Limit { what: "bytes in a file", limit: limits::SOURCE_BYTES };
        return Err(Fault { problem, place: Place(0) });
    }
    Ok(())
}
