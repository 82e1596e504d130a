//! Answers to questions about code.

use ferrocell_engine as engine;
use serde_json::{Value, json};

use ferrocell_kernel::language::{
    Completeness, Completions, Edit, Fix, Inspection, MimeBundle, Pending, Position, Queries,
    Remark, Severity, Variable, Verdict,
};

use crate::compare::judge_twins;

/// The engine's answers.
pub(crate) struct EngineQueries(engine::Queries);

impl EngineQueries {
    pub(super) fn new(queries: engine::Queries) -> EngineQueries {
        EngineQueries(queries)
    }
}

impl Queries for EngineQueries {
    fn complete(&self, code: &str, cursor: usize) -> Completions {
        let engine::Completions {
            matches,
            cursor_start,
            cursor_end,
        } = self.0.complete(code, cursor);
        // The form in which JupyterLab takes kinds and signatures beside the texts. What is to be imported is the
        // extension's concern.
        let types: Vec<_> = matches
            .iter()
            .map(|candidate| {
                let import = candidate.import.as_ref();
                json!({
                    "text": candidate.text, "type": candidate.kind, "signature": candidate.signature,
                    "start": cursor_start, "end": cursor_end,
                    "import": import.map(|engine::Import { path, name }| json!({ "path": path, "name": name })),
                })
            })
            .collect();
        let metadata =
            MimeBundle::from_iter([("_jupyter_types_experimental".into(), types.into())]);
        let matches = matches
            .into_iter()
            .map(|completion| completion.text)
            .collect();
        Completions {
            matches,
            cursor_start,
            cursor_end,
            metadata,
        }
    }

    fn inspect(&self, code: &str, cursor: usize, detail_level: u8) -> Option<Inspection> {
        let engine::Inspection { data } = self.0.inspect(code, cursor, detail_level)?;
        Some(Inspection {
            data: data.0,
            metadata: MimeBundle::new(),
        })
    }

    fn is_complete(&self, code: &str) -> Completeness {
        match self.0.is_complete(code) {
            engine::Completeness::Complete => Completeness::Complete,
            engine::Completeness::Incomplete { indent } => Completeness::Incomplete { indent },
            engine::Completeness::Invalid => Completeness::Invalid,
            engine::Completeness::Unknown => Completeness::Unknown,
        }
    }

    fn expect(&self, code: &str) {
        self.0.expect(code);
    }

    fn draft(&self, code: &str) -> Pending {
        let remarks = self.0.draft(code);
        Box::new(move || Some(remarks.recv().ok()?.into_iter().map(remark).collect()))
    }

    fn format(&self, code: &str) -> Result<String, String> {
        self.0.format(code)
    }

    fn judge(&self, reference: &Value, other: &Value) -> Verdict {
        match judge_twins(reference, other) {
            Ok(verdict) => Verdict {
                word: verdict.word().to_owned(),
                reason: verdict.reason().unwrap_or_default(),
            },
            Err(error) => Verdict {
                word: "not compared".to_owned(),
                reason: format!("{error:#}"),
            },
        }
    }

    fn variables(&self) -> Vec<Variable> {
        let variables = self.0.variables().into_iter().map(|variable| Variable {
            name: variable.name,
            ty: variable.ty,
            note: match (variable.note, variable.is_mutable) {
                (Some(note), _) => note,
                (None, true) => "mut".to_owned(),
                (None, false) => String::new(),
            },
        });
        variables.collect()
    }
}

fn remark(remark: engine::Remark) -> Remark {
    Remark {
        severity: match remark.severity {
            engine::Severity::Error => Severity::Error,
            engine::Severity::Warning => Severity::Warning,
        },
        message: remark.message,
        code: remark.code,
        notes: remark.notes,
        fixes: remark.fixes.into_iter().map(fix).collect(),
        start: position(remark.start),
        end: position(remark.end),
    }
}

fn fix(fix: engine::Fix) -> Fix {
    let edits = fix.edits.into_iter().map(|edit| Edit {
        start: position(edit.start),
        end: position(edit.end),
        text: edit.text,
    });
    Fix {
        title: fix.title,
        edits: edits.collect(),
    }
}

fn position(engine::Position { line, column }: engine::Position) -> Position {
    Position { line, column }
}
