//! Sentences about data bags and their items. For something that is not there the original has one
//! for each way to ask for it.

use super::{Class, Refusal};

fn not_found(sentence: String) -> Refusal {
    Refusal::listed(Class::NotFound, sentence)
}

/// There is no such data bag.
pub fn bag_not_found(bag: &str) -> Refusal {
    not_found(format!("Cannot load data bag {bag}"))
}

/// There is no data bag into which the item could be put.
pub fn no_bag_for_item(bag: &str) -> Refusal {
    not_found(format!(
        "No data bag '{bag}' could be found. Please create this data bag before adding items to it."
    ))
}

/// There is no such item, or not even its data bag.
pub fn item_not_found(bag: &str, item: &str) -> Refusal {
    not_found(format!("Cannot load data bag item {item} for data bag {bag}"))
}

/// There is no such item to delete, or not even its data bag.
pub fn no_item_to_delete(bag: &str, item: &str) -> Refusal {
    not_found(format!("Cannot load data bag {bag} item {item}"))
}

/// A data bag of this name exists.
pub fn bag_taken() -> Refusal {
    Refusal::listed(Class::Conflict, "Data bag already exists")
}

/// The data bag has an item of this id.
pub fn item_taken(bag: &str, item: &str) -> Refusal {
    let sentence = format!("Data Bag Item '{item}' already exists in Data Bag '{bag}'.");
    Refusal::listed(Class::Conflict, sentence)
}
