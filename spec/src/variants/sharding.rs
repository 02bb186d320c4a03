//! Weakened rules of §5: the lottery, and who may lead after a failure.

use std::collections::BTreeSet;

use super::{WhitePaper, variant};
use crate::Rejection;
use crate::drp;
use crate::primitives::certificate::Roster;
use crate::primitives::group::Group;
use crate::primitives::keys::{NodeId, ValidatorKeyPairs};
use crate::primitives::numbers::{Height, View};
use crate::primitives::vrf::VrfOutput;
use crate::sharding::lottery::{Lottery, Ticket, Tickets};
use crate::suite::Suite;

variant! {
    /// Tickets are drawn over the view alone, as in the paper.
    LotteryOverView, drp {
        fn draw_ticket(
            &self,
            lottery: &Lottery<'_>,
            key_pairs: &ValidatorKeyPairs,
        ) -> Option<Ticket> {
            drp::Rules::<G, S>::draw_ticket(&WhitePaper, lottery, key_pairs)
        }

        fn check_ticket(
            &self,
            suite: &S,
            lottery: &Lottery<'_>,
            counted: &Tickets,
            height: Height,
            ticket: &Ticket,
        ) -> Result<VrfOutput, Rejection> {
            drp::Rules::<G, S>::check_ticket(&WhitePaper, suite, lottery, counted, height, ticket)
        }
    }
}

variant! {
    /// After all leaders of a view have failed, the lottery of the same view is held again, and
    /// nobody is excluded.
    SameView, drp {
        fn derive_excluded(
            &self,
            _configuration: &Roster,
            convicted: &BTreeSet<NodeId>,
            _failed: &BTreeSet<NodeId>,
        ) -> BTreeSet<NodeId> {
            convicted.clone()
        }

        fn derive_later_view(&self, view: View, _lotteries: u64) -> View {
            view
        }
    }
}
