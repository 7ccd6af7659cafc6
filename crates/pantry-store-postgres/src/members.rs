//! Who is a member of what, by ids.

use pantry_model::ObjectId;
use pantry_store::{Place, sql};

use crate::objects::{self, place};
use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result};

sql! {
    MEMBERS = "SELECT m.member, s.name, d.kind, d.name FROM members m \
        JOIN documents d ON d.object_id = m.member JOIN scopes s ON s.id = d.scope \
        WHERE m.of = $1";
    MEMBER_OF = "SELECT m.of, s.name, d.kind, d.name FROM members m \
        JOIN documents d ON d.object_id = m.of JOIN scopes s ON s.id = d.scope \
        WHERE m.member = $1";
    ADD = "INSERT INTO members (of, member) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    REMOVE = "DELETE FROM members WHERE of = $1 AND member = $2";
}

/// What an object has as direct members.
pub(crate) async fn list(pool: &Pool, of: ObjectId) -> Result<Vec<(ObjectId, Place)>> {
    neighbours(pool, MEMBERS, of).await
}

/// What an object is a direct member of.
pub(crate) async fn of(pool: &Pool, member: ObjectId) -> Result<Vec<(ObjectId, Place)>> {
    neighbours(pool, MEMBER_OF, member).await
}

async fn neighbours(
    pool: &Pool,
    statement: &'static str,
    id: ObjectId,
) -> Result<Vec<(ObjectId, Place)>> {
    let rows = pool.rows(statement, &[&id.0.as_slice()]).await?;
    let found = rows.iter().map(|row| Ok((row.object_id(0)?, place(row, 1)?)));
    let mut found = found.collect::<Result<Vec<_>>>()?;
    // Here and not in SQL, which knows nothing of the order of kinds and would have `_global` come
    // after an application `9lives`.
    found.sort_unstable_by(|(_, one), (_, other)| one.cmp(other));
    Ok(found)
}

/// Makes one object a member of another, if it is not yet.
pub(crate) fn add(of: ObjectId, member: ObjectId) -> Step<'static> {
    let step = Step::new(ADD).with(of.0.to_vec()).with(member.0.to_vec());
    step.missing("members_of_fkey", of).missing("members_member_fkey", member)
}

/// Ends a membership, if there is one.
pub(crate) fn remove(of: ObjectId, member: ObjectId) -> [Step<'static>; 2] {
    let step = Step::new(REMOVE).with(of.0.to_vec()).with(member.0.to_vec());
    [objects::require(&[of, member]), step]
}
