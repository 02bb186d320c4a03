//! Putting one case to an implementation.

use serde_json::{Value, json};

use super::difference::{difference, shorten};
use crate::format::repeat;
use crate::format::vector::{Case, Expect, HandlerKind, Step, VectorFile};
use crate::run::adapter::{Implementation, Reply};
use crate::run::report::{Failure, FailureKind, Outcome};

/// What comes out when `case` is asked. `any_code` lets a rejection carry any code.
pub(super) fn ask(
    implementation: &mut dyn Implementation,
    reference: &mut Option<&mut dyn Implementation>,
    file: &VectorFile,
    case: &Case,
    any_code: bool,
) -> Outcome {
    let mut question = Question { implementation, file, case, any_code, exact_code: true };
    let outcome = match (file.kind.has_steps(), &case.expect) {
        (false, Some(expect)) => question.function(expect),
        _ => question.scenario(reference),
    };
    match outcome {
        Ok(()) => Outcome::Passed { exact_code: question.exact_code },
        Err(outcome) => *outcome,
    }
}

struct Question<'a> {
    implementation: &'a mut dyn Implementation,
    file: &'a VectorFile,
    case: &'a Case,
    any_code: bool,
    /// Whether every rejection so far had the expected code.
    exact_code: bool,
}

/// Nothing while all is well, else what the case comes to.
type Verdict = Result<(), Box<Outcome>>;

impl Question<'_> {
    fn function(&mut self, expect: &Expect) -> Verdict {
        let input = expanded(&self.case.input)?;
        let reply = self.implementation.run(&self.file.handler_name(), &self.file.profile, &input);
        self.judge("answer", &self.case.input, expect, reply)?;
        match (self.file.kind, expect) {
            (HandlerKind::Codec, Expect::Ok(value)) => self.encode_back(value),
            _ => Ok(()),
        }
    }

    /// The second half of a codec: the value must give the bytes again.
    fn encode_back(&mut self, value: &Value) -> Verdict {
        let question = json!({ "value": value });
        let input = expanded(&question)?;
        let reply = self.implementation.run(&self.file.handler_name(), &self.file.profile, &input);
        let bytes = Expect::Ok(self.case.input.clone());
        self.judge("encoding the value back", &question, &bytes, reply)
    }

    fn scenario(&mut self, reference: &mut Option<&mut dyn Implementation>) -> Verdict {
        let verdict = self.steps(reference);
        // After a crash or a timeout there is no scenario left to close.
        let lost = verdict.as_ref().is_err_and(|outcome| {
            matches!(**outcome, Outcome::Error { .. } | Outcome::Timeout { .. })
        });
        if !lost {
            let reply = self.implementation.end();
            verdict.and_then(|()| accepted("end", reply).map(|_| ()))
        } else {
            verdict
        }
    }

    fn steps(&mut self, reference: &mut Option<&mut dyn Implementation>) -> Verdict {
        let case = self.case;
        let input = expanded(&case.input)?;
        let reply =
            self.implementation.begin(&self.file.handler_name(), &self.file.profile, &input);
        if let Reply::Rejected(code) = reply {
            let (expected, got) =
                (json!({ "ok": "any value" }), answer_value(&Expect::rejected(code)));
            let kind = FailureKind::RejectedButMustAccept;
            return Err(failure(kind, "begin", &case.input, &expected, &got, None));
        }
        accepted("begin", reply)?;
        let mut root = match case.steps.first() {
            Some(Step { root: None, .. }) => {
                accepted("root at the start", self.implementation.query("root"))?
            }
            _ => Value::Null,
        };
        for (place, step) in case.steps.iter().enumerate() {
            let number = place + 1;
            let reply = self.implementation.step(&expanded(&step.input)?);
            self.judge(&format!("step {number}"), &step.input, &step.expect, reply)?;
            root = step.root.as_deref().map_or(root, Value::from);
            self.check_root(number, step, &root, reference)?;
        }
        match &case.state {
            Some(state) => self.check_state(state),
            None => Ok(()),
        }
    }

    fn check_root(
        &mut self,
        number: usize,
        step: &Step,
        expected: &Value,
        reference: &mut Option<&mut dyn Implementation>,
    ) -> Verdict {
        let place = format!("root after step {number}");
        let got = accepted(&place, self.implementation.query("root"))?;
        if got == *expected {
            return Ok(());
        }
        let explanation = match self.implementation.query("state") {
            Reply::Ok(state) => self.explain(number, &state, reference),
            other => format!("the implementation does not show its state: {other:?}"),
        };
        Err(failure(FailureKind::WrongRoot, &place, &step.input, expected, &got, Some(explanation)))
    }

    /// How `state`, after step `number`, departs from what it should be.
    fn explain(
        &self,
        number: usize,
        state: &Value,
        reference: &mut Option<&mut dyn Implementation>,
    ) -> String {
        let last = number == self.case.steps.len();
        let known =
            self.case.state.as_ref().filter(|_| last).and_then(|state| repeat::expand(state).ok());
        let right = known.or_else(|| {
            reference.as_mut().and_then(|reference| self.replay(number, &mut **reference))
        });
        match right {
            Some(right) if right == *state => {
                "the state is right, so the root is computed wrongly".to_owned()
            }
            Some(right) => difference(&right, state),
            None => {
                format!(
                    "the state it holds:\n{}",
                    crate::format::canonical_json::pretty(&shorten(state))
                )
            }
        }
    }

    /// The state that the reference holds after the first `steps` steps.
    fn replay(&self, steps: usize, reference: &mut dyn Implementation) -> Option<Value> {
        let input = repeat::expand(&self.case.input).ok()?;
        reference.begin(&self.file.handler_name(), &self.file.profile, &input);
        for step in self.case.steps.iter().take(steps) {
            reference.step(&repeat::expand(&step.input).ok()?);
        }
        let reply = reference.query("state");
        reference.end();
        match reply {
            Reply::Ok(state) => Some(state),
            _ => None,
        }
    }

    fn check_state(&mut self, state: &Value) -> Verdict {
        let place = "state after the last step";
        let got = accepted(place, self.implementation.query("state"))?;
        let expected = expanded(state)?;
        if got == expected {
            return Ok(());
        }
        let explanation = Some(difference(&expected, &got));
        let input = self.case.steps.last().map_or(&Value::Null, |step| &step.input);
        Err(failure(FailureKind::WrongState, place, input, &expected, &got, explanation))
    }

    fn judge(&mut self, place: &str, input: &Value, expect: &Expect, reply: Reply) -> Verdict {
        let answer = match reply {
            Reply::Ok(value) => Expect::Ok(value),
            Reply::Rejected(code) => Expect::Rejected { code },
            other => return accepted(place, other).map(|_| ()),
        };
        let expect = match expect {
            Expect::Ok(value) => Expect::Ok(expanded(value)?),
            rejected => rejected.clone(),
        };
        let kind = match (&expect, &answer) {
            (expected, got) if expected == got => return Ok(()),
            (Expect::Rejected { .. }, Expect::Rejected { .. }) if self.any_code => {
                self.exact_code = false;
                return Ok(());
            }
            (Expect::Rejected { .. }, Expect::Rejected { .. }) => FailureKind::WrongCode,
            (Expect::Rejected { .. }, Expect::Ok(_)) => FailureKind::AcceptedButMustReject,
            (Expect::Ok(_), Expect::Rejected { .. }) => FailureKind::RejectedButMustAccept,
            (Expect::Ok(_), Expect::Ok(_)) => FailureKind::WrongValue,
        };
        let explanation = match (&expect, &answer) {
            (Expect::Ok(expected), Expect::Ok(got)) => Some(difference(expected, got)),
            _ => None,
        };
        Err(failure(
            kind,
            place,
            input,
            &answer_value(&expect),
            &answer_value(&answer),
            explanation,
        ))
    }
}

/// The value of an answer that must be `ok`; what else it comes to otherwise.
fn accepted(place: &str, reply: Reply) -> Result<Value, Box<Outcome>> {
    let place = place.to_owned();
    Err(Box::new(match reply {
        Reply::Ok(value) => return Ok(value),
        Reply::Rejected(code) => {
            let detail = format!("refused with {code} where only an answer is possible");
            Outcome::Error { place, detail }
        }
        Reply::Unsupported(reason) => Outcome::Unsupported { place, reason },
        Reply::Error(detail) => Outcome::Error { place, detail },
        Reply::Timeout => Outcome::Timeout { place },
    }))
}

/// The value with its repeats written out. A generated suite has only ones that can be.
fn expanded(value: &Value) -> Result<Value, Box<Outcome>> {
    repeat::expand(value).map_err(|error| {
        Box::new(Outcome::Error {
            place: "the vector itself".to_owned(),
            detail: error.to_string(),
        })
    })
}

fn answer_value(answer: &Expect) -> Value {
    match answer {
        Expect::Ok(value) => json!({ "ok": value }),
        Expect::Rejected { code } => json!({ "rejected": { "code": code } }),
    }
}

fn failure(
    kind: FailureKind,
    place: &str,
    input: &Value,
    expected: &Value,
    got: &Value,
    difference: Option<String>,
) -> Box<Outcome> {
    Box::new(Outcome::Failed(Failure {
        kind,
        place: place.to_owned(),
        input: shorten(input),
        expected: shorten(expected),
        got: shorten(got),
        difference,
    }))
}
