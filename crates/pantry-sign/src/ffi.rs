//! The bare RSA operation of aws-lc, which its safe interface does not have: the only module of
//! this crate with `unsafe`.
//!
//! An [`Rsa`] owns an object of aws-lc, made by one of its parsers, which checked the key. It can
//! do two things, neither of which knows a padding. It is never changed after it was made.
#![expect(unsafe_code, reason = "aws-lc is a C library; each call says why it is sound")]

use std::ptr::NonNull;

use aws_lc_sys::{
    RSA, RSA_NO_PADDING, RSA_bits, RSA_free, RSA_private_key_from_bytes, RSA_public_key_from_bytes,
    RSA_sign_raw, RSA_size, RSA_verify_raw,
};

/// An RSA key, either half. What it occupied is wiped when it is dropped.
pub(crate) struct Rsa(NonNull<RSA>);

// SAFETY: aws-lc's rsa.h promises that one key may be used by several threads at once as long as
// none of them changes it, and that signing and verifying do not, whatever their pointers' types
// say: what they compute on first use and keep is behind a lock of the object's own. Nothing here
// calls anything else than these, but for `RSA_free`, which Rust grants to the last owner alone.
// Memory of aws-lc belongs to no thread.
unsafe impl Send for Rsa {}
// SAFETY: as above.
unsafe impl Sync for Rsa {}

type Operation = unsafe extern "C" fn(
    *mut RSA,
    *mut usize,
    *mut u8,
    usize,
    *const u8,
    usize,
    std::ffi::c_int,
) -> std::ffi::c_int;

impl Rsa {
    /// Parses an `RSAPublicKey`.
    pub(crate) fn from_public_der(der: &[u8]) -> Option<Self> {
        // SAFETY: the pointer and the length are those of one slice, which is only read.
        NonNull::new(unsafe { RSA_public_key_from_bytes(der.as_ptr(), der.len()) }).map(Self)
    }

    /// Parses an `RSAPrivateKey`.
    pub(crate) fn from_private_der(der: &[u8]) -> Option<Self> {
        // SAFETY: the pointer and the length are those of one slice, which is only read.
        NonNull::new(unsafe { RSA_private_key_from_bytes(der.as_ptr(), der.len()) }).map(Self)
    }

    /// The size of the modulus in bits.
    pub(crate) fn bits(&self) -> u32 {
        // SAFETY: the object lives as long as `self`, and has a modulus, since it was parsed.
        unsafe { RSA_bits(self.0.as_ptr()) }
    }

    /// The length of the modulus in bytes, which is that of whatever goes in and comes out.
    pub(crate) fn len(&self) -> usize {
        // SAFETY: as in `bits`.
        usize::try_from(unsafe { RSA_size(self.0.as_ptr()) }).unwrap_or(usize::MAX)
    }

    /// What a signature opens to. False if it is not as long as the modulus, or not below it.
    pub(crate) fn open(&self, signature: &[u8], to: &mut [u8]) -> bool {
        self.operate(RSA_verify_raw, signature, to)
    }

    /// The signature that opens to a block. aws-lc blinds the computation, and checks what comes
    /// out of it. False without the private half, or for a block of the wrong length or size.
    pub(crate) fn seal(&self, block: &[u8], to: &mut [u8]) -> bool {
        self.operate(RSA_sign_raw, block, to)
    }

    fn operate(&self, operation: Operation, from: &[u8], to: &mut [u8]) -> bool {
        if from.len() != self.len() || to.len() != self.len() {
            return false;
        }
        let mut length = 0;
        let (key, from_len, to_len) = (self.0.as_ptr(), from.len(), to.len());
        let padding = RSA_NO_PADDING;
        // SAFETY: the object lives as long as `self`. `to` is writable for `to_len` bytes, which is
        // as much as aws-lc writes; `from` is readable for `from_len`; as one is borrowed mutably,
        // they do not overlap. `length` outlives the call. Both operations have this signature.
        let done = unsafe {
            operation(key, &mut length, to.as_mut_ptr(), to_len, from.as_ptr(), from_len, padding)
        };
        done == 1 && length == to_len
    }
}

impl Drop for Rsa {
    fn drop(&mut self) {
        // SAFETY: the object was made by aws-lc for this owner, and nobody has it any more.
        unsafe { RSA_free(self.0.as_ptr()) }
    }
}
