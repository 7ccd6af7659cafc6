//! How documents begin and cease to hold contents: a few statements for however many.
//!
//! Contents belong to no scope, so the locks of scopes do not keep two transactions apart that hold
//! the same one, or one from another that condemns it. The rows of contents do: a transaction first
//! makes all that it is about to hold known, then locks them, each in the order of their SHA-256
//! ([`know`]). The lock is one that any number can have, and that whoever condemns waits for.
//!
//! Rows are found by way of subqueries and never joined: a join of what is asked for with what is
//! there could begin at either side, and a plan that was made while a table was small would go on
//! to walk through it.

use std::collections::{BTreeMap, HashMap};

use pantry_model::{Content, Md5, Sha256};
use pantry_store::columns::to_column;
use pantry_store::{Kind, Scope, StoreError, sql};

use crate::documents::{self, Key, moved};
use crate::pipeline::Step;

/// The numbers of the documents and of their scopes, by place, and what they are to hold.
macro_rules! asked {
    () => {
        "places AS MATERIALIZED (SELECT array_agg(s.id ORDER BY e.number) AS scopes, \
            array_agg(e.kind ORDER BY e.number) AS kinds, \
            array_agg(d.id ORDER BY e.number) AS documents \
            FROM unnest($1::text[], $2::text[], $3::text[]) \
                WITH ORDINALITY AS e (scope, kind, name, number) \
            LEFT JOIN scopes s ON s.name = e.scope \
            LEFT JOIN documents d ON d.scope = s.id AND d.kind = e.kind AND d.name = e.name), \
        asked AS (SELECT a.document AS place, p.scopes[a.document] AS scope, \
            p.kinds[a.document] AS kind, p.documents[a.document] AS document, a.md5, a.sha256 \
            FROM places p CROSS JOIN unnest($4::integer[], $5::bytea[], $6::bytea[]) \
                AS a (document, md5, sha256))"
    };
}

sql! {
    // The number of a scope in which nothing holds one of the contents.
    CHECK_HELD = "SELECT refuse(e.place::text) FROM (SELECT array_agg(s.id ORDER BY e.number) AS ids \
            FROM unnest($1::text[]) WITH ORDINALITY AS e (scope, number) \
            LEFT JOIN scopes s ON s.name = e.scope) p \
        CROSS JOIN unnest($2::integer[], $3::bytea[], $4::bytea[]) AS e (place, md5, sha256) \
        WHERE (SELECT (SELECT c.sha256 FROM contents c WHERE c.id = h.content) FROM held h \
            WHERE h.scope = p.ids[e.place] AND h.md5 = e.md5 LIMIT 1) IS DISTINCT FROM e.sha256 \
        LIMIT 1";
    KNOW = "INSERT INTO contents (sha256, size) \
        SELECT sha256, size FROM unnest($1::bytea[], $2::bigint[]) AS e (sha256, size) \
        ON CONFLICT (sha256) DO NOTHING";
    // One that is not there was condemned before it was made known, and forgotten since.
    LOCK_CONTENTS = "WITH locked AS MATERIALIZED (SELECT condemned FROM contents \
        WHERE sha256 = ANY($1::bytea[]) ORDER BY sha256 FOR KEY SHARE) \
        SELECT refuse('1') FROM locked HAVING count(*) < cardinality($1) OR bool_or(condemned)";
    // All that hold one MD5 in a scope hold one content, so that any of them tells which.
    CHECK_MEANING = concat!("WITH ", asked!(), " SELECT refuse(a.place::text) FROM asked a \
        WHERE (SELECT (SELECT c.sha256 FROM contents c WHERE c.id = h.content) FROM held h \
            WHERE h.scope = a.scope AND h.md5 = a.md5 LIMIT 1) <> a.sha256 LIMIT 1");
    HOLD = concat!("WITH ", asked!(), " INSERT INTO held (document, md5, scope, kind, content) \
        SELECT a.document, a.md5, a.scope, a.kind, \
            (SELECT c.id FROM contents c WHERE c.sha256 = a.sha256) FROM asked a \
        ON CONFLICT (document, md5) DO NOTHING");
    TAKE = concat!("WITH ", asked!(), " DELETE FROM held WHERE ctid = ANY(ARRAY(SELECT h.ctid \
        FROM asked a CROSS JOIN LATERAL (SELECT o.ctid FROM held o WHERE o.scope = a.scope \
            AND o.md5 = a.md5 AND o.kind = $7 AND o.document <> a.document OFFSET 0) h))");
    RELEASE = "DELETE FROM held WHERE document = (SELECT id FROM documents \
        WHERE scope = scope_number($1) AND kind = $2 AND name = $3)";
}

/// Whether something in each of these scopes holds these contents.
pub(crate) fn check<'a>(expected: &[&'a (Scope, Vec<Content>)]) -> Step<'a> {
    let contents = || {
        (1..).zip(expected).flat_map(|(place, (_, all))| all.iter().map(move |one| (place, one)))
    };
    Step::new(CHECK_HELD)
        .with(expected.iter().map(|(scope, _)| scope.as_str()).collect::<Vec<_>>())
        .with(contents().map(|(place, _)| place).collect::<Vec<i32>>())
        .with(contents().map(|(_, one)| one.md5.0.as_slice()).collect::<Vec<_>>())
        .with(contents().map(|(_, one)| one.sha256.0.as_slice()).collect::<Vec<_>>())
        .refusing(expected.iter().map(|(scope, _)| StoreError::ContentGone(scope.clone())))
}

/// Makes known all contents that a transaction is about to hold, and sees that none of them is being
/// deleted before its end.
pub(crate) fn know<'a>(contents: impl Iterator<Item = &'a Content>) -> Result<Vec<Step<'a>>> {
    let sizes: BTreeMap<&Sha256, u64> = contents.map(|one| (&one.sha256, one.size)).collect();
    if sizes.is_empty() {
        return Ok(Vec::new());
    }
    let sha256s: Vec<&[u8]> = sizes.keys().map(|sha256| sha256.0.as_slice()).collect();
    let sizes = sizes.into_values().map(to_column).collect::<Result<Vec<_>>>()?;
    Ok(vec![
        Step::new(KNOW).with(sha256s.clone()).with(sizes),
        Step::new(LOCK_CONTENTS).with(sha256s).refusing([StoreError::being_deleted()]),
    ])
}

/// Makes a document hold nothing.
pub(crate) fn release<'a>(scope: &'a Scope, kind: Kind, name: &'a str) -> Step<'a> {
    Step::new(RELEASE).with(scope.as_str()).with(kind.as_str()).with(name)
}

type Result<T> = std::result::Result<T, StoreError>;

/// Documents that are gathered, to hold contents by the same statements.
#[derive(Default)]
pub(crate) struct Gathered<'a> {
    places: Vec<Key<'a>>,
    meant: HashMap<(&'a Scope, &'a Md5), &'a Sha256>,
    documents: Vec<i32>,
    contents: Vec<&'a Content>,
    taken_from: Option<Kind>,
}

impl<'a> Gathered<'a> {
    /// Whether a document is among them.
    pub(crate) fn has(&self, place: &Key<'a>) -> bool {
        self.places.contains(place)
    }

    /// Whether no further one may be: from it, something would be taken that it is to have.
    pub(crate) fn is_closed(&self) -> bool {
        self.taken_from.is_some()
    }

    /// Adds one, unless it means something else by an MD5 than another one among them.
    pub(crate) fn add(
        &mut self,
        place: Key<'a>,
        contents: &'a [Content],
        taken_from: Option<Kind>,
    ) -> Result<()> {
        self.places.push(place);
        // A message has fewer.
        let number = i32::try_from(self.places.len()).unwrap_or(i32::MAX);
        for content in contents {
            let meant = self.meant.entry((place.0, &content.md5)).or_insert(&content.sha256);
            if **meant != content.sha256 {
                return Err(moved(place.0, place.1, place.2));
            }
        }
        self.documents.extend(contents.iter().map(|_| number));
        self.contents.extend(contents);
        self.taken_from = taken_from;
        Ok(())
    }

    /// The statements for all of them, which are none any more.
    pub(crate) fn steps(&mut self) -> Vec<Step<'a>> {
        let gathered = std::mem::take(self);
        if gathered.places.is_empty() {
            return Vec::new();
        }
        let moved = gathered.places.iter().map(|(scope, kind, name)| moved(scope, *kind, name));
        let mut steps = vec![
            documents::require(&gathered.places),
            gathered.step(CHECK_MEANING).refusing(moved),
            gathered.step(HOLD),
        ];
        let taken = gathered.taken_from.map(|kind| gathered.step(TAKE).with(kind.as_str()));
        steps.extend(taken);
        steps
    }

    fn step(&self, statement: &'static str) -> Step<'a> {
        Step::new(statement)
            .with(self.places.iter().map(|place| place.0.as_str()).collect::<Vec<_>>())
            .with(self.places.iter().map(|place| place.1.as_str()).collect::<Vec<_>>())
            .with(self.places.iter().map(|place| place.2).collect::<Vec<_>>())
            .with(self.documents.clone())
            .with(self.contents.iter().map(|one| one.md5.0.as_slice()).collect::<Vec<_>>())
            .with(self.contents.iter().map(|one| one.sha256.0.as_slice()).collect::<Vec<_>>())
    }
}
