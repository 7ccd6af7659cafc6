//! Texts that are alike: how few edits make one of the other.

/// Whether the text becomes the one that is sought by at most so many edits: a character inserted,
/// removed or replaced, or two neighbours exchanged, none of which is edited again.
///
/// Only as many characters on either side are looked at as there may be edits, so the time is that of
/// reading the text.
pub(crate) fn is_like(text: &str, sought: &str, edits: u8) -> bool {
    let most = usize::from(edits);
    if most == 0 {
        return text == sought;
    }
    if text.chars().count().abs_diff(sought.chars().count()) > most {
        return false;
    }
    let (text, sought): (Vec<char>, Vec<char>) = (text.chars().collect(), sought.chars().collect());
    // For each of three lines of the table of distances, its entries from `line - most` on; what is
    // outside costs too much.
    let far = most + 1;
    let entry = |row: &[usize], line: usize, at: usize| -> usize {
        let place = (at + most).checked_sub(line);
        place.and_then(|place| row.get(place)).copied().unwrap_or(far)
    };
    let width = 2 * most + 1;
    let (mut older, mut old, mut row) = (vec![far; width], vec![far; width], vec![far; width]);
    for line in 0..=text.len() {
        row.fill(far);
        for place in 0..width {
            let Some(at) = (line + place).checked_sub(most) else { continue };
            if at > sought.len() {
                break;
            }
            let before = |of: &[char], back: usize, at: usize| {
                at.checked_sub(back).and_then(|at| of.get(at)).copied()
            };
            let mut best = far;
            if line == 0 {
                best = best.min(at);
            }
            if line > 0 {
                best = best.min(entry(&old, line - 1, at) + 1);
            }
            if at > 0 {
                best = best.min(entry(&row, line, at - 1) + 1);
            }
            if line > 0 && at > 0 {
                let same = before(&text, 1, line) == before(&sought, 1, at);
                best = best.min(entry(&old, line - 1, at - 1) + usize::from(!same));
            }
            if line > 1
                && at > 1
                && before(&text, 1, line) == before(&sought, 2, at)
                && before(&text, 2, line) == before(&sought, 1, at)
            {
                best = best.min(entry(&older, line - 2, at - 2) + 1);
            }
            if let Some(here) = row.get_mut(place) {
                *here = best.min(far);
            }
        }
        if row.iter().all(|&cost| cost > most) {
            return false;
        }
        (older, old, row) = (old, row, older);
    }
    entry(&old, text.len(), sought.len()) <= most
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The whole table.
    fn distance(one: &[char], other: &[char]) -> usize {
        let mut table = vec![vec![0; other.len() + 1]; one.len() + 1];
        for i in 0..=one.len() {
            for j in 0..=other.len() {
                table[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let replaced = table[i - 1][j - 1] + usize::from(one[i - 1] != other[j - 1]);
                    let mut best = replaced.min(table[i - 1][j] + 1).min(table[i][j - 1] + 1);
                    if i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] {
                        best = best.min(table[i - 2][j - 2] + 1);
                    }
                    best
                };
            }
        }
        table[one.len()][other.len()]
    }

    #[test]
    fn an_exchange_of_neighbours_is_one_edit() {
        assert!(is_like("wbe1", "web1", 1));
        assert!(is_like("web", "web1", 1));
        assert!(!is_like("wbe", "web1", 1));
        assert!(is_like("wbe", "web1", 2));
        assert!(!is_like("web2", "web1", 0));
        assert!(is_like("", "ab", 2) && !is_like("", "ab", 1));
    }

    proptest! {
        #[test]
        fn it_is_what_the_whole_table_says(one in "[abé]{0,8}", other in "[abé]{0,8}", edits in 0..4_u8) {
            let characters = |text: &str| text.chars().collect::<Vec<char>>();
            let distance = distance(&characters(&one), &characters(&other));
            prop_assert_eq!(is_like(&one, &other, edits), distance <= usize::from(edits));
        }
    }
}
