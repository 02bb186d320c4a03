//! A trace as a picture: a Mermaid sequence diagram, and an SVG that needs no other program.

use std::fmt::Write as _;

use super::{AtomixTrace, TraceStep};

/// Units of the SVG: between shards, between steps, and around them.
const COLUMN: usize = 300;
const ROW: usize = 46;
const MARGIN: usize = 70;
/// Room for the answers of the last shard.
const LAST: usize = 160;

impl AtomixTrace {
    /// A Mermaid sequence diagram.
    pub fn as_mermaid(&self) -> String {
        let mut text = String::from("sequenceDiagram\n    participant A as anyone\n");
        for shard in 1..=self.first.len() {
            let _ = writeln!(text, "    participant S{shard} as shard {shard}");
        }
        for step in &self.steps {
            let (shard, words) = (step.shard, step.words());
            if step.is_own() {
                let _ = writeln!(text, "    Note over S{shard}: {words}, {}", step.answer);
            } else {
                let _ = writeln!(text, "    A->>S{shard}: {words}");
                let _ = writeln!(text, "    S{shard}-->>A: {}", step.answer);
            }
        }
        if let Some(property) = &self.property {
            let last = self.first.len();
            let _ = writeln!(text, "    Note over A,S{last}: broken: {property}");
        }
        text
    }

    /// An SVG: a line for each shard, a row for each step.
    pub fn as_svg(&self) -> String {
        let columns = self.first.len();
        let width = MARGIN * 2 + COLUMN * columns + LAST;
        let height = MARGIN * 2 + ROW * (self.steps.len() + 1);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\">\n\
             <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
        );
        let title = format!("{} under {}", self.configuration, self.variant);
        text(&mut svg, MARGIN, 24, "start", "black", &title);
        for column in 0..=columns {
            let x = MARGIN + COLUMN * column;
            let name = if column == 0 { "anyone".to_owned() } else { format!("shard {column}") };
            text(&mut svg, x, MARGIN - 12, "middle", "black", &name);
            let _ = writeln!(
                svg,
                "<line x1=\"{x}\" y1=\"{MARGIN}\" x2=\"{x}\" y2=\"{}\" stroke=\"#999\"/>",
                height - MARGIN
            );
        }
        for (row, step) in self.steps.iter().enumerate() {
            draw_step(&mut svg, MARGIN + ROW * (row + 1), step);
        }
        if let Some(property) = &self.property {
            let broken = format!("broken: {property}");
            text(&mut svg, MARGIN, height - MARGIN / 2, "start", "#b00020", &broken);
        }
        svg.push_str("</svg>\n");
        svg
    }
}

fn draw_step(svg: &mut String, y: usize, step: &TraceStep) {
    let x = MARGIN + COLUMN * usize::from(step.shard);
    if !step.is_own() {
        let _ = writeln!(
            svg,
            "<line x1=\"{MARGIN}\" y1=\"{y}\" x2=\"{x}\" y2=\"{y}\" stroke=\"#1a56a0\"/>"
        );
        text(svg, MARGIN + 8, y - 5, "start", "#1a56a0", &step.words());
    }
    let _ = writeln!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"4\" fill=\"#1a56a0\"/>");
    let answer = if step.is_own() {
        format!("{}: {}", step.words(), step.answer)
    } else {
        step.answer.clone()
    };
    text(svg, x + 8, y + 15, "start", "#333", &answer);
}

fn text(svg: &mut String, x: usize, y: usize, anchor: &str, colour: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let _ = writeln!(
        svg,
        "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{words}</text>"
    );
}

impl TraceStep {
    /// Whether the shard takes the step by itself.
    fn is_own(&self) -> bool {
        self.transaction.is_none()
    }

    /// The message with what it proves.
    fn words(&self) -> String {
        let mut words = self.message.clone();
        if let Some(transaction) = self.transaction {
            let _ = write!(words, " T{transaction}");
        }
        let proofs: Vec<String> = self
            .proofs
            .iter()
            .map(|proof| match proof.vote.split(' ').next() {
                Some(vote) => format!("T{} {vote} by {}", proof.transaction, proof.shard),
                None => proof.to_string(),
            })
            .collect();
        if !proofs.is_empty() {
            let _ = write!(words, " [{}]", proofs.join(", "));
        }
        words
    }
}
