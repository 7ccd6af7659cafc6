//! What the content of a cookbook is known by.
//!
//! Chef's tools lock a cookbook by the SHA-1 of a text that has a line for each file, in the order of
//! their paths: the path, a colon, and the file's MD5. So the same files have the same identifier
//! wherever they come from.

use std::fmt::Write as _;

use sha1::{Digest as _, Sha1};

use super::Cookbook;

impl Cookbook {
    /// The identifier of its content, in hexadecimal.
    pub fn identifier(&self) -> String {
        let mut hasher = Sha1::new();
        for file in &self.files {
            hasher.update(format!("{}:{}\n", file.path, file.md5));
        }
        let mut text = String::new();
        for byte in hasher.finalize() {
            // Writing to a text does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}
