//! `README.md` of the tree: what there is, and how to plug in. Its dialogue is made of real cases.

use std::collections::BTreeMap;
use std::fmt::Write;

use ioschain_model::words::count;
use serde_json::{Value, json};

use super::Sources;
use crate::format::canonical_json;
use crate::format::manifest::{FileEntry, Manifest};
use crate::format::vector::{Case, CaseKind, Expect, VectorFile};
use crate::run::adapter::{Hello, Operation, PROTOCOL, Request};
use crate::run::report::cut;

/// The longest line of the dialogue, in characters.
const LINE_MAX: usize = 800;

pub(super) fn readme(sources: &Sources, manifest: &Manifest) -> String {
    let mut page = String::new();
    introduction(manifest, &mut page);
    suites(manifest, &mut page);
    page.push_str(READING);
    plugging_in(sources, &mut page);
    page.push_str(JUDGING);
    page
}

fn introduction(manifest: &Manifest, page: &mut String) {
    let share = (u64::from(manifest.negative) * 100).checked_div(u64::from(manifest.cases));
    let _ = write!(
        page,
        "# Conformance vectors\n\n\
         These vectors test whether an implementation of IOSChain, in any language, follows the \
         specification. Suite {} has {}. In {} of them ({} %) the input must be refused.\n\n\
         This page, `MANIFEST.json`, `REJECTIONS.json`, `profiles/`, `schema/` and `v1/` are \
         generated from the specification. `cargo run --release -- vectors generate` writes them, and \
         `… vectors generate --check` tells you whether they are up to date. To change them, change \
         the generators.\n\n",
        manifest.suite_version,
        count(manifest.cases, "case"),
        manifest.negative,
        share.unwrap_or(0),
    );
}

fn suites(manifest: &Manifest, page: &mut String) {
    page.push_str("## What there is\n\n| handler | profile | kind | cases | negative | files |\n|---|---|---|---:|---:|---:|\n");
    let mut by_handler: BTreeMap<(&str, &str), Vec<&FileEntry>> = BTreeMap::new();
    for file in &manifest.files {
        by_handler.entry((&file.handler, &file.profile)).or_default().push(file);
    }
    for ((handler, profile), files) in by_handler {
        let kind =
            files.first().map(|file| format!("{:?}", file.kind).to_lowercase()).unwrap_or_default();
        let cases: u32 = files.iter().map(|file| file.cases).sum();
        let negative: u32 = files.iter().map(|file| file.negative).sum();
        let _ = writeln!(
            page,
            "| `{handler}` | {profile} | {kind} | {cases} | {negative} | {} |",
            files.len()
        );
    }
    page.push('\n');
}

const READING: &str = r#"## Reading the files

`v1/<profile>/<module>/<handler>/<suite>.json` holds one case on each line. Every case has a permanent `id`, a `doc` sentence, the `requirements` it tests, an `input`, and the expected answer: `{"ok": value}` or `{"rejected": {"code": …}}`.

`REJECTIONS.json` lists the codes in the order of the checks. If an input has two faults, the fault that is listed first is reported. There are four exceptions:

- A request can hold several things of one kind: inputs with their witnesses, proofs, entries of a block. They are checked one after the other. A fault of an earlier witness is reported before any fault of a later one.
- The codes of certificates are listed once, with proofs. The certificate of a closing entry is checked after the fields of the entry.
- The codes of group elements and of scalars are listed once, with secret sharing.
- A transcript is checked in the order in which `drp.list_checks` names the checks. The check `ticket and rank` replays the log of the transcript and gives the codes of the log, tickets, failures and timeouts.

The flag `second-fault` marks a case in which the order decides. `schema/handlers/` describes the input and output of each handler, and `schema/types.json` the wire types that it names:

| in `schema/types.json` | on the wire | in JSON |
|---|---|---|
| `{"integer": n}` | n bytes, little-endian, unsigned | a number; a `u64`, of 8 bytes, is a decimal string |
| `{"array": {"length": n, "of": T}}` | n times T | an array; of `u8`: lower-case hex |
| `{"sequence": {"most": n, "of": T}}` | `u32` length, at most n, then so many T | likewise |
| `{"map": {"most": n, "of": T}}` | likewise, the keys strictly increasing by their values | an array of `[key, value]`; without values, a set, an array of keys |
| `{"struct": [{"name", "type"}, …]}` | the fields in this order | an object |
| `{"tuple": [T, …]}` | the fields in this order | an array; a single field is written without an array |
| `{"enum": [{"tag", "name", "type"}, …]}` | `u8` tag, then the fields | `"Name"` without fields, else `{"Name": fields}`; an `Option` is `null` or the value |
| `{"nothing": true}` | no bytes | left out |

`bytes` in the description of a handler is hex of any length. Two abbreviations keep the files small:

- In place of a hex string, a file can have `{"repeat": {"prefix": "01", "hex": "00", "times": 3, "suffix": "ff"}}`, which means `01000000ff`. `prefix` and `suffix` can be missing.
- In place of any value, a case can have `{"shared": 3}`, which means entry 3, counted from 0, of the file's list `shared`. An entry of this list can refer to earlier entries.

An adapter receives both written out.

| kind | how it is asked |
|---|---|
| codec | The input `{"bytes": hex}` must give the value. The runner then asks the same handler `{"value": value}`, and the answer must be `{"bytes": hex}`. Malformed bytes must be rejected |
| function, draw | one input, one answer |
| scenario, trace | The runner sends `begin` with the whole state and then each of `steps`, and at the end it compares the whole `state`. After a step with a `root`, the root of the state must be this one. After a step without a `root`, the root must be the same as before, because a rejection, or a stored answer that is repeated, changes nothing |

"#;

fn plugging_in(sources: &Sources, page: &mut String) {
    page.push_str(
        "## Plugging in\n\n\
         Read the files yourself, or write an adapter: a program that answers each line on its \
         standard input with one line on its standard output, one JSON object each. It needs no \
         library. What you write to standard error is shown to the user.\n\n\
         ```sh\ncargo run --release -- vectors run --adapter \"python3 my_adapter.py\"\n```\n\n\
         `>` is what the adapter reads, `<` what it writes (long lines are cut here with `…`):\n\n```\n",
    );
    for line in dialogue(sources) {
        page.push_str(&line);
        page.push('\n');
    }
    page.push_str("```\n\n");
    page.push_str(ANSWERS);
}

const ANSWERS: &str = r#"Any request may also be answered with `{"id": …, "unsupported": {"reason": …}}` or `{"id": …, "error": {"detail": …}}`. So there are five outcomes: `ok`, `rejected`, `unsupported`, `error`, and no answer in time. A crash is an error and never a rejection. After a crash or a missing answer the runner starts a new process. `begin` ends a scenario that is still open. The expected answer never reaches the adapter.

"#;

/// A worked dialogue: the hello, an accepted case, a refused one, and a scenario.
fn dialogue(sources: &Sources) -> Vec<String> {
    let hello = Hello {
        name: "my-node".to_owned(),
        version: "0.1.0".to_owned(),
        handlers: vec!["*".to_owned()],
        profiles: sources.profiles.keys().cloned().collect(),
        exact_codes: true,
    };
    let mut exchange = Exchange { lines: Vec::new(), next_id: 0 };
    exchange.add(
        Operation::Hello {
            protocol: PROTOCOL,
            suite: sources.suite_version.clone(),
            profiles: sources.profiles.keys().cloned().collect(),
        },
        &json!({ "ok": hello }),
    );
    for kind in [CaseKind::Positive, CaseKind::Negative] {
        let shortest = shortest(sources, |file, case| !file.kind.has_steps() && case.kind == kind);
        if let Some((file, case)) = shortest {
            let (handler, profile, input) =
                (file.handler_name(), file.profile.clone(), case.input.clone());
            let answer = case.expect.as_ref().map(answer_value).unwrap_or_default();
            exchange.add(Operation::Run { handler, profile, input }, &answer);
        }
    }
    if let Some((file, case)) = shortest(sources, |_, case| begins_with_root(case)) {
        exchange.scenario(file, case);
    }
    exchange.lines
}

struct Exchange {
    lines: Vec<String>,
    next_id: u64,
}

impl Exchange {
    fn add(&mut self, operation: Operation, answer: &Value) {
        let id = self.next_id;
        self.next_id += 1;
        let request = serde_json::to_value(Request { id, operation }).unwrap_or_default();
        let mut response = answer.clone();
        response["id"] = Value::from(id);
        self.lines.push(format!("> {}", line(&request)));
        self.lines.push(format!("< {}", line(&response)));
    }

    fn scenario(&mut self, file: &VectorFile, case: &Case) {
        let (handler, profile, input) =
            (file.handler_name(), file.profile.clone(), case.input.clone());
        self.add(Operation::Begin { handler, profile, input }, &json!({ "ok": null }));
        let mut root = None;
        for step in &case.steps {
            self.add(Operation::Step { input: step.input.clone() }, &answer_value(&step.expect));
            root = step.root.as_ref().or(root);
            if let Some(root) = root {
                self.add(Operation::Query { what: "root".to_owned() }, &json!({ "ok": root }));
            }
        }
        let state = case.state.clone().unwrap_or_default();
        self.add(Operation::Query { what: "state".to_owned() }, &json!({ "ok": state }));
        self.add(Operation::End, &json!({ "ok": null }));
    }
}

/// Whether the first step changes the root, so that the runner need not ask for it before.
fn begins_with_root(case: &Case) -> bool {
    case.steps.first().is_some_and(|step| step.root.is_some())
}

/// The case with the shortest text among those wanted; of several the first by id.
fn shortest(
    sources: &Sources,
    wanted: impl Fn(&VectorFile, &Case) -> bool,
) -> Option<(&VectorFile, &Case)> {
    let cases =
        sources.files.iter().flat_map(|file| file.cases.iter().map(move |case| (file, case)));
    cases.filter(|(file, case)| wanted(file, case)).min_by_key(|(_, case)| {
        let text = serde_json::to_string(case).unwrap_or_default();
        (text.len(), case.id.clone())
    })
}

fn answer_value(expect: &Expect) -> Value {
    serde_json::to_value(expect).unwrap_or_default()
}

/// The value on one line; cut where it is too long to be read.
fn line(value: &Value) -> String {
    cut(&canonical_json::line(value).unwrap_or_default(), LINE_MAX)
}

const JUDGING: &str = r#"## What the result means

| level | cases | what must hold |
|---|---|---|
| L0 | modules `encoding` and `primitives`, without profile `tiny` | every answer is right |
| L1 | codecs, functions and draws of every module, without profile `tiny` | every answer is right |
| L2 | scenarios as well | every answer is right, and every rejection has its exact code |
| L3 | profile `tiny` as well: every step of small configurations of the models, everything that they refuse, and the primitives and the randomness protocol over toy groups | the same |

An adapter that says `"exact_codes": false` may refuse with any code up to L1. A level is granted only if all of its cases were run, and each of them passed or is declared in a `skips.toml`:

```toml
[[skip]]
match = "atomix.unlock_abort.*"
category = "not-implemented" # or "known-bug", "disputed"
reason = "aborts are planned for the next release"
link = "https://example.org/issues/7"
expiry = "3.0.0" # the skip is refused from this version of the suite on
```

Skipped cases are run all the same. A skipped case that passes is an error. An entry that matches no case, or that has expired, is an error, too.

`cargo run --release -- vectors self-test` tests whether the vectors can fail. It runs implementations that are wrong on purpose, one for each code and one for each invariant, and the vectors must catch each of them.
"#;
