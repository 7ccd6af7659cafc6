//! Which connection a descriptor number stands for, and ending exactly that one.
//!
//! libzmq owns the descriptors and says only their numbers, which the kernel reuses. So a
//! connection is remembered by the identity of its socket (device and inode, which differ for every
//! socket), and it is ended through a duplicate: once the duplicate is seen to be the same socket it
//! stays that socket, whatever libzmq closes meanwhile.

use std::os::fd::{AsFd, RawFd};

use rustix::fs::fstat;
use rustix::io::fcntl_dupfd_cloexec;
use rustix::net::{Shutdown, shutdown};

use crate::ffi::{self, with_foreign_descriptor};

/// A socket, whatever its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
}

fn identity(descriptor: impl AsFd) -> Option<Identity> {
    let stat = fstat(descriptor).ok()?;
    #[allow(clippy::useless_conversion, reason = "their types differ between platforms")]
    Some(Identity { device: stat.st_dev.into(), inode: stat.st_ino.into() })
}

/// The socket that this number stands for now.
pub(crate) fn identify(descriptor: RawFd) -> Option<Identity> {
    with_foreign_descriptor(descriptor, |fd| identity(fd))?
}

/// How many bytes have come in on this connection, if the system says.
pub(crate) fn bytes_received(descriptor: RawFd) -> Option<u64> {
    with_foreign_descriptor(descriptor, ffi::bytes_received)?
}

/// Ends the connection if the number still stands for it. Says whether it did.
pub(crate) fn end(descriptor: RawFd, expected: Identity) -> bool {
    let Some(Ok(duplicate)) = with_foreign_descriptor(descriptor, |fd| fcntl_dupfd_cloexec(fd, 0))
    else {
        return false;
    };
    // From here on nothing can change what the duplicate is.
    identity(&duplicate) == Some(expected) && shutdown(&duplicate, Shutdown::Both).is_ok()
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};
    use std::os::fd::{AsRawFd, OwnedFd};

    use super::*;

    fn connection() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        (near, listener.accept().unwrap().0)
    }

    #[test]
    fn a_connection_ends_by_its_number_and_identity() {
        let (near, mut far) = connection();
        let expected = identify(near.as_raw_fd()).unwrap();
        assert!(end(near.as_raw_fd(), expected));
        assert_eq!(far.read(&mut [0; 1]).unwrap(), 0, "the other side sees the end");
    }

    #[test]
    fn whoever_reuses_the_number_is_left_alone() {
        let (near, _far) = connection();
        let expected = identify(near.as_raw_fd()).unwrap();
        let (successor, mut other_end) = connection();
        // The successor takes exactly the number of the connection that was to be ended.
        let mut number = OwnedFd::from(near);
        rustix::io::dup2(&successor, &mut number).unwrap();
        drop(successor);
        assert!(!end(number.as_raw_fd(), expected));
        rustix::io::write(&number, b"x").unwrap();
        let mut byte = [0; 1];
        assert_eq!(other_end.read(&mut byte).unwrap(), 1);
    }

    #[test]
    fn a_closed_number_is_nothing() {
        let (near, _far) = connection();
        let (number, expected) = (near.as_raw_fd(), identify(near.as_raw_fd()).unwrap());
        drop(near);
        // Another test may have taken the number meanwhile; it must not be ended either.
        assert!(!end(number, expected));
        assert_eq!(identify(-1), None);
    }
}
