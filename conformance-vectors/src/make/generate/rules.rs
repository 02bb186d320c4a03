//! The rules that every suite obeys. A suite that breaks one is not written.

use std::collections::{BTreeMap, BTreeSet};

use ioschain_model::words::count;
use serde_json::Value;
use thiserror::Error;

use super::Sources;
use crate::format::canonical_json::CanonicalError;
use crate::format::manifest::{self, FileEntry};
use crate::format::repeat::{self, RepeatError};
use crate::format::skips;
use crate::format::tree::Tree;
use crate::format::vector::{
    Case, CaseKind, FLAG_REFUSED_BY_VALUE, FLAG_SECOND_FAULT, HandlerKind, ShapeError, VectorFile,
};

/// The most bytes of one file of vectors.
pub const FILE_BYTES_MAX: u32 = 256_000;
/// The most bytes of the whole tree.
pub const TREE_BYTES_MAX: usize = 6_000_000;
/// The most bytes of what comes from the models.
const TRACE_BYTES_MAX: u32 = 1_500_000;
/// The least share of negative cases, in percent.
pub const NEGATIVE_PERCENT_MIN: usize = 40;
/// The least number of cases for each rejection.
const CASES_PER_CODE_MIN: usize = 2;

/// A rule that is broken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "the message of each says what its fields are")]
pub enum Problem {
    #[error("the suite version `{0}` is not of the form 1.0.0")]
    Version(String),
    #[error("{path}: {source}")]
    Shape { path: String, source: ShapeError },
    #[error("two files are called {0}")]
    DuplicatePath(String),
    #[error("two cases are called `{0}`; ids are unique")]
    DuplicateId(String),
    #[error(
        "case `{0}`: its doc must say what is given, when what happens, then what follows, and end with a full stop"
    )]
    Doc(String),
    #[error("case `{0}` names no requirement")]
    NoRequirement(String),
    #[error("case `{id}` names the requirement `{requirement}`; ids look like LED-STATIC-01")]
    RequirementName { id: String, requirement: String },
    #[error("case `{id}` expects the code `{code}`, which no rejection has")]
    UnknownCode { id: String, code: String },
    #[error(
        "case `{0}` is negative, and neither expects a rejection nor has the flag `refused-by-value`, or the other way round"
    )]
    Kind(String),
    #[error("case `{id}`: {source}")]
    Repeat { id: String, source: RepeatError },
    #[error("two rejections have the code `{0}`")]
    DuplicateCode(String),
    #[error("the rejection `{0}` is not listed in the order of its precedence")]
    Precedence(String),
    #[error(
        "the code `{code}` is expected by {}; at least {CASES_PER_CODE_MIN} are needed",
        count(.cases, "case")
    )]
    CodeTooRare { code: String, cases: usize },
    #[error(
        "no case with the flag `second-fault` expects the code `{0}`; add one, or declare that there is none, and why"
    )]
    SecondFaultMissing(String),
    #[error("the code `{code}` is declared to have no case with a second fault, and `{id}` is one")]
    SecondFaultDeclared { code: String, id: String },
    #[error("`{0}` is declared to have no second fault, and no rejection has this code")]
    SecondFaultUnknown(String),
    #[error("the requirement {requirement} has no {kind} case")]
    RequirementUntested { requirement: String, kind: &'static str },
    #[error(
        "negative: {negative} of {}; at least {NEGATIVE_PERCENT_MIN} % are needed",
        count(.cases, "case")
    )]
    TooFewNegative { negative: usize, cases: usize },
    #[error("the handler `{0}` has cases and no description of its input and output")]
    HandlerUndescribed(String),
    #[error("the handler `{handler}` is described by the type `{name}`, which is not described")]
    TypeUndescribed { handler: String, name: String },
    #[error("the profile `{0}` has cases and no parameters")]
    ProfileUndescribed(String),
    #[error("{path}: {source}")]
    Canonical { path: String, source: CanonicalError },
    #[error(
        "{path} has {}, more than {FILE_BYTES_MAX}; split the suite or use `repeat`",
        count(.bytes, "byte")
    )]
    FileTooLarge { path: String, bytes: u32 },
    #[error("the traces of the models have {}, more than {TRACE_BYTES_MAX}", count(.bytes, "byte"))]
    TracesTooLarge { bytes: u32 },
    #[error("the tree has {}, more than {TREE_BYTES_MAX}", count(.bytes, "byte"))]
    TreeTooLarge { bytes: usize },
}

/// Every rule that the sources break.
pub(super) fn check(sources: &Sources) -> Vec<Problem> {
    let mut problems = Vec::new();
    if skips::version(&sources.suite_version).is_none() {
        problems.push(Problem::Version(sources.suite_version.clone()));
    }
    check_files(sources, &mut problems);
    check_types(sources, &mut problems);
    check_rejections(sources, &mut problems);
    check_second_faults(sources, &mut problems);
    check_requirements(sources, &mut problems);
    check_share(sources, &mut problems);
    problems
}

/// The files that are too large.
pub(super) fn check_file_sizes(files: &[FileEntry]) -> Vec<Problem> {
    let large = files.iter().filter(|file| file.bytes > FILE_BYTES_MAX);
    let too_large = |file: &FileEntry| {
        let (path, bytes) = (file.path.clone(), file.bytes);
        Problem::FileTooLarge { path, bytes }
    };
    let traces = files.iter().filter(|file| file.kind == HandlerKind::Trace);
    let bytes = traces.map(|file| file.bytes).sum();
    let traces = (bytes > TRACE_BYTES_MAX).then_some(Problem::TracesTooLarge { bytes });
    large.map(too_large).chain(traces).collect()
}

/// Whether the whole is too large.
pub(super) fn check_tree_size(tree: &Tree) -> Option<Problem> {
    let bytes = tree.values().map(Vec::len).sum();
    (bytes > TREE_BYTES_MAX).then_some(Problem::TreeTooLarge { bytes })
}

fn check_files(sources: &Sources, problems: &mut Vec<Problem>) {
    let codes: BTreeSet<&str> = sources.rejections.iter().map(|row| row.code.as_str()).collect();
    let (mut paths, mut ids) = (BTreeSet::new(), BTreeSet::new());
    let (mut undescribed, mut unparametrised) = (BTreeSet::new(), BTreeSet::new());
    for file in &sources.files {
        let path = file.path();
        if let Err(source) = file.check_shape() {
            problems.push(Problem::Shape { path: path.clone(), source });
        }
        if !paths.insert(path.clone()) {
            problems.push(Problem::DuplicatePath(path));
        }
        let handler = file.handler_name();
        if !sources.handlers.iter().any(|described| described.name == handler) {
            undescribed.insert(handler);
        }
        if !sources.profiles.contains_key(&file.profile) {
            unparametrised.insert(file.profile.clone());
        }
        for case in &file.cases {
            if !ids.insert(case.id.as_str()) {
                problems.push(Problem::DuplicateId(case.id.clone()));
            }
            check_case(case, &codes, problems);
        }
    }
    problems.extend(undescribed.into_iter().map(Problem::HandlerUndescribed));
    problems.extend(unparametrised.into_iter().map(Problem::ProfileUndescribed));
}

fn check_case(case: &Case, codes: &BTreeSet<&str>, problems: &mut Vec<Problem>) {
    let id = || case.id.clone();
    let doc = case.doc.to_lowercase();
    if !["given", "when", "then"].iter().all(|word| doc.contains(word)) || !doc.ends_with('.') {
        problems.push(Problem::Doc(id()));
    }
    if case.requirements.is_empty() {
        problems.push(Problem::NoRequirement(id()));
    }
    for requirement in case.requirements.iter().filter(|name| !is_requirement(name)) {
        problems.push(Problem::RequirementName { id: id(), requirement: requirement.clone() });
    }
    let expected = case.expectations().filter_map(|expect| expect.code());
    for code in expected.filter(|code| !codes.contains(code)) {
        problems.push(Problem::UnknownCode { id: id(), code: code.to_owned() });
    }
    let refused = case.expectations().any(|expect| expect.code().is_some());
    let refused_by_value = case.flags.iter().any(|flag| flag == FLAG_REFUSED_BY_VALUE);
    if (case.kind == CaseKind::Negative) != (refused || refused_by_value) {
        problems.push(Problem::Kind(id()));
    }
    if let Err(source) = check_repeats(case) {
        problems.push(Problem::Repeat { id: id(), source });
    }
}

/// Whether every `repeat` of the case can be written out.
fn check_repeats(case: &Case) -> Result<(), RepeatError> {
    repeat::expand(&case.input)?;
    for step in &case.steps {
        repeat::expand(&step.input)?;
    }
    for expect in case.expectations() {
        if let crate::format::vector::Expect::Ok(value) = expect {
            repeat::expand(value)?;
        }
    }
    case.state.as_ref().map_or(Ok(()), |state| repeat::expand(state).map(|_| ()))
}

/// Upper-case words and a number, joined by hyphens.
fn is_requirement(name: &str) -> bool {
    let parts: Vec<&str> = name.split('-').collect();
    let is_word =
        |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_uppercase());
    let is_number = |part: &&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    match parts.split_last() {
        Some((number, words)) => words.len() >= 2 && words.iter().all(is_word) && is_number(number),
        None => false,
    }
}

/// Every type that describes a handler is described itself.
fn check_types(sources: &Sources, problems: &mut Vec<Problem>) {
    for handler in &sources.handlers {
        let mut named = BTreeSet::new();
        for description in [&handler.input, &handler.output, &handler.step] {
            collect_types(description, &mut named);
        }
        let unknown = named.into_iter().filter(|name| !sources.types.contains_key(name));
        problems.extend(
            unknown.map(|name| Problem::TypeUndescribed { handler: handler.name.clone(), name }),
        );
    }
}

/// The words with a capital letter: a description names types, and remarks in brackets have none
/// else.
fn collect_types(description: &Value, named: &mut BTreeSet<String>) {
    match description {
        Value::String(text) => {
            let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
            let types = words.filter(|word| word.starts_with(|l: char| l.is_ascii_uppercase()));
            named.extend(types.map(str::to_owned));
        }
        Value::Object(members) => members.values().for_each(|member| collect_types(member, named)),
        _ => {}
    }
}

fn check_rejections(sources: &Sources, problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    let mut last = None;
    for row in &sources.rejections {
        if !seen.insert(&row.code) {
            problems.push(Problem::DuplicateCode(row.code.clone()));
        }
        if last.is_some_and(|last| last >= row.precedence) {
            problems.push(Problem::Precedence(row.code.clone()));
        }
        last = Some(row.precedence);
        let cases = cases(sources).filter(|case| case.expects_code(&row.code)).count();
        if cases < CASES_PER_CODE_MIN {
            problems.push(Problem::CodeTooRare { code: row.code.clone(), cases });
        }
    }
}

fn check_second_faults(sources: &Sources, problems: &mut Vec<Problem>) {
    for row in &sources.rejections {
        let found = cases(sources)
            .filter(|case| case.flags.iter().any(|flag| flag == FLAG_SECOND_FAULT))
            .find(|case| case.expects_code(&row.code));
        let declared = sources.codes_without_second_fault.iter().any(|none| none.code == row.code);
        match (found, declared) {
            (None, false) => problems.push(Problem::SecondFaultMissing(row.code.clone())),
            (Some(case), true) => problems
                .push(Problem::SecondFaultDeclared { code: row.code.clone(), id: case.id.clone() }),
            _ => {}
        }
    }
    for none in &sources.codes_without_second_fault {
        if !sources.rejections.iter().any(|row| row.code == none.code) {
            problems.push(Problem::SecondFaultUnknown(none.code.clone()));
        }
    }
}

fn check_requirements(sources: &Sources, problems: &mut Vec<Problem>) {
    let tested: BTreeMap<String, (u32, u32)> = manifest::requirement_entries(cases(sources))
        .into_iter()
        .map(|entry| (entry.id, (entry.positive, entry.negative)))
        .collect();
    for requirement in &sources.must_requirements {
        let (positive, negative) = tested.get(requirement).copied().unwrap_or_default();
        for (kind, count) in [("positive", positive), ("negative", negative)] {
            if count == 0 {
                problems
                    .push(Problem::RequirementUntested { requirement: requirement.clone(), kind });
            }
        }
    }
}

fn check_share(sources: &Sources, problems: &mut Vec<Problem>) {
    let all = cases(sources).count();
    let negative = cases(sources).filter(|case| case.kind == CaseKind::Negative).count();
    if negative * 100 < all * NEGATIVE_PERCENT_MIN {
        problems.push(Problem::TooFewNegative { negative, cases: all });
    }
}

fn cases(sources: &Sources) -> impl Iterator<Item = &Case> {
    let files: &[VectorFile] = &sources.files;
    files.iter().flat_map(|file| file.cases.iter())
}
