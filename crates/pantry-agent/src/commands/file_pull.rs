//! `file:pull`: files of this machine's are sent.

use std::pin::Pin;

use pantry_model::commands::file::FilePull;

use super::{Context, Run, Task};
use crate::files::{self, absolute};
use crate::output::Output;
use crate::process::Outcome;

/// To be run, if it says which.
pub(super) fn prepare(pull: FilePull) -> Result<Task, String> {
    pull.paths.iter().try_for_each(|path| absolute(path))?;
    Ok(Task::Run(Box::new(Pull(pull))))
}

struct Pull(FilePull);

impl Run for Pull {
    fn run<'a>(
        self: Box<Self>,
        context: Context,
        output: &'a mut Output,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(files::within(context.timeout, files::pull(self.0, context, output)))
    }
}
