//! The static checks: each fault, each pair of faults, both sides of every boundary, and encodings.

use serde_json::{Value, json};

use ioschain_spec::Rejection;
use ioschain_spec::ledger::{Input, Output, SUPPLY, Transaction};
use ioschain_spec::parameters::Parameters;
use ioschain_spec::primitives::encoding::encode;
use ioschain_spec::primitives::hash::Digest;
use ioschain_spec::primitives::numbers::Epoch;

use super::samples::{sample_parameters, sample_transaction};
use crate::format::repeat::Repeat;
use crate::format::vector::{FLAG_SECOND_FAULT, VectorFile};
use crate::make::cases::faults::{Checks, Edit, Fault, Pairs, edits, faults};
use crate::make::cases::support::{CaseError, Intent, SuiteWriter};
use crate::make::cases::world::{FEE_MINIMUM, change_inputs, change_outputs, digest, outpoint};
use crate::reference::to_json;

const HANDLER: &str = "ledger.check_static";

/// One fault for each check, in the order of the checks. Each leaves the faults of later checks in
/// place, so that two can be committed, the later one first.
const FAULTS: &[Fault<Transaction>] = &faults! { Transaction:
    "chain" => LedChainId, "LED-STATIC-01", "it is for another chain",
        |transaction| transaction.chain_id = digest("other chain");
    "version" => LedVersion, "LED-STATIC-02", "its version is 2",
        |transaction| transaction.version = 2;
    "no-inputs" => LedNoInputs, "LED-STATIC-03", "it has no inputs",
        |transaction| change_inputs(transaction, Vec::clear);
    "no-outputs" => LedNoOutputs, "LED-STATIC-04", "it has no outputs",
        |transaction| change_outputs(transaction, Vec::clear);
    "inputs-order" => LedInputsOrder, "LED-STATIC-05", "its inputs are in the wrong order",
        |transaction| change_inputs(transaction, |inputs| inputs.reverse());
    "amount-range" => LedAmountRange, "LED-STATIC-06", "its amounts are 0", |transaction| {
        change_inputs(transaction, |inputs| inputs.insert(0, more_input(0, 0)))?;
        change_outputs(transaction, |outputs| outputs.extend([more_output(0)]))
    };
    "sum-overflow" => LedSumOverflow, "LED-STATIC-07", "its sums exceed 64 bits", |transaction| {
        change_inputs(transaction, |inputs| inputs.extend(nine_inputs()))?;
        change_outputs(transaction, |outputs| outputs.extend(nine_outputs()))
    };
    "sum-mismatch" => LedSumMismatch, "LED-STATIC-08", "the sum of its inputs differs by 1 unit \
                                                        from the sum of its outputs and its fee",
        |transaction| change_inputs(transaction, |inputs| {
            inputs.iter_mut().take(1).for_each(|one| one.amount += 1)
        });
    "fee-minimum" => LedFeeMinimum, "LED-STATIC-09", "its fee is 1 unit below the minimum",
        |transaction| {
            transaction.fee = FEE_MINIMUM - 1;
            change_outputs(transaction, |outputs| outputs[0].amount += 1)
        };
};

fn more_input(place: u8, amount: u64) -> Input {
    Input { outpoint: outpoint(place, 0), owner: Default::default(), amount }
}

fn more_output(amount: u64) -> Output {
    Output { owner: Default::default(), amount, data_hash: None }
}

/// Nine times the supply is more than 64 bits hold, eight times is not.
fn nine_inputs() -> impl Iterator<Item = Input> {
    (101..=109).map(|place| more_input(place, SUPPLY))
}

fn nine_outputs() -> impl Iterator<Item = Output> {
    (0..9).map(|_| more_output(SUPPLY))
}

/// The values of nine amounts that add up to exactly `total`: eight times the supply and the rest.
fn nine_amounts(total: u64) -> impl Iterator<Item = u64> {
    let rest = total - 8 * SUPPLY;
    (0..9).map(move |place| if place < 8 { SUPPLY } else { rest })
}

fn question(parameters: &Parameters, bytes: Value) -> Result<Value, CaseError> {
    Ok(json!({ "parameters": to_json(parameters)?, "bytes": bytes }))
}

fn question_about(transaction: &Transaction) -> Result<Value, CaseError> {
    question(&sample_parameters(), Value::from(hex::encode(encode(transaction))))
}

/// The static checks of an honest transaction.
fn checks(honest: &Transaction) -> Checks<'_, Transaction> {
    Checks { subject: "a transaction", honest, faults: FAULTS, ask: question_about }
}

/// Each fault by itself. No earlier check fails; without inputs or outputs the sums are wrong as
/// well.
pub(super) fn single_faults() -> Result<VectorFile, CaseError> {
    let mut suite = SuiteWriter::new(
        HANDLER,
        "single-faults",
        "Transactions in which one static check fails.",
    )?;
    checks(&sample_transaction()?).add_single_faults(&mut suite)?;
    Ok(suite.finish())
}

/// Each two faults that are possible together; the check that comes first answers.
pub(super) fn pairs_of_faults() -> Result<VectorFile, CaseError> {
    let doc = "Transactions in which two static checks fail. The check that comes first determines \
               the answer.";
    let mut suite = SuiteWriter::new(HANDLER, "pairs-of-faults", doc)?;
    // Without inputs there is no order of inputs.
    let impossible = [("no-inputs", "inputs-order")];
    checks(&sample_transaction()?).add_pairs(&mut suite, Pairs::All, &impossible)?;
    Ok(suite.finish())
}

/// What is just allowed, and what just is not. The minimum fee is also varied by the parameters of
/// the chain.
pub(super) fn boundaries() -> Result<VectorFile, CaseError> {
    let doc = "Values at the limits of the static checks: the last value that is allowed, and the \
               first that is refused.";
    let mut suite = SuiteWriter::new(HANDLER, "boundaries", doc)?;
    let honest = sample_transaction()?;
    for edit in BOUNDARIES {
        let doc = match edit.rejection {
            None => "Given {what}, when the transaction is checked, then it is accepted.",
            Some(_) => {
                "Given {what}, when the transaction is checked, then it is refused for that \
                 reason."
            }
        };
        edit.add(&mut suite, doc, question_about(&edit.apply(&honest)?)?, edit.intent())?;
    }
    for (slug, minimum) in [("no-minimum", 0), ("another-minimum", FEE_MINIMUM - 1)] {
        let mut transaction = sample_transaction()?;
        transaction.fee = minimum;
        change_outputs(&mut transaction, |outputs| outputs[0].amount += FEE_MINIMUM - minimum)?;
        let doc = format!(
            "Given a chain whose minimum fee is {minimum}, when a transaction pays a fee of \
             {minimum}, then it is accepted."
        );
        let parameters = Parameters { fee_minimum: minimum, ..sample_parameters() };
        let bytes = Value::from(hex::encode(encode(&transaction)));
        suite.add(slug, &["LED-STATIC-09"], &doc, question(&parameters, bytes)?, Intent::Ok)?;
    }
    Ok(suite.finish())
}

const ORDER: &[&str] = &["LED-STATIC-05"];
const RANGE: &[&str] = &["LED-STATIC-06"];
const OVERFLOW: &[&str] = &["LED-STATIC-07"];
const SUMS: &[&str] = &["LED-STATIC-08", "LED-CONSERVE-01"];

/// The last values that the checks allow, and the first that they refuse. They catch a comparison
/// that is wrong by one.
const BOUNDARIES: &[Edit<Transaction>] = &edits! { Transaction:
    "honest" => accepted,
        &["LED-STATIC-01", "LED-STATIC-02", "LED-STATIC-03", "LED-STATIC-04", "LED-STATIC-05",
        "LED-STATIC-08"],
        "a payment with change",
        |_| ();
    "version-zero" => LedVersion, &["LED-STATIC-02"], "a version of 0", |tx| tx.version = 0;
    "one-input-one-output" => accepted, &["LED-STATIC-03", "LED-STATIC-04"],
        "one input and one output",
        |tx| {
            change_inputs(tx, |inputs| inputs.truncate(1))?;
            change_outputs(tx, |outputs| {
                outputs.truncate(1);
                outputs[0].amount = 590;
            })
        };
    "same-transaction-next-index" => accepted, ORDER,
        "two outputs of one transaction as inputs, in the order of their indexes",
        |tx| change_inputs(tx, |inputs| inputs[1].outpoint = outpoint(1, 1));
    "indexes-order-as-numbers" => accepted, ORDER,
        "inputs with the indexes 1 and 256, whose encoded bytes have the opposite order",
        |tx| change_inputs(tx, |inputs| {
            inputs[0].outpoint = outpoint(1, 1);
            inputs[1].outpoint = outpoint(1, 256);
        });
    "indexes-swapped" => LedInputsOrder, ORDER, "two outputs of one transaction as inputs, in the \
                                                 wrong order",
        |tx| change_inputs(tx, |inputs| {
            inputs[0].outpoint = outpoint(1, 256);
            inputs[1].outpoint = outpoint(1, 1);
        });
    "input-twice" => LedInputsOrder, ORDER, "the same input twice",
        |tx| change_inputs(tx, |inputs| inputs[1].outpoint = inputs[0].outpoint);
    "third-input-repeats-the-first" => LedInputsOrder, ORDER,
        "a third input that should be before the second",
        |tx| change_inputs(tx, |inputs| inputs.push(inputs[0].clone()));
    "amount-one" => accepted, RANGE, "an output of 1 unit", |tx| change_outputs(tx, |outputs| {
        outputs[0].amount = 1;
        outputs[1].amount = 1089;
    });
    "amounts-of-the-supply" => accepted, RANGE, "an input and an output of the whole supply", |tx| {
        change_inputs(tx, |inputs| {
            inputs[0].amount = SUPPLY;
            inputs[1].amount = 20;
        })?;
        change_outputs(tx, |outputs| {
            outputs[0].amount = SUPPLY;
            outputs[1].amount = 10;
        })
    };
    "input-of-nothing" => LedAmountRange, RANGE, "an input of 0 units",
        |tx| change_inputs(tx, |inputs| {
            inputs[0].amount = 1100;
            inputs[1].amount = 0;
        });
    "output-of-nothing" => LedAmountRange, RANGE, "an output of 0 units",
        |tx| change_outputs(tx, |outputs| {
            outputs[0].amount = 1090;
            outputs[1].amount = 0;
        });
    "input-above-the-supply" => LedAmountRange, RANGE, "an input of 1 unit more than the supply",
        |tx| {
            change_inputs(tx, |inputs| inputs[0].amount = SUPPLY + 1)?;
            change_outputs(tx, |outputs| {
                outputs[0].amount = SUPPLY;
                outputs[1].amount = 491;
            })
        };
    "output-above-the-supply" => LedAmountRange, RANGE, "an output of 1 unit more than the supply",
        |tx| {
            change_inputs(tx, |inputs| inputs[0].amount = SUPPLY)?;
            change_outputs(tx, |outputs| {
                outputs[0].amount = SUPPLY + 1;
                outputs[1].amount = 489;
            })
        };
    "sums-of-64-bits" => accepted, OVERFLOW, "sums that are exactly the largest 64-bit number",
        |tx| set_amounts(tx, nine_amounts(u64::MAX), nine_amounts(u64::MAX - FEE_MINIMUM));
    "inputs-overflow" => LedSumOverflow, OVERFLOW, "inputs whose sum exceeds the largest 64-bit \
                                                    number by 1",
        |tx| {
            let inputs = nine_amounts(u64::MAX).chain([1]);
            set_amounts(tx, inputs, nine_amounts(u64::MAX - FEE_MINIMUM))
        };
    "outputs-overflow" => LedSumOverflow, OVERFLOW,
        "outputs whose sum exceeds the largest 64-bit number by 1",
        |tx| set_amounts(tx, nine_amounts(u64::MAX), nine_amounts(u64::MAX).chain([1]));
    "fee-overflows" => LedSumOverflow, OVERFLOW, "outputs whose sum fits into 64 bits, but not \
                                                  together with the fee",
        |tx| set_amounts(tx, nine_amounts(u64::MAX), nine_amounts(u64::MAX - FEE_MINIMUM + 1));
    "a-unit-created" => LedSumMismatch, SUMS, "outputs and a fee that exceed the inputs by 1 unit",
        |tx| change_outputs(tx, |outputs| outputs[0].amount += 1);
    "a-unit-destroyed" => LedSumMismatch, SUMS, "outputs and a fee that are 1 unit less than the \
                                                 inputs",
        |tx| change_outputs(tx, |outputs| outputs[1].amount -= 1);
    "fee-not-paid-for" => LedSumMismatch, SUMS, "a fee that the inputs do not cover",
        |tx| tx.fee += 1;
    "fee-above-the-minimum" => accepted, &["LED-STATIC-09"], "a fee of 1 unit more than the \
                                                              minimum",
        |tx| {
            tx.fee = FEE_MINIMUM + 1;
            change_outputs(tx, |outputs| outputs[0].amount -= 1)
        };
    "data-expiry-salt" => accepted, &["LED-TX-01"],
        "an output with a hash of data, the largest epoch as the expiry, and an arbitrary salt",
        |tx| {
            (tx.expiry_epoch, tx.salt) = (Epoch::MAX, 7);
            change_outputs(tx, |outputs| outputs[0].data_hash = Some(Digest::ZERO))
        };
};

/// What is done to the encoding of a transaction.
type ByteChange = fn(&mut Vec<u8>);
/// Inputs and outputs of these amounts.
fn set_amounts(
    transaction: &mut Transaction,
    inputs: impl Iterator<Item = u64>,
    outputs: impl Iterator<Item = u64>,
) -> Result<(), CaseError> {
    let placed = (1u8..).zip(inputs);
    let inputs: Vec<Input> = placed.map(|(place, amount)| more_input(place, amount)).collect();
    transaction.inputs = inputs.try_into()?;
    transaction.outputs = outputs.map(more_output).collect::<Vec<_>>().try_into()?;
    Ok(())
}

/// Decoding comes first: malformed bytes alone, and a trailing byte after each fault of the table.
/// An implementation that checks before it has decoded everything gives another answer.
pub(super) fn encodings() -> Result<VectorFile, CaseError> {
    let doc =
        "Decoding is the first check. Malformed bytes are refused before any other check is made.";
    let mut suite = SuiteWriter::new(HANDLER, "encodings", doc)?;
    let honest = encode(&sample_transaction()?);
    let malformed: [(&str, &str, ByteChange); 6] = [
        ("no-bytes", "no bytes", Vec::clear),
        ("truncated", "a transaction without its last byte", |bytes| {
            bytes.pop();
        }),
        ("trailing-byte", "a transaction followed by an additional byte", |bytes| bytes.push(0)),
        ("unknown-payload", "a transaction with a payload tag that does not exist", |bytes| {
            let last = bytes.len() - 1;
            bytes[last] = 1;
        }),
        // Version, chain id, then the number of inputs.
        ("inputs-over-the-cap", "a transaction whose length of inputs is 1,025", |bytes| {
            bytes[33..37].copy_from_slice(&1025u32.to_le_bytes());
        }),
        (
            "inputs-missing",
            "a transaction whose length of inputs is one more than it has",
            |bytes| bytes[33] = 3,
        ),
    ];
    let requirements = ["ENC-DECODE-01"];
    let intent = || Intent::Rejected(Rejection::EncMalformed);
    for (slug, what, change) in malformed {
        let mut bytes = honest.clone();
        change(&mut bytes);
        let doc = format!(
            "Given {what}, when the bytes are checked, then they are refused as malformed."
        );
        let input = question(&sample_parameters(), Value::from(hex::encode(&bytes)))?;
        suite.add(slug, &requirements, &doc, input, intent())?;
    }
    for fault in FAULTS {
        let mut transaction = sample_transaction()?;
        (fault.commit)(&mut transaction)?;
        let bytes = [encode(&transaction), vec![0]].concat();
        let doc = format!(
            "Given a transaction followed by an additional byte, when also {}, then the bytes are \
             refused as malformed.",
            fault.what
        );
        let input = question(&sample_parameters(), Value::from(hex::encode(bytes)))?;
        let slug = format!("trailing-byte-before-{}", fault.slug);
        suite.add(&slug, &requirements, &doc, input, intent())?.flag(FLAG_SECOND_FAULT);
    }
    many_outputs(&mut suite)?;
    Ok(suite.finish())
}

/// As many outputs as a transaction holds, and one more.
fn many_outputs(suite: &mut SuiteWriter) -> Result<(), CaseError> {
    let cases = [
        ("outputs-at-the-cap", 1024u32, "it is accepted", Intent::Ok),
        (
            "outputs-over-the-cap",
            1025,
            "it is refused as malformed",
            Intent::Rejected(Rejection::EncMalformed),
        ),
    ];
    for (slug, count, then, intent) in cases {
        let mut transaction = sample_transaction()?;
        let amount = 1100 - FEE_MINIMUM - u64::from(count - 1);
        change_outputs(&mut transaction, |outputs| *outputs = vec![more_output(amount)])?;
        let mut first = encode(&transaction);
        // Behind the one output: fee, expiry, salt, payload. Before it: the number of outputs.
        let rest = first.split_off(first.len() - 25);
        let one = encode(&more_output(1));
        let at = first.len() - one.len() - 4;
        first[at..at + 4].copy_from_slice(&count.to_le_bytes());
        let bytes = Repeat::new(&first, &one, count - 1, &rest).to_value();
        let doc = format!("Given {count} outputs, when the transaction is checked, then {then}.");
        let input = question(&sample_parameters(), bytes)?;
        suite.add(slug, &["ENC-CAP-01"], &doc, input, intent)?;
    }
    Ok(())
}
