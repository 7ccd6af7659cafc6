//! Dice, and what they decide: texts and JSON of every kind, right and wrong.
//!
//! All of it follows from the seed, so whatever was found can be found again.

use crate::people::OWN_KEY;

/// The fields that some request has a use for.
const FIELDS: &[&str] = &[
    "name",
    "username",
    "display_name",
    "email",
    "password",
    "first_name",
    "external_authentication_uid",
    "recovery_authentication_enabled",
    "public_key",
    "private_key",
    "create_key",
    "certificate",
    "expiration_date",
    "clientname",
    "validator",
    "full_name",
    "groupname",
    "containername",
    "id",
    "actors",
    "users",
    "clients",
    "groups",
    "user",
    "response",
    "create",
    "read",
    "update",
    "delete",
    "grant",
    "json_class",
    "chef_type",
    "chef_environment",
    "run_list",
    "env_run_lists",
    "cookbook_versions",
    "description",
    "default_attributes",
    "override_attributes",
    "normal",
    "default",
    "override",
    "automatic",
    "policy_name",
    "policy_group",
    "raw_data",
    "é\u{0}",
];

/// Texts that mean something somewhere.
const WORDS: &[&str] = &[
    "pivotal",
    "admin",
    "alice",
    "max",
    "cleo",
    "acme",
    "acme-validator",
    "admins",
    "users",
    "clients",
    "nodes",
    "_default",
    "default",
    "read",
    "grant",
    "accept",
    "infinity",
    "2010-09-32T10:00:00Z",
    "0000-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "recipe[a::b@1.2]",
    "role[x1]",
    ">= 1.2",
    "~> 99999999999999999999.0",
    "::server-admins",
    "other::admins",
    "::",
    "::::",
    "00000000000000000000000000000001",
    "Chef::Node",
    "x1@example.com",
    "@",
    ".",
    "..",
    "x1",
    "x2",
    "x3",
    "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
];

/// Characters of every class: of one to four bytes, of no width, that control, that end lines, that
/// are no characters.
const CHARACTERS: &[char] = &[
    'a',
    'Z',
    '0',
    '_',
    '-',
    '.',
    ':',
    '/',
    '\\',
    '%',
    '+',
    ' ',
    '"',
    '\'',
    '*',
    '?',
    '#',
    '&',
    ';',
    '[',
    ']',
    '{',
    '}',
    '<',
    '|',
    '~',
    '$',
    '@',
    '\0',
    '\u{1}',
    '\t',
    '\r',
    '\n',
    '\u{1b}',
    '\u{7f}',
    '\u{85}',
    '\u{a0}',
    'é',
    'ß',
    'İ',
    '\u{301}',
    '漢',
    '\u{200d}',
    '\u{202e}',
    '\u{2028}',
    '\u{feff}',
    '\u{fffd}',
    '\u{ffff}',
    '😀',
    '\u{10ffff}',
];

/// A generator of numbers (SplitMix64): the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below this one.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    /// True so many times of a hundred.
    pub(crate) fn chance(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    pub(crate) fn one_of<'a, T>(&mut self, these: &'a [T]) -> &'a T {
        &these[self.below(these.len())]
    }

    /// A text, mostly short.
    pub(crate) fn text(&mut self) -> String {
        match self.below(20) {
            0 => String::new(),
            1 => "x".repeat([255, 256, 1023, 5000][self.below(4)]),
            2 => OWN_KEY.public_key().to_pem(),
            3..=11 => (*self.one_of(WORDS)).to_owned(),
            _ => {
                let length = 1 + self.below(8);
                (0..length).map(|_| *self.one_of(CHARACTERS)).collect()
            }
        }
    }

    /// Some bytes.
    pub(crate) fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.below(most + 1);
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }

    /// JSON, as a text that may say the same field twice, and numbers that are none.
    pub(crate) fn json(&mut self, depth: usize) -> String {
        match self.below(if depth == 0 { 8 } else { 13 }) {
            0 => "null".to_owned(),
            1 => ["true", "false"][self.below(2)].to_owned(),
            2 => ["0", "-0", "1", "-1", "1.0", "1.5e3", "2147483648"][self.below(7)].to_owned(),
            3 => {
                let digits = "9".repeat(400);
                let huge = ["1e400", "-1e400", "1e-999", "18446744073709551616", &digits];
                huge[self.below(5)].to_owned()
            }
            4..=7 => serde_json::to_string(&self.text()).unwrap(),
            8 | 9 => {
                let length = self.below(4);
                let items: Vec<_> = (0..length).map(|_| self.json(depth - 1)).collect();
                format!("[{}]", items.join(","))
            }
            _ => self.object(depth),
        }
    }

    /// A JSON object of fields that requests have, mostly.
    pub(crate) fn object(&mut self, depth: usize) -> String {
        let length = self.below(6);
        let fields: Vec<_> = (0..length)
            .map(|_| {
                let name = match self.chance(90) {
                    true => (*self.one_of(FIELDS)).to_owned(),
                    false => self.text(),
                };
                let value = self.json(depth.saturating_sub(1));
                format!("{}:{value}", serde_json::to_string(&name).unwrap())
            })
            .collect();
        format!("{{{}}}", fields.join(","))
    }
}
