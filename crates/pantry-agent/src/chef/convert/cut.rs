//! Every step that changes something on the disk asks here first, so that tests can end a conversion at
//! any of them, as a kill or a full disk does. Anywhere else it does nothing.

use std::io;

#[cfg(not(test))]
#[expect(clippy::unnecessary_wraps, reason = "in tests it fails")]
pub(super) fn step() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(super) fn step() -> io::Result<()> {
    for_tests::step()
}

#[cfg(test)]
pub(super) mod for_tests {
    use std::cell::Cell;
    use std::io;

    thread_local!(static LEFT: Cell<Option<usize>> = const { Cell::new(None) });

    /// Lets this many steps happen in this thread, and none after them, until it is said anew.
    pub(crate) fn after(steps: Option<usize>) {
        LEFT.set(steps);
    }

    /// Whether all steps happened.
    pub(crate) fn is_through() -> bool {
        LEFT.get() != Some(0)
    }

    pub(super) fn step() -> io::Result<()> {
        match LEFT.get() {
            Some(0) => Err(io::Error::other("cut off")),
            Some(left) => {
                LEFT.set(Some(left - 1));
                Ok(())
            }
            None => Ok(()),
        }
    }
}
