//! A stored cookbook as it is shown: its files listed as the caller's version of the API lists them,
//! each with the URL of its content.
//!
//! What was stored is copied as text, member by member. Only lists of files are looked into, and
//! nothing becomes a tree.

use std::collections::HashMap;
use std::io::Write;

use serde_json::Error;

use super::super::json_object::text;
use super::manifest::{ALL_FILES, ManifestForm, ROOT_FILES, SEGMENTS};
use crate::content::Md5;
use crate::json::{each_item, each_member};

/// How much of a cookbook is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All that was stored.
    Whole,
    /// The same but for the class, which the original takes out of artifacts.
    WithoutClass,
    /// What a machine needs that is to run it: not what it says of itself at length.
    Minimal,
}

/// Writes a stored cookbook with its files in this form, each with the URL at which its content is
/// found. `None` if it is none.
pub fn write_cookbook(
    stored: &[u8],
    form: ManifestForm,
    extent: Extent,
    urls: &HashMap<Md5, String>,
) -> Option<Vec<u8>> {
    let stored = std::str::from_utf8(stored).ok()?;
    let mut members = Vec::new();
    each_member(stored, |key, value| members.push((key.to_owned(), value)))?;
    let has_all_files = members.iter().any(|(key, _)| key == ALL_FILES);
    let mut out = Object::new(stored.len() + urls.len() * 96, urls);
    for (key, value) in &members {
        let is_segment = SEGMENTS.contains(&key.as_str());
        match (key.as_str(), form) {
            (ALL_FILES, ManifestForm::AllFiles) => out.list(key, [(*value, Name::Kept)])?,
            // In their place stands what the lists of the other form hold.
            (ALL_FILES, ManifestForm::Segments) => {}
            (_, ManifestForm::Segments) if is_segment && has_all_files => {}
            (_, ManifestForm::AllFiles) if is_segment && !has_all_files => {}
            (_, ManifestForm::Segments) if is_segment => out.list(key, [(*value, Name::Kept)])?,
            ("metadata", _) if extent == Extent::Minimal => out.short_metadata(value)?,
            ("json_class", _) if extent == Extent::WithoutClass => {}
            _ => out.raw(key, value).ok()?,
        }
    }
    let list = |name: &str| members.iter().find(|(key, _)| key == name).map(|(_, value)| *value);
    match form {
        ManifestForm::AllFiles if !has_all_files => {
            let lists = SEGMENTS.iter().filter_map(|segment| Some((list(segment)?, *segment)));
            out.list(ALL_FILES, lists.map(|(files, segment)| (files, Name::Under(segment))))?;
        }
        ManifestForm::Segments if has_all_files => {
            let by_segment = by_segment(list(ALL_FILES)?)?;
            for (segment, files) in SEGMENTS.iter().zip(by_segment) {
                out.files(segment, files)?;
            }
        }
        _ => {}
    }
    Some(out.end())
}

/// The files of one list by what they are for. What is for nothing that there is a segment for is
/// passed over, as the original does.
fn by_segment(files: &str) -> Option<[Vec<&str>; SEGMENTS.len()]> {
    let mut lists = [const { Vec::new() }; SEGMENTS.len()];
    each_item(files, |item| {
        let name = member(item, "name").and_then(text)?;
        let segment = name.split_once('/').map_or(ROOT_FILES, |(segment, _)| segment);
        if let Some(at) = SEGMENTS.iter().position(|known| *known == segment) {
            lists.get_mut(at)?.push(item);
        }
        Some(())
    })?;
    Some(lists)
}

fn member<'a>(object: &'a str, wanted: &str) -> Option<&'a str> {
    let mut found = None;
    each_member(object, |key, value| {
        if key == wanted {
            found = Some(value);
        }
    })?;
    found
}

/// What becomes of a file's name.
#[derive(Clone, Copy)]
enum Name<'a> {
    Kept,
    /// It is put under a segment's.
    Under(&'a str),
    /// The segment's name is taken away, if it begins with one.
    Short,
}

/// An object that is being written.
struct Object<'u> {
    bytes: Vec<u8>,
    urls: &'u HashMap<Md5, String>,
}

impl<'u> Object<'u> {
    fn new(capacity: usize, urls: &'u HashMap<Md5, String>) -> Self {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.push(b'{');
        Self { bytes, urls }
    }

    fn end(mut self) -> Vec<u8> {
        self.bytes.push(b'}');
        self.bytes
    }

    fn key(&mut self, key: &str) -> Result<(), Error> {
        if !self.bytes.ends_with(b"{") {
            self.bytes.push(b',');
        }
        serde_json::to_writer(&mut self.bytes, key)?;
        self.bytes.push(b':');
        Ok(())
    }

    fn raw(&mut self, key: &str, value: &str) -> Result<(), Error> {
        self.key(key)?;
        self.bytes.write_all(value.as_bytes()).map_err(Error::io)
    }

    fn text(&mut self, key: &str, value: &str) -> Result<(), Error> {
        self.key(key)?;
        serde_json::to_writer(&mut self.bytes, value)
    }

    fn short_metadata(&mut self, metadata: &str) -> Option<()> {
        self.key("metadata").ok()?;
        self.bytes.push(b'{');
        let mut failed = false;
        each_member(metadata, |key, value| {
            if !matches!(key, "attributes" | "long_description") {
                failed |= self.raw(key, value).is_err();
            }
        })?;
        self.bytes.push(b'}');
        (!failed).then_some(())
    }

    /// A list of the files of these lists.
    fn list<'a>(
        &mut self,
        key: &str,
        lists: impl IntoIterator<Item = (&'a str, Name<'a>)>,
    ) -> Option<()> {
        self.key(key).ok()?;
        self.bytes.push(b'[');
        for (files, name) in lists {
            each_item(files, |item| self.file(item, name))?;
        }
        self.bytes.push(b']');
        Some(())
    }

    fn files(&mut self, segment: &str, files: Vec<&str>) -> Option<()> {
        self.key(segment).ok()?;
        self.bytes.push(b'[');
        for item in files {
            self.file(item, Name::Short)?;
        }
        self.bytes.push(b']');
        Some(())
    }

    fn file(&mut self, item: &str, name: Name<'_>) -> Option<()> {
        if !self.bytes.ends_with(b"[") {
            self.bytes.push(b',');
        }
        self.bytes.push(b'{');
        let (mut url, mut failed) = (None, false);
        each_member(item, |key, value| {
            let written = match (key, name) {
                // What was sent as one was another's.
                ("url", _) => Ok(()),
                ("name", Name::Under(_) | Name::Short) => self.name(value, name),
                _ => self.raw(key, value),
            };
            failed |= written.is_err();
            if key == "checksum" {
                let checksum = text(value).and_then(|checksum| checksum.parse().ok());
                url = checksum.and_then(|checksum: Md5| self.urls.get(&checksum));
            }
        })?;
        if let Some(url) = url {
            failed |= self.text("url", url).is_err();
        }
        self.bytes.push(b'}');
        (!failed).then_some(())
    }

    fn name(&mut self, written: &str, becomes: Name<'_>) -> Result<(), Error> {
        let Some(name) = text(written) else { return self.raw("name", written) };
        match becomes {
            Name::Kept => self.raw("name", written),
            Name::Under(segment) => self.text("name", &format!("{segment}/{name}")),
            Name::Short => self.text("name", name.split_once('/').map_or(&name, |(_, rest)| rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::{NewCookbookArtifact, NewCookbookVersion};
    use super::*;

    const ONE: &str = "00000000000000000000000000000001";
    const TWO: &str = "00000000000000000000000000000002";

    fn file(name: &str) -> Value {
        json!({ "name": name, "path": "p", "checksum": ONE, "specificity": "default" })
    }

    fn shown(stored: &Value, form: ManifestForm, extent: Extent) -> Value {
        let urls = HashMap::from([(ONE.parse().unwrap(), "http://x/1".to_owned())]);
        let stored = serde_json::to_vec(stored).unwrap();
        serde_json::from_slice(&write_cookbook(&stored, form, extent, &urls).unwrap()).unwrap()
    }

    fn with_url(mut file: Value) -> Value {
        file["url"] = "http://x/1".into();
        file
    }

    #[test]
    fn each_form_becomes_the_other() {
        let segments = json!({
            "name": "a", "recipes": [file("b.rb"), file("a.rb")], "root_files": [file("README")],
        });
        let names = ["recipes/b.rb", "recipes/a.rb", "root_files/README"];
        let files: Vec<_> = names.iter().map(|name| file(name)).collect();
        let files_shown: Vec<_> = files.iter().cloned().map(with_url).collect();
        let all_files = shown(&segments, ManifestForm::AllFiles, Extent::Whole);
        assert_eq!(all_files, json!({ "name": "a", "all_files": files_shown }));

        let mut files = files;
        files.extend([file("README"), file("spec/a_spec.rb"), file("files/a/b/c")]);
        let stored = json!({ "all_files": files, "name": "a" });
        let back = shown(&stored, ManifestForm::Segments, Extent::Whole);
        let segment = |names: &[&str]| {
            Value::from(names.iter().map(|name| with_url(file(name))).collect::<Vec<_>>())
        };
        assert_eq!(back["recipes"], segment(&["b.rb", "a.rb"]));
        assert_eq!(back["root_files"], segment(&["README", "README"]));
        assert_eq!(back["files"], segment(&["a/b/c"]));
        assert_eq!(back["templates"], json!([]));
        assert_eq!(back.as_object().unwrap().len(), 10);
        assert_eq!(
            shown(&segments, ManifestForm::Segments, Extent::Whole)["recipes"][1]["name"],
            "a.rb"
        );
    }

    #[test]
    fn urls_are_this_servers_alone() {
        let mut files = [file("a"), file("b")];
        files[0]["url"] = "http://evil".into();
        files[1]["checksum"] = TWO.into();
        let all = shown(&json!({ "all_files": files }), ManifestForm::AllFiles, Extent::Whole);
        assert_eq!(all["all_files"][0]["url"], "http://x/1");
        assert_eq!(all["all_files"][1].get("url"), None);
    }

    #[test]
    fn what_a_machine_does_not_need_is_left_out() {
        let metadata = json!({
            "name": "a", "attributes": { "x": 1 }, "long_description": "l", "dependencies": {},
        });
        let stored = json!({ "metadata": metadata, "json_class": "c" });
        let minimal = shown(&stored, ManifestForm::Segments, Extent::Minimal);
        let short = json!({ "metadata": { "name": "a", "dependencies": {} }, "json_class": "c" });
        assert_eq!(minimal, short);
        let artifact = shown(&stored, ManifestForm::Segments, Extent::WithoutClass);
        assert_eq!(artifact, json!({ "metadata": metadata }));
    }

    #[test]
    fn what_is_no_cookbook_is_told() {
        for bad in ["", "[]", r#"{"all_files":1}"#, r#"{"all_files":[1]}"#] {
            for form in [ManifestForm::Segments, ManifestForm::AllFiles] {
                let written = write_cookbook(bad.as_bytes(), form, Extent::Whole, &HashMap::new());
                assert_eq!(written, None, "{bad}");
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_can_be_shown(
            files in prop::collection::vec(r#"(recipes|spec|files)?/?[a-b"\\]{0,3}"#, 0..4),
            form in prop_oneof![Just(ManifestForm::Segments), Just(ManifestForm::AllFiles)],
        ) {
            let files: Vec<_> = files.iter().map(|name| file(name)).collect();
            let body = json!({
                "name": "a-1", "cookbook_name": "a", "metadata": { "version": "1" },
                form.lists()[form.lists().len() / 2]: files,
            });
            let new = NewCookbookVersion::read(body.to_string().as_bytes(), ("a", "1"), form).unwrap();
            let artifact = json!({ "name": "a", "identifier": "1", "all_files": files, "files": files });
            let artifact = artifact.to_string();
            let artifact = NewCookbookArtifact::read(artifact.as_bytes(), ("a", "1")).unwrap();
            for stored in [new.to_stored(true), artifact.to_stored()] {
                let stored: Value = serde_json::from_slice(&stored).unwrap();
                let all = shown(&stored, ManifestForm::AllFiles, Extent::Minimal);
                prop_assert_eq!(all["all_files"].as_array().unwrap().len(), files.len());
                shown(&stored, ManifestForm::Segments, Extent::Whole);
            }
        }
    }
}
