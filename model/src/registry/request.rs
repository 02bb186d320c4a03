//! What `check` can be asked, and the refusal of options that would have no effect.

use std::fmt;

use serde::Serialize;

/// How much to check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Seconds.
    Quick,
    /// More shards and larger models; minutes.
    Full,
    /// States that no graph could hold, with stateright's search on all cores; an hour.
    Nightly,
    /// Too large to exhaust: for random walks only.
    Swarm,
}

impl Tier {
    /// The tiers that can be asked for.
    pub const CHECKED: [Self; 3] = [Self::Quick, Self::Full, Self::Nightly];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Full => "full",
            Self::Nightly => "nightly",
            Self::Swarm => "swarm",
        }
    }
}

/// What `check` is asked. An option that is `None` was not given.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// Under which weakened rules; without it, under the specification's.
    pub variant: Option<String>,
    /// Which configuration; without it, the one of the variant, or all of the tier.
    pub configuration: Option<String>,
    /// How much to check; without it, the quick tier.
    pub tier: Option<Tier>,
    /// The most states of a run.
    pub states_max: Option<usize>,
    /// Whether random walks are wanted instead of an exhaustive check.
    pub walks: bool,
    /// Whether the trace of the first failure is wanted as a file.
    pub trace_out: bool,
    /// Whether states that differ only by a permutation of identical payments are treated as one.
    pub symmetry: bool,
}

/// An option of `check` that not every model can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckOption {
    /// `--variant`
    Variant,
    /// `--configuration`
    Configuration,
    /// `--tier`
    Tier,
    /// `--states-max`
    StatesMax,
    /// `--seeds`
    Seeds,
    /// `--trace-out`
    TraceOut,
    /// `--symmetry`
    Symmetry,
}

impl fmt::Display for CheckOption {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Variant => "--variant",
            Self::Configuration => "--configuration",
            Self::Tier => "--tier",
            Self::StatesMax => "--states-max",
            Self::Seeds => "--seeds",
            Self::TraceOut => "--trace-out",
            Self::Symmetry => "--symmetry",
        })
    }
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An option would be ignored.
    #[error("{option} has no effect here: {why}. Remove it and run again.")]
    NoEffect {
        /// The option.
        option: CheckOption,
        /// The reason.
        why: &'static str,
    },
    /// Symmetry reduction is sound under the specification only.
    #[error(
        "--symmetry cannot be used with --variant: the specification never compares the order of two \
         ids, but a variant may. Remove it and run again."
    )]
    UnsoundSymmetry,
    /// The model has no such tier.
    #[error("{model} has no {} tier; it has the tiers quick and full", .tier.name())]
    NoTier {
        /// The model's name.
        model: &'static str,
        /// The tier that was asked for.
        tier: Tier,
    },
}

impl Request {
    /// The tier that was asked for, or the quick one.
    pub fn tier(&self) -> Tier {
        self.tier.unwrap_or(Tier::Quick)
    }

    /// The tier in words, as the name of a sum.
    pub(super) fn tier_in_words(&self) -> String {
        format!("tier {}", self.tier().name())
    }

    /// Whether an option was given.
    fn has(&self, option: CheckOption) -> bool {
        match option {
            CheckOption::Variant => self.variant.is_some(),
            CheckOption::Configuration => self.configuration.is_some(),
            CheckOption::Tier => self.tier.is_some(),
            CheckOption::StatesMax => self.states_max.is_some(),
            CheckOption::Seeds => self.walks,
            CheckOption::TraceOut => self.trace_out,
            CheckOption::Symmetry => self.symmetry,
        }
    }

    /// Refuses options that would be ignored.
    pub(super) fn refuse(&self, ignored: &[CheckOption], why: &'static str) -> Result<(), Refusal> {
        match ignored.iter().find(|option| self.has(**option)) {
            Some(option) => Err(Refusal::NoEffect { option: *option, why }),
            None => Ok(()),
        }
    }

    /// Refuses the nightly tier.
    pub(super) fn refuse_nightly(&self, model: &'static str) -> Result<(), Refusal> {
        match self.tier {
            Some(tier @ Tier::Nightly) => Err(Refusal::NoTier { model, tier }),
            _ => Ok(()),
        }
    }
}
