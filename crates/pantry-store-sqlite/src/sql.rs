//! SQL as named constants, each file's own, gathered so that a test can look at all of them.
//!
//! SQL is only parsed when it runs, so a misspelt column would show when somebody needs it. The
//! tests here prepare every statement on a freshly migrated database, and ask SQLite how it would
//! run each: one that walks through a whole table needs a reason on the list below.

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, StatementStatus};

    use crate::{
        actor_keys, actors, contents, deliveries, documents, generations, index, jobs, keys,
        ledger, members, objects, output, refusals, runs, scopes, search, sightings, transfer,
    };

    /// Statements that read more than an index leads them to, and why that is right.
    const SCANS: &[(&str, &str)] = &[
        ("EVERY_KEY", "returns all of them"),
        ("EVERY_SCOPE", "returns all of them"),
        ("EVERY_INDEX", "returns all of them"),
        ("EVERY_END", "returns one for every scope"),
        ("UNHELD", "looks through all that is kept, for whoever cleans up"),
        ("ALL_ABOVE", "walks what the recursion found, which is what it returns"),
        ("NEWEST_JOBS", "walks an index from its end, and stops at the limit"),
        ("NEWEST_REFUSALS", "walks the table from its end, and stops at the limit"),
        ("COUNT_OPEN", "walks the index of what is open"),
        ("STATES", "counts what an index found"),
        ("OPEN_OF_MACHINE", "sorts what an index found"),
        ("FORGET", "walks what is kept of the log, which is bounded, from its end"),
    ];

    /// Statements that count all of a table that is being moved.
    const MOVED: &[&str] = &[
        "COUNT_SCOPES",
        "COUNT_DOCUMENTS",
        "COUNT_HELD",
        "COUNT_MEMBERS",
        "COUNT_ACTOR_KEYS",
        "COUNT_CURVE_KEYS",
        "COUNT_LEDGER",
        "COUNT_JOBS",
        "COUNT_DELIVERIES",
        "COUNT_OUTPUT",
        "COUNT_SIGHTINGS",
        "COUNT_RUNS",
        "COUNT_REFUSALS",
    ];

    fn database() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        crate::migrations::migrate(&mut connection).unwrap();
        connection
    }

    fn statements() -> Vec<(&'static str, &'static str)> {
        [
            scopes::STATEMENTS,
            documents::STATEMENTS,
            contents::STATEMENTS,
            objects::STATEMENTS,
            members::STATEMENTS,
            actor_keys::STATEMENTS,
            actors::STATEMENTS,
            generations::STATEMENTS,
            keys::STATEMENTS,
            ledger::STATEMENTS,
            jobs::STATEMENTS,
            deliveries::STATEMENTS,
            output::STATEMENTS,
            sightings::STATEMENTS,
            refusals::STATEMENTS,
            runs::STATEMENTS,
            index::STATEMENTS,
            search::STATEMENTS,
            transfer::STATEMENTS,
        ]
        .concat()
    }

    /// How SQLite would run it, a line a step.
    fn plan(connection: &Connection, statement: &str) -> Vec<String> {
        let mut explained = connection.prepare(&format!("EXPLAIN QUERY PLAN {statement}")).unwrap();
        // Parameters that are not bound are NULL, which is as good as any value here.
        let mut rows = explained.raw_query();
        let mut steps = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            steps.push(row.get(3).unwrap());
        }
        steps
    }

    #[test]
    fn every_statement_fits_the_schema() {
        let connection = database();
        for (name, statement) in statements() {
            if let Err(error) = connection.prepare(statement) {
                panic!("{name}: {error}");
            }
        }
    }

    #[test]
    fn no_statement_walks_or_sorts_a_table_without_a_reason() {
        let connection = database();
        for (name, statement) in statements() {
            let steps = plan(&connection, statement);
            let costly = |step: &String| step.starts_with("SCAN") || step.contains("TEMP B-TREE");
            let excused =
                SCANS.iter().any(|(excused, _)| *excused == name) || MOVED.contains(&name);
            assert_eq!(steps.iter().any(costly), excused, "{name}: {steps:?}");
        }
    }

    #[test]
    fn no_statement_is_planned_again_when_other_values_are_bound() {
        let directory = tempfile::tempdir().unwrap();
        let opened = crate::open::open(directory.path()).unwrap();
        let is_read =
            |statement: &str| ["SELECT", "WITH"].iter().any(|&w| statement.starts_with(w));
        for connection in [&opened.writer, &opened.readers[0], &opened.points[0]] {
            for (name, statement) in statements().iter().filter(|(_, text)| is_read(text)) {
                for value in 7..10 {
                    let mut prepared = connection.prepare_cached(statement).unwrap();
                    for parameter in 1..=prepared.parameter_count() {
                        prepared.raw_bind_parameter(parameter, value).unwrap();
                    }
                    prepared.raw_query().next().unwrap();
                }
                let prepared = connection.prepare_cached(statement).unwrap();
                assert_eq!(prepared.get_status(StatementStatus::RePrepare), 0, "{name}");
            }
        }
    }

    #[test]
    fn what_is_open_is_found_by_the_indexes_of_what_is_open() {
        let connection = database();
        for (name, index) in [
            ("OPEN_OF_MACHINE", "deliveries_open"),
            ("COUNT_OPEN", "deliveries_open"),
            ("OVERDUE", "deliveries_due"),
        ] {
            let statement = statements().iter().find(|(known, _)| *known == name).unwrap().1;
            let steps = plan(&connection, statement);
            assert!(steps.iter().any(|step| step.contains(index)), "{name}: {steps:?}");
        }
    }

    #[test]
    fn keys_are_found_by_their_names_and_not_by_their_index_alone() {
        let connection = database();
        for (name, wanted) in
            [("KEYS_BY_PATH", "(of=? AND path=?)"), ("KEYS_BY_LEAF", "(of=? AND leaf=?)")]
        {
            let statement = statements().iter().find(|(known, _)| *known == name).unwrap().1;
            let steps = plan(&connection, statement);
            assert!(steps.iter().any(|step| step.contains(wanted)), "{name}: {steps:?}");
        }
    }

    #[test]
    fn deleting_a_parent_finds_its_children_by_an_index() {
        let connection = database();
        let mut references = connection
            .prepare(
                "SELECT t.name, f.\"from\" FROM sqlite_schema t, pragma_foreign_key_list(t.name) f",
            )
            .unwrap();
        let references: Vec<(String, String)> = references
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert!(references.len() >= 10, "{references:?}");
        for (table, column) in references {
            let steps = plan(&connection, &format!("SELECT 1 FROM {table} WHERE {column} = ?"));
            assert!(steps.iter().all(|step| step.starts_with("SEARCH")), "{table}: {steps:?}");
        }
    }
}
