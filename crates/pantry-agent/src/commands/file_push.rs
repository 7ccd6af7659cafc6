//! `file:push`: files of the job's are written here.

use std::pin::Pin;

use pantry_model::commands::file::FilePush;

use super::{Context, Run, Task};
use crate::files::{self, absolute};
use crate::output::Output;
use crate::process::Outcome;

/// The most that permissions can say.
const MOST_MODE: u32 = 0o7777;

/// To be run, if it says where.
pub(super) fn prepare(push: FilePush) -> Result<Task, String> {
    absolute(&push.to)?;
    if let Some(mode) = push.mode.filter(|mode| *mode > MOST_MODE) {
        return Err(format!("{mode:o} are no permissions of a file: 0 to {MOST_MODE:o} are"));
    }
    Ok(Task::Run(Box::new(Push(push))))
}

struct Push(FilePush);

impl Run for Push {
    fn run<'a>(
        self: Box<Self>,
        context: Context,
        output: &'a mut Output,
    ) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(files::within(context.timeout, files::push(self.0, context, output)))
    }
}
