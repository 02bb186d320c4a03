//! The messages that the adversary can make from its own keys and from the messages of honest
//! validators. Nothing here decides whether a message is accepted.

use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::{Scalar as EdwardsScalar, clamp_integer};
use ioschain_spec::Rejection;
use ioschain_spec::primitives::certificate::name_signers;
use ioschain_spec::primitives::cosi::CollectiveSignature;
use ioschain_spec::primitives::ed25519::Signature;
use ioschain_spec::primitives::group::{Element, Group, Scalar, derive_nonzero_scalar};
use ioschain_spec::primitives::hash::{Digest, tags};
use ioschain_spec::primitives::pvss::{Deal, EncryptedShare, Sharing, deal};
use ioschain_spec::primitives::schnorr::{SchnorrSignature, derive_challenge};
use ioschain_spec::primitives::shamir::Polynomial;

use ioschain_spec::drp::Session;
use ioschain_spec::drp::messages::{
    Announcement, Proposal, SignedDeal, Statement, derive_root, to_inputs,
};
use sha2::{Digest as _, Sha512};

use super::plan::{Choices, DealKind};
use super::suite::SUITE;
use super::world::{Member, Validator, World};

/// For each group, the dealers whose deals are proposed, each with the kind of its deal.
pub type Choice = Vec<Vec<(Validator, DealKind)>>;

impl<G: Group> World<G> {
    /// The announcement of a run by its leader. Number 1 differs from number 0 in its signature.
    pub fn announcement(&self, run: usize, number: usize) -> Announcement {
        let leader = &self.members[usize::from(self.ranks[run])];
        let run = self.runs[run].run;
        match number {
            0 => Announcement::sign(&*SUITE, run, &leader.participant.secrets.signing),
            _ => {
                let message = Announcement::message(&run);
                let signature = other_signature(&leader.participant.signing_seed.0, &message.0);
                Announcement { run, signature }
            }
        }
    }

    /// The deal of a kind, in the name of `dealer`. `genuine` is the deal that an honest dealer of
    /// the same group has sent.
    ///
    /// # Errors
    /// A rejection by the specification when the deal is made.
    pub fn make_deal(
        &self,
        run: usize,
        announcement: &Digest,
        dealer: Validator,
        kind: DealKind,
        genuine: Option<&SignedDeal>,
    ) -> Result<SignedDeal, Rejection> {
        let session = &self.runs[run];
        let member = &self.members[usize::from(dealer)];
        let sharing = self.sharing(session, dealer)?;
        let made = match kind {
            DealKind::Genuine | DealKind::Copied => {
                genuine.ok_or(Rejection::DrpDealsMissing)?.deal.clone()
            }
            DealKind::Valid(secret) => self.known_deal(&sharing, member, secret)?,
            DealKind::Inconsistent => self.with_another_last_share(
                session,
                self.known_deal(&sharing, member, 1)?,
                dealer,
            )?,
            DealKind::HighDegree => {
                let coefficients = (sharing.threshold() + 2).min(self.members_of(session, dealer)?);
                let polynomial = high_polynomial(coefficients);
                deal(&sharing.with_threshold(coefficients)?, &polynomial, &member.old_seed)?
            }
            DealKind::Forged => self.known_deal(&sharing, member, 1)?,
            DealKind::Old => return self.old_deal(run, dealer),
        };
        if kind == DealKind::Genuine {
            return genuine.cloned().ok_or(Rejection::DrpDealsMissing);
        }
        // A forger signs with its own key.
        let is_own = self.corrupt.contains(&dealer);
        let signer = if is_own { Some(dealer) } else { self.corrupt.first().copied() };
        let signer = signer.ok_or(Rejection::DrpDealsMissing)?;
        let signing = &self.members[usize::from(signer)].participant.secrets.signing;
        Ok(SignedDeal::sign(&*SUITE, session.id, *announcement, member.name(), made, signing))
    }

    fn sharing(&self, session: &Session<G>, dealer: Validator) -> Result<Sharing<G>, Rejection> {
        let name = self.name(dealer);
        let group = session.groups.iter().find(|group| group.members.contains(&name));
        Ok(group.ok_or(Rejection::DrpInputGroup)?.sharing_of(&name))
    }

    /// The number of members of a dealer's group.
    fn members_of(&self, session: &Session<G>, dealer: Validator) -> Result<usize, Rejection> {
        let group = session.group_of(&self.name(dealer));
        Ok(group.ok_or(Rejection::DrpInputGroup)?.1.members.len())
    }

    /// A deal of the secret `secret`. Its maker knows the whole polynomial.
    fn known_deal(
        &self,
        sharing: &Sharing<G>,
        member: &Member<G>,
        secret: u8,
    ) -> Result<Deal, Rejection> {
        deal(sharing, &known_polynomial(sharing.threshold(), secret), &member.old_seed)
    }

    /// Changes the last member's share by one. Its proof is then false.
    fn with_another_last_share(
        &self,
        session: &Session<G>,
        deal: Deal,
        dealer: Validator,
    ) -> Result<Deal, Rejection> {
        let name = self.name(dealer);
        let group = session.groups.iter().find(|group| group.members.contains(&name));
        let last = group.and_then(|group| group.members.last()).ok_or(Rejection::DrpInputGroup)?;
        let key = self.epoch.configuration.keys_of(last).ok_or(Rejection::DrpInputGroup)?.group;
        let mut shares = deal.shares.clone().into_vec();
        if let Some(EncryptedShare { share, .. }) = shares.last_mut() {
            *share = G::Element::decode(share)?.add(G::Element::decode(&key)?).encode();
        }
        Ok(Deal { shares: shares.try_into()?, ..deal })
    }

    /// The deal of an honest dealer in the epoch before.
    fn old_deal(&self, run: usize, dealer: Validator) -> Result<SignedDeal, Rejection> {
        let old = self.old_run(&self.runs[run].run);
        let session = self.within(|environment| Session::derive(environment, &old))?;
        let leader = &self.members[usize::from(self.ranks[run])];
        let announcement =
            Announcement::sign(&*SUITE, old, &leader.participant.secrets.signing).hash();
        let member = &self.members[usize::from(dealer)];
        let sharing = self.sharing(&session, dealer)?;
        let made = deal(&sharing, &sharing.derive_polynomial(&member.old_seed), &member.old_seed)?;
        let signing = &member.participant.secrets.signing;
        Ok(SignedDeal::sign(&*SUITE, session.id, announcement, member.name(), made, signing))
    }

    /// The collective signature of a message by these validators, made with all their keys. This
    /// function does not decide whether they may sign the message.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] never, for plans whose validators fit in a roster.
    pub fn sign_together(
        &self,
        signers: &[Validator],
        message: &Digest,
    ) -> Result<CollectiveSignature, Rejection> {
        let places = signers.iter().map(|signer| usize::from(*signer));
        let named = name_signers(self.members.len(), places)?;
        let (secret, nonce) = (self.sum_of_keys(signers), (&named, message));
        let nonce = derive_nonzero_scalar::<G>(tags::COSI_NONCE, &nonce);
        let [key, commitment] = [secret, nonce].map(|it| G::generator().multiply(it).encode());
        let challenge = derive_challenge::<G>(tags::COSI_CHALLENGE, &key, message, &commitment);
        let response = nonce.add(challenge.multiply(secret)).encode();
        let signature = SchnorrSignature { commitment, response };
        Ok(CollectiveSignature { signers: named, signature })
    }

    /// The sum of the secret keys of these validators.
    pub fn sum_of_keys(&self, validators: &[Validator]) -> G::Scalar {
        let keys = validators
            .iter()
            .map(|it| *self.members[usize::from(*it)].participant.secrets.decryption);
        keys.fold(G::Scalar::ZERO, Scalar::add)
    }

    /// The proposal of these deals.
    ///
    /// # Errors
    /// [`Rejection::EncMalformed`] never, for plans whose validators fit in a roster.
    pub fn proposal(
        &self,
        run: usize,
        announcement: Announcement,
        choice: &Choice,
        deals: Vec<SignedDeal>,
    ) -> Result<Proposal, Rejection> {
        let names = |group: &Vec<(Validator, DealKind)>| {
            group.iter().map(|(dealer, _)| self.name(*dealer)).collect()
        };
        let inputs = to_inputs(choice.iter().map(names).collect())?;
        let root = derive_root(&deals);
        let statement = Statement { session: self.runs[run].id, inputs, root };
        Ok(Proposal { announcement, statement, deals: deals.try_into()? })
    }

    /// The choices of a malicious leader of a run.
    pub fn choices(&self, run: usize, choices: &Choices) -> Vec<Choice> {
        let of_group = |group: &ioschain_spec::drp::configuration::ServerGroup<G>| {
            let members = group.members.iter().filter_map(|name| self.place_of(name)).collect();
            self.choices_of_group(members, group.threshold(), choices)
        };
        let groups: Vec<_> = self.runs[run].groups.iter().map(of_group).collect();
        let mut all: Vec<Choice> = vec![Vec::new()];
        for group in groups {
            let longer = |(sofar, next): (&Choice, &Vec<(Validator, DealKind)>)| {
                sofar.iter().cloned().chain([next.clone()]).collect()
            };
            let pairs = all.iter().flat_map(|sofar| group.iter().map(move |next| (sofar, next)));
            all = pairs.map(longer).collect();
        }
        all
    }

    fn choices_of_group(
        &self,
        members: Vec<Validator>,
        threshold: usize,
        choices: &Choices,
    ) -> Vec<Vec<(Validator, DealKind)>> {
        let is_corrupt = |member: &Validator| self.corrupt.contains(member);
        let kinds = |member: &Validator| {
            if is_corrupt(member) { &choices.corrupt } else { &choices.honest }
        };
        let subsets = if choices.by_counts {
            let (corrupt, honest): (Vec<_>, Vec<_>) = members.iter().partition(|it| is_corrupt(it));
            let with_corrupt = corrupt.into_iter().chain(honest.iter().copied());
            vec![
                with_corrupt.take(threshold).collect(),
                honest.into_iter().take(threshold).collect(),
            ]
        } else {
            let least = if choices.fewer { 0 } else { threshold };
            subsets(&members, least..=threshold)
        };
        let mut all = Vec::new();
        for subset in subsets {
            let mut lists: Vec<Vec<(Validator, DealKind)>> = vec![Vec::new()];
            for member in subset {
                let longer = |list: &Vec<(Validator, DealKind)>| {
                    let list = list.clone();
                    let with = |kind: &DealKind| [&list[..], &[(member, *kind)]].concat();
                    kinds(&member).iter().map(with).collect::<Vec<_>>()
                };
                lists = lists.iter().flat_map(longer).collect();
            }
            all.extend(lists);
        }
        all
    }
}

/// The coefficients of a polynomial that everybody knows: secret, 2, 3, ….
pub fn known_polynomial<S: Scalar>(coefficients: usize, secret: u8) -> Polynomial<S> {
    let later = (2u64..).map(S::from_number);
    let all = std::iter::once(S::from_number(secret)).chain(later);
    Polynomial::new(all.take(coefficients).collect())
}

/// The coefficients of 1 + 2x and a highest power. With this degree, different sets of shares
/// recover different secrets. In GF(5), the pairs of four positions give all five values.
fn high_polynomial<S: Scalar>(coefficients: usize) -> Polynomial<S> {
    let mut all = vec![S::ZERO; coefficients];
    for (coefficient, value) in all.iter_mut().zip([1u8, 2]) {
        *coefficient = S::from_number(value);
    }
    if let Some(last) = all.last_mut() {
        *last = S::ONE;
    }
    Polynomial::new(all)
}

/// The subsets of `members` with this size, in their order.
pub(super) fn subsets<T: Copy>(
    members: &[T],
    sizes: std::ops::RangeInclusive<usize>,
) -> Vec<Vec<T>> {
    let all = (0u64..1 << members.len()).map(|mask| {
        let within = |(place, member): (usize, &T)| (mask >> place & 1 == 1).then_some(*member);
        members.iter().enumerate().filter_map(within).collect::<Vec<_>>()
    });
    all.filter(|subset| sizes.contains(&subset.len())).collect()
}

/// A valid Ed25519 signature of a message that differs from the deterministic one. The holder of
/// the key can choose another nonce.
fn other_signature(seed: &[u8; 32], message: &[u8]) -> Signature {
    let expanded: [u8; 64] = Sha512::digest(seed).into();
    let (lower, _) = expanded.split_at(32);
    let mut own = [0; 32];
    own.copy_from_slice(lower);
    let secret = EdwardsScalar::from_bytes_mod_order(clamp_integer(own));
    let wide = |parts: &[&[u8]]| {
        let hash = parts.iter().fold(Sha512::new(), |hash, part| hash.chain_update(part));
        EdwardsScalar::from_bytes_mod_order_wide(&hash.finalize().into())
    };
    let nonce = wide(&[b"another nonce", seed, message]);
    let commitment = EdwardsPoint::mul_base(&nonce).compress();
    let key = EdwardsPoint::mul_base(&secret).compress();
    let challenge = wide(&[commitment.as_bytes(), key.as_bytes(), message]);
    let response = nonce + challenge * secret;
    let mut bytes = [0; 64];
    let (left, right) = bytes.split_at_mut(32);
    left.copy_from_slice(commitment.as_bytes());
    right.copy_from_slice(response.as_bytes());
    Signature(bytes)
}
