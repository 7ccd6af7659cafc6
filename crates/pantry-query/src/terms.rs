//! All terms of an object, and in what they differ from those of another one.
//!
//! A node of 40 KB has some two thousand terms, and a save of it changes forty. So no term is a value of
//! its own here: all texts stand one after another in one buffer, a term is where its three texts are in
//! it, and only what differs becomes a [`Term`].

use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

use pantry_model::Json;
use sha2::{Digest, Sha256};

use crate::number::plain_text;
use crate::storable::{
    MAX_TERM_BYTES, SUFFIX_BYTES, beginning, push_digest, storable, without_zeros,
};
use crate::term::{Key, Term};

/// Bytes that the texts of an object's terms have at most. Each value repeats all keys that lead to it,
/// so an object of one megabyte with a long key over many values could have terms of hundreds.
pub const MAX_TERMS_BYTES: usize = 16 * 1024 * 1024;

/// The distinct terms of an object, sorted.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// Every text of the terms, some of which share one.
    text: String,
    slots: Vec<Slot>,
    is_cut: bool,
}

/// Where the texts of a term are.
#[derive(Clone, Debug)]
struct Slot {
    path: Range<usize>,
    leaf: Range<usize>,
    value: Range<usize>,
}

/// In what the terms of an object differ from those that it had before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Those that it no longer has, sorted.
    pub gone: Vec<Term>,
    /// Those that it did not have, sorted.
    pub new: Vec<Term>,
}

impl Terms {
    /// Those of this object; none, if it is no object.
    ///
    /// A value is found under the keys that lead to it, joined by `_`, and under the last of them; a key
    /// is a value of the key above it. What is in an array stands under the key of the array. `true` and
    /// `false` are these words, `null` is the empty text, and numbers are written as the original writes
    /// them. Each text is in its kept form ([`storable`]). What goes beyond [`MAX_TERMS_BYTES`] is left
    /// out, the same of the same object each time.
    pub fn of(object: &Json<'_>) -> Self {
        let mut terms = Self::default();
        if let Json::Map(members) = object {
            terms.members(None, members);
        }
        let Self { text, mut slots, is_cut } = terms;
        slots.sort_by(|one, other| texts(&text, one).cmp(&texts(&text, other)));
        slots.dedup_by(|one, other| texts(&text, one) == texts(&text, other));
        Self { text, slots, is_cut }
    }

    /// Whether there would be more, had they not been too large.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// In what these differ from what was before.
    pub fn since(&self, before: &Self) -> Difference {
        let mut difference = Difference::default();
        let (mut was, mut is) = (before.slots.iter().peekable(), self.slots.iter().peekable());
        loop {
            let order = match (was.peek(), is.peek()) {
                (Some(was), Some(is)) => texts(&before.text, was).cmp(&texts(&self.text, is)),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => return difference,
            };
            if order.is_le() {
                let gone = was.next().filter(|_| order.is_lt());
                difference.gone.extend(gone.map(|slot| term(&before.text, slot)));
            }
            if order.is_ge() {
                let new = is.next().filter(|_| order.is_gt());
                difference.new.extend(new.map(|slot| term(&self.text, slot)));
            }
        }
    }

    /// Each as a value of its own.
    pub fn into_vec(self) -> Vec<Term> {
        self.slots.iter().map(|slot| term(&self.text, slot)).collect()
    }

    /// Appends a text, in its kept form.
    fn put(&mut self, text: &str) -> Range<usize> {
        let begin = self.text.len();
        self.text.push_str(&storable(text));
        begin..self.text.len()
    }

    fn add(&mut self, place: &Place, value: Range<usize>) {
        let (path, leaf) = (place.path.clone(), place.leaf.clone());
        self.slots.push(Slot { path, leaf, value });
    }

    fn members(&mut self, place: Option<&Place>, members: &[(Cow<'_, str>, Json<'_>)]) {
        // Almost in the order in which they are sorted in the end, which then costs next to nothing.
        let mut sorted: Vec<_> = members.iter().collect();
        sorted.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        let mut places = Vec::with_capacity(sorted.len());
        for (key, _) in &sorted {
            if self.text.len() >= MAX_TERMS_BYTES {
                self.is_cut = true;
                break;
            }
            places.push(self.place(place, key));
        }
        if let Some(place) = place {
            places.iter().for_each(|inner| self.add(place, inner.leaf.clone()));
        }
        for (inner, (_, value)) in places.iter().zip(sorted) {
            self.value(inner, value);
        }
    }

    fn value(&mut self, place: &Place, value: &Json<'_>) {
        if self.text.len() >= MAX_TERMS_BYTES {
            self.is_cut = true;
            return;
        }
        match value {
            Json::Plain(written) => {
                let value = self.put(&plain_text(written));
                self.add(place, value);
            }
            Json::Text(text) => {
                let value = self.put(text);
                self.add(place, value);
            }
            Json::List(items) => items.iter().for_each(|item| self.value(place, item)),
            Json::Map(members) => self.members(Some(place), members),
        }
    }

    /// The place of a key under another one, or at the top.
    fn place(&mut self, above: Option<&Place>, key: &str) -> Place {
        let key = &*without_zeros(key);
        let Some(above) = above else {
            let path = self.put(key);
            let long = (key.len() > MAX_TERM_BYTES).then(|| Sha256::new_with_prefix(key));
            return Place { leaf: path.clone(), path, long };
        };
        let begin = self.text.len();
        let long = match &above.long {
            // It begins as the one above, which is too long already, and costs no more than that.
            Some(long) => {
                let kept = above.path.start..above.path.end.saturating_sub(SUFFIX_BYTES);
                self.text.extend_from_within(kept);
                long.clone().chain_update("_").chain_update(key)
            }
            None => {
                self.text.extend_from_within(above.path.clone());
                self.text.push('_');
                self.text.push_str(key);
                let path = begin..self.text.len();
                if path.len() <= MAX_TERM_BYTES {
                    return Place { leaf: path.end - key.len()..path.end, path, long: None };
                }
                let path = self.text.get(path).unwrap_or_default();
                let (long, kept) = (Sha256::new_with_prefix(path), beginning(path).len());
                self.text.truncate(begin + kept);
                long
            }
        };
        push_digest(&mut self.text, long.clone());
        let path = begin..self.text.len();
        Place { path, leaf: self.put(key), long: Some(long) }
    }
}

/// A key in the object, in its kept form.
struct Place {
    path: Range<usize>,
    leaf: Range<usize>,
    /// If the path is too long: what has gone into its digest.
    long: Option<Sha256>,
}

/// The texts of a term in the order by which terms are sorted.
fn texts<'a>(text: &'a str, slot: &Slot) -> (&'a str, &'a str, &'a str) {
    let at = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    (at(&slot.path), at(&slot.leaf), at(&slot.value))
}

fn term(text: &str, slot: &Slot) -> Term {
    let (path, leaf, value) = texts(text, slot);
    Term { key: Key { path: path.to_owned(), leaf: leaf.to_owned() }, value: value.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As lines `PATH/LEAF=VALUE`.
    fn lines(written: &str) -> Vec<String> {
        let terms = Terms::of(&Json::read(written).unwrap()).into_vec();
        terms.iter().map(|t| format!("{}/{}={}", t.key.path, t.key.leaf, t.value)).collect()
    }

    #[test]
    fn a_value_stands_under_its_path_and_a_key_under_the_one_above() {
        assert_eq!(lines(r#"{"a":{"b":{"c":"v"}}}"#), ["a/a=b", "a_b/b=c", "a_b_c/c=v"]);
    }

    #[test]
    fn what_is_in_an_array_stands_under_its_key() {
        assert_eq!(
            lines(r#"{"a":[1,[2.50,"x"],{"b":[true,null]},1],"e":[],"f":{}}"#),
            ["a/a=1", "a/a=2.5", "a/a=b", "a/a=x", "a_b/b=", "a_b/b=true"]
        );
    }

    #[test]
    fn long_keys_over_many_values_are_cut_the_same_each_time() {
        let many = |order: &mut dyn Iterator<Item = u32>| {
            let inner: Vec<String> = order.map(|number| format!(r#""{number}":1"#)).collect();
            format!(r#"{{"{}":{{{}}}}}"#, "k".repeat(900), inner.join(","))
        };
        let (one, other) = (many(&mut (0..40_000)), many(&mut (0..40_000).rev()));
        let [one, other] = [&one, &other].map(|text| Terms::of(&Json::read(text).unwrap()));
        assert!(one.is_cut() && one.text.len() < MAX_TERMS_BYTES + 2 * MAX_TERM_BYTES);
        assert_eq!(one.since(&other), Difference::default());
        assert!(!Terms::of(&Json::read(&many(&mut (0..1000))).unwrap()).is_cut());
    }

    #[test]
    fn a_path_that_two_keys_share_has_two_leaves() {
        assert_eq!(
            lines(r#"{"a_b":"x","a":{"b":"x"},"":{"":"y"}}"#),
            ["/=", "_/=y", "a/a=b", "a_b/a_b=x", "a_b/b=x"]
        );
    }

    #[test]
    fn what_is_no_object_has_none() {
        for written in ["[{\"a\":1}]", "1", "\"a\"", "null", "{}"] {
            assert!(Terms::of(&Json::read(written).unwrap()).is_empty());
        }
    }

    #[test]
    fn a_long_path_is_kept_as_a_query_for_it_is() {
        for (width, letter) in [(300, "é"), (401, "a"), (2000, "€"), (318, "€"), (319, "€😀")]
        {
            let key = letter.repeat(width);
            let terms = lines(&format!(r#"{{"{key}":{{"b":{{"{key}":{{"c":["\u0000"]}}}}}}}}"#));
            let path = format!("{key}_b_{key}_c");
            let line = format!("{}/c=\u{fffd}", storable(&path));
            assert!(terms.contains(&line), "{line} in {terms:?}");
            let line = format!("{}/{}=c", storable(&format!("{key}_b_{key}")), storable(&key));
            assert!(terms.contains(&line), "{line} in {terms:?}");
        }
    }
}
