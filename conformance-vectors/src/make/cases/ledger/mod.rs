//! §3: owners, transactions, states, genesis, blocks, conservation.

mod apply;
mod apply_block;
mod apply_block_entries;
mod check_static;
mod conservation;
mod fee_parts;
mod genesis;
mod names;
mod samples;
mod state_root;
mod witnesses;

use super::support::CaseError;
use crate::format::vector::VectorFile;

/// The suites.
///
/// # Errors
/// The first case whose answer is not the one meant.
pub fn files() -> Result<Vec<VectorFile>, CaseError> {
    Ok(vec![
        names::account_ids()?,
        names::shards_of_owners()?,
        names::transaction_ids()?,
        fee_parts::fee_parts()?,
        check_static::single_faults()?,
        check_static::pairs_of_faults()?,
        check_static::boundaries()?,
        check_static::encodings()?,
        apply::payments()?,
        apply::refusals()?,
        apply::order_of_checks()?,
        witnesses::accepted()?,
        witnesses::refused()?,
        state_root::state_roots()?,
        genesis::first_states()?,
        genesis::refusals()?,
        apply_block::headers()?,
        apply_block::results()?,
        apply_block_entries::entries()?,
        apply_block_entries::refused_entries()?,
        conservation::sums()?,
    ])
}
