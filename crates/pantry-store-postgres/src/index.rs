//! How indexes are written: the terms that documents lost or got, and nothing else.
//!
//! All documents of a group of writes are changed by the same few statements, whatever the number of
//! their terms. What a term is of, its key and its document, is looked up first and handed on as an
//! array of numbers, of which a term takes its own by its place: a join would compare each term with
//! each key, or hash them where a few would do.
//!
//! A write has its scope alone ([`crate::scopes`]), so nobody else adds a key or a term of it, or
//! takes one away, while this goes on.

use std::collections::{HashMap, HashSet};

use pantry_query::{Key, Term};
use pantry_store::columns::{broken, kind, scope};
use pantry_store::search::{FORMAT, Index, IndexState};
use pantry_store::sql;
use tokio_postgres::Row;

use crate::documents;
use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns as _, Result};

/// How many numbers a row of terms is about; the schema says it as well.
pub(crate) const BLOCK: u64 = 512;

/// The numbers of the documents and their indexes, by place: once for the indexes that are searched,
/// and once for those that are being built, if there are any.
macro_rules! places {
    () => {
        places!("(VALUES (false), (true))")
    };
    ($builds:literal) => {
        concat!(
            "places AS (SELECT b.building, array_agg(i.id ORDER BY e.number) AS indexes, \
            array_agg(d.id ORDER BY e.number) AS documents \
            FROM ",
            $builds,
            " AS b (building) CROSS JOIN \
            unnest($1::text[], $2::text[], $3::text[], $4::text[]) \
                WITH ORDINALITY AS e (scope, kind, parent, name, number) \
            LEFT JOIN scopes s ON s.name = e.scope \
            LEFT JOIN search_indexes i ON i.scope = s.id AND i.kind = e.kind \
                AND i.parent = e.parent AND i.building = b.building \
            LEFT JOIN documents d ON d.scope = s.id AND d.kind = e.kind AND d.name = e.name \
            GROUP BY b.building HAVING count(i.id) > 0)"
        )
    };
}

/// The numbers of keys, and of the documents that they are of, by place as well.
macro_rules! keys {
    ($($builds:literal)?) => {
        concat!(
            places!($($builds)?),
            ", keys AS (SELECT array_agg(k.id ORDER BY n.number) AS ids, \
                array_agg(p.documents[n.document] ORDER BY n.number) AS documents \
                FROM places p CROSS JOIN unnest($5::integer[], $6::text[], $7::text[]) \
                    WITH ORDINALITY AS n (document, path, leaf, number) \
                LEFT JOIN search_keys k ON k.of = p.indexes[n.document] \
                    AND k.path = n.path AND k.leaf = n.leaf \
                GROUP BY p.building)"
        )
    };
}

/// Terms as rows are to hold them.
macro_rules! terms {
    ($($builds:literal)?) => {
        concat!(
            keys!($($builds)?),
            ", named AS (SELECT k.ids[t.key] AS key, t.value, k.documents[t.key] AS document \
                FROM keys k CROSS JOIN unnest($8::integer[], $9::text[]) AS t (key, value)), \
            terms AS (SELECT key, value, document / 512 AS block, \
                array_agg(DISTINCT (document % 512)::smallint) AS documents \
                FROM named WHERE key IS NOT NULL AND document IS NOT NULL \
                GROUP BY key, value, document / 512)"
        )
    };
}

/// Adds keys that are not there.
macro_rules! add_keys {
    ($($builds:literal)?) => {
        concat!("WITH ", places!($($builds)?), " INSERT INTO search_keys (of, path, leaf) \
            SELECT DISTINCT p.indexes[n.document], n.path, n.leaf FROM places p \
            CROSS JOIN unnest($5::integer[], $6::text[], $7::text[]) AS n (document, path, leaf) \
            WHERE p.indexes[n.document] IS NOT NULL AND NOT EXISTS (SELECT FROM search_keys k \
                WHERE k.of = p.indexes[n.document] AND k.path = n.path AND k.leaf = n.leaf)")
    };
}

/// Adds documents to terms.
macro_rules! add_terms {
    ($($builds:literal)?) => {
        concat!("WITH ", terms!($($builds)?), " INSERT INTO search_terms AS t \
            (key, value, block, documents) SELECT key, value, block, documents FROM terms \
            ON CONFLICT (key, value, block) DO UPDATE SET documents = \
                CASE WHEN t.documents && excluded.documents THEN \
                    ARRAY(SELECT unnest(t.documents) UNION SELECT unnest(excluded.documents)) \
                ELSE t.documents || excluded.documents END \
            WHERE NOT t.documents @> excluded.documents")
    };
}

sql! {
    ADD_INDEXES = "INSERT INTO search_indexes (scope, kind, parent, building, format) \
        SELECT DISTINCT s.id, e.kind, e.parent, false, $4::integer \
        FROM unnest($1::text[], $2::text[], $3::text[]) AS e (scope, kind, parent) \
        JOIN scopes s ON s.name = e.scope \
        WHERE NOT EXISTS (SELECT FROM search_indexes i WHERE i.scope = s.id AND i.kind = e.kind \
            AND i.parent = e.parent AND i.building = false)";
    ADD_KEYS = add_keys!();
    ADD_TERMS = add_terms!();
    BUILD_KEYS = add_keys!("(VALUES (true))");
    BUILD_TERMS = add_terms!("(VALUES (true))");
    RETIRE_BUILD = "UPDATE search_indexes SET scope = NULL WHERE scope = scope_number($1) \
        AND kind = $2 AND parent = $3 AND building = true AND format <> $4::integer";
    BEGIN_BUILD = "INSERT INTO search_indexes (scope, kind, parent, building, format) \
        VALUES (scope_number($1), $2, $3, true, $4::integer) ON CONFLICT DO NOTHING";
    RETIRE_OLD = "UPDATE search_indexes o SET scope = NULL WHERE o.scope = scope_number($1) \
        AND o.kind = $2 AND o.parent = $3 AND o.building = false \
        AND EXISTS (SELECT FROM search_indexes n WHERE n.scope = o.scope AND n.kind = o.kind \
            AND n.parent = o.parent AND n.building = true)";
    FINISH_BUILD = "UPDATE search_indexes SET building = false WHERE scope = scope_number($1) \
        AND kind = $2 AND parent = $3 AND building = true";
    EVERY_INDEX = "SELECT s.name, i.kind, i.parent, i.format, i.building FROM search_indexes i \
        JOIN scopes s ON s.id = i.scope";
    REMOVE_TERMS = concat!("WITH ", terms!(), ", dropped AS (DELETE FROM search_terms t \
            USING terms g WHERE t.key = g.key AND t.value = g.value AND t.block = g.block \
            AND t.documents <@ g.documents) \
        UPDATE search_terms t SET documents = \
            ARRAY(SELECT one FROM unnest(t.documents) AS own (one) WHERE one <> ALL (g.documents)) \
        FROM terms g WHERE t.key = g.key AND t.value = g.value AND t.block = g.block \
            AND t.documents && g.documents AND NOT t.documents <@ g.documents");
    DROP_KEYS = concat!("WITH ", keys!(), " DELETE FROM search_keys k \
        USING (SELECT DISTINCT unnest(ids) AS id FROM keys) AS named WHERE k.id = named.id \
        AND NOT EXISTS (SELECT FROM search_terms t WHERE t.key = k.id)");
    RETIRE = "UPDATE search_indexes SET scope = NULL \
        WHERE scope = scope_number($1) AND kind = $2 AND parent = $3";
    // Of one index and some keys at a time; what has no rows any more goes the next time. Whoever
    // else is at it is not waited for.
    DROP_SOME = "WITH index AS (SELECT id FROM search_indexes WHERE scope IS NULL LIMIT 1 \
            FOR UPDATE SKIP LOCKED), \
        key AS (SELECT k.id FROM index i JOIN search_keys k ON k.of = i.id LIMIT 100), \
        terms AS (SELECT t.ctid FROM key k JOIN search_terms t ON t.key = k.id LIMIT $1), \
        terms_gone AS (DELETE FROM search_terms t USING terms g WHERE t.ctid = g.ctid), \
        keys_gone AS (DELETE FROM search_keys k USING key g WHERE k.id = g.id \
            AND NOT EXISTS (SELECT FROM terms)), \
        index_gone AS (DELETE FROM search_indexes i USING index g WHERE i.id = g.id \
            AND NOT EXISTS (SELECT FROM key)) \
        SELECT count(*) FROM index";
}

/// A document whose terms change.
#[derive(Clone, Copy)]
pub(crate) struct Indexed<'a> {
    /// In which index.
    pub(crate) index: &'a Index,
    /// Its name.
    pub(crate) name: &'a str,
    /// What goes.
    pub(crate) gone: &'a [Term],
    /// What comes.
    pub(crate) new: &'a [Term],
}

impl<'a> Indexed<'a> {
    /// What names the document.
    pub(crate) fn place(&self) -> documents::Key<'a> {
        (&self.index.scope, self.index.kind, self.name)
    }
}

/// The parent as a column.
pub(crate) fn parent(index: &Index) -> &str {
    index.parent.as_deref().unwrap_or_default()
}

/// Changes by what documents, all of them others, are found.
pub(crate) fn change<'a>(documents: &[Indexed<'a>]) -> Vec<Step<'a>> {
    let places = Places::of(documents);
    let mut steps = vec![require(documents)];
    let (scopes, kinds, parents) =
        (places.scopes.clone(), places.kinds.clone(), places.parents.clone());
    let step = Step::new(ADD_INDEXES).with(scopes).with(kinds).with(parents);
    steps.push(step.with(i32::from(FORMAT)));

    let gone = Columns::of(documents.iter().map(|one| one.gone));
    let new = Columns::of(documents.iter().map(|one| one.new));
    if !gone.values.is_empty() {
        steps.push(gone.with_terms(places.step(REMOVE_TERMS)));
    }
    if !new.values.is_empty() {
        steps.push(new.with_keys(places.step(ADD_KEYS)));
        steps.push(new.with_terms(places.step(ADD_TERMS)));
    }
    if !gone.values.is_empty() {
        steps.push(gone.with_keys(places.step(DROP_KEYS)));
    }
    steps
}

/// Fails if one of them is not there.
fn require<'a>(documents: &[Indexed<'a>]) -> Step<'a> {
    documents::require(&documents.iter().map(Indexed::place).collect::<Vec<_>>())
}

/// Adds documents, all of them others, to what is being built.
fn build<'a>(documents: &[Indexed<'a>]) -> Vec<Step<'a>> {
    let places = Places::of(documents);
    let terms = Columns::of(documents.iter().map(|one| one.new));
    vec![
        require(documents),
        terms.with_keys(places.step(BUILD_KEYS)),
        terms.with_terms(places.step(BUILD_TERMS)),
    ]
}

/// Begins to build an index anew.
pub(crate) fn begin(index: &Index) -> [Step<'_>; 2] {
    [RETIRE_BUILD, BEGIN_BUILD].map(|statement| of(statement, index).with(i32::from(FORMAT)))
}

/// Puts what is being built in the place of what is searched.
pub(crate) fn finish(index: &Index) -> [Step<'_>; 2] {
    [RETIRE_OLD, FINISH_BUILD].map(|statement| of(statement, index))
}

/// Takes an index off its scope, with what is being built to take its place.
pub(crate) fn retire(index: &Index) -> Step<'_> {
    of(RETIRE, index)
}

fn of<'a>(statement: &'static str, index: &'a Index) -> Step<'a> {
    let step = Step::new(statement).with(index.scope.as_str());
    step.with(index.kind.as_str()).with(parent(index))
}

/// How all indexes stand.
pub(crate) async fn states(pool: &Pool) -> Result<Vec<IndexState>> {
    let rows = pool.rows(EVERY_INDEX, &[]).await?;
    let state = |row: &Row| {
        let parent = row.text(2)?;
        let parent = (!parent.is_empty()).then_some(parent);
        let index = Index { scope: scope(row.str(0)?)?, kind: kind(row.str(1)?)?, parent };
        let format: i32 = row.get_column(3)?;
        Ok((index, u16::try_from(format).map_err(broken)?, row.get_column(4)?))
    };
    Ok(IndexState::gather(rows.iter().map(state).collect::<Result<Vec<_>>>()?))
}

/// Where documents are, as parameters.
struct Places<'a> {
    scopes: Vec<&'a str>,
    kinds: Vec<&'a str>,
    parents: Vec<&'a str>,
    names: Vec<&'a str>,
}

impl<'a> Places<'a> {
    fn of(documents: &[Indexed<'a>]) -> Self {
        Self {
            scopes: documents.iter().map(|one| one.index.scope.as_str()).collect(),
            kinds: documents.iter().map(|one| one.index.kind.as_str()).collect(),
            parents: documents.iter().map(|one| parent(one.index)).collect(),
            names: documents.iter().map(|one| one.name).collect(),
        }
    }

    fn step(&self, statement: &'static str) -> Step<'a> {
        let step = Step::new(statement).with(self.scopes.clone()).with(self.kinds.clone());
        step.with(self.parents.clone()).with(self.names.clone())
    }
}

/// Terms of some documents as parameters: their keys, each once for a document, and their values.
/// Places count from one.
#[derive(Default)]
struct Columns<'a> {
    documents: Vec<i32>,
    paths: Vec<&'a str>,
    leaves: Vec<&'a str>,
    keys: Vec<i32>,
    values: Vec<&'a str>,
}

impl<'a> Columns<'a> {
    fn of(documents: impl Iterator<Item = &'a [Term]>) -> Self {
        let mut columns = Self::default();
        for (document, terms) in (1..).zip(documents) {
            let mut known: HashMap<&Key, i32> = HashMap::new();
            for term in terms {
                let key = *known.entry(&term.key).or_insert_with(|| {
                    columns.documents.push(document);
                    columns.paths.push(&term.key.path);
                    columns.leaves.push(&term.key.leaf);
                    // No message has so many that they could not be counted.
                    i32::try_from(columns.paths.len()).unwrap_or(i32::MAX)
                });
                columns.keys.push(key);
                columns.values.push(&term.value);
            }
        }
        columns
    }

    fn with_keys(&self, step: Step<'a>) -> Step<'a> {
        let step = step.with(self.documents.clone());
        step.with(self.paths.clone()).with(self.leaves.clone())
    }

    fn with_terms(&self, step: Step<'a>) -> Step<'a> {
        self.with_keys(step).with(self.keys.clone()).with(self.values.clone())
    }
}

/// Deletes at most so many rows of an index that nobody can find any more; answers a row with a count
/// that is 0 if there is none.
pub(crate) fn drop_some(rows: i64) -> Step<'static> {
    Step::new(DROP_SOME).with(rows)
}

/// Documents that are gathered, to be changed by the same statements.
#[derive(Default)]
pub(crate) struct Gathered<'a> {
    documents: Vec<Indexed<'a>>,
    known: HashSet<documents::Key<'a>>,
}

impl<'a> Gathered<'a> {
    /// Whether a document is among them.
    pub(crate) fn has(&self, place: &documents::Key<'a>) -> bool {
        self.known.contains(place)
    }

    /// Adds one that is not.
    pub(crate) fn add(&mut self, document: Indexed<'a>) {
        self.known.insert(document.place());
        self.documents.push(document);
    }

    /// The statements for all of them, which are none any more.
    pub(crate) fn change(&mut self) -> Vec<Step<'a>> {
        let documents = self.take();
        if documents.is_empty() { Vec::new() } else { change(&documents) }
    }

    /// The same for what is being built.
    pub(crate) fn build(&mut self) -> Vec<Step<'a>> {
        let documents = self.take();
        if documents.is_empty() { Vec::new() } else { build(&documents) }
    }

    fn take(&mut self) -> Vec<Indexed<'a>> {
        self.known.clear();
        std::mem::take(&mut self.documents)
    }
}
