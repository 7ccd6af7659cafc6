//! Tables for people: columns under their names, no lines between them.

use comfy_table::{ContentArrangement, Table, presets};

use super::clean::{Colours, clean};

/// A table with these columns.
pub(crate) fn table<const N: usize>(
    columns: [&str; N],
    rows: impl IntoIterator<Item = [String; N]>,
) -> String {
    table_of(columns.map(str::to_uppercase), rows.into_iter().map(Vec::from))
}

/// A table whose columns are not known before.
pub(crate) fn table_of(
    columns: impl IntoIterator<Item = String>,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let cleaned = |cell: String| clean(&cell, Colours::Removed);
    table.set_header(columns.into_iter().map(cleaned));
    for row in rows {
        table.add_row(row.into_iter().map(cleaned));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_cells_are_harmless() {
        let rows =
            [["web1".to_owned(), "é".to_owned()], ["w".to_owned(), "a\x1b[2J\nb".to_owned()]];
        assert_eq!(
            table(["client", "address"], rows),
            "CLIENT  ADDRESS\nweb1    é\nw       a␛[2J␊b"
        );
    }
}
