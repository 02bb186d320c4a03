//! A leader: which deals it takes and proposes, and which signature.
//!
//! Of seven validators, six are servers in two groups of three. The first leader failed, and the
//! second gathers deals.

use serde_json::{Value, json};

use ioschain_spec::Rejection::{
    CryCertificateQuorum, CryCertificateSigners, CryCosiSignature, DrpDealsMissing, DrpNotAnnounced,
};
use ioschain_spec::drp::messages::SignedDeal;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::group::EncodedElement;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::keys::NodeId;

use super::transcript_faults::Question;
use super::world::{edit, falsify, leadership_json, missing};
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::{Edit, edits};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::list_to_json;
use crate::reference::to_json;

const TAKES: &[&str] = &["DRP-DEAL-02", "DRP-DEAL-03", "DRP-DEAL-04", "DRP-INPUTS-03"];
const PROPOSES: &[&str] = &["DRP-INPUTS-05", "DRP-INPUTS-01", "DRP-DEAL-01", "DRP-ROOT-01"];
const COMMITS: &[&str] = &["DRP-ANNOUNCE-03", "DRP-SIGN-01", "DRP-SIGN-02", "DRP-SIGN-03"];

pub(super) fn files() -> Result<Vec<VectorFile>, CaseError> {
    let turn = Turn { honest: Question::honest()? };
    Ok(vec![turn.courses()?, turn.refused_deals()?, turn.refused_signatures()?])
}

/// A leader's turn, whose run is known to the end.
#[derive(Clone)]
struct Turn {
    honest: Question,
}

fn deal_step(deal: &SignedDeal) -> Result<Value, CaseError> {
    Ok(json!({ "deal": to_json(deal)? }))
}

fn propose_step() -> Value {
    json!({ "propose": null })
}

fn sign_step(signature: &CollectiveSignature) -> Result<Value, CaseError> {
    Ok(json!({ "signature": to_json(signature)? }))
}

impl Turn {
    fn deals(&self) -> &[SignedDeal] {
        &self.honest.finished.deals
    }

    /// The leader when it has these deals.
    fn begin(&self, deals: &[SignedDeal]) -> Result<Value, CaseError> {
        let finished = &self.honest.finished;
        let mut input = finished.world.to_json()?;
        let leadership = &finished.leadership;
        input["leadership"] = leadership_json(leadership)?;
        input["signing"] = to_json(&finished.world.member(&leadership.leader)?.signing_seed)?;
        input["deals"] = list_to_json(deals)?;
        Ok(input)
    }

    /// The deals of all but these servers.
    fn deals_without(&self, dealers: &[NodeId]) -> Vec<SignedDeal> {
        let others = self.deals().iter().filter(|deal| !dealers.contains(&deal.dealer));
        others.cloned().collect()
    }

    fn deal_of(&self, dealer: &NodeId) -> Result<SignedDeal, CaseError> {
        let deal = self.deals().iter().find(|deal| deal.dealer == *dealer);
        deal.cloned().ok_or_else(|| missing("deal"))
    }

    fn signature(&self) -> &CollectiveSignature {
        &self.honest.transcript.commit.signature
    }

    /// A leader in whole turns: with all deals in two orders, at the deadline, with too few deals,
    /// and with two signatures. An implementation that proposes twice, too early, or in the order
    /// in which deals come sends something else.
    fn courses(&self) -> Result<VectorFile, CaseError> {
        let doc = "Complete turns of a leader. The leader receives deals in any order, makes a \
                   proposal, and receives a signature.";
        let mut suite = SuiteWriter::new("drp.leader", "courses", doc)?;
        let mut steps = Vec::new();
        for deal in self.deals() {
            steps.push((deal_step(deal)?, Intent::Ok));
        }
        steps.push((propose_step(), Intent::Exactly(json!({ "effects": [] }))));
        steps.push((sign_step(self.signature())?, Intent::Ok));
        let doc = "Given a leader, when it has received the deals of all servers, then it makes a \
                   proposal at once and only once, and it makes a commit when it receives the \
                   signature.";
        let all = [TAKES, PROPOSES, COMMITS].concat();
        suite.add_scenario("all-deal", &all, doc, self.begin(&[])?, steps)?;

        let mut steps = Vec::new();
        for deal in self.deals().iter().rev() {
            steps.push((deal_step(deal)?, Intent::Ok));
        }
        let doc = "Given a leader, when it receives the deals in another order, then it makes the \
                   same proposal.";
        suite.add_scenario("another-order", PROPOSES, doc, self.begin(&[])?, steps)?;

        let groups = &self.honest.groups;
        let absent = [groups[0][0], groups[1][1]];
        let late = self.deal_of(&absent[0])?;
        let nothing = Intent::Exactly(json!({ "effects": [] }));
        let steps = vec![
            (propose_step(), Intent::Ok),
            (deal_step(&late)?, nothing.clone()),
            (propose_step(), nothing),
        ];
        let doc = "Given a leader that has not received one deal of each group, when the deadline \
                   for deals is reached, then it proposes the other deals, and a later deal has \
                   no effect.";
        suite.add_scenario(
            "deadline",
            PROPOSES,
            doc,
            self.begin(&self.deals_without(&absent))?,
            steps,
        )?;
        self.missing_deals(&mut suite)?;
        self.signatures(&mut suite)?;
        Ok(suite.finish())
    }

    /// Each of the two groups has too few deals, and then enough; and a leader has none at all.
    fn missing_deals(&self, suite: &mut SuiteWriter) -> Result<(), CaseError> {
        let groups = &self.honest.groups;
        for (slug, group) in [("missing-first-group", 0), ("missing-second-group", 1)] {
            let absent = [groups[group][0], groups[group][2]];
            let steps = vec![
                (propose_step(), Intent::Rejected(DrpDealsMissing)),
                (deal_step(&self.deal_of(&absent[1])?)?, Intent::Ok),
                (propose_step(), Intent::Ok),
            ];
            let doc = format!(
                "Given a leader with too few deals of group {group}, when the deadline for deals \
                 is reached, then it cannot make a proposal until it receives another deal.",
            );
            let deals = self.deals_without(&absent);
            suite.add_scenario(slug, &["DRP-INPUTS-05"], &doc, self.begin(&deals)?, steps)?;
        }
        let steps = vec![(propose_step(), Intent::Rejected(DrpDealsMissing))];
        let doc = "Given a leader without deals, when the deadline for deals is reached, then it \
                   cannot make a proposal.";
        suite.add_scenario("missing-all", &["DRP-INPUTS-05"], doc, self.begin(&[])?, steps)?;
        Ok(())
    }

    /// The signature of exactly a quorum of five, and then that of all validators. An
    /// implementation that commits only once, or only with one of them, sends something else.
    fn signatures(&self, suite: &mut SuiteWriter) -> Result<(), CaseError> {
        let world = &self.honest.finished.world;
        let message = self.honest.transcript.commit.proposal.statement.message();
        let quorum =
            world.participants.signature_by(&world.participants.first_signers(5)?, &message);
        let steps = vec![
            (propose_step(), Intent::Ok),
            (sign_step(&quorum)?, Intent::Ok),
            (sign_step(self.signature())?, Intent::Ok),
        ];
        let doc = "Given a leader that has made a proposal, when it receives the signature of a \
                   quorum and then that of all validators, then it makes a commit with each of \
                   them.";
        let deals = self.deals_without(&[self.honest.groups[1][2]]);
        suite.add_scenario("quorum", COMMITS, doc, self.begin(&deals)?, steps)?;
        Ok(())
    }

    // --- What it refuses ---

    fn refused_deals(&self) -> Result<VectorFile, CaseError> {
        let doc = "Deals that a leader refuses. The leader has already received the deals of the \
                   second group.";
        let mut suite = SuiteWriter::new("drp.leader", "refused-deals", doc)?;
        let groups = &self.honest.groups;
        let honest = self.deal_of(&groups[0][0])?;
        let deals: Vec<SignedDeal> =
            groups[1].iter().map(|dealer| self.deal_of(dealer)).collect::<Result<_, _>>()?;
        let begin = self.begin(&deals)?;
        let offer = Offer { turn: self.clone(), deal: honest.clone() };
        for (edit, rejection) in DEALS.iter().filter_map(|edit| Some((edit, edit.rejection?))) {
            let steps = vec![
                (deal_step(&edit.apply(&offer)?.deal)?, Intent::Rejected(rejection)),
                (deal_step(&honest)?, Intent::Ok),
            ];
            let doc = format!(
                "Given a leader, when a deal is received and {}, then the deal is refused for \
                 that reason, and an honest deal is accepted afterwards.",
                edit.what
            );
            let case =
                suite.add_scenario(edit.slug, edit.requirements, &doc, begin.clone(), steps)?;
            if edit.second_fault {
                case.flag(FLAG_SECOND_FAULT);
            }
        }
        Ok(suite.finish())
    }

    /// Signatures that do not verify, and signatures before there is a proposal. An implementation
    /// that commits a signature unchecked makes a commit that the log refuses.
    fn refused_signatures(&self) -> Result<VectorFile, CaseError> {
        let doc = "Signatures that a leader refuses.";
        let mut suite = SuiteWriter::new("drp.leader", "refused-signatures", doc)?;
        let world = &self.honest.finished.world;
        let message = self.honest.transcript.commit.proposal.statement.message();
        let valid = self.signature();
        let mut long = valid.clone();
        edit(&mut long.signers, |bytes| bytes.push(0))?;
        let too_few =
            world.participants.signature_by(&world.participants.first_signers(4)?, &message);
        let other =
            world.participants.signature_by(&world.participants.first_signers(7)?, &Digest::ZERO);
        let rows = [
            ("bitmap", "its bitmap is too long", "CRY-CERT-01", CryCertificateSigners, &long),
            (
                "quorum",
                "the number of signers is one below the quorum",
                "DRP-SIGN-02",
                CryCertificateQuorum,
                &too_few,
            ),
            (
                "message",
                "it is a signature of another statement",
                "DRP-SIGN-03",
                CryCosiSignature,
                &other,
            ),
        ];
        for (slug, what, requirement, rejection, signature) in rows {
            let steps = vec![
                (propose_step(), Intent::Ok),
                (sign_step(signature)?, Intent::Rejected(rejection)),
                (sign_step(valid)?, Intent::Ok),
            ];
            let doc = format!(
                "Given a leader that has made a proposal, when a signature is received and \
                 {what}, then the signature is refused for that reason, and a valid signature is \
                 accepted afterwards."
            );
            let deals = self.deals_without(&[self.honest.groups[0][2]]);
            suite.add_scenario(slug, &[requirement], &doc, self.begin(&deals)?, steps)?;
        }
        let steps = vec![(sign_step(valid)?, Intent::Rejected(DrpNotAnnounced))];
        let doc = "Given a leader that has not made a proposal, when it receives the signature of \
                   its future proposal, then the signature is refused.";
        let deals = self.deals_without(&[self.honest.groups[0][2]]);
        suite.add_scenario(
            "before-proposal",
            &["DRP-ANNOUNCE-03"],
            doc,
            self.begin(&deals)?,
            steps,
        )?;
        let steps = vec![(sign_step(&long)?, Intent::Rejected(DrpNotAnnounced))];
        let doc = "Given a leader that has not made a proposal, when it receives a malformed \
                   signature, then the signature is refused because there is no proposal.";
        suite
            .add_scenario(
                "before-proposal-and-bitmap",
                &["DRP-ANNOUNCE-03"],
                doc,
                self.begin(&deals)?,
                steps,
            )?
            .flag(FLAG_SECOND_FAULT);
        Ok(suite.finish())
    }
}

// --- Deals that are refused -------------------------------------------------------------------

/// A deal that comes to a leader, who has the deals of the second group.
#[derive(Clone)]
struct Offer {
    turn: Turn,
    deal: SignedDeal,
}

impl Offer {
    /// The deal of a server by its group and its place there.
    fn deal_of(&self, group: usize, place: usize) -> Result<SignedDeal, CaseError> {
        self.turn.deal_of(&self.turn.honest.groups[group][place])
    }

    /// The dealer signs the deal as it is changed.
    fn sign(&mut self) -> Result<(), CaseError> {
        let dealer = self.turn.honest.finished.world.member(&self.deal.dealer)?;
        self.deal.signature = dealer.secrets.signing.sign(&self.deal.message().0);
        Ok(())
    }
}

/// Deals of others, of other runs, a second time, with a wrong part, and with two faults. An
/// implementation that leaves a check out proposes a deal that the servers refuse, or that lets one
/// dealer choose twice.
const DEALS: &[Edit<Offer>] = &edits! { Offer:
    "leader" => DrpInputGroup, &["DRP-SERVERS-01"], "its dealer is the leader",
        |offer| {
            offer.deal.dealer = offer.turn.honest.finished.leadership.leader;
            offer.sign()
        };
    "nobody" => DrpInputGroup, &["DRP-INPUTS-03"], "its dealer is not a validator of the epoch",
        |offer| offer.deal.dealer = NodeId(Digest::ZERO);
    "repeated" => DrpDealRepeated, &["DRP-DEAL-04"], "its dealer has already sent the same deal",
        |offer| offer.deal = offer.deal_of(1, 0)?;
    "repeated-other" => DrpDealRepeated, &["DRP-DEAL-04"],
        "its dealer has already sent another deal",
        |offer| {
            let honest = &offer.turn.honest;
            offer.deal = honest.deal_from_another_seed(&honest.groups[1][0])?;
        };
    "unsigned" => DrpDealSignature, &["DRP-DEAL-02"], "it is not signed",
        |offer| offer.deal.signature = NO_SIGNATURE;
    "taken-over" => DrpDealSignature, &["DRP-DEAL-02"],
        "its content and its signature are those of the deal of another server",
        |offer| offer.deal = SignedDeal { dealer: offer.deal.dealer, ..offer.deal_of(0, 1)? };
    "session" => DrpDealSession, &["DRP-DEAL-03"], "it belongs to another session",
        |offer| {
            offer.deal.session = Digest::ZERO;
            offer.sign()
        };
    "announcement" => DrpDealSession, &["DRP-DEAL-03"], "it answers another announcement",
        |offer| {
            offer.deal.announcement = Digest::ZERO;
            offer.sign()
        };
    "replayed" => DrpDealSession, &["DRP-DEAL-03"], "it belongs to the run of the failed leader",
        |offer| offer.deal = offer.turn.honest.deal_for_the_failed_leader(&offer.deal.dealer)?;
    "lengths" => CryPvssLengths, &["CRY-PVSS-03"], "it has one share too few",
        |offer| {
            edit(&mut offer.deal.deal.shares, |shares| shares.truncate(2))?;
            offer.sign()
        };
    "commitment" => CryElementEncoding, &["CRY-GROUP-01"], "a commitment is not a group element",
        |offer| {
            edit(&mut offer.deal.deal.commitments, |list| list[0] = EncodedElement([0xff; 32]))?;
            offer.sign()
        };
    "proof" => CryDleqProof, &["CRY-PVSS-04"], "two shares are swapped",
        |offer| {
            let dealer = offer.turn.honest.finished.world.member(&offer.deal.dealer)?;
            offer.deal = falsify(dealer, &offer.deal)?;
        };
    "nobody-and-unsigned" => DrpInputGroup, &["DRP-INPUTS-03"],
        "its dealer is not a validator of the epoch, and it is not signed",
        |offer| {
            offer.deal.dealer = NodeId(Digest::ZERO);
            offer.deal.signature = NO_SIGNATURE;
        }, second_fault;
    "repeated-and-unsigned" => DrpDealRepeated, &["DRP-DEAL-04"],
        "its dealer has already sent a deal, and it is not signed",
        |offer| offer.deal = SignedDeal { signature: NO_SIGNATURE, ..offer.deal_of(1, 0)? },
        second_fault;
    "unsigned-and-session" => DrpDealSignature, &["DRP-DEAL-02"],
        "it is not signed, and it belongs to another session",
        |offer| offer.deal.session = Digest::ZERO, second_fault;
    "session-and-lengths" => DrpDealSession, &["DRP-DEAL-03"],
        "it belongs to another session, and it has one share too few",
        |offer| {
            offer.deal.session = Digest::ZERO;
            edit(&mut offer.deal.deal.shares, |shares| shares.truncate(2))?;
            offer.sign()
        }, second_fault;
};

const NO_SIGNATURE: Signature = Signature([0; 64]);
