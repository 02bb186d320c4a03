//! The entries that the log can order: failures, and commits that the malicious validators sign
//! together with those that agreed.

use std::collections::BTreeMap;

use ioschain_spec::drp::checks::check_commit;
use ioschain_spec::drp::messages::{Commit, Fail, timeout_message};
use ioschain_spec::drp::report::Report;
use ioschain_spec::primitives::group::Group;
use ioschain_spec::primitives::numbers::Height;
use ioschain_spec::suite::Suite;

use super::machines::{
    CheckedCommit, Entry, Id, Log, MachineMemo, Proposed, Sent, SentSet, id_of, number,
};
use super::suite::SUITE;
use super::world::{Validator, World};

impl<G: Group> MachineMemo<G> {
    /// The number of the commit of a proposal. It is signed by the malicious validators and by
    /// those that agreed, as many of them as the specification requires. `None` if they are too
    /// few, or if the specification refuses the commit.
    pub fn commit_of(&mut self, proposed: Id, sent: SentSet) -> Option<Id> {
        let message = self.proposed[usize::from(proposed)].message;
        let agreed = self.sent_in(sent).filter_map(|(_, sent)| match sent {
            Sent::Agreed { validator, message: of } if *of == message => Some(*validator),
            _ => None,
        });
        let mut agreed: Vec<Validator> = agreed.collect();
        agreed.sort_unstable();
        let key = (proposed, agreed.clone());
        if let Some(known) = self.commit_ids.get(&key) {
            return *known;
        }
        let made = (0..=agreed.len()).find_map(|count| self.sign(proposed, &agreed[..count]));
        let id = made.map(|made| {
            let same = self.commits.iter().position(|known| known.commit == made.commit);
            number(same.unwrap_or_else(|| {
                self.commits.push(made);
                self.commits.len() - 1
            }))
        });
        self.commit_ids.insert(key, id);
        id
    }

    fn sign(&self, proposed: Id, agreed: &[Validator]) -> Option<CheckedCommit<G>> {
        let Proposed { proposal, message, .. } = &self.proposed[usize::from(proposed)];
        let mut signers: Vec<Validator> =
            self.world.corrupt.iter().chain(agreed).copied().collect();
        signers.sort_unstable();
        let signature = self.world.sign_together(&signers, message).ok()?;
        let commit = Commit { proposal: proposal.clone(), signature };
        let current = Ok(proposal.announcement.run.leadership());
        let checked = self.world.within(|environment| {
            check_commit(environment, current, &commit, &mut Report::default())
        });
        Some(CheckedCommit { proposed, commit, checked: checked.ok()? })
    }

    /// The failure of a log's current leader. It is signed by the malicious validators and by those
    /// that have given the leader up, with the smallest number of signers that the log accepts.
    pub fn fail_of(&mut self, log: Id, sent: SentSet) -> Option<Id> {
        let height = World::<G>::height_of(self.log(log).entries.len());
        let current = self.log(log).progress.leadership(&self.world.epoch, Height(height)).ok()?;
        let (epoch, view, rank) = (self.world.epoch.number, current.view, current.rank);
        let message = timeout_message(&self.world.epoch.chain_id, epoch, view, rank);
        let corrupt = self.world.corrupt.iter().map(|validator| {
            let member = &self.world.members[usize::from(*validator)];
            (member.name(), SUITE.sign_with(&member.participant.secrets.signing, &message))
        });
        let honest = self.sent_in(sent).filter_map(|(_, sent)| match sent {
            Sent::TimedOut(timeout) if (timeout.view, timeout.rank) == (view, rank) => {
                Some((timeout.validator, timeout.signature))
            }
            _ => None,
        });
        let mut honest: Vec<_> = honest.collect();
        honest.sort_unstable_by_key(|(name, _)| *name);
        let corrupt: Vec<_> = corrupt.collect();
        (0..=honest.len()).find_map(|count| {
            let signed = corrupt.iter().chain(&honest[..count]).copied();
            let timeouts: BTreeMap<_, _> = signed.collect();
            let fail = Fail { epoch, view, rank, timeouts: timeouts.try_into().ok()? };
            let entry = self.intern_entry(Entry::Fail(fail));
            self.append(log, entry)
        })
    }

    /// The log with a commit appended. `None` if the log does not accept the commit.
    pub fn commit_to(&mut self, log: Id, commit: Id) -> Option<Id> {
        let entry = self.intern_entry(Entry::Commit(commit));
        self.append(log, entry)
    }

    fn intern_entry(&mut self, entry: Entry) -> Id {
        let known = self.entries.iter().position(|known| *known == entry);
        number(known.unwrap_or_else(|| {
            self.entries.push(entry);
            self.entries.len() - 1
        }))
    }

    fn append(&mut self, log: Id, entry: Id) -> Option<Id> {
        if let Some(known) = self.appended.get(&(log, entry)) {
            return *known;
        }
        let Log { entries, progress } = self.log(log);
        let (mut entries, mut progress) = (entries.clone(), progress.clone());
        let height = World::<G>::height_of(entries.len());
        let ordered = self.entry(entry);
        let appended =
            self.world.within(|environment| progress.append(environment, Height(height), &ordered));
        let next = appended.is_ok().then(|| {
            entries.push(entry);
            id_of(self.logs.intern(entries.clone(), || Log { entries, progress }))
        });
        self.appended.insert((log, entry), next);
        next
    }
}
