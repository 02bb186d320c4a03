//! Vectors for the toy, and implementations that are wrong in one way.

use std::collections::BTreeMap;

use ioschain_vectors::format::manifest::{HandlerDescription, NoSecondFault, RejectionRow};
use ioschain_vectors::format::suite::VectorSuite;
use ioschain_vectors::format::vector::{Expect, FLAG_SECOND_FAULT, HandlerKind, Step, VectorFile};
use ioschain_vectors::make::generate::{Sources, generate_tree};
use ioschain_vectors::run::adapter::{Hello, Implementation, Reply};
use serde_json::{Value, json};

use crate::toy::Toy;

pub(crate) fn vector_file(
    module: &str,
    handler: &str,
    suite: &str,
    kind: HandlerKind,
) -> VectorFile {
    VectorFile {
        suite: suite.to_owned(),
        module: module.to_owned(),
        handler: handler.to_owned(),
        profile: "standard".to_owned(),
        kind,
        doc: "A file for tests.".to_owned(),
        cases: Vec::new(),
        shared: Vec::new(),
    }
}

fn number_file() -> VectorFile {
    let mut file = vector_file("encoding", "number", "basic", HandlerKind::Codec);
    let doc = "Given a codec, when bytes are read, then the number is how many there are.";
    file.add(
        "two",
        doc,
        &["ENC-DECODE-01"],
        json!({"bytes": "0000"}),
        Expect::Ok(json!({"number": 2})),
    );
    let long = json!({"bytes": {"repeat": {"hex": "00", "times": 70_000}}});
    file.add("long", doc, &["ENC-DECODE-01"], long, Expect::Ok(json!({"number": 70_000})));
    for (slug, bytes) in [("one", "01"), ("half-a-byte", "0")] {
        let malformed = Expect::rejected("ENC_MALFORMED");
        file.add(slug, doc, &["ENC-DECODE-01"], json!({ "bytes": bytes }), malformed);
    }
    file
}

fn half_file() -> VectorFile {
    let mut file = vector_file("toy", "half", "basic", HandlerKind::Function);
    let doc = "Given a number, when it is halved, then half of it comes out, or a refusal.";
    for number in [0, 8, 100] {
        let expect = Expect::Ok(json!({ "number": number / 2 }));
        let slug = format!("even-{number}");
        file.add(&slug, doc, &["TOY-HALF-01"], json!({ "number": number }), expect);
    }
    for (number, code) in [(7, "TOY_ODD"), (102, "TOY_LARGE"), (200, "TOY_LARGE")] {
        let slug = format!("refused-{number}");
        file.add(&slug, doc, &["TOY-HALF-01"], json!({ "number": number }), Expect::rejected(code));
    }
    let odd_and_large = json!({"number": 201});
    file.add("odd-and-large", doc, &["TOY-HALF-01"], odd_and_large, Expect::rejected("TOY_ODD"))
        .flag(FLAG_SECOND_FAULT);
    file
}

fn counter_file() -> VectorFile {
    let mut file = vector_file("toy", "counter", "basic", HandlerKind::Scenario);
    let doc = "Given a counter, when numbers are added, then it holds their sum.";
    let step = |add: u64, expect: Expect, count: u64| Step {
        input: json!({ "add": add }),
        expect,
        root: Some(format!("{count:08x}")),
    };
    let sum = |count: u64| Expect::Ok(json!({ "count": count }));
    let steps = vec![step(2, sum(3), 3), step(4, sum(7), 7)];
    file.add_scenario(
        "sum",
        doc,
        &["TOY-COUNT-01"],
        json!({"count": 1}),
        steps,
        json!({"count": 7}),
    );
    for start in [1, 5] {
        let zero = step(0, Expect::rejected("TOY_ZERO"), start);
        let steps = vec![zero, step(2, sum(start + 2), start + 2)];
        let state = json!({ "count": start + 2 });
        let slug = format!("zero-is-refused-{start}");
        file.add_scenario(&slug, doc, &["TOY-COUNT-01"], json!({ "count": start }), steps, state);
    }
    file
}

pub(crate) fn sources() -> Sources {
    let codes = ["ENC_MALFORMED", "TOY_ODD", "TOY_LARGE", "TOY_ZERO"];
    let rejections = codes.into_iter().zip(0..).map(|(code, precedence)| RejectionRow {
        code: code.to_owned(),
        requirements: vec!["TOY-HALF-01".to_owned()],
        meaning: "the toy refuses".to_owned(),
        precedence,
    });
    let describe = |name: &str| HandlerDescription {
        name: name.to_owned(),
        doc: "A handler of the toy.".to_owned(),
        input: json!({}),
        output: json!({}),
        step: Value::Null,
    };
    let none = ["ENC_MALFORMED", "TOY_LARGE", "TOY_ZERO"].map(|code| NoSecondFault {
        code: code.to_owned(),
        reason: "it is the last check".to_owned(),
    });
    Sources {
        suite_version: "1.0.0".to_owned(),
        generator: "test 1".to_owned(),
        files: vec![number_file(), half_file(), counter_file()],
        rejections: rejections.collect(),
        codes_without_second_fault: none.to_vec(),
        must_requirements: vec!["TOY-HALF-01".to_owned()],
        handlers: ["encoding.number", "toy.half", "toy.counter"].map(describe).to_vec(),
        types: BTreeMap::from([("Number".to_owned(), json!({"integer": 4}))]),
        profiles: BTreeMap::from([("standard".to_owned(), json!({"largest": 100}))]),
    }
}

pub(crate) fn suite() -> VectorSuite {
    VectorSuite::from_tree(&generate_tree(&sources()).unwrap()).unwrap()
}

/// The toy, with every reply passed through a function that may change it.
pub(crate) struct Altered<F: FnMut(&'static str, Reply) -> Reply> {
    pub(crate) toy: Toy,
    pub(crate) hello: Hello,
    pub(crate) alter: F,
}

/// `alter` gets the operation and the toy's reply.
pub(crate) fn altered<F: FnMut(&'static str, Reply) -> Reply>(alter: F) -> Altered<F> {
    let mut toy = Toy::default();
    let hello = toy.hello();
    Altered { toy, hello, alter }
}

impl<F: FnMut(&'static str, Reply) -> Reply> Implementation for Altered<F> {
    fn hello(&mut self) -> Hello {
        self.hello.clone()
    }

    fn run(&mut self, handler: &str, profile: &str, input: &Value) -> Reply {
        (self.alter)("run", self.toy.run(handler, profile, input))
    }

    fn begin(&mut self, handler: &str, profile: &str, input: &Value) -> Reply {
        (self.alter)("begin", self.toy.begin(handler, profile, input))
    }

    fn step(&mut self, input: &Value) -> Reply {
        (self.alter)("step", self.toy.step(input))
    }

    fn query(&mut self, what: &str) -> Reply {
        let operation = if what == "root" { "root" } else { "state" };
        (self.alter)(operation, self.toy.query(what))
    }

    fn end(&mut self) -> Reply {
        (self.alter)("end", self.toy.end())
    }
}
