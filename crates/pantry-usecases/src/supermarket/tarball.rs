//! A cookbook as one file: a `.tar.gz` whose bytes depend on nothing but the cookbook's own files, so
//! that it is the same whoever makes it, and when.

use std::io::{self, Write as _};

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// The time that all files have: the first second of the year 2000. Some tools wonder at older ones.
const TIME: u64 = 946_684_800;

/// What anybody may do with a file.
const MODE: u32 = 0o644;

/// In what pieces an archive is written.
const BLOCK: u64 = 512;

/// An archive that is being written.
pub(super) struct Tarball(tar::Builder<GzEncoder<Vec<u8>>>);

impl Tarball {
    /// One without files.
    pub(super) fn new() -> Self {
        Self(tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default())))
    }

    /// Begins a file of this length. Its bytes follow, and then its end.
    pub(super) fn begin(&mut self, path: &str, size: u64) -> io::Result<()> {
        let mut header = tar::Header::new_ustar();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(size);
        header.set_mode(MODE);
        header.set_mtime(TIME);
        header.set_uid(0);
        header.set_gid(0);
        // The builder copies bytes from a reader, and these come later.
        self.0.append_data(&mut header, path, io::empty())
    }

    /// The next bytes of the file.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.get_mut().write_all(bytes)
    }

    /// Ends a file of this length.
    pub(super) fn end(&mut self, size: u64) -> io::Result<()> {
        let over = size.next_multiple_of(BLOCK) - size;
        self.write(&vec![0; usize::try_from(over).unwrap_or_default()])
    }

    /// What is written so far and was not taken yet.
    pub(super) fn take(&mut self) -> Bytes {
        Bytes::from(std::mem::take(self.0.get_mut().get_mut()))
    }

    /// The rest.
    pub(super) fn finish(self) -> io::Result<Bytes> {
        self.0.into_inner()?.finish().map(Bytes::from)
    }
}

/// A path as it stands in an archive, under the cookbook's name; `None` if it leads to no file.
pub(super) fn path_in(cookbook: &str, path: &str) -> Option<String> {
    let parts: Vec<&str> =
        path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    let leads_out = parts.contains(&"..") || path.contains('\0');
    (!parts.is_empty() && !leads_out).then(|| format!("{cookbook}/{}", parts.join("/")))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn pack(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut tarball = Tarball::new();
        let mut bytes = Vec::new();
        for (path, content) in files {
            let size = content.len() as u64;
            tarball.begin(path, size).unwrap();
            tarball.write(content).unwrap();
            tarball.end(size).unwrap();
            bytes.extend_from_slice(&tarball.take());
        }
        bytes.extend_from_slice(&tarball.finish().unwrap());
        bytes
    }

    #[test]
    fn an_archive_is_read_back_and_always_the_same() {
        let long = format!("web/files/{}/x", "directory/".repeat(40));
        let block = [7_u8; 512];
        let files: [(&str, &[u8]); 4] =
            [("web/a", b"one"), (&long, &block), ("web/ä ö", b""), ("web/z", b"end")];
        let packed = pack(&files);
        assert_eq!(packed, pack(&files));
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&*packed));
        for (entry, (path, content)) in archive.entries().unwrap().zip(files) {
            let mut entry = entry.unwrap();
            assert_eq!(entry.path().unwrap().to_str(), Some(path));
            assert_eq!(entry.header().mtime().unwrap(), TIME);
            let mut read = Vec::new();
            entry.read_to_end(&mut read).unwrap();
            assert_eq!(read, content);
        }
    }

    #[test]
    fn paths_stand_under_the_cookbooks_name() {
        let path = |path| path_in("web", path);
        assert_eq!(path("./recipes//default.rb").as_deref(), Some("web/recipes/default.rb"));
        for none in ["", ".", "/", "a/../../b", "a\0b"] {
            assert_eq!(path(none), None, "{none:?}");
        }
    }
}
