//! The JSON Schemas of the formats, from the very types that read and write them.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use crate::format::manifest::{HandlerDescription, Manifest, Rejections};
use crate::format::skips::Skips;
use crate::format::vector::VectorFile;
use crate::run::adapter::{Hello, Request, Response};
use crate::run::report::RunReport;

/// Each schema, with its place in the tree.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("schema/manifest.json", schema_of::<Manifest>()),
        ("schema/rejections.json", schema_of::<Rejections>()),
        ("schema/vector-file.json", schema_of::<VectorFile>()),
        ("schema/handler.json", schema_of::<HandlerDescription>()),
        ("schema/adapter-request.json", schema_of::<Request>()),
        ("schema/adapter-response.json", schema_of::<Response>()),
        ("schema/adapter-hello.json", schema_of::<Hello>()),
        ("schema/report.json", schema_of::<RunReport>()),
        ("schema/skips.json", schema_of::<Skips>()),
    ]
}

fn schema_of<T: JsonSchema>() -> Value {
    schema_for!(T).to_value()
}
