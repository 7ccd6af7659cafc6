//! Nothing takes more time or memory than a file may, and nothing makes the reader fall over.

use std::time::{Duration, Instant};

use pantry_ruby::{FileKind, Files, Problem, read_environment, read_metadata, read_role};
use proptest::prelude::*;

/// Files that would take forever, or all memory, or the stack.
const GREEDY: &[&str] = &[
    "x = 'a' * 1_000_000_000_000",
    "x = 'a' * 1000; x = x * 1000; x = x * 1000",
    "x = 'a'; 100.times { x << x }",
    "x = 'a'; 100.times { x = x + x }",
    "x = 'a'; 100.times { x = \"#{x}#{x}\" }",
    "x = [1]; 100.times { x = x + x }",
    "x = [1]; 100.times { x.concat(x) }",
    "x = [1] * 1_000_000_000",
    "x = [1]; x[1_000_000_000_000] = 1",
    "x = [1]; 60.times { x = [x, x] }; x.flatten",
    "x = [1]; 60.times { x = [x, x] }; default_attributes 'a' => x",
    "x = [1]; y = [1]; 60.times { x = [x, x]; y = [y, y] }; x == y",
    "x = [1]; 60.times { x = [x, x] }; x.to_s",
    "x = [1]; 60.times { x = [x, x] }; { x => 1 }",
    "x = []; x << x; x.flatten",
    "x = []; x << x; x.inspect",
    "x = []; x << x; default_attributes 'a' => x",
    "x = []; x << x; run_list x",
    "x = {}; x['a'] = x; default_attributes x",
    "x = []; y = [x]; x << y; x == y",
    "x = []; 1_000_000_000.times { x << 1 }",
    "1_000_000_000_000.times { }",
    "1.upto(9_000_000_000_000_000_000) { }",
    "(1..9_000_000_000_000_000_000).to_a",
    "(1..9_000_000_000_000_000_000).each { }",
    "x = [1]; x.each { x << 1; x.each { x << 1; x.each { x << 1 } } } while true",
    "x = (1..1000).to_a; x.each { x.each { x.each { } } }",
    "x = 'a'.ljust(1_000_000_000_000)",
    "x = '%1000000000000d' % 1",
    "x = ('a' * 10000).gsub('a', 'a' * 10000)",
    "x = (['a' * 10000] * 10000).join('b' * 10000)",
    "x = []; 500.times { x = [x] }; default_attributes 'a' => x",
    "x = (1..2000).to_a; x.sort { |a, b| b <=> a }",
];

#[test]
fn what_would_not_end_is_refused_soon() {
    for source in GREEDY {
        let start = Instant::now();
        let read = read_role("web.rb", &format!("name 'web'\n{source}\n"));
        let Err(error) = read else { panic!("{source} was read") };
        let is_limit = matches!(error.problem, Problem::Limit { .. } | Problem::Unknown(_));
        assert!(is_limit, "{source}: {error}");
        assert!(start.elapsed() < Duration::from_secs(20), "{source}: {:?}", start.elapsed());
    }
}

#[test]
fn nesting_of_any_kind_is_refused_and_not_fallen_over() {
    for (open, close) in [
        ("[", "]"),
        ("(", ")"),
        ("{a: ", "}"),
        ("\"#{", "}\""),
        ("!", ""),
        ("-", ""),
        ("not ", ""),
        ("x = ", ""),
        ("1 + ", ""),
        ("nil ? 1 : ", ""),
        ("2**", ""),
        ("[1].map { ", "}"),
        ("if true\n", "\nend"),
        ("puts(", ")"),
        ("a ", ""),
    ] {
        for depth in [1_000, 20_000] {
            let source = format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert!(read_role("web.rb", &source).is_err(), "{depth} of {open:?}");
        }
    }
    let chain = format!("'a'{}", ".to_s".repeat(20_000));
    assert!(read_role("web.rb", &chain).is_err());
}

#[test]
fn a_file_has_a_largest_size() {
    let source = format!("name 'web'\n# {}\n", "x".repeat(pantry_ruby::limits::SOURCE_BYTES));
    let error = read_role("web.rb", &source).unwrap_err();
    assert!(matches!(error.problem, Problem::Limit { .. }), "{error}");
}

#[test]
fn a_large_but_ordinary_file_is_read() {
    let entries: String = (0..4000).map(|n| format!("  'key{n}' => {{ 'n' => {n} }},\n")).collect();
    let source = format!("name 'web'\ndefault_attributes(\n{entries})\n");
    let role = read_role("web.rb", &source).unwrap();
    assert_eq!(role["default_attributes"].as_object().unwrap().len(), 4000);
}

/// Pieces that programs are made of.
const PIECES: &[&str] = &[
    "name",
    "run_list",
    "default_attributes",
    "x",
    "y",
    "[",
    "]",
    "{",
    "}",
    "(",
    ")",
    "|",
    "||",
    "&&",
    "=>",
    ":",
    ",",
    ".",
    "..",
    "=",
    "==",
    "<<",
    "+",
    "-",
    "*",
    "/",
    "%",
    "**",
    "!",
    "&",
    "?",
    "'a'",
    "\"b#{x}\"",
    ":s",
    "1",
    "2.5",
    "-3",
    "nil",
    "true",
    "each",
    "map",
    "merge",
    "sort",
    "times",
    "flatten",
    "uniq",
    "join",
    "split",
    "fetch",
    "gsub",
    "slice",
    "do",
    "end",
    "if",
    "else",
    "case",
    "when",
    "unless",
    "next",
    "break",
    "|x|",
    "|a, (b, *c)|",
    "<<~T\n",
    "T\n",
    "%w[a b]",
    "\n",
    ";",
    " ",
    "#",
    "@",
    "$",
    "\\",
    "it",
    "_1",
    "cookbook",
    "**x",
    "*y",
    "999999999",
    "é",
    "\u{1F600}",
    "\0",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_text_makes_it_fall_over(source in ".{0,200}") {
        let _ = read_role("web.rb", &source);
        let _ = read_environment("web.rb", &source);
    }

    #[test]
    fn no_pieces_of_ruby_make_it_fall_over(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60),
    ) {
        for between in ["", " "] {
            let read = read_role("web.rb", &pieces.join(between));
            if let Err(error) = read {
                prop_assert!(error.problem != Problem::Parser, "{}", error);
            }
        }
    }

    #[test]
    fn what_is_written_as_literals_is_what_is_read(value in json()) {
        let source = format!("name 'web'\ndefault_attributes({{ 'a' => {} }})\n", literal(&value));
        let role = read_role("web.rb", &source);
        prop_assert_eq!(&role.unwrap()["default_attributes"]["a"], &value);
    }
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e30..1e30f64).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(".{0,4}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// A value as a literal of Ruby.
fn literal(value: &serde_json::Value) -> String {
    use serde_json::Value;
    let text = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    match value {
        Value::Null => "nil".to_owned(),
        Value::String(it) => text(it),
        Value::Array(it) => {
            format!("[{}]", it.iter().map(literal).collect::<Vec<_>>().join(", "))
        }
        Value::Object(it) => {
            let pairs =
                it.iter().map(|(key, value)| format!("{} => {}", text(key), literal(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A folder in which every name is a file of this many bytes.
struct Full(usize);

impl Files for Full {
    fn read(&self, _: &str, limit: usize) -> Result<Vec<u8>, String> {
        Ok(vec![b'x'; self.0.min(limit + 1)])
    }

    fn kind(&self, _: &str) -> Option<FileKind> {
        Some(FileKind::File)
    }
}

#[test]
fn files_that_metadata_reads_count_as_what_it_makes() {
    for (size, source) in [
        (usize::MAX, "IO.read('x')"),
        (1024 * 1024, "100.times { |at| IO.read(\"x#{at}\") }"),
        (10, "x = 'a' * 100_000; 1000.times { File.join([x] * 1000) }"),
        (10, "x = []; x << x; File.join(x)"),
        (10, "x = []; x << x; chef_version x"),
        (10, "x = []; x << x; gem x"),
        (10, "x = (['>= 1'] * 1000); 1000.times { chef_version x }; 1000.times { chef_version }"),
        (10, "20_000.times { |at| chef_version '1' }"),
        (10, "gems << gems"),
        (10, "dependencies['x'] = dependencies"),
    ] {
        let start = Instant::now();
        let read = read_metadata("metadata.rb", source, "/c", &Full(size));
        let Err(error) = read else { panic!("{source} was read") };
        assert!(matches!(error.problem, Problem::Limit { .. }), "{source}: {error}");
        assert!(start.elapsed() < Duration::from_secs(20), "{source}: {:?}", start.elapsed());
    }
}
