//! A schema as plain JSON, for those who write a codec by hand.

use std::collections::BTreeMap;

use borsh::schema::{BorshSchemaContainer, Declaration, Definition, Fields};
use serde_json::{Value, json};

use super::shape::is_ordered;

/// The types by name. A definition is one of `{"integer": bytes}`, `{"nothing": true}`,
/// `{"array": {"length", "of"}}`, `{"sequence": {"most", "of"}}` (u32 length first),
/// `{"map": {"most", "of"}}` (likewise, keys strictly increasing), `{"tuple": [name]}`,
/// `{"struct": [{"name", "type"}]}` and `{"enum": [{"tag", "name", "type"}]}` (u8 tag first).
pub(super) fn describe(container: &BorshSchemaContainer) -> BTreeMap<String, Value> {
    container
        .definitions()
        .map(|(declaration, definition)| {
            (declaration.clone(), definition_value(declaration, definition))
        })
        .collect()
}

fn definition_value(declaration: &Declaration, definition: &Definition) -> Value {
    match definition {
        Definition::Primitive(0) => json!({ "nothing": true }),
        Definition::Primitive(bytes) => json!({ "integer": bytes }),
        Definition::Sequence { length_width: 0, length_range, elements } => {
            json!({ "array": { "length": length_range.end(), "of": elements } })
        }
        Definition::Sequence { length_range, elements, .. } if is_ordered(declaration) => {
            json!({ "map": { "most": length_range.end(), "of": elements } })
        }
        Definition::Sequence { length_range, elements, .. } => {
            json!({ "sequence": { "most": length_range.end(), "of": elements } })
        }
        Definition::Tuple { elements } => json!({ "tuple": elements }),
        Definition::Enum { variants, .. } => {
            let variants: Vec<Value> = variants
                .iter()
                .map(|(tag, name, fields)| json!({ "tag": tag, "name": name, "type": fields }))
                .collect();
            json!({ "enum": variants })
        }
        Definition::Struct { fields } => match fields {
            Fields::NamedFields(fields) => {
                let fields: Vec<Value> = fields
                    .iter()
                    .map(|(name, declaration)| json!({ "name": name, "type": declaration }))
                    .collect();
                json!({ "struct": fields })
            }
            Fields::UnnamedFields(fields) => json!({ "tuple": fields }),
            Fields::Empty => json!({ "nothing": true }),
        },
    }
}
