//! Search: leaves are looked up here, what they found is put together elsewhere.
//!
//! Each leaf is one statement, and all of them see one moment. A statement goes from the keys that
//! are meant to their terms by an index; what must be walked is as little as the sought values begin
//! alike. What no operator of SQL tells, that a text is like another, is told here.

use std::borrow::Cow;

use pantry_query::{Bound, Field, Leaf, Part, Pattern, Plan, Sought, storable};
use pantry_store::columns::from_column;
use pantry_store::search::{DocumentNumber, Found, Index};
use pantry_store::{Document, sql};
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use crate::documents::document;
use crate::index::{BLOCK, parent};
use crate::pool::{Asked, Pool};
use crate::row::{Columns, Result};

/// The number of the index that is searched.
macro_rules! index {
    () => {
        "(SELECT i.id FROM scopes s JOIN search_indexes i ON i.scope = s.id WHERE s.name = $1 \
            AND i.kind = $2 AND i.parent = $3 AND i.building = false)"
    };
}

/// Keys by their name.
macro_rules! named {
    () => {
        concat!(
            "(SELECT id FROM search_keys WHERE of = ",
            index!(),
            " AND path = $4 \
            UNION SELECT id FROM search_keys WHERE of = ",
            index!(),
            " AND leaf = $4) AS k"
        )
    };
}

/// Keys whose names match; `%` are all.
macro_rules! alike {
    () => {
        concat!(
            "(SELECT id FROM search_keys WHERE of = ",
            index!(),
            " \
            AND (path LIKE $4 OR leaf LIKE $4)) AS k"
        )
    };
}

/// The terms of keys with one value.
macro_rules! exact {
    ($keys:expr) => {
        concat!(
            "SELECT t.block, t.documents FROM ",
            $keys,
            " JOIN search_terms t \
            ON t.key = k.id WHERE t.value = $5"
        )
    };
}

/// The terms of keys from one value to before another, that match.
macro_rules! walk {
    ($keys:expr, $columns:expr) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM ",
            $keys,
            " JOIN search_terms t ON t.key = k.id \
            WHERE t.value >= $5 AND t.value < $6 AND t.value LIKE $7"
        )
    };
}

sql! {
    NAMED_EXACT = exact!(named!());
    ALIKE_EXACT = exact!(alike!());
    NAMED_WALK = walk!(named!(), "t.block, t.documents");
    ALIKE_WALK = walk!(alike!(), "t.block, t.documents");
    NAMED_VALUES = walk!(named!(), "t.block, t.documents, t.value");
    ALIKE_VALUES = walk!(alike!(), "t.block, t.documents, t.value");
    // Only what has an index.
    EVERY_NUMBER = concat!("SELECT d.id FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = $1 AND d.kind = $2 AND ($3 = '' \
            OR (d.name > $3 || '/' AND d.name < $3 || '0')) AND EXISTS ", index!());
    FOUND = "SELECT d.name, d.body, d.hash FROM unnest($1::bigint[]) \
            WITH ORDINALITY AS ids (id, number) \
        JOIN documents d ON d.id = ids.id JOIN scopes s ON s.id = d.scope \
        WHERE s.name = $2 AND d.kind = $3 ORDER BY ids.number";
    FOUND_NAMES = "SELECT d.name FROM unnest($1::bigint[]) WITH ORDINALITY AS ids (id, number) \
        JOIN documents d ON d.id = ids.id JOIN scopes s ON s.id = d.scope \
        WHERE s.name = $2 AND d.kind = $3 ORDER BY ids.number";
}

/// How many documents are read at once.
const BATCH: usize = 1000;

/// Every character, for a bound: longer than a text that is kept, and greater in every character.
const GREATEST: char = char::MAX;
const BEYOND: usize = pantry_query::MAX_TERM_BYTES / 4 + 1;

/// The numbers of the documents that a plan finds.
pub(crate) async fn search(pool: &Pool, index: &Index, plan: &Plan) -> Result<Vec<DocumentNumber>> {
    let place = [index.scope.as_str(), index.kind.as_str(), parent(index)];
    let questions: Vec<Question> = plan.leaves().iter().map(Question::of).collect();
    let mut asked: Vec<Asked<'_>> = questions.iter().map(|it| it.asked(&place)).collect();
    let needs_all = plan.needs_all();
    if needs_all {
        let parameters = place.iter().map(|it| it as &(dyn ToSql + Sync)).collect();
        asked.push((EVERY_NUMBER, parameters));
    }
    let mut answers = pool.moment(&asked).await?;
    let every = if needs_all { answers.pop().unwrap_or_default() } else { Vec::new() };
    let mut all = Found::default();
    every.iter().try_for_each(|row| {
        all.add(from_column(row.integer(0)?)?);
        Ok::<_, pantry_store::StoreError>(())
    })?;
    let found = questions.iter().zip(&answers).map(|(question, rows)| question.found(rows));
    let found = found.collect::<Result<Vec<_>>>()?;
    Ok(plan.evaluate(&found, &all.into_numbers()))
}

/// A leaf as a statement and its parameters.
struct Question<'a> {
    statement: &'static str,
    parameters: Vec<Cow<'a, str>>,
    /// What the database has not told apart.
    like: Option<&'a Sought>,
}

impl<'a> Question<'a> {
    fn of(leaf: &'a Leaf) -> Self {
        let (key, [exact, walk, values]) = match &leaf.field {
            Field::Named(name) => (storable(name), [NAMED_EXACT, NAMED_WALK, NAMED_VALUES]),
            Field::Matching(pattern) => {
                (Cow::Owned(like(pattern)), [ALIKE_EXACT, ALIKE_WALK, ALIKE_VALUES])
            }
            Field::Any => (Cow::Borrowed("%"), [ALIKE_EXACT, ALIKE_WALK, ALIKE_VALUES]),
        };
        let any = || Cow::Borrowed("%");
        let (statement, mut parameters, like) = match &leaf.sought {
            Sought::Exactly(text) => (exact, vec![storable(text)], None),
            Sought::Anything => (walk, vec![Cow::Borrowed(""), beyond(""), any()], None),
            Sought::Matching(pattern) => {
                let prefix = legible(pattern.prefix());
                (walk, vec![prefix.clone(), beyond(&prefix), Cow::Owned(like(pattern))], None)
            }
            Sought::Within(range) => {
                let from = match &range.from {
                    Bound::Open => Cow::Borrowed(""),
                    Bound::Including(text) => legible(text),
                    Bound::Excluding(text) => after(text),
                };
                let to = match &range.to {
                    Bound::Open => beyond(""),
                    Bound::Including(text) => after(text),
                    Bound::Excluding(text) => legible(text),
                };
                (walk, vec![from, to, any()], None)
            }
            Sought::Like(..) => {
                let parameters = vec![Cow::Borrowed(""), beyond(""), any()];
                (values, parameters, Some(&leaf.sought))
            }
        };
        parameters.insert(0, key);
        Self { statement, parameters, like }
    }

    fn asked<'q>(&'q self, place: &'q [&'q str; 3]) -> Asked<'q> {
        let place = place.iter().map(|it| it as &(dyn ToSql + Sync));
        let own = self.parameters.iter().map(|it| it as &(dyn ToSql + Sync));
        (self.statement, place.chain(own).collect())
    }

    /// The documents in the rows of the answer.
    fn found(&self, rows: &[Row]) -> Result<Vec<DocumentNumber>> {
        let mut found = Found::default();
        for row in rows {
            if let Some(like) = self.like
                && !like.is(row.str(2)?)
            {
                continue;
            }
            let first = from_column(row.integer(0)?)? * BLOCK;
            let places: Vec<i16> = row.get_column(1)?;
            for place in places {
                found.add(first + from_column(i64::from(place))?);
            }
        }
        Ok(found.into_numbers())
    }
}

/// A text as the database can take it.
fn legible(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(crate::row::legible(text)) } else { Cow::Borrowed(text) }
}

/// The least text after this one: no text that is kept has a zero in it.
fn after(text: &str) -> Cow<'_, str> {
    Cow::Owned(format!("{}\u{1}", legible(text)))
}

/// Greater than everything that begins like this, and not greater than anything else that is.
fn beyond(prefix: &str) -> Cow<'static, str> {
    let greatest = || std::iter::repeat_n(GREATEST, BEYOND);
    Cow::Owned(prefix.chars().chain(greatest()).collect())
}

/// A pattern as LIKE has it.
fn like(pattern: &Pattern) -> String {
    let mut like = String::new();
    for part in pattern.parts() {
        match part {
            Part::Any => like.push('%'),
            Part::One => like.push('_'),
            Part::Text(text) => {
                for character in legible(text).chars() {
                    if matches!(character, '%' | '_' | '\\') {
                        like.push('\\');
                    }
                    like.push(character);
                }
            }
        }
    }
    like
}

/// The documents with these numbers.
pub(crate) async fn found(
    pool: &Pool,
    index: &Index,
    numbers: &[DocumentNumber],
) -> Result<Vec<Document>> {
    let rows = rows(pool, FOUND, index, numbers).await?;
    let documents = rows.iter().map(document).collect::<Result<Vec<_>>>()?;
    Ok(documents.into_iter().filter(|document| index.holds(&document.name)).collect())
}

/// Their names.
pub(crate) async fn found_names(
    pool: &Pool,
    index: &Index,
    numbers: &[DocumentNumber],
) -> Result<Vec<String>> {
    let rows = rows(pool, FOUND_NAMES, index, numbers).await?;
    let names = rows.iter().map(|row| row.text(0)).collect::<Result<Vec<_>>>()?;
    Ok(names.into_iter().filter(|name| index.holds(name)).collect())
}

async fn rows(
    pool: &Pool,
    statement: &'static str,
    index: &Index,
    numbers: &[DocumentNumber],
) -> Result<Vec<Row>> {
    let mut rows = Vec::with_capacity(numbers.len());
    for batch in numbers.chunks(BATCH) {
        // What does not fit is no document's.
        let ids: Vec<i64> = batch.iter().filter_map(|&it| i64::try_from(it).ok()).collect();
        let (scope, kind) = (index.scope.as_str(), index.kind.as_str());
        rows.extend(pool.rows(statement, &[&ids, &scope, &kind]).await?);
    }
    Ok(rows)
}
