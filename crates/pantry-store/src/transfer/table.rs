//! The tables that a store is told as.

use std::fmt;

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A signed integer of 64 bits.
    Integer,
    /// A text.
    Text,
    /// Bytes.
    Bytes,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// What it is called.
    pub name: &'static str,
    /// What its cells hold.
    pub kind: Type,
    /// Whether a cell may be empty.
    pub may_be_null: bool,
}

macro_rules! tables {
    ($($(#[$doc:meta])* $table:ident = $name:literal, $keys:literal: [$($columns:tt)*];)*) => {
        /// A table: what a store keeps of one sort.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Table { $($(#[$doc])* $table,)* }

        impl Table {
            /// Every table, in an order in which each refers only to those before it.
            pub const ALL: &[Self] = &[$(Self::$table,)*];

            /// What it is called.
            pub fn name(self) -> &'static str {
                match self { $(Self::$table => $name,)* }
            }

            /// Its columns; those of the key come first.
            pub fn columns(self) -> &'static [Column] {
                match self { $(Self::$table => columns!([] $($columns)*),)* }
            }

            /// How many columns its key has.
            pub fn key_columns(self) -> usize {
                match self { $(Self::$table => $keys,)* }
            }
        }
    };
}

/// `name Type` or `name Type?`, each with a comma.
macro_rules! columns {
    ([$($done:tt)*]) => { &[$($done)*] };
    ([$($done:tt)*] $name:ident $kind:ident?, $($rest:tt)*) => {
        columns!([$($done)* columns!(@one $name $kind true),] $($rest)*)
    };
    ([$($done:tt)*] $name:ident $kind:ident, $($rest:tt)*) => {
        columns!([$($done)* columns!(@one $name $kind false),] $($rest)*)
    };
    (@one $name:ident $kind:ident $may_be_null:literal) => {
        Column { name: stringify!($name), kind: Type::$kind, may_be_null: $may_be_null }
    };
}

tables! {
    /// Applications, and `_global`: where the ledger of each ends, and where its families stand.
    Scopes = "scopes", 1: [
        name Text, position Integer, security Integer, environments Integer, cookbooks Integer,
    ];
    /// Documents, those that are objects with id and access control list.
    Documents = "documents", 3: [
        scope Text, kind Text, name Text, hash Bytes, body Bytes, object_id Bytes?, acl Bytes?,
    ];
    /// Which document holds which contents of files. What nothing holds is not moved.
    Held = "held contents", 4: [
        scope Text, kind Text, name Text, md5 Bytes, sha256 Bytes, size Integer,
    ];
    /// Which object is a member of which.
    Members = "members", 2: [of Bytes, member Bytes,];
    /// RSA keys of users and API clients.
    ActorKeys = "actor keys", 2: [owner Bytes, name Text, public_key Text, expires_at Integer?,];
    /// CURVE keys.
    CurveKeys = "CURVE keys", 1: [key Bytes, scope Text, owner Text,];
    /// The ledgers.
    Ledger = "ledger", 2: [
        scope Text, position Integer, at Integer, actor Text?, verb Text, kind Text, name Text,
        hash Bytes?, closed_position Integer?, closed_hash Bytes?,
    ];
    /// Jobs with what their commands read.
    Jobs = "jobs", 1: [
        name Text, scope Text, actor Text, target Text, instruction Text, created_at Integer,
        expires_at Integer, lost_at Integer, payload Bytes,
    ];
    /// Where the deliveries of jobs stand.
    Deliveries = "deliveries", 2: [
        job Text, identity Text, state Text, incarnation Integer?, changed_at Integer,
        started_at Integer?, ending Text?, due_at Integer?,
    ];
    /// What commands have written.
    Output = "output", 3: [
        job Text, identity Text, sequence Integer, stream Integer, bytes Bytes,
    ];
    /// When and how machines were last heard.
    Sightings = "sightings", 2: [
        scope Text, identity Text, at Integer, address Text, version Text, incarnation Integer,
    ];
    /// Reports of Chef runs.
    Runs = "runs", 2: [
        scope Text, id Text, node Text, recorded_at Integer, status Text, summary Text, detail Bytes,
    ];
    /// The log of refusals, numbered by age.
    Refusals = "refusals", 1: [
        number Integer, at Integer, who Text, address Text, what Text, count Integer,
    ];
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_no_empty_cells() {
        for table in Table::ALL {
            let key = &table.columns()[..table.key_columns()];
            assert!(!key.is_empty() && key.iter().all(|column| !column.may_be_null), "{table}");
        }
    }
}
