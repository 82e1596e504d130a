//! The format of Chrome's tracing.

use serde_json::{Value, json};

use super::picture::{Timeline, doing};

const MICROSECONDS: f64 = 1e6;

pub(super) fn write(picture: &Timeline) -> String {
    let mut events: Vec<Value> = Vec::new();
    for (number, row) in picture.rows.iter().enumerate() {
        let name = json!({ "name": row.name });
        events.push(
            json!({ "name": "thread_name", "ph": "M", "pid": 1, "tid": number, "args": name }),
        );
        for span in &row.spans {
            let name = doing(span.waits);
            let (begin, length) = (
                span.from * MICROSECONDS,
                (span.to - span.from) * MICROSECONDS,
            );
            let on_core = span.on_core.map(|on_core| on_core * MICROSECONDS);
            events.push(json!({
                "name": name, "ph": "X", "ts": begin, "dur": length, "tdur": on_core, "pid": 1, "tid": number,
            }));
        }
    }
    for (number, arrow) in picture.arrows.iter().enumerate() {
        for (phase, (row, at)) in [("s", arrow.from), ("f", arrow.to)] {
            events.push(json!({
                "name": "wakes", "cat": "wakes", "ph": phase, "bp": "e", "id": number, "ts": at * MICROSECONDS, "pid": 1, "tid": row,
            }));
        }
    }
    json!({ "traceEvents": events }).to_string()
}
