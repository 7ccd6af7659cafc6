//! Sandboxes: which contents somebody is about to upload, and that they have.

use super::JsonObject;
use crate::content::Md5;
use crate::refusals::{Refusal, request, sandboxes};

/// A sandbox that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSandbox {
    /// The contents, each as it was written and as it is meant, in the order in which they were sent.
    /// There is at least one.
    pub checksums: Vec<(String, Md5)>,
}

impl NewSandbox {
    /// Reads it.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        let object = JsonObject::read(body)?;
        let checksums =
            object.get("checksums").ok_or_else(|| request::field_missing("checksums"))?;
        let checksums: JsonObject =
            serde_json::from_str(checksums).map_err(|_| sandboxes::bad_checksums())?;
        let read = |(text, value): (&str, &str)| match text.parse() {
            Ok(md5) if value == "null" => Ok((text.to_owned(), md5)),
            _ => Err(sandboxes::bad_checksums()),
        };
        let checksums = checksums.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        if checksums.is_empty() { Err(sandboxes::bad_checksums()) } else { Ok(Self { checksums }) }
    }
}

/// That all contents of a sandbox are uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SandboxCommit;

impl SandboxCommit {
    /// Reads it.
    pub fn read(body: &[u8]) -> Result<Self, Refusal> {
        match JsonObject::read(body)?.get("is_completed") {
            Some("true") => Ok(Self),
            _ => Err(sandboxes::not_completed()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "00112233445566778899aabbccddeeff";
    const OTHER: &str = "FF112233445566778899AABBCCDDEEFF";

    #[test]
    fn checksums_come_in_their_order_and_as_they_were_written() {
        let body = format!(r#"{{"checksums":{{"{OTHER}":null,"{ONE}": null }},"x":1}}"#);
        let read = NewSandbox::read(body.as_bytes()).unwrap();
        let expected =
            [OTHER, ONE].map(|text| (text.to_owned(), text.to_ascii_lowercase().parse().unwrap()));
        assert_eq!(read.checksums, expected);
    }

    #[test]
    fn what_cannot_be_is_said_as_the_original_does() {
        let refused = |body: &str| NewSandbox::read(body.as_bytes()).unwrap_err().sentence;
        assert_eq!(refused("{}"), "Field 'checksums' missing");
        for bad in [
            "{}".to_owned(),
            "null".to_owned(),
            "[]".to_owned(),
            format!(r#"{{"{ONE}":"foo"}}"#),
            format!(r#"{{"{ONE}":false}}"#),
            r#"{"00112233":null}"#.to_owned(),
            format!(r#"{{"{ONE}":null,"{ONE}0":null}}"#),
            format!(r#"["{ONE}"]"#),
        ] {
            assert_eq!(refused(&format!(r#"{{"checksums":{bad}}}"#)), "Bad checksums!", "{bad}");
        }
        assert_eq!(refused("[]"), "Incorrect JSON type for request body");
    }

    #[test]
    fn a_commit_says_that_it_is_one() {
        assert_eq!(SandboxCommit::read(br#"{"is_completed": true}"#), Ok(SandboxCommit));
        for body in [
            "{}",
            r#"{"is_completed":false}"#,
            r#"{"is_completed":"true"}"#,
            r#"{"complete":true}"#,
        ] {
            assert_eq!(
                SandboxCommit::read(body.as_bytes()),
                Err(sandboxes::not_completed()),
                "{body}"
            );
        }
    }
}
