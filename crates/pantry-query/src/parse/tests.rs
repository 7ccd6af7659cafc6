//! What is a query, what is none, and that a printed query is the one that was read.

use proptest::prelude::*;

use super::*;
use crate::Pattern;
use crate::plan::{Field, Formula, Leaf, Sought};

/// The formula of a query with its leaves written out, as `&(… …)`, `|(… …)` and `-…`.
fn meaning(query: &str) -> String {
    let plan = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}")).plan();
    fn list(formulas: &[Formula], leaves: &[Leaf]) -> String {
        let formulas = formulas.iter().map(|formula| write(formula, leaves));
        formulas.collect::<Vec<_>>().join(" ")
    }
    fn write(formula: &Formula, leaves: &[Leaf]) -> String {
        match formula {
            Formula::All => "all".to_owned(),
            Formula::Not(inner) => format!("-{}", write(inner, leaves)),
            Formula::And(inner) => format!("&({})", list(inner, leaves)),
            Formula::Or(inner) => format!("|({})", list(inner, leaves)),
            Formula::Leaf(number) => {
                let field = match &leaves[*number].field {
                    Field::Any => String::new(),
                    Field::Named(name) => format!("{name}:"),
                    Field::Matching(pattern) => format!("{}:", pattern_text(pattern)),
                };
                let sought = match &leaves[*number].sought {
                    Sought::Anything => "*".to_owned(),
                    Sought::Exactly(text) => format!("<{text}>"),
                    Sought::Matching(pattern) => pattern_text(pattern),
                    Sought::Within(range) => format!("{:?}..{:?}", range.from, range.to),
                    Sought::Like(text, edits) => format!("<{text}>~{edits}"),
                };
                field + &sought
            }
        }
    }
    write(plan.formula(), plan.leaves())
}

fn pattern_text(pattern: &Pattern) -> String {
    let parts = pattern.parts().iter().map(|part| match part {
        Part::Text(text) => format!("<{text}>"),
        Part::One => "?".to_owned(),
        Part::Any => "*".to_owned(),
    });
    parts.collect()
}

#[test]
fn each_term_means_what_it_says() {
    for (query, expected) in [
        ("*:*", "all"),
        ("*", "all"),
        (" name:web1\t", "name:<web1>"),
        ("web1", "<web1>"),
        ("name:web*", "name:<web>*"),
        ("na?e:*w?b", "<na>?<e>:*<w>?<b>"),
        ("ec2:*", "ec2:*"),
        ("*:web", "<web>"),
        ("k*:*", "<k>*:*"),
        (r"run_list:role\[a\:\:b\]", "run_list:<role[a::b]>"),
        (r"key\:a\*b:c\ d", "key:a*b:<c d>"),
        (r#"words:"one \"two\" *three?""#, r#"words:<one "two" *three?>"#),
        (r#"words:"""#, "words:<>"),
        (r#""a field":"AND""#, "a field:<AND>"),
        (r#"*"key abc"*:*"#, "*<key abc>*:*"),
        (r#"a:*"hello world"*"#, "a:*<hello world>*"),
        (r#"words:\"*"#, r#"words:<">*"#),
        ("mount:/foo/bar@x+y-z;1,2", "mount:</foo/bar@x+y-z;1,2>"),
        ("host:größe|a&b", "host:<größe|a&b>"),
        ("temperature:-5", "temperature:<-5>"),
        ("ANDa:NOT", "ANDa:<NOT>"),
        ("a\0:b\0?", "a\u{fffd}:<b\u{fffd}>?"),
    ] {
        assert_eq!(meaning(query), expected, "{query}");
    }
}

#[test]
fn ranges_fuzzy_terms_and_boosts() {
    for (query, expected) in [
        ("a:[1 TO 2]", r#"a:Including("1")..Including("2")"#),
        ("a:{1 TO 2}", r#"a:Excluding("1")..Excluding("2")"#),
        ("a:[ -1.5  TO x\\]y}", r#"a:Including("-1.5")..Excluding("x]y")"#),
        (r#"a:[* TO "b c"]"#, r#"a:Open..Including("b c")"#),
        ("a:{b TO *}", r#"a:Excluding("b")..Open"#),
        ("a:[* TO *]", "a:*"),
        ("*:{* TO *}", "all"),
        ("a:[TO TO TO]", r#"a:Including("TO")..Including("TO")"#),
        ("web~", "<web>~2"),
        ("a:web~1", "a:<web>~1"),
        ("a:web~7", "a:<web>~2"),
        ("a:web~0", "a:<web>"),
        ("a:abcd~0.5", "a:<abcd>~2"),
        ("a:abcd~0.7", "a:<abcd>~1"),
        ("a:abcd~0.9", "a:<abcd>"),
        ("a:we*b~1", "a:<we>*<b>"),
        (r#"a:"b c"~1"#, "a:<b c>"),
        ("web^0.5 a:b^2", "|(<web> a:<b>)"),
        (r#"("b c")^10"#, "<b c>"),
        ("web~1^3", "<web>~1"),
    ] {
        assert_eq!(meaning(query), expected, "{query}");
    }
}

/// What Lucene's classic parser makes of the same clauses.
#[test]
fn operators_mean_what_they_mean_to_lucene() {
    for (query, expected) in [
        ("a b", "|(<a> <b>)"),
        ("a OR b||c", "|(<a> <b> <c>)"),
        ("a AND b&&c", "&(<a> <b> <c>)"),
        ("a OR b AND c", "&(<b> <c>)"),
        ("a AND b OR c", "&(<a> <b>)"),
        ("(a OR b) AND c", "&(|(<a> <b>) <c>)"),
        ("a AND (b OR (c))", "&(<a> |(<b> <c>))"),
        ("NOT a", "-<a>"),
        ("NOT(a b)", "-|(<a> <b>)"),
        ("-a !b", "&(-<a> -<b>)"),
        ("a NOT b", "&(<a> -<b>)"),
        ("a b !c", "&(|(<a> <b>) -<c>)"),
        ("a AND NOT b", "&(<a> -<b>)"),
        ("a OR NOT b", "&(<a> -<b>)"),
        ("NOT a AND b", "&(<b> -<a>)"),
        ("a OR (NOT b)", "|(<a> -<b>)"),
        ("+a b -c", "&(<a> -<c>)"),
        (r#"a -"b c" +d:e"#, "&(d:<e> -<b c>)"),
        ("f:(a OR g:b NOT c*)", "&(|(f:<a> g:<b>) -f:<c>*)"),
        ("f:((a))", "f:<a>"),
        ("a a", "|(<a> <a>)"),
        ("*:* -a", "&(all -<a>)"),
    ] {
        assert_eq!(meaning(query), expected, "{query}");
    }
    assert_eq!(Query::parse("a b:c a").unwrap().plan().leaves().len(), 2);
}

#[test]
fn what_is_no_query_is_an_error_at_its_place() {
    for (query, problem, offset) in [
        ("", Problem::NothingHere, 0),
        ("  ", Problem::NothingHere, 2),
        ("()", Problem::NothingHere, 1),
        ("a AND", Problem::NothingHere, 5),
        ("a OR )", Problem::NothingHere, 5),
        ("a AND OR b", Problem::NothingBefore("OR"), 6),
        ("AND a", Problem::NothingBefore("AND"), 0),
        ("(|| a)", Problem::NothingBefore("OR"), 1),
        ("a && && b", Problem::NothingBefore("an operator"), 5),
        ("NOT -a", Problem::TwoSigns, 4),
        ("+NOT a", Problem::TwoSigns, 1),
        ("a - b", Problem::LooseSign('-'), 2),
        ("a +", Problem::LooseSign('+'), 2),
        ("name:", Problem::NoValue, 5),
        ("name: web", Problem::NoValue, 5),
        (":web", Problem::Unexpected(':'), 0),
        ("recipe:nginx::default", Problem::Colon, 12),
        ("a:[1 TO 2]:b", Problem::Colon, 10),
        ("a)", Problem::Unexpected(')'), 1),
        ("role[web]", Problem::Unexpected('['), 4),
        ("(a OR (b)", Problem::Unclosed('('), 0),
        ("é:\"b", Problem::Unclosed('"'), 3),
        ("a:[1 TO", Problem::Unclosed('['), 2),
        ("a:{", Problem::Unclosed('{'), 2),
        ("a:[1 2]", Problem::Range, 5),
        ("a:[1 TO ]", Problem::Range, 8),
        ("a:[1 TO 2)", Problem::Range, 9),
        ("a:[1* TO 2]", Problem::WildBound, 3),
        (r"C\temp", Problem::Backslash, 1),
        (r#""\n""#, Problem::Backslash, 1),
        ("a\\", Problem::Backslash, 1),
        ("a^", Problem::NoBoost, 2),
        ("a^1.2.3", Problem::NoBoost, 7),
        ("a~1.5", Problem::Likeness, 1),
        ("a~1.2.3", Problem::Likeness, 1),
    ] {
        let error = Query::parse(query).unwrap_err();
        assert_eq!((error.problem(), error.offset()), (problem, offset), "{query}");
    }
}

#[test]
fn an_error_shows_the_place() {
    let long = format!("{} AND\trecipes:nginx::default OR {}", "a".repeat(100), "b".repeat(100));
    assert_eq!(
        Query::parse(&long).unwrap_err().to_string(),
        format!(
            "a colon within a text is written \\:\n  {} AND recipes:nginx::default OR {}\n  {}^",
            "a".repeat(14),
            "b".repeat(19),
            " ".repeat(32)
        )
    );
}

#[test]
fn limits_are_named() {
    let long = "a ".repeat(500_000);
    assert_eq!(
        Query::parse(&long).unwrap_err().to_string(),
        "a query has at most 65536 bytes, and this one has 1000000"
    );
    let nested = |depth: usize| "(".repeat(depth) + "a" + &")".repeat(depth);
    assert_eq!(Query::parse(&nested(MAX_DEPTH)).unwrap().plan().leaves().len(), 1);
    let error = Query::parse(&nested(MAX_DEPTH + 1)).unwrap_err();
    assert_eq!((error.problem(), error.offset()), (Problem::TooDeep, MAX_DEPTH));
}

#[test]
fn a_long_alternation_is_flat() {
    let names: Vec<String> = (0..5_000).map(|n| format!("name:{n}")).collect();
    let plan = Query::parse(&names.join(" OR ")).unwrap().plan();
    let found: Vec<Vec<u64>> = (0..5_000).map(|n| vec![n, 10_000 - n]).collect();
    assert_eq!(plan.evaluate(&found, &[]).len(), 10_000);
}

#[test]
fn nodes_know_where_they_stand() {
    let text = r#"+a:"b c"^2 AND NOT f:(é OR x~1)"#;
    let query = Query::parse(text).unwrap();
    let spans = |clauses: &[Clause]| -> Vec<String> {
        clauses.iter().map(|clause| text[clause.node.span.clone()].to_owned()).collect()
    };
    assert_eq!(spans(&query.clauses), [r#"a:"b c""#, "f:(é OR x~1)"]);
    let Expression::Group { clauses, .. } = &query.clauses[1].node.expression else { panic!() };
    assert_eq!(spans(clauses), ["é", "x~1"]);
    assert_eq!(query.to_string(), r#"+a:"b c" AND NOT f:(é OR x~1)"#);
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        r#"[a-cA-Z0-9 \t\n\\\[\]/"!(){}^~*?:&|+\-_.@;é\u{a0}\u{0}😀]{0,6}"#,
        "AND|OR|NOT|TO",
    ]
}

fn any_wording() -> impl Strategy<Value = Wording> {
    let part = prop_oneof![Just(Part::Any), Just(Part::One), any_text().prop_map(Part::Text)];
    prop::collection::vec(part, 0..4).prop_map(|parts| match Pattern::new(parts) {
        Ok(pattern) => Wording::Matching(pattern),
        Err(text) => Wording::Exactly(text),
    })
}

fn any_bound() -> impl Strategy<Value = Bound> {
    prop_oneof![
        Just(Bound::Open),
        any_text().prop_map(Bound::Including),
        any_text().prop_map(Bound::Excluding),
    ]
}

fn any_wanted() -> impl Strategy<Value = Wanted> {
    let like = any_text().prop_filter("there is something to be like", |text| !text.is_empty());
    prop_oneof![
        4 => any_wording().prop_map(Wanted::Text),
        1 => (like, 0..3_u8).prop_map(|(text, edits)| Wanted::Like(text, edits)),
    ]
}

fn any_term() -> impl Strategy<Value = Expression> {
    let range = (any_bound(), any_bound()).prop_map(|(from, to)| Range { from, to });
    prop_oneof![
        3 => (prop::option::of(any_wording()), any_wanted())
            .prop_map(|(field, wanted)| Expression::Term { field, wanted }),
        1 => (any_wording(), range).prop_map(|(field, range)| Expression::Term {
            field: Some(field),
            wanted: Wanted::Within(range),
        }),
    ]
}

fn any_clauses(node: impl Strategy<Value = Expression>) -> impl Strategy<Value = Vec<Clause>> {
    let joint = prop_oneof![Just(Joint::Beside), Just(Joint::And), Just(Joint::Or)];
    let sign = prop_oneof![Just(Sign::Plain), Just(Sign::Required), Just(Sign::Prohibited)];
    let clause = (joint, sign, node).prop_map(|(joint, sign, expression)| Clause {
        joint,
        sign,
        node: Node { span: 0..0, expression },
    });
    prop::collection::vec(clause, 1..4).prop_map(|mut clauses| {
        clauses[0].joint = Joint::Beside;
        clauses
    })
}

fn any_query() -> impl Strategy<Value = Query> {
    let expression = any_term().prop_recursive(3, 16, 3, |inner| {
        (prop::option::of(any_wording()), any_clauses(inner))
            .prop_map(|(field, clauses)| Expression::Group { field, clauses })
    });
    any_clauses(expression).prop_map(|clauses| Query { clauses })
}

fn forget_spans(clauses: &mut [Clause]) {
    for clause in clauses {
        clause.node.span = 0..0;
        if let Expression::Group { clauses, .. } = &mut clause.node.expression {
            forget_spans(clauses);
        }
    }
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_it_was(query in any_query()) {
        let printed = query.to_string();
        let mut read = Query::parse(&printed).map_err(|error| TestCaseError::fail(error.to_string()))?;
        forget_spans(&mut read.clauses);
        prop_assert_eq!(read, query, "{}", printed);
    }

    #[test]
    fn whatever_is_read_does_no_harm(
        text in r#"([ab é*?:\\\[\]"!(){}^~&|+\-0-9.]|AND |OR |NOT | TO ){0,24}"#
    ) {
        match Query::parse(&text) {
            Ok(mut query) => {
                query.plan();
                let mut again = Query::parse(&query.to_string()).unwrap();
                forget_spans(&mut query.clauses);
                forget_spans(&mut again.clauses);
                prop_assert_eq!(again, query);
            }
            Err(error) => {
                prop_assert!(text.is_char_boundary(error.offset()));
                prop_assert_eq!(error.to_string().lines().count(), 3);
            }
        }
    }
}
