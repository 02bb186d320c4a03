//! The sections of the white paper, and where this repository keeps each of them.
//!
//! [`Section`] is the only table of sections. The README files, the evidence of `ioschain verify`,
//! the gap ledger, the traceability tests and the registry of models take their sections from it,
//! or are tested against it.

use std::fmt;

/// A section of the white paper.
///
/// The paper's sections 1 (background) and 2 (related work) contain no rules. Their numbers are
/// used for what the other sections need: the conventions with the primitives, and the identity
/// shard.
///
/// ```
/// use ioschain_spec::Section;
///
/// assert_eq!(Section::Atomix.to_string(), "7 Inter-shard transactions (Atomix)");
/// assert_eq!(Section::of_requirement("DRP-COMMIT-03"), Some(Section::Drp));
/// assert_eq!(Section::of_number(9), Some(Section::Storage));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// What all sections share: encoding, cryptographic primitives, parameters and rejections.
    Conventions,
    /// The ordered log of certified entries that all shards read.
    Identity,
    /// Outputs, transactions, the state of a shard, and its blocks.
    Ledger,
    /// How validators produce a random number that nobody can bias.
    Drp,
    /// How validators register, how leaders are drawn, and how validators are assigned to shards.
    Sharding,
    /// How validators move between shards while the system operates.
    Epochs,
    /// How a transaction with inputs in several shards is committed or aborted in all of them.
    Atomix,
    /// How the validators of a shard agree on blocks.
    Consensus,
    /// How a shard forgets old transactions.
    Storage,
}

/// One row of the table of sections.
struct Row {
    number: u8,
    title: &'static str,
    /// The public modules of this crate that specify the section.
    modules: &'static [&'static str],
    /// The first parts of the section's requirement ids, such as `ATX`.
    requirement_codes: &'static [&'static str],
    /// The modules of the conformance vectors that test the section: names of directories, and
    /// first parts of case ids.
    vector_modules: &'static [&'static str],
}

impl Section {
    /// All sections, in the paper's order.
    pub const ALL: [Self; 9] = [
        Self::Conventions,
        Self::Identity,
        Self::Ledger,
        Self::Drp,
        Self::Sharding,
        Self::Epochs,
        Self::Atomix,
        Self::Consensus,
        Self::Storage,
    ];

    /// The row of this section.
    const fn row(self) -> Row {
        match self {
            Self::Conventions => Row {
                number: 1,
                title: "Conventions and primitives",
                modules: &["primitives", "suite", "parameters"],
                requirement_codes: &["ENC", "CRY"],
                vector_modules: &["encoding", "primitives"],
            },
            Self::Identity => Row {
                number: 2,
                title: "Identity shard",
                modules: &["identity"],
                requirement_codes: &[],
                vector_modules: &[],
            },
            // Blocks contain the messages of every section, so `chain` is built on top of all
            // others.
            Self::Ledger => Row {
                number: 3,
                title: "Blockchain architecture",
                modules: &["ledger", "chain"],
                requirement_codes: &["LED"],
                vector_modules: &["ledger"],
            },
            Self::Drp => Row {
                number: 4,
                title: "Distributed randomness (DRP)",
                modules: &["drp"],
                requirement_codes: &["DRP"],
                vector_modules: &["drp"],
            },
            // The vectors of registration have ids `identity.…`, and ids are permanent.
            Self::Sharding => Row {
                number: 5,
                title: "Efficient distributed sharding (EDS)",
                modules: &["sharding"],
                requirement_codes: &["EDS"],
                vector_modules: &["identity", "sharding"],
            },
            Self::Epochs => Row {
                number: 6,
                title: "Epoch transitions (TransEpoch)",
                modules: &[],
                requirement_codes: &["TRE"],
                vector_modules: &[],
            },
            // MSB-CLOSE is the part of §9 that Atomix needs. It moves there when §9 is specified.
            Self::Atomix => Row {
                number: 7,
                title: "Inter-shard transactions (Atomix)",
                modules: &["atomix"],
                requirement_codes: &["ATX", "MSB"],
                vector_modules: &["atomix"],
            },
            Self::Consensus => Row {
                number: 8,
                title: "Consensus mechanism",
                modules: &[],
                requirement_codes: &["TOK", "POB", "BFT"],
                vector_modules: &[],
            },
            Self::Storage => Row {
                number: 9,
                title: "Blockchain storage pruning",
                modules: &[],
                requirement_codes: &[],
                vector_modules: &[],
            },
        }
    }

    /// The number of the section in the paper.
    pub const fn number(self) -> u8 {
        self.row().number
    }

    /// The title of the section. It follows the paper's title.
    pub const fn title(self) -> &'static str {
        self.row().title
    }

    /// The public top-level modules of this crate that specify the section. The list is empty if
    /// the section is not specified yet.
    pub const fn modules(self) -> &'static [&'static str] {
        self.row().modules
    }

    /// The codes with which the section's requirement ids begin.
    pub const fn requirement_codes(self) -> &'static [&'static str] {
        self.row().requirement_codes
    }

    /// The modules of the conformance vectors that test the section.
    pub const fn vector_modules(self) -> &'static [&'static str] {
        self.row().vector_modules
    }

    /// The section with a number.
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.number() == number)
    }

    /// The section that a requirement id or a rejection's code belongs to, by its first part.
    pub fn of_requirement(id: &str) -> Option<Self> {
        let code = id.split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|section| section.requirement_codes().contains(&code))
    }

    /// The section that a module of the conformance vectors tests.
    pub fn of_vector_module(module: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|section| section.vector_modules().contains(&module))
    }
}

/// Writes the number and the title.
impl fmt::Display for Section {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&format!("{} {}", self.number(), self.title()))
    }
}
