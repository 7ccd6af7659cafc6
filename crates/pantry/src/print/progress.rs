//! How far something is, as a bar.

/// Characters of the bar.
const WIDTH: usize = 30;

/// `[=========>           ] 123 of 456 files`.
pub(crate) fn bar(what: &str, done: usize, all: usize) -> String {
    let filled = done.saturating_mul(WIDTH).checked_div(all).unwrap_or(WIDTH).min(WIDTH);
    let (full, tip) = if filled == WIDTH { (WIDTH, "") } else { (filled, ">") };
    let rest = WIDTH - full - tip.len();
    format!("[{}{tip}{}] {done} of {all} {what}", "=".repeat(full), " ".repeat(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_always_as_long() {
        assert_eq!(bar("files", 0, 4), format!("[>{}] 0 of 4 files", " ".repeat(29)));
        assert_eq!(
            bar("files", 2, 4),
            format!("[{}>{}] 2 of 4 files", "=".repeat(15), " ".repeat(14))
        );
        assert_eq!(bar("files", 4, 4), format!("[{}] 4 of 4 files", "=".repeat(30)));
        assert_eq!(bar("files", 0, 0), format!("[{}] 0 of 0 files", "=".repeat(30)));
        assert_eq!(bar("files", 9, 4).len(), bar("files", 4, 4).len());
    }
}
