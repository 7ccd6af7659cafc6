//! `file:list`: which files this machine has.

use std::pin::Pin;

use pantry_model::commands::file::FileList;

use super::{Context, Run, Task};
use crate::files::{self, absolute};
use crate::output::Output;
use crate::process::Outcome;

/// To be run, if it says where.
pub(super) fn prepare(list: FileList) -> Result<Task, String> {
    list.paths.iter().try_for_each(|path| absolute(path))?;
    Ok(Task::Run(Box::new(List(list))))
}

struct List(FileList);

impl Run for List {
    fn run<'a>(
        self: Box<Self>,
        context: Context,
        output: &'a mut Output,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(files::within(context.timeout, files::list(self.0, context, output)))
    }
}
