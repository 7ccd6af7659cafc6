//! Text from elsewhere, made harmless for a terminal.
//!
//! A terminal obeys what it is shown: control characters can move over what was printed before, set
//! the title, or type for the user. A client's output is shown with only its tabs and, where there
//! are colours, its colours (SGR sequences); all else becomes a visible sign.

use std::fmt::Write as _;

/// What becomes of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Colours {
    /// They stay, and end where the text ends.
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "only output has colours"))]
    Kept,
    /// They are left out.
    Removed,
}

/// The text without anything that a terminal would obey, colours apart.
pub(crate) fn clean(text: &str, colours: Colours) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut coloured = false;
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if character == '\x1b'
            && let Some(length) = sgr_length(rest)
            && let Some((sequence, after)) = rest.split_at_checked(length)
        {
            if colours == Colours::Kept {
                cleaned.push_str(sequence);
                coloured = true;
            }
            rest = after;
            continue;
        }
        match character {
            '\t' => cleaned.push('\t'),
            // Control Pictures has a sign for each: U+2400 and on.
            '\0'..='\x1f' => {
                cleaned.push(char::from_u32(0x2400 + u32::from(character)).unwrap_or('\u{fffd}'));
            }
            '\x7f' => cleaned.push('\u{2421}'),
            '\u{80}'..='\u{9f}' => cleaned.push('\u{fffd}'),
            // What turns the direction of text can make a line read as another.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                let _ = write!(cleaned, "<U+{:04X}>", u32::from(character));
            }
            other => cleaned.push(other),
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    if coloured {
        cleaned.push_str("\x1b[0m");
    }
    cleaned
}

/// The length of the SGR sequence that the text begins with: `ESC [ digits ; : m`, not too long.
fn sgr_length(text: &str) -> Option<usize> {
    let parameters = text.strip_prefix("\x1b[")?;
    let end = parameters.find(|c: char| !c.is_ascii_digit() && c != ';' && c != ':')?;
    (end <= 48 && parameters.get(end..=end) == Some("m")).then_some(2 + end + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn colours_stay_where_there_are_colours() {
        let text = "a \x1b[1;31mred\x1b[0m\tb";
        assert_eq!(clean(text, Colours::Kept), "a \x1b[1;31mred\x1b[0m\tb\x1b[0m");
        assert_eq!(clean(text, Colours::Removed), "a red\tb");
    }

    #[test]
    fn what_a_terminal_would_obey_becomes_visible() {
        for (text, shown) in [
            ("\x1b]0;title\x07", "␛]0;title␇"),
            ("\x1b[2J", "␛[2J"),
            ("50%\r100%", "50%␍100%"),
            ("a\x7f\u{9b}31m", "a␡\u{fffd}31m"),
            ("\u{202e}exe.txt", "<U+202E>exe.txt"),
            ("\x1b[", "␛["),
            ("\x1b[31", "␛[31"),
        ] {
            assert_eq!(clean(text, Colours::Kept), shown);
        }
    }

    proptest! {
        #[test]
        fn no_control_character_but_tab_and_sgr_gets_through(text in "[\\x00-\\x1f\\[0-9;ma\u{80}-\u{9f}]{0,40}") {
            let removed = clean(&text, Colours::Removed);
            prop_assert!(removed.chars().all(|c| c == '\t' || !c.is_control()), "{removed:?}");
            let kept = clean(&text, Colours::Kept);
            for part in kept.split('\x1b').skip(1) {
                let parameters = part.strip_prefix('[').unwrap();
                let end = parameters.find(|c: char| !c.is_ascii_digit() && c != ';' && c != ':');
                prop_assert_eq!(parameters.get(end.unwrap()..=end.unwrap()), Some("m"));
            }
        }
    }
}
