//! `echo`: the text comes back as a line of standard output.

use pantry_model::commands::echo::Echo;

use super::Task;

/// Over at once.
pub(super) fn prepare(echo: Echo) -> Result<Task, String> {
    let mut line = echo.text.into_bytes();
    line.push(b'\n');
    Ok(Task::AtOnce(line))
}
