//! What every backend must pass, as tests that a backend has run on itself.
//!
//! Each case is a function of a [`Database`] that nobody has used yet. A backend says how to make
//! one and calls [`crate::contract_tests!`] once in its tests, which makes a test of each case:
//!
//! ```text
//! pantry_store::contract_tests!(crate::Fresh::new());
//! ```
//!
//! The expression stands in modules of its own, so its path must begin at the crate. The backend
//! needs tokio with `macros` and `rt-multi-thread`.

// Tests by another name: what they unwrap is what they claim.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

pub mod actor_keys;
pub mod actors;
pub mod atomicity;
pub mod builds;
pub mod concurrency;
pub mod condemned;
pub mod contents;
pub mod deliveries;
pub mod documents;
pub mod durability;
pub mod expects;
pub mod generations;
pub mod jobs;
pub mod keys;
pub mod leaves;
pub mod ledger;
pub mod members;
pub mod objects;
pub mod output;
pub mod refusals;
pub mod runs;
mod samples;
pub mod scopes;
pub mod search;
pub mod sightings;
mod terms;
pub mod transfer;

use crate::Store;

/// A database for one case, empty but for what the backend itself puts there.
pub trait Database: Sync {
    /// The backend.
    type Store: Store + 'static;

    /// Opens it. Called again after the store that was opened before has been dropped, it gives
    /// the same database.
    fn open(&self) -> impl Future<Output = Self::Store> + Send;
}

/// Makes a test of every case; the expression makes a [`contract::Database`](crate::contract::Database).
#[macro_export]
macro_rules! contract_tests {
    (@family $database:expr, $family:ident: $($case:ident,)*) => {
        mod $family {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    $crate::contract::$family::$case(&$database).await;
                }
            )*
        }
    };
    (@pair $database:expr, $family:ident: $($case:ident,)*) => {
        mod $family {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    $crate::contract::transfer::$case(&$database, &$database).await;
                }
            )*
        }
    };
    ($database:expr) => {
        $crate::contract_tests!(@family $database, documents:
            come_back_byte_for_byte,
            are_replaced_by_a_put,
            are_listed_by_name_in_byte_order,
            are_apart_by_scope_and_kind,
            that_are_not_there_are_none,
            that_cannot_be_named_are_none,
            have_long_names,
            are_deleted_alone,
            are_counted_by_scope_and_kind,
            are_listed_under_their_parent,
            are_deleted_under_their_parent,
            are_read_under_their_parent,
        );
        $crate::contract_tests!(@family $database, contents:
            are_what_a_document_holds,
            come_with_the_documents_that_hold_them,
            are_found_by_their_md5,
            have_a_size_for_those_who_may_read_them,
            are_held_as_long_as_anyone_holds_them,
            are_taken_over,
            go_with_their_document,
            stay_when_their_document_changes,
            mean_one_by_an_md5,
            are_held_by_what_is_there,
            are_listed_in_pages,
            are_held_by_the_thousand,
        );
        $crate::contract_tests!(@family $database, condemned:
            are_known_until_they_are_forgotten,
            are_forgotten_after_they_were_condemned,
            cannot_be_held,
            are_expected_to_be_held,
            are_held_or_condemned,
            one_of_many_gives_an_md5_its_meaning,
            many_are_held_at_once_by_one_document,
        );
        $crate::contract_tests!(@family $database, objects:
            are_found_by_name_and_by_id,
            that_are_not_there_are_none,
            never_share_an_id,
            are_made_of_what_is_there,
            get_another_access_control_list,
            stay_what_they_are_when_they_are_put,
            keep_everything_when_they_are_renamed,
            are_renamed_to_what_is_free,
            take_members_and_keys_with_them,
        );
        $crate::contract_tests!(@family $database, members:
            are_listed_by_place,
            are_members_once,
            must_be_there_with_what_they_are_members_of,
            reach_through_groups,
            reach_across_scopes,
            may_go_in_circles,
            count_once_in_a_diamond,
            end_with_either_side,
            end_with_an_application,
        );
        $crate::contract_tests!(@family $database, actor_keys:
            are_listed_by_name,
            are_replaced_by_name,
            are_deleted_by_name,
            belong_to_who_is_there,
            end_with_their_owner,
        );
        $crate::contract_tests!(@family $database, actors:
            are_the_user_and_the_client_of_a_name,
            carry_what_decides_for_them,
            are_associated_or_not,
            have_ids,
            that_are_unknown_have_generations_still,
            rest_on_every_scope_that_they_reach,
        );
        $crate::contract_tests!(@family $database, generations:
            are_the_position_of_the_last_entry,
            move_to_the_last_of_several_entries,
            stand_while_machines_work,
            are_each_scopes_own,
            are_answered_in_order,
            differ_for_a_namesake,
            stand_when_a_write_fails,
        );
        $crate::contract_tests!(@family $database, expects:
            pass_when_all_is_as_it_was_read,
            of_content_fail_when_it_changed,
            of_content_fail_when_it_is_gone,
            of_absence_fail_when_it_is_there,
            hold_for_an_application_that_is_not_there_yet,
            look_at_what_was_before_the_write,
            of_generations_pass_while_they_stand,
            of_generations_fail_when_they_moved,
            of_generations_are_each_familys_own,
            of_generations_fail_for_a_namesake,
            of_no_application_fail_when_it_is_there,
        );
        $crate::contract_tests!(@family $database, keys:
            are_listed_with_their_owners,
            are_taken_by_anyone_who_has_them,
            are_removed_for_one_owner_only,
            can_move_within_one_write,
            are_found_by_their_owner,
        );
        $crate::contract_tests!(@family $database, scopes:
            are_opened_once,
            that_are_missing_refuse_every_change,
            take_all_that_is_theirs_with_them,
            leave_the_end_of_their_ledger_in_global,
            start_empty_when_they_are_made_again,
            can_change_several_in_one_write,
        );
        $crate::contract_tests!(@family $database, search:
            finds_what_was_saved,
            follows_what_changes,
            finds_all_that_share_a_value,
            finds_thousands,
            refuses_what_is_not_there,
            follows_a_document_to_its_new_name,
            finds_nothing_of_others,
            gives_documents_in_the_order_asked_for,
            gives_no_document_the_terms_of_another,
            ends_with_an_application,
            takes_every_character_as_it_is,
            takes_values_of_any_length,
        );
        $crate::contract_tests!(@family $database, builds:
            take_the_place_of_what_was,
            miss_nothing_that_changes,
            can_be_gone_on_with,
            end_with_what_they_are_of,
            are_listed,
        );
        $crate::contract_tests!(@family $database, leaves:
            find_what_they_say,
        );
        $crate::contract_tests!(@family $database, ledger:
            holds_what_was_entered,
            counts_from_one_in_each_scope,
            knows_its_last_position,
            is_read_from_a_position_with_a_limit,
            tells_where_each_stands,
            is_empty_where_there_is_nothing,
        );
        $crate::contract_tests!(@family $database, jobs:
            come_back_as_they_were_written,
            that_are_not_there_are_none,
            are_listed_newest_first,
            count_their_deliveries_by_state,
            have_ids_of_their_own,
        );
        $crate::contract_tests!(@family $database, deliveries:
            are_listed_by_identity,
            are_found_by_job_and_identity,
            are_open_until_they_are_final,
            of_other_machines_stay_out_of_sight,
            are_counted_while_they_are_open,
            are_overdue_by_their_state,
            are_overdue_longest_first,
            become_due_later_when_a_client_has_them,
            advance_only_from_the_state_they_are_in,
            keep_what_a_step_does_not_say,
            advance_for_their_own_machine_only,
        );
        $crate::contract_tests!(@family $database, output:
            comes_back_in_order,
            is_appended_once,
            has_no_gaps,
            is_read_in_pieces,
            belongs_to_one_delivery,
        );
        $crate::contract_tests!(@family $database, sightings:
            replace_each_other,
            are_of_one_application,
            of_nobody_are_passed_over,
            go_with_their_machine,
        );
        $crate::contract_tests!(@family $database, runs:
            come_back_as_they_were_written,
            are_replaced_where_they_stand,
            are_listed_newest_first,
            are_bounded_by_node,
            end_when_the_next_begins,
            belong_to_a_node_that_is_there,
            are_forgotten,
        );
        $crate::contract_tests!(@family $database, refusals:
            are_listed_newest_last,
            are_bounded,
        );
        $crate::contract_tests!(@family $database, atomicity:
            undoes_everything_when_the_last_change_fails,
            undoes_everything_when_an_entry_fails,
            brings_a_deleted_application_back,
        );
        $crate::contract_tests!(@family $database, concurrency:
            ledgers_have_no_gaps,
            one_failure_fails_only_itself,
            one_of_many_makes_a_name,
            one_of_many_advances_a_delivery,
            output_is_appended_once,
            writes_to_the_same_scopes_in_any_order_end,
            a_read_sees_what_was_acknowledged,
            generations_show_what_was_acknowledged,
            one_of_many_decides_on_a_generation,
        );
        $crate::contract_tests!(@family $database, durability:
            everything_is_there_after_reopening,
        );
        $crate::contract_tests!(@family $database, transfer:
            rows_come_in_the_order_of_their_keys,
            pages_are_bounded_in_bytes,
            patches_can_be_repeated,
            patches_that_refer_to_nothing_fail,
            marks_are_kept,
        );
        $crate::contract_tests!(@pair $database, copies:
            everything_arrives,
            many_arrive,
            a_changed_source_is_followed,
            what_was_tampered_with_is_found,
            only_an_empty_store_is_filled,
        );
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_case_is_on_the_list() {
        let files = [
            include_str!("actor_keys.rs"),
            include_str!("actors.rs"),
            include_str!("atomicity.rs"),
            include_str!("builds.rs"),
            include_str!("concurrency.rs"),
            include_str!("condemned.rs"),
            include_str!("contents.rs"),
            include_str!("deliveries.rs"),
            include_str!("documents.rs"),
            include_str!("durability.rs"),
            include_str!("expects.rs"),
            include_str!("generations.rs"),
            include_str!("jobs.rs"),
            include_str!("keys.rs"),
            include_str!("leaves.rs"),
            include_str!("ledger.rs"),
            include_str!("members.rs"),
            include_str!("objects.rs"),
            include_str!("output.rs"),
            include_str!("refusals.rs"),
            include_str!("runs.rs"),
            include_str!("scopes.rs"),
            include_str!("search.rs"),
            include_str!("sightings.rs"),
            include_str!("transfer.rs"),
        ];
        let list = include_str!("mod.rs");
        for line in files.iter().flat_map(|file| file.lines()) {
            let Some(rest) = line.strip_prefix("pub async fn ") else { continue };
            let name = rest.split(['(', '<']).next().unwrap();
            assert!(list.contains(&format!(" {name},\n")), "{name} is not on the list");
        }
    }
}
