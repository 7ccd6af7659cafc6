//! Archives of cookbooks: what is unpacked of them, and what is refused.

use std::io::{Read, Write};
use std::path::{Component, Path};

use flate2::Compression;
use flate2::write::GzEncoder;
use pantry_berks::{Cookbook, InvalidArchive, limits, read_archive, unpack};
use proptest::prelude::*;
use tar::{Builder, EntryType, Header};

fn entry(kind: EntryType, path: &str, content: &[u8]) -> Vec<u8> {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    if matches!(kind, EntryType::Symlink | EntryType::Link) {
        header.set_link_name("/etc/passwd").unwrap();
    }
    // As it is, whatever it is: the builder would see to it that nothing leads out.
    let name = &mut header.as_old_mut().name;
    name[..path.len()].copy_from_slice(path.as_bytes());
    header.set_cksum();
    let mut builder = Builder::new(Vec::new());
    builder.append(&header, content).unwrap();
    let mut whole = builder.into_inner().unwrap();
    whole.truncate(whole.len() - 1024);
    whole
}

fn file(path: &str, content: &str) -> Vec<u8> {
    entry(EntryType::Regular, path, content.as_bytes())
}

fn gzip(tar: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(tar).unwrap();
    encoder.finish().unwrap()
}

fn archive(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), vec![0; 1024]].concat()
}

const METADATA: &str = r#"{"name":"web","version":"1.0.0"}"#;

#[test]
fn a_cookbook_is_unpacked_whether_it_is_packed_or_not() {
    let tar = archive(&[
        entry(EntryType::XGlobalHeader, "pax_global_header", b"18 comment=01234\n"),
        entry(EntryType::Directory, "./", b""),
        entry(EntryType::Directory, "./web/", b""),
        file("./web/metadata.json", METADATA),
        file("web/recipes/default.rb", "package 'nginx'"),
        file("web/empty", ""),
    ]);
    for packed in [gzip(&tar), tar.clone(), [gzip(&tar[..2048]), gzip(&tar[2048..])].concat()] {
        let folder = tempfile::tempdir().unwrap();
        let found = unpack(&*packed, folder.path()).unwrap();
        assert_eq!(found, folder.path().join("web"));
        let cookbook = Cookbook::load(&found).unwrap();
        let paths: Vec<_> = cookbook.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["empty", "metadata.json", "recipes/default.rb"]);
        let text = std::fs::read_to_string(found.join("recipes/default.rb")).unwrap();
        assert_eq!(text, "package 'nginx'");
    }
    // One whose files stand at its top.
    let folder = tempfile::tempdir().unwrap();
    let flat = archive(&[file("metadata.rb", "name 'web'")]);
    assert_eq!(unpack(&*flat, folder.path()).unwrap(), folder.path());
}

fn refused(entries: &[Vec<u8>]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("inside");
    std::fs::create_dir(&inside).unwrap();
    let error = unpack(&*gzip(&archive(entries)), &inside).unwrap_err().to_string();
    let beside: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(beside.len(), 1, "{error}: {beside:?}");
    assert!(!Path::new("/tmp/led-out-of-an-archive").exists());
    error
}

#[test]
fn nothing_leads_out_and_nothing_is_a_link() {
    for (path, why) in [
        ("../out", "leads out"),
        ("web/../../out", "leads out"),
        ("/tmp/led-out-of-an-archive", "absolute"),
        ("web\\..\\out", "signs"),
        ("web//x", "is none"),
        ("", "is none"),
    ] {
        let error = refused(&[file("web/metadata.json", METADATA), file(path, "x")]);
        assert!(error.contains(why), "{path}: {error}");
    }
    for kind in [EntryType::Symlink, EntryType::Link] {
        let through = [entry(kind, "web/x", b""), file("web/x/y", "z")];
        assert!(refused(&through).contains("`web/x` is not unpacked: it is a link"));
    }
    for kind in [EntryType::Fifo, EntryType::Char, EntryType::Block] {
        assert!(refused(&[entry(kind, "web/x", b"")]).contains("neither a file nor a folder"));
    }
    assert!(refused(&[file("a", "x"), file("./a", "y")]).contains("there twice"));
    assert!(refused(&[file("a", "x"), file("a/b", "y")]).contains("cannot be written"));
    assert!(refused(&[file("web/recipes/x.rb", "")]).contains("there is no cookbook in it"));
    assert!(refused(&[]).contains("there is no cookbook in it"));
}

#[test]
fn what_is_no_archive_or_is_cut_off_is_told() {
    let whole = gzip(&archive(&[file("web/metadata.json", METADATA)]));
    let folder = tempfile::tempdir().unwrap();
    for broken in [&b"<html>"[..], &whole[..whole.len() / 2], b"\x1f\x8b", &[b'x'; 2048]] {
        let error = unpack(broken, folder.path()).unwrap_err();
        assert!(matches!(error, InvalidArchive::Broken(_)), "{error}");
    }
}

#[test]
fn many_bytes_in_a_few_are_not_taken() {
    // A file that says that it has more than is taken, of zeros.
    let mut header = Header::new_gnu();
    header.set_path("web/x").unwrap();
    header.set_size(limits::UNPACKED_BYTES);
    header.set_cksum();
    let head = std::io::Cursor::new(header.as_bytes().to_vec());
    let endless = gzip_of(head.chain(std::io::repeat(0).take(limits::UNPACKED_BYTES)));
    assert!(endless.len() < 32 << 20);
    let mut taken = 0;
    let error = read_archive(&*endless, &mut |_, bytes: &mut dyn Read| {
        taken += std::io::copy(bytes, &mut std::io::sink()).map_err(InvalidArchive::Broken)?;
        Ok(())
    });
    let error = error.unwrap_err().to_string();
    assert_eq!(error, format!("it has more than {} bytes, the most that are taken", 1_u64 << 28));
    assert!(taken <= limits::UNPACKED_BYTES);
}

fn gzip_of(mut bytes: impl Read) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    std::io::copy(&mut bytes, &mut encoder).unwrap();
    encoder.finish().unwrap()
}

proptest! {
    #[test]
    fn whatever_is_changed_in_an_archive_nothing_leads_out(
        changes in prop::collection::vec((0..2560_usize, any::<u8>()), 0..12),
        is_packed: bool,
    ) {
        let mut bytes = archive(&[
            file("web/metadata.json", METADATA),
            entry(EntryType::Directory, "web/../x/", b""),
        ]);
        for (at, byte) in changes {
            bytes[at] = byte;
        }
        let bytes = if is_packed { gzip(&bytes) } else { bytes };
        let read = read_archive(&*bytes, &mut |path, content: &mut dyn Read| {
            let inside = Path::new(path).components().all(|it| matches!(it, Component::Normal(_)));
            assert!(inside, "{path:?}");
            std::io::copy(content, &mut std::io::sink()).map_err(InvalidArchive::Broken)?;
            Ok(())
        });
        if let Err(error) = read {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
