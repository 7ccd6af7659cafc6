//! How much of a run is kept. What is beyond is left out, never a reason to refuse the report.

/// Reports that are kept of a node; when one more comes, the oldest goes.
pub const RUNS_PER_NODE: u32 = 100;

/// Resources that are kept of a run, of those that changed or failed.
pub const MAX_RESOURCES: usize = 1000;

/// Bytes of all resources that are kept, in their stored form.
pub const MAX_RESOURCES_BYTES: usize = 192 * 1024;

/// Bytes of what a resource has changed in a file.
pub const MAX_DELTA_BYTES: usize = 4096;

/// Bytes of a name, an id, a version, an action.
pub const MAX_WORD_BYTES: usize = 256;

/// Items of a run list, and of what it expands to; cookbooks.
pub const MAX_ITEMS: usize = 500;

/// Bytes of an error's message.
pub const MAX_MESSAGE_BYTES: usize = 8192;

/// Lines of an error's backtrace.
pub const MAX_BACKTRACE_LINES: usize = 50;

/// Bytes of each of those lines.
pub const MAX_BACKTRACE_LINE_BYTES: usize = 512;

/// Bytes of an error's message in a list of runs.
pub const MAX_SUMMARY_BYTES: usize = 200;
