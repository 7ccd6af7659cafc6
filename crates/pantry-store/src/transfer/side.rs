//! Walking through a table of one store, row by row, a page at a time.

use std::collections::VecDeque;

use super::row::{Key, Row};
use super::seam::{Bounds, Transfer};
use super::table::Table;
use crate::error::StoreError;

/// What is read at once. Two pages are in memory during a copy, and as much again on its way.
const PAGE: Bounds = Bounds { rows: 1000, bytes: 4 << 20 };

/// A place in a table of a store.
pub(super) struct Side<'a> {
    store: &'a dyn Transfer,
    table: Table,
    page: VecDeque<Row>,
    last: Key,
    ended: bool,
}

impl<'a> Side<'a> {
    /// Before the first row.
    pub(super) fn new(store: &'a dyn Transfer, table: Table) -> Self {
        let page = VecDeque::new();
        Self { store, table, page, last: Key::least(table), ended: false }
    }

    /// The next row stays where it is.
    pub(super) async fn peek(&mut self) -> Result<Option<&Row>, StoreError> {
        if self.page.is_empty() && !self.ended {
            self.page = self.store.rows(self.table, &self.last, PAGE).await?.into();
            self.ended = self.page.is_empty();
            for row in &self.page {
                let key = row.key();
                // A backend that sorts in another way would have rows left out without a word.
                if key <= self.last {
                    let text = format!("the rows of {} are not in order at {key:?}", self.table);
                    return Err(StoreError::Broken(text));
                }
                self.last = key;
            }
        }
        Ok(self.page.front())
    }

    /// The next row.
    pub(super) async fn next(&mut self) -> Result<Option<Row>, StoreError> {
        self.peek().await?;
        Ok(self.page.pop_front())
    }
}
