//! The form that Chef's tools write JSON in for people: two blanks for a level, an empty line in what
//! is empty, and nothing escaped that need not be.

use super::{CookbookMetadata, OwnedJson};

impl CookbookMetadata {
    /// The document, as Chef's compiler writes it, with the end of its last line.
    pub fn pretty(&self) -> String {
        let mut text = String::new();
        object(self.members(), 0, &mut text);
        text.push('\n');
        text
    }
}

fn write(value: &OwnedJson, depth: usize, text: &mut String) {
    match value {
        OwnedJson::Plain(plain) => text.push_str(plain),
        OwnedJson::Text(it) => quote(it, text),
        OwnedJson::List(elements) => {
            text.push_str("[\n");
            for (at, element) in elements.iter().enumerate() {
                begin(at, depth + 1, text);
                write(element, depth + 1, text);
            }
            end(depth, ']', text);
        }
        OwnedJson::Map(members) => {
            object(members.iter().map(|(key, value)| (key.as_str(), value)), depth, text);
        }
    }
}

fn object<'m>(
    members: impl Iterator<Item = (&'m str, &'m OwnedJson)>,
    depth: usize,
    text: &mut String,
) {
    text.push_str("{\n");
    for (at, (key, value)) in members.enumerate() {
        begin(at, depth + 1, text);
        quote(key, text);
        text.push_str(": ");
        write(value, depth + 1, text);
    }
    end(depth, '}', text);
}

fn begin(at: usize, depth: usize, text: &mut String) {
    text.push_str(if at == 0 { "" } else { ",\n" });
    text.extend(std::iter::repeat_n("  ", depth));
}

fn end(depth: usize, bracket: char, text: &mut String) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
    text.push(bracket);
}

fn quote(value: &str, text: &mut String) {
    text.push('"');
    for letter in value.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\u{c}' => text.push_str("\\f"),
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            '\t' => text.push_str("\\t"),
            it if it < ' ' => text.push_str(&format!("\\u{:04X}", u32::from(it))),
            it => text.push(it),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_what_chef_writes() {
        let mut metadata = CookbookMetadata::default();
        metadata.set("name", OwnedJson::text("aé\u{1}\u{1f}\u{7f}/<>&\u{2028}\u{8}\u{c}"));
        let gem = OwnedJson::List(vec![OwnedJson::text("b"), OwnedJson::Map(Vec::new())]);
        metadata.set("gems", OwnedJson::List(vec![gem]));
        let text = metadata.pretty();
        assert!(text.starts_with("{\n  \"name\": \"aé\\u0001\\u001F\u{7f}/<>&\u{2028}\\b\\f\",\n"));
        assert!(text.contains("  \"platforms\": {\n\n  },\n"), "{text}");
        assert!(
            text.contains("  \"gems\": [\n    [\n      \"b\",\n      {\n\n      }\n    ]\n  ],\n")
        );
        assert!(text.ends_with("  \"eager_load_libraries\": true\n}\n"), "{text}");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let metadata = CookbookMetadata::default();
        assert_eq!(CookbookMetadata::read(metadata.pretty().as_bytes()).unwrap(), metadata);
    }
}
