//! The tables of ratios: as text, as Markdown, and as JSON.

use std::fmt::Write;

use super::measure::{Engine, Measured};
use super::{geomean, ratio};

/// A ratio above this counts as a program that is too slow.
const TOO_SLOW: f64 = 1.3;

/// Everything that one run measured.
pub struct Report {
    reference: String,
    engines: Vec<String>,
    sections: Vec<Section>,
}

struct Section {
    title: String,
    rows: Vec<Measured>,
    /// Whether a mean over the rows makes sense.
    summed: bool,
}

/// One line of a table: a name and a text per engine.
type Line = (String, Vec<String>);

impl Report {
    /// An empty report; the first engine is what the others are divided by.
    pub fn new(engines: &[Engine]) -> Self {
        let mut names = engines.iter().map(|engine| engine.name.clone());
        let reference = names.next().unwrap_or_default();
        Report { reference, engines: names.collect(), sections: Vec::new() }
    }

    /// Adds a table with a row per program.
    pub fn programs(&mut self, title: &str, rows: Vec<Measured>) {
        self.sections.push(Section { title: title.to_string(), rows, summed: true });
    }

    /// Adds a table of rows that stand for themselves.
    pub fn single(&mut self, title: &str, rows: Vec<Measured>) {
        if !rows.is_empty() {
            self.sections.push(Section { title: title.to_string(), rows, summed: false });
        }
    }

    /// How many rows something went wrong in.
    pub fn failures(&self) -> usize {
        let rows = self.sections.iter().flat_map(|section| &section.rows);
        rows.filter(|row| !row.failures.is_empty()).count()
    }

    fn failure_texts(&self) -> Vec<&str> {
        let rows = self.sections.iter().flat_map(|section| &section.rows);
        rows.flat_map(|row| &row.failures).map(String::as_str).collect()
    }

    fn lines(&self, section: &Section) -> Vec<Line> {
        let columns = 1..=self.engines.len();
        let show =
            |value: Option<f64>| value.map_or("-".to_string(), |value| format!("{value:.2}"));
        let mut lines: Vec<Line> = Vec::new();
        for row in &section.rows {
            let texts = columns.clone().map(|engine| show(ratio(row, engine))).collect();
            lines.push((row.name.clone(), texts));
        }
        if section.summed {
            let ratios = |engine| -> Vec<f64> {
                section.rows.iter().filter_map(|row| ratio(row, engine)).collect()
            };
            let means =
                columns.clone().map(|engine| show(Some(geomean(&ratios(engine))))).collect();
            let slow = columns
                .map(|engine| ratios(engine).iter().filter(|r| **r > TOO_SLOW).count().to_string())
                .collect();
            lines.push((format!("geomean of {}", section.rows.len()), means));
            lines.push((format!("above {TOO_SLOW}"), slow));
        }
        lines
    }

    /// The tables for a terminal.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for section in &self.sections {
            let lines = self.lines(section);
            let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
            let _ = writeln!(out, "{} ({} = 1)", section.title, self.reference);
            let _ = write!(out, "{:width$}", "");
            for engine in &self.engines {
                let _ = write!(out, "  {engine:>9}");
            }
            out.push('\n');
            for (name, texts) in lines {
                let _ = write!(out, "{name:width$}");
                for (text, engine) in texts.iter().zip(&self.engines) {
                    let column = engine.len().max(9);
                    let _ = write!(out, "  {text:>column$}");
                }
                out.push('\n');
            }
            out.push('\n');
        }
        for failure in self.failure_texts() {
            let _ = writeln!(out, "FAILED {failure}");
        }
        let _ = writeln!(out, "{} rows with failures", self.failures());
        out
    }

    /// The tables for the README.
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        for section in &self.sections {
            let _ = writeln!(
                out,
                "| {} ({} = 1) | {} |",
                section.title,
                self.reference,
                self.engines.join(" | ")
            );
            let _ = writeln!(out, "|---|{}", "---:|".repeat(self.engines.len()));
            for (name, texts) in self.lines(section) {
                let _ = writeln!(out, "| {name} | {} |", texts.join(" | "));
            }
            out.push('\n');
        }
        for failure in self.failure_texts() {
            let _ = writeln!(out, "FAILED {failure}");
        }
        out
    }

    /// Everything, the figures behind the ratios included.
    pub fn json(&self) -> String {
        let mut out = String::from("{\n");
        let _ = writeln!(out, "  \"reference\": {},", quote(&self.reference));
        let names: Vec<String> = self.engines.iter().map(|name| quote(name)).collect();
        let _ = writeln!(out, "  \"engines\": [{}],", names.join(", "));
        out.push_str("  \"sections\": [");
        for (index, section) in self.sections.iter().enumerate() {
            out.push_str(if index == 0 { "\n" } else { ",\n" });
            let _ = write!(out, "    {{ \"title\": {}, \"rows\": [", quote(&section.title));
            for (index, row) in section.rows.iter().enumerate() {
                out.push_str(if index == 0 { "\n" } else { ",\n" });
                let number = |v: Option<f64>| v.map_or("null".to_string(), |v| format!("{v:.6}"));
                let figures: Vec<String> = row.figures.iter().map(|v| number(*v)).collect();
                let ratios: Vec<String> =
                    (1..=self.engines.len()).map(|engine| number(ratio(row, engine))).collect();
                let _ = write!(
                    out,
                    "      {{ \"name\": {}, \"ratios\": [{}], \"figures\": [{}], \"failures\": {} }}",
                    quote(&row.name),
                    ratios.join(", "),
                    figures.join(", "),
                    row.failures.len()
                );
            }
            out.push_str("\n    ] }");
        }
        out.push_str("\n  ]\n}\n");
        out
    }
}

/// A JSON string.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if (c as u32) < 0x20 => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
