use std::collections::{BTreeMap, BTreeSet};

use borsh::{BorshDeserialize, BorshSchema, BorshSerialize};
use serde_json::json;

use super::*;

#[derive(BorshSerialize, BorshDeserialize, BorshSchema)]
struct Id([u8; 2]);

#[derive(BorshSerialize, BorshDeserialize, BorshSchema)]
enum Action {
    Nothing,
    Pay(u64),
    Move { from: u16, to: u16 },
    Pair(u8, bool),
}

#[derive(BorshSerialize, BorshDeserialize, BorshSchema)]
struct Marker;

#[derive(BorshSerialize, BorshDeserialize, BorshSchema)]
struct Everything {
    small: u8,
    middle: u16,
    index: u32,
    amount: u64,
    id: Id,
    note: Vec<u8>,
    maybe: Option<Id>,
    actions: Vec<Action>,
    grid: [[u16; 2]; 2],
    pair: (u8, Id),
    flag: bool,
    nothing: (),
    marker: Marker,
    names: BTreeSet<u16>,
    amounts: BTreeMap<u8, u64>,
}

fn everything() -> Everything {
    Everything {
        small: 255,
        middle: 258,
        index: u32::MAX,
        amount: u64::MAX,
        id: Id([10, 11]),
        note: vec![1, 2, 3],
        maybe: Some(Id([0, 255])),
        actions: vec![
            Action::Pay(7),
            Action::Nothing,
            Action::Move { from: 1, to: 2 },
            Action::Pair(9, true),
        ],
        grid: [[1, 2], [3, 4]],
        pair: (5, Id([6, 7])),
        flag: false,
        nothing: (),
        marker: Marker,
        names: BTreeSet::from([3, 1]),
        amounts: BTreeMap::from([(1, 10), (2, 20)]),
    }
}

fn everything_json() -> Value {
    json!({
        "small": 255, "middle": 258, "index": u32::MAX, "amount": "18446744073709551615",
        "id": "0a0b", "note": "010203", "maybe": "00ff",
        "actions": [{"Pay": "7"}, "Nothing", {"Move": {"from": 1, "to": 2}}, {"Pair": [9, true]}],
        "grid": [[1, 2], [3, 4]], "pair": [5, "0607"], "flag": false,
        "names": [1, 3], "amounts": [[1, "10"], [2, "20"]],
    })
}

/// A sequence of at most three `u16`, as a capped type describes itself.
fn capped() -> WireFormat {
    let mut container = BorshSchemaContainer::for_type::<Vec<u16>>();
    container.insert_definition(
        "Vec<u16>".to_owned(),
        borsh::schema::Definition::Sequence {
            length_width: 4,
            length_range: 0..=3,
            elements: "u16".to_owned(),
        },
    );
    WireFormat::new(container).unwrap()
}

#[test]
fn every_kind_of_field_has_its_json_form_and_comes_back() {
    let format = WireFormat::of::<Everything>().unwrap();
    let bytes = borsh::to_vec(&everything()).unwrap();
    assert_eq!(format.to_json(&bytes).unwrap(), everything_json());
    assert_eq!(format.to_bytes(&everything_json()).unwrap(), bytes);
}

#[test]
fn an_absent_option_is_null() {
    let format = WireFormat::of::<Option<u64>>().unwrap();
    assert_eq!(format.to_json(&[0]).unwrap(), Value::Null);
    assert_eq!(format.to_bytes(&Value::Null).unwrap(), [0]);
}

#[test]
fn a_set_to_nothing_is_an_array_of_its_keys() {
    let format = WireFormat::of::<BTreeMap<u16, ()>>().unwrap();
    assert_eq!(format.to_json(&[1, 0, 0, 0, 5, 0]).unwrap(), json!([5]));
    assert_eq!(format.to_bytes(&json!([5])).unwrap(), [1, 0, 0, 0, 5, 0]);
}

#[test]
fn malformed_bytes_are_refused_with_place_and_reason() {
    let format = WireFormat::of::<Everything>().unwrap();
    let honest = borsh::to_vec(&everything()).unwrap();
    let error = format.to_json(&honest[..9]).unwrap_err();
    assert_eq!(error.to_string(), "byte 7, at amount: 8 bytes needed, but only 2 left");
    let error = format.to_json(&[honest.clone(), vec![0]].concat()).unwrap_err();
    assert!(error.to_string().ends_with("the value: 1 byte follows after the value"), "{error}");
    let error = WireFormat::of::<Vec<Action>>().unwrap().to_json(&[1, 0, 0, 0, 9]).unwrap_err();
    assert_eq!(error.to_string(), "byte 5, at [0]: no variant has the tag 9");
}

#[test]
fn every_strict_prefix_is_malformed() {
    let format = WireFormat::of::<Everything>().unwrap();
    let honest = borsh::to_vec(&everything()).unwrap();
    for length in 0..honest.len() {
        assert!(format.to_json(&honest[..length]).is_err(), "{length} bytes");
    }
}

#[test]
fn a_length_over_the_cap_is_refused_in_both_directions() {
    assert_eq!(capped().to_json(&[1, 0, 0, 0, 7, 0]).unwrap(), json!([7]));
    let error = capped().to_json(&[4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]).unwrap_err();
    assert!(error.problem.contains("over the cap of 3"), "{error}");
    let error = capped().to_bytes(&json!([1, 2, 3, 4])).unwrap_err();
    assert!(error.problem.contains("over the cap of 3"), "{error}");
}

#[test]
fn a_claimed_length_allocates_nothing() {
    let format = WireFormat::of::<Vec<u64>>().unwrap();
    assert!(format.to_json(&[255, 255, 255, 255]).is_err());
    let format = WireFormat::of::<Vec<u8>>().unwrap();
    assert!(format.to_json(&[255, 255, 255, 255]).is_err());
}

#[test]
fn json_is_read_as_strictly_as_it_is_written() {
    let format = WireFormat::of::<Everything>().unwrap();
    let changes = [
        ("small", json!(256), "at small: the number is not a u8"),
        ("small", json!(-1), "at small: the number is not a u8"),
        ("small", json!(1.0), "at small: the number is not a u8"),
        ("small", json!("1"), "at small: a number is needed, and a string is written here"),
        ("amount", json!(7), "at amount: a decimal string is needed, and a number is written here"),
        ("amount", json!("07"), "at amount: `07` is not a u64 in decimal"),
        ("amount", json!("+7"), "at amount: `+7` is not a u64 in decimal"),
        ("amount", json!("18446744073709551616"), "is not a u64 in decimal"),
        ("id", json!("0A0B"), "at id: `0A0B` is not lower-case hex of whole bytes"),
        ("id", json!("0a0"), "at id: `0a0` is not lower-case hex"),
        ("id", json!("0a"), "at id: the number of bytes is 1, and 2 are needed"),
        ("maybe", json!(1), "at maybe: a hex string is needed"),
        ("grid", json!([[1, 2]]), "at grid: the number of elements is 1, and 2 are needed"),
        ("actions", json!(["Pay"]), "at actions[0]: the fields of the variant `Pay` are missing"),
        ("actions", json!([{"Nothing": null}]), "the variant `Nothing` has no fields"),
        ("actions", json!(["Fly"]), "at actions[0]: there is no variant `Fly`"),
        ("actions", json!([{"Pay": "1", "Fly": 2}]), "at actions[0]: a variant is needed"),
        (
            "actions",
            json!([{"Move": {"from": 1}}]),
            "at actions[0].Move: the field `to` is missing",
        ),
        ("extra", json!(1), "at the value: there is no field `extra`"),
    ];
    for (field, value, wanted) in changes {
        let mut changed = everything_json();
        changed[field] = value;
        let error = format.to_bytes(&changed).unwrap_err().to_string();
        assert!(error.contains(wanted), "{field}: {error}");
    }
}

#[test]
fn types_without_a_json_form_are_refused_at_once() {
    fn problem<T: BorshSchema>() -> String {
        WireFormat::of::<T>().unwrap_err().to_string()
    }
    assert!(problem::<f64>().contains("`f64`"));
    assert!(problem::<i32>().contains("`i32`"));
    assert!(problem::<u128>().contains("`u128`"));
    assert!(problem::<String>().contains("no text"));
    assert!(problem::<Option<Option<u8>>>().contains("null would mean two things"));
    assert!(problem::<Vec<()>>().contains("take no bytes"));
    assert!(problem::<[Marker; 4]>().contains("take no bytes"));
}

#[test]
fn a_type_that_contains_itself_is_refused() {
    #[derive(BorshSerialize, BorshDeserialize, BorshSchema)]
    struct Tree {
        children: Vec<Tree>,
    }
    let error = WireFormat::of::<Tree>().unwrap_err();
    assert!(error.to_string().contains("contains itself"), "{error}");
}

#[test]
fn a_schema_without_a_definition_is_refused() {
    let container = BorshSchemaContainer::new("Lost".to_owned(), BTreeMap::new());
    let error = WireFormat::new(container).unwrap_err();
    assert!(error.to_string().contains("does not define it"), "{error}");
}

#[test]
fn the_description_names_every_type() {
    let described = WireFormat::of::<Option<Action>>().unwrap().describe();
    let some = json!({"tag": 1, "name": "Some", "type": "Action"});
    assert_eq!(described["Option<Action>"]["enum"][1], some);
    assert_eq!(described["u64"], json!({"integer": 8}));
    assert_eq!(described["()"], json!({"nothing": true}));
    let described = capped().describe();
    assert_eq!(described["Vec<u16>"], json!({"sequence": {"most": 3, "of": "u16"}}));
}

#[test]
fn every_malformation_is_refused_by_an_independent_decoder() {
    let format = WireFormat::of::<Everything>().unwrap();
    let honest = borsh::to_vec(&everything()).unwrap();
    let malformations = format.malformations(&honest).unwrap();
    for malformation in &malformations {
        assert!(
            Everything::try_from_slice(&malformation.bytes).is_err(),
            "{}: {}",
            malformation.slug,
            malformation.description
        );
        let written = crate::format::repeat::expand(&malformation.written).unwrap();
        assert_eq!(written, Value::from(hex::encode(&malformation.bytes)));
    }
}

#[test]
fn every_kind_of_malformation_is_found_once_for_each_part() {
    let format = WireFormat::of::<Everything>().unwrap();
    let honest = borsh::to_vec(&everything()).unwrap();
    let malformations = format.malformations(&honest).unwrap();
    let slugs: Vec<&str> = malformations.iter().map(|each| each.slug.as_str()).collect();
    for wanted in [
        "empty",
        "truncated-before-amount",
        "truncated-last-byte",
        "trailing-byte",
        "unknown-tag-actions",
        "tag-255-actions",
        "option-tag-2-maybe",
        "boolean-2-flag",
        "boolean-2-actions-pair",
        "length-huge-note",
        "length-huge-actions",
        "unsorted-names",
        "repeated-amounts",
    ] {
        assert!(slugs.contains(&wanted), "{wanted} is not in {slugs:?}");
    }
    let distinct: BTreeSet<&Vec<u8>> = malformations.iter().map(|each| &each.bytes).collect();
    assert_eq!(distinct.len(), malformations.len());
    assert_eq!(format.malformations(&honest).unwrap(), malformations);
}

#[test]
fn a_sequence_over_its_cap_has_all_its_elements() {
    let malformations = capped().malformations(&[1, 0, 0, 0, 7, 0]).unwrap();
    let over = malformations.iter().find(|each| each.slug == "length-over-cap").unwrap();
    assert_eq!(over.bytes, [4, 0, 0, 0, 7, 0, 7, 0, 7, 0, 7, 0]);
}

#[test]
fn malformed_bytes_have_no_malformations() {
    assert!(capped().malformations(&[1, 0]).is_err());
}
