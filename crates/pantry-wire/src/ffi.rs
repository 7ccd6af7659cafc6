//! libzmq's C interface, and a safe one on top: the only module of this crate with `unsafe`.
//!
//! Only what Pantry uses is declared. A [`Socket`] is `Send` but not `Sync`, as libzmq demands; it
//! keeps its [`Context`] alive, so a context is terminated only after its last socket was closed.
//! Nothing here blocks: every send and receive is made with `ZMQ_DONTWAIT`.
#![expect(unsafe_code, reason = "libzmq is a C library; each call says why it is sound")]

use std::ffi::{CStr, CString, c_char, c_int, c_void};
use std::fmt;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::ptr::{self, NonNull};
use std::sync::Arc;

// So that libsodium is linked: libzmq's CURVE calls it.
use libsodium_sys as _;

#[repr(C, align(8))]
struct RawMessage([u8; 64]);

mod c {
    use super::{RawMessage, c_char, c_int, c_void};

    unsafe extern "C" {
        pub(super) fn zmq_ctx_new() -> *mut c_void;
        pub(super) fn zmq_ctx_set(context: *mut c_void, option: c_int, value: c_int) -> c_int;
        pub(super) fn zmq_ctx_term(context: *mut c_void) -> c_int;
        pub(super) fn zmq_socket(context: *mut c_void, kind: c_int) -> *mut c_void;
        pub(super) fn zmq_close(socket: *mut c_void) -> c_int;
        pub(super) fn zmq_setsockopt(
            socket: *mut c_void,
            option: c_int,
            value: *const c_void,
            length: usize,
        ) -> c_int;
        pub(super) fn zmq_getsockopt(
            socket: *mut c_void,
            option: c_int,
            value: *mut c_void,
            length: *mut usize,
        ) -> c_int;
        pub(super) fn zmq_bind(socket: *mut c_void, endpoint: *const c_char) -> c_int;
        pub(super) fn zmq_connect(socket: *mut c_void, endpoint: *const c_char) -> c_int;
        pub(super) fn zmq_socket_monitor_versioned(
            socket: *mut c_void,
            endpoint: *const c_char,
            events: u64,
            version: c_int,
            kind: c_int,
        ) -> c_int;
        pub(super) fn zmq_send(
            socket: *mut c_void,
            bytes: *const c_void,
            length: usize,
            flags: c_int,
        ) -> c_int;
        pub(super) fn zmq_msg_init(message: *mut RawMessage) -> c_int;
        pub(super) fn zmq_msg_recv(
            message: *mut RawMessage,
            socket: *mut c_void,
            flags: c_int,
        ) -> c_int;
        pub(super) fn zmq_msg_close(message: *mut RawMessage) -> c_int;
        pub(super) fn zmq_msg_data(message: *mut RawMessage) -> *mut c_void;
        pub(super) fn zmq_msg_size(message: *const RawMessage) -> usize;
        pub(super) fn zmq_msg_more(message: *const RawMessage) -> c_int;
        pub(super) fn zmq_msg_gets(
            message: *const RawMessage,
            property: *const c_char,
        ) -> *const c_char;
        pub(super) fn zmq_errno() -> c_int;
        pub(super) fn zmq_strerror(code: c_int) -> *const c_char;
        pub(super) fn zmq_z85_decode(to: *mut u8, text: *const c_char) -> *mut u8;
        pub(super) fn zmq_curve_keypair(public: *mut c_char, secret: *mut c_char) -> c_int;
    }
}

/// Numbers of `zmq.h`.
pub(crate) mod number {
    use std::ffi::c_int;

    pub(crate) const MAX_SOCKETS: c_int = 2;

    pub(crate) const PAIR: c_int = 0;
    pub(crate) const SUB: c_int = 2;
    pub(crate) const REP: c_int = 4;
    pub(crate) const DEALER: c_int = 5;
    pub(crate) const ROUTER: c_int = 6;
    pub(crate) const XPUB: c_int = 9;

    pub(crate) const SUBSCRIBE: c_int = 6;
    pub(crate) const UNSUBSCRIBE: c_int = 7;
    pub(crate) const FD: c_int = 14;
    pub(crate) const LINGER: c_int = 17;
    pub(crate) const RECONNECT_IVL: c_int = 18;
    pub(crate) const BACKLOG: c_int = 19;
    pub(crate) const MAXMSGSIZE: c_int = 22;
    pub(crate) const SNDHWM: c_int = 23;
    pub(crate) const RCVHWM: c_int = 24;
    pub(crate) const LAST_ENDPOINT: c_int = 32;
    pub(crate) const ROUTER_MANDATORY: c_int = 33;
    pub(crate) const IPV6: c_int = 42;
    pub(crate) const CURVE_SERVER: c_int = 47;
    pub(crate) const CURVE_PUBLICKEY: c_int = 48;
    pub(crate) const CURVE_SECRETKEY: c_int = 49;
    pub(crate) const CURVE_SERVERKEY: c_int = 50;
    pub(crate) const ZAP_DOMAIN: c_int = 55;
    pub(crate) const HANDSHAKE_IVL: c_int = 66;
    pub(crate) const XPUB_MANUAL: c_int = 71;
    pub(crate) const HEARTBEAT_IVL: c_int = 75;
    pub(crate) const HEARTBEAT_TTL: c_int = 76;
    pub(crate) const HEARTBEAT_TIMEOUT: c_int = 77;
    pub(crate) const CONNECT_TIMEOUT: c_int = 79;

    pub(crate) const EVENT_ACCEPTED: u64 = 0x0020;
    pub(crate) const EVENT_ACCEPT_FAILED: u64 = 0x0040;
    pub(crate) const EVENT_CLOSED: u64 = 0x0080;
    pub(crate) const EVENT_DISCONNECTED: u64 = 0x0200;
    pub(crate) const EVENT_HANDSHAKE_FAILED_NO_DETAIL: u64 = 0x0800;
    pub(crate) const EVENT_HANDSHAKE_SUCCEEDED: u64 = 0x1000;
    pub(crate) const EVENT_HANDSHAKE_FAILED_PROTOCOL: u64 = 0x2000;
    pub(crate) const EVENT_HANDSHAKE_FAILED_AUTH: u64 = 0x4000;

    pub(super) const DONTWAIT: c_int = 1;
    pub(super) const SNDMORE: c_int = 2;

    pub(super) const EINTR: c_int = 4;
    pub(super) const EAGAIN: c_int = rustix::io::Errno::AGAIN.raw_os_error();
    pub(super) const EHOSTUNREACH: c_int = rustix::io::Errno::HOSTUNREACH.raw_os_error();
}

/// What libzmq says when something did not work.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault(c_int);

impl Fault {
    fn last() -> Self {
        // SAFETY: reads this thread's errno.
        Self(unsafe { c::zmq_errno() })
    }

    fn check(code: c_int) -> Result<(), Self> {
        if code == -1 { Err(Self::last()) } else { Ok(()) }
    }

    /// The fault of having to wait.
    pub(crate) fn again() -> Self {
        Self(number::EAGAIN)
    }

    /// It would have to wait: there is nothing to receive, or no room to send.
    pub(crate) fn is_again(self) -> bool {
        self.0 == number::EAGAIN
    }

    /// There is no such peer (any more).
    pub(crate) fn is_unreachable(self) -> bool {
        self.0 == number::EHOSTUNREACH
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // SAFETY: zmq_strerror returns a NUL-terminated text for every number. It may be the C
        // library's buffer for unknown numbers, which the next call overwrites; it is read at once.
        let text = unsafe { CStr::from_ptr(c::zmq_strerror(self.0)) };
        f.write_str(&text.to_string_lossy())
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fault({self})")
    }
}

impl std::error::Error for Fault {}

struct RawContext(NonNull<c_void>);

// SAFETY: libzmq documents contexts as thread safe.
unsafe impl Send for RawContext {}
// SAFETY: as above.
unsafe impl Sync for RawContext {}

impl Drop for RawContext {
    fn drop(&mut self) {
        // SAFETY: the context is live, and since each socket holds an `Arc` of it, none is left
        // open: termination waits only for lingering messages.
        while unsafe { c::zmq_ctx_term(self.0.as_ptr()) } == -1 {
            if Fault::last().0 != number::EINTR {
                break;
            }
        }
    }
}

/// One libzmq context with its one IO thread.
#[derive(Clone)]
pub(crate) struct Context(Arc<RawContext>);

impl Context {
    /// A context that can hold so many sockets.
    pub(crate) fn new(max_sockets: usize) -> Result<Self, Fault> {
        // SAFETY: no preconditions.
        let raw = NonNull::new(unsafe { c::zmq_ctx_new() }).ok_or_else(Fault::last)?;
        let context = Self(Arc::new(RawContext(raw)));
        let sockets = c_int::try_from(max_sockets.clamp(16, 65_535)).unwrap_or(c_int::MAX);
        // SAFETY: the context is live.
        Fault::check(unsafe { c::zmq_ctx_set(raw.as_ptr(), number::MAX_SOCKETS, sockets) })?;
        Ok(context)
    }

    /// A new socket of this kind.
    pub(crate) fn socket(&self, kind: c_int) -> Result<Socket, Fault> {
        // SAFETY: the context is live.
        let raw = unsafe { c::zmq_socket(self.0.0.as_ptr(), kind) };
        let raw = NonNull::new(raw).ok_or_else(Fault::last)?;
        Ok(Socket { raw, _context: Arc::clone(&self.0) })
    }
}

/// A socket. Closed when dropped; what is queued lingers as its `LINGER` option says.
pub(crate) struct Socket {
    raw: NonNull<c_void>,
    _context: Arc<RawContext>,
}

// SAFETY: libzmq lets a socket move between threads with a full fence, which moving a value to
// another thread in Rust implies. It is not `Sync`, so two threads never use it at once.
unsafe impl Send for Socket {}

impl Drop for Socket {
    fn drop(&mut self) {
        // SAFETY: the socket is live, and this is its end. Its monitor is stopped first: libzmq
        // closes in the background, and an event meanwhile to a monitor that nobody reads any more
        // would block its IO thread for good.
        unsafe {
            c::zmq_socket_monitor_versioned(self.raw.as_ptr(), ptr::null(), 0, 2, number::PAIR);
            c::zmq_close(self.raw.as_ptr());
        }
    }
}

impl Socket {
    /// Sets an option that is an `int`.
    pub(crate) fn set_int(&self, option: c_int, value: c_int) -> Result<(), Fault> {
        self.set_bytes(option, &value.to_ne_bytes())
    }

    /// Sets an option that is an `int64_t`.
    pub(crate) fn set_long(&self, option: c_int, value: i64) -> Result<(), Fault> {
        self.set_bytes(option, &value.to_ne_bytes())
    }

    /// Sets an option that is bytes.
    pub(crate) fn set_bytes(&self, option: c_int, value: &[u8]) -> Result<(), Fault> {
        // SAFETY: the socket is live; libzmq copies `len` bytes from the slice.
        Fault::check(unsafe {
            c::zmq_setsockopt(self.raw.as_ptr(), option, value.as_ptr().cast(), value.len())
        })
    }

    /// Where the socket was bound: `tcp://127.0.0.1:23001`.
    pub(crate) fn last_endpoint(&self) -> Result<String, Fault> {
        let mut buffer = [0u8; 256];
        let mut length = buffer.len();
        // SAFETY: the socket is live; libzmq writes at most `length` bytes and sets it.
        Fault::check(unsafe {
            c::zmq_getsockopt(
                self.raw.as_ptr(),
                number::LAST_ENDPOINT,
                buffer.as_mut_ptr().cast(),
                &raw mut length,
            )
        })?;
        let text = CStr::from_bytes_until_nul(&buffer).unwrap_or_default();
        Ok(text.to_string_lossy().into_owned())
    }

    /// The descriptor that becomes readable when the socket has something to do.
    pub(crate) fn descriptor(&self) -> Result<RawFd, Fault> {
        let mut descriptor: c_int = -1;
        let mut length = size_of::<c_int>();
        // SAFETY: the socket is live; the option is an `int`, and `length` is its size.
        Fault::check(unsafe {
            c::zmq_getsockopt(
                self.raw.as_ptr(),
                number::FD,
                (&raw mut descriptor).cast(),
                &raw mut length,
            )
        })?;
        Ok(descriptor)
    }

    /// Binds to an endpoint.
    pub(crate) fn bind(&self, endpoint: &str) -> Result<(), Fault> {
        let endpoint = CString::new(endpoint).unwrap_or_default();
        // SAFETY: the socket is live, the endpoint NUL-terminated.
        Fault::check(unsafe { c::zmq_bind(self.raw.as_ptr(), endpoint.as_ptr()) })
    }

    /// Connects to an endpoint, in the background.
    pub(crate) fn connect(&self, endpoint: &str) -> Result<(), Fault> {
        let endpoint = CString::new(endpoint).unwrap_or_default();
        // SAFETY: the socket is live, the endpoint NUL-terminated.
        Fault::check(unsafe { c::zmq_connect(self.raw.as_ptr(), endpoint.as_ptr()) })
    }

    /// Sends events about the socket's connections to a `PAIR` socket at this inproc endpoint, in
    /// their second version.
    pub(crate) fn monitor(&self, endpoint: &str, events: u64) -> Result<(), Fault> {
        let endpoint = CString::new(endpoint).unwrap_or_default();
        // SAFETY: the socket is live, the endpoint NUL-terminated.
        Fault::check(unsafe {
            c::zmq_socket_monitor_versioned(
                self.raw.as_ptr(),
                endpoint.as_ptr(),
                events,
                2,
                number::PAIR,
            )
        })
    }

    /// Sends one frame.
    pub(crate) fn send(&self, bytes: &[u8], more: bool) -> Result<(), Fault> {
        let flags = number::DONTWAIT | if more { number::SNDMORE } else { 0 };
        // SAFETY: the socket is live; libzmq copies the bytes.
        Fault::check(unsafe {
            c::zmq_send(self.raw.as_ptr(), bytes.as_ptr().cast(), bytes.len(), flags)
        })
    }

    /// Sends all frames of a message. Only the first can fail: libzmq takes a whole message or
    /// none, and drops the rest of one whose peer goes away in its middle.
    pub(crate) fn send_all<F: AsRef<[u8]>>(&self, frames: &[F]) -> Result<(), Fault> {
        let last = frames.len().saturating_sub(1);
        for (at, frame) in frames.iter().enumerate() {
            match self.send(frame.as_ref(), at < last) {
                Err(fault) if at == 0 => return Err(fault),
                Err(fault) => {
                    tracing::debug!(%fault, "the peer went away in the middle of a message");
                    return Ok(());
                }
                Ok(()) => {}
            }
        }
        Ok(())
    }

    /// Receives one frame into `frame`; false if there is none now.
    pub(crate) fn receive(&self, frame: &mut Frame) -> Result<bool, Fault> {
        // SAFETY: socket and message are live; libzmq releases what the message held before.
        let code =
            unsafe { c::zmq_msg_recv(&raw mut *frame.0, self.raw.as_ptr(), number::DONTWAIT) };
        match Fault::check(code) {
            Ok(()) => Ok(true),
            Err(fault) if fault.is_again() || fault.0 == number::EINTR => Ok(false),
            Err(fault) => Err(fault),
        }
    }
}

/// A received frame. It stays at one address for its whole life, as libzmq asks.
pub(crate) struct Frame(Box<RawMessage>);

impl Frame {
    /// An empty one, to receive into.
    pub(crate) fn new() -> Self {
        let mut raw = Box::new(RawMessage([0; 64]));
        // SAFETY: initializes the 64 bytes as an empty message; it cannot fail.
        unsafe { c::zmq_msg_init(&raw mut *raw) };
        Self(raw)
    }

    /// Its bytes.
    pub(crate) fn bytes(&mut self) -> &[u8] {
        // SAFETY: the message is live. Its data are valid for `size` bytes until it is changed,
        // which the borrow of `self` prevents.
        unsafe {
            let size = c::zmq_msg_size(&raw const *self.0);
            if size == 0 {
                return &[];
            }
            let data: *const u8 = c::zmq_msg_data(&raw mut *self.0).cast();
            std::slice::from_raw_parts(data, size)
        }
    }

    /// Whether more frames of the same message follow.
    pub(crate) fn more(&self) -> bool {
        // SAFETY: the message is live.
        unsafe { c::zmq_msg_more(&raw const *self.0) == 1 }
    }

    /// A property of the connection that the frame came from.
    pub(crate) fn property(&self, name: &CStr) -> Option<&str> {
        // SAFETY: the message is live, the name NUL-terminated; the text belongs to the message.
        let text = unsafe { c::zmq_msg_gets(&raw const *self.0, name.as_ptr()) };
        if text.is_null() {
            return None;
        }
        // SAFETY: libzmq returns a NUL-terminated text that lives until the message is changed,
        // which the borrow of `self` prevents.
        unsafe { CStr::from_ptr(text) }.to_str().ok()
    }
}

impl Drop for Frame {
    fn drop(&mut self) {
        // SAFETY: the message is live, and this is its end.
        unsafe { c::zmq_msg_close(&raw mut *self.0) };
    }
}

/// A new CURVE key pair, as bytes: public, secret. libsodium is the source of randomness.
pub(crate) fn curve_key_pair() -> ([u8; 32], [u8; 32]) {
    let (mut public, mut secret) = ([0u8; 41], [0u8; 41]);
    let mut bytes = ([0u8; 32], [0u8; 32]);
    // SAFETY: both texts have the 41 bytes that libzmq writes (40 characters of Z85 and a NUL), and
    // both results the 32 bytes that those decode to.
    let made = unsafe {
        c::zmq_curve_keypair(public.as_mut_ptr().cast(), secret.as_mut_ptr().cast()) == 0
            && !c::zmq_z85_decode(bytes.0.as_mut_ptr(), public.as_ptr().cast()).is_null()
            && !c::zmq_z85_decode(bytes.1.as_mut_ptr(), secret.as_ptr().cast()).is_null()
    };
    secret.fill(0);
    assert!(made, "libzmq is always built with CURVE");
    bytes
}

/// How many bytes this TCP connection has received in its life. None where the kernel does not say.
pub(crate) fn bytes_received(descriptor: BorrowedFd<'_>) -> Option<u64> {
    // `tcpi_bytes_received` of Linux's `struct tcp_info`; the kernel writes as much as fits.
    const AT: usize = 128;
    const SIZE: usize = AT + 8;
    if !cfg!(target_os = "linux") {
        return None;
    }
    let mut info = [0u8; SIZE];
    let mut length = libc::socklen_t::try_from(SIZE).ok()?;
    // SAFETY: the kernel writes at most `length` bytes and sets it to how many.
    let code = unsafe {
        libc::getsockopt(
            descriptor.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            info.as_mut_ptr().cast(),
            &raw mut length,
        )
    };
    if code != 0 || usize::try_from(length).ok()? < SIZE {
        return None;
    }
    info.last_chunk().copied().map(u64::from_ne_bytes)
}

/// Lets `look` see a descriptor that belongs to libzmq, and so may be closed or reused at any time.
///
/// `look` must do nothing that a closed or foreign descriptor could suffer from: read what it is,
/// or duplicate it.
pub(crate) fn with_foreign_descriptor<T>(
    descriptor: RawFd,
    look: impl FnOnce(BorrowedFd<'_>) -> T,
) -> Option<T> {
    if descriptor < 0 {
        return None;
    }
    // SAFETY: the number is not -1. That it may be closed meanwhile costs no memory safety: the
    // callers only ask the kernel about it (fstat, getpeername, fcntl), which fails or answers for
    // another descriptor, and both are expected and checked for.
    Some(look(unsafe { BorrowedFd::borrow_raw(descriptor) }))
}
