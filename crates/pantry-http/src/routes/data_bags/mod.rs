//! Data bags and their items.

pub(super) mod create;
pub(super) mod create_item;
pub(super) mod delete;
pub(super) mod delete_item;
pub(super) mod items;
pub(super) mod list;
pub(super) mod show_item;
pub(super) mod update_item;
