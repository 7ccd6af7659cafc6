//! Chef's request signing, protocols 1.0 to 1.3, made and verified; and the RSA keys that it needs.
//!
//! A server [reads](Claim::read) what a request says of who signed it, looks at the
//! [clock](Claim::within), finds the keys of that user, and tries them: the [`Block`] that must
//! have been signed is made once, so the body is hashed once however many keys there are. A client
//! [signs](sign()).
//!
//! All four protocols are PKCS#1 v1.5 signatures and differ in what is padded: 1.0 and 1.1 the
//! block itself, 1.2 and 1.3 its digest in the usual envelope. So there is one path for all of
//! them, [`PublicKey`] and [`PrivateKey`] know no protocol, and verification is always the same:
//! the padded block is built as it must be, and compared whole with what the signature opens to.
//! Nothing ever looks for a message inside a padding, which is where signatures have been forged.
//!
//! Beside that it has [seals](Seal), by which a server knows again what it has said itself.
//!
//! This is the only crate that touches RSA. It has no IO and no clock. Randomness it has in one
//! place, [`PrivateKey::generate`], where aws-lc takes it from the operating system itself.

mod block;
mod claim;
mod der;
mod ffi;
mod padding;
mod pem;
mod private_key;
mod public_key;
mod request;
mod seal;
mod sign;
mod signing_time;
mod version;

pub use block::Block;
pub use claim::{Claim, ClaimError, MAX_SIGNATURE_TEXT};
pub use pem::{KeyError, MAX_PEM};
pub use private_key::PrivateKey;
pub use public_key::{MAX_BITS, MIN_BITS, PublicKey};
pub use request::Request;
pub use seal::{NoSeal, Seal, SealKey};
pub use sign::{SignError, sign};
pub use signing_time::{InvalidTime, SigningTime};
pub use version::Version;
