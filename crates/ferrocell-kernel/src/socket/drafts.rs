//! The comm target by which a frontend sends the code of a cell while it is written, so that it is prepared and checked
//! before it is run, and has it formatted or the session's variables listed.
//!
//! The frontend opens a comm to [`TARGET`]. With each `comm_msg` it sends a draft, the whole code of one cell:
//!
//! ```json
//! { "draft": 7, "code": "printn!(\"a\");" }
//! ```
//!
//! `draft` is any value; the answer, another `comm_msg`, brings it back with what there is to say of the code:
//!
//! ```json
//! { "draft": 7, "remarks": [{
//!     "severity": "error", "message": "cannot find macro `printn` in this scope", "code": "", "notes": [],
//!     "start": { "line": 1, "column": 1 }, "end": { "line": 1, "column": 7 },
//!     "fixes": [{ "title": "a macro with a similar name exists: `print`", "edits": [{
//!         "start": { "line": 1, "column": 1 }, "end": { "line": 1, "column": 7 }, "text": "print"
//!     }] }]
//! }] }
//! ```
//!
//! Each of `fixes` may mend the code by itself; all its places are those of the draft.
//!
//! Lines and columns count from 1, columns in Unicode code points. `remarks` is `null` if a newer draft came before this one
//! was looked at, or if nothing can be said without running it. The frontend waits until the user pauses (half a second, say)
//! before it sends a draft; a newer one ends the work on an older one, whichever comm it came by. Nothing of a draft is run.
//!
//! With `format` in the place of `draft`, the answer has the code in its usual layout, or says why it stays as it is:
//!
//! ```json
//! { "format": 8, "code": "let n:u8=25;" }
//! { "format": 8, "code": "let n: u8 = 25;" }
//! { "format": 9, "message": "it stays as it is: expected expression, found `;`" }
//! ```
//!
//! With `variables`, the answer lists those that the next cell may use:
//!
//! ```json
//! { "variables": 10 }
//! { "variables": 10, "list": [{ "name": "n", "type": "u8", "note": "mut" }] }
//! ```
//!
//! With `look`, it has what is to be seen of the session between two cells without running the user's code, or `null`: while
//! a cell runs, or where there is nothing. ferrocell tells how many items each variable has, its value, and what other
//! threads do:
//!
//! ```json
//! { "look": 12 }
//! { "look": 12, "seen": {
//!     "variables": { "words": { "items": 2, "value": "[\"a\", \"b\"]" }, "job": { "items": null, "value": null } },
//!     "threads": [{ "name": "worker", "state": "sleeps" }]
//! } }
//! ```
//!
//! With `judge`, it says whether cells and those of another language's notebook, the reference, say the same: both sides as
//! cells of the notebook format with their outputs, the judged one last.
//!
//! ```json
//! { "judge": 11, "reference": [{ "cell_type": "code", "outputs": [], … }], "other": [{ … }] }
//! { "judge": 11, "verdict": "differs", "reason": "line 1: Python has \"1\", Rust has \"2\"" }
//! ```
//!
//! Specification: [Custom messages](https://jupyter-client.readthedocs.io/en/stable/messaging.html#custom-messages).

use std::collections::HashSet;
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jupyter_protocol::{
    CommClose, CommId, CommInfo, CommInfoReply, CommMsg, CommOpen, ReplyStatus,
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use crate::exchange::Exchange;
use crate::language::{Variable, Verdict};
use crate::queue::Job;

use super::{KernelRequests, Lane};

/// The target's name.
const TARGET: &str = "ferrocell.draft";

/// The comms that are open.
#[derive(Default)]
pub(crate) struct Drafts(Mutex<HashSet<CommId>>);

/// What a frontend sends.
#[derive(Deserialize)]
#[serde(untagged)]
enum Question {
    Format {
        format: Value,
        code: String,
    },
    Judge {
        judge: Value,
        reference: Value,
        other: Value,
    },
    Look {
        look: Value,
    },
    Variables {
        variables: Value,
    },
    Draft {
        #[serde(default)]
        draft: Value,
        code: String,
    },
}

impl Drafts {
    /// Opens a comm. One to another target is closed at once, for none is known here. Specification: "Opening a Comm".
    pub(crate) fn open(&self, exchange: Exchange) {
        match exchange.message.content::<CommOpen>() {
            Ok(open) if open.target_name == TARGET => drop(self.comms().insert(open.comm_id)),
            Ok(CommOpen { comm_id, .. }) => exchange.publish(&CommClose {
                comm_id,
                data: Map::new(),
            }),
            Err(error) => log::warn!("a comm_open was ignored: {error}"),
        }
        exchange.end();
    }

    /// Closes a comm.
    pub(crate) fn close(&self, exchange: Exchange) {
        match exchange.message.content::<CommClose>() {
            Ok(close) => drop(self.comms().remove(&close.comm_id)),
            Err(error) => log::warn!("a comm_close was ignored: {error}"),
        }
        exchange.end();
    }

    /// Tells which comms are open. Specification: "Comm info".
    pub(crate) fn info(&self, exchange: Exchange) {
        let info = |id: &CommId| {
            let target_name = TARGET.to_owned();
            (id.clone(), CommInfo { target_name })
        };
        let comms = self.comms().iter().map(info).collect();
        exchange.reply(&CommInfoReply {
            status: ReplyStatus::Ok,
            comms,
            error: None,
        });
    }

    /// Takes a draft or another question, and answers when it was looked at. Drafts count in the order in which this is
    /// called.
    pub(crate) fn take(
        &self,
        exchange: Exchange,
        kernel_requests: &Arc<KernelRequests>,
        jobs: &Sender<Job>,
    ) {
        let origin = exchange.message.origin.clone();
        let message = exchange.message.content::<CommMsg>();
        // Whoever waits for the answer needs not see a busy kernel meanwhile.
        exchange.end();
        let (comm_id, question) = match message.map(|CommMsg { comm_id, data }| {
            (comm_id, serde_json::from_value::<Question>(data.into()))
        }) {
            Ok((comm_id, Ok(question))) if self.comms().contains(&comm_id) => (comm_id, question),
            Ok((_, Err(error))) => return log::warn!("a comm_msg was ignored: {error}"),
            Ok(_) => return log::info!("a comm_msg to no open comm was ignored"),
            Err(error) => return log::warn!("a comm_msg was ignored: {error}"),
        };
        let queries = match kernel_requests.handles.get() {
            Some(Some(handle)) => Some(Arc::clone(&handle.queries)),
            _ => None,
        };
        // Of several drafts, the last one taken counts.
        let pending = match (&question, &queries) {
            (Question::Draft { code, .. }, Some(queries)) => Some(queries.draft(code)),
            _ => None,
        };
        let looking = match &question {
            Question::Look { .. } if kernel_requests.cells.running().is_none() => {
                let (answer, seen) = oneshot::channel();
                jobs.send(Job::Look(answer)).ok().map(|()| seen)
            }
            _ => None,
        };
        let iopub = kernel_requests.iopub.clone();
        tokio::task::spawn_blocking(move || {
            let data = match question {
                Question::Draft { draft, .. } => {
                    let remarks = pending.and_then(|pending| pending());
                    json!({ "draft": draft, "remarks": remarks })
                }
                Question::Format { format, code } => match queries.map(|it| it.format(&code)) {
                    Some(Ok(code)) => json!({ "format": format, "code": code }),
                    Some(Err(message)) => json!({ "format": format, "message": message }),
                    None => json!({ "format": format, "message": "the kernel has not begun" }),
                },
                Question::Judge {
                    judge,
                    reference,
                    other,
                } => {
                    let verdict = queries.map(|it| it.judge(&reference, &other));
                    let verdict = verdict.map(|Verdict { word, reason }| (word, reason));
                    let (word, reason) = verdict.unwrap_or_default();
                    json!({ "judge": judge, "verdict": word, "reason": reason })
                }
                Question::Look { look } => {
                    let seen = looking.and_then(|seen| seen.blocking_recv().ok().flatten());
                    json!({ "look": look, "seen": seen })
                }
                Question::Variables { variables } => {
                    let list = queries
                        .map(|queries| queries.variables())
                        .unwrap_or_default();
                    let entry = |Variable { name, ty, note }| json!({ "name": name, "type": ty, "note": note });
                    let list: Vec<_> = list.into_iter().map(entry).collect();
                    json!({ "variables": variables, "list": list })
                }
            };
            let data = data.as_object().cloned().unwrap_or_default();
            iopub.publish(Lane::Express, &origin, &CommMsg { comm_id, data });
        });
    }

    fn comms(&self) -> MutexGuard<'_, HashSet<CommId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
