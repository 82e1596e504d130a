//! The outputs of one cell while they arrive.
//!
//! Does what a frontend does with iopub messages, as told in the messaging specification's sections on
//! [streams, display data, updates and clearing](https://jupyter-client.readthedocs.io/en/stable/messaging.html#messages-on-the-iopub-pub-sub-channel).

use jupyter_protocol::{JupyterMessageContent, Stdio, Transient, UpdateDisplayData};
use nbformat::v4::{DisplayData, ErrorOutput, ExecuteResult, MultilineString, Output};

/// What a cell has put out so far.
#[derive(Debug, Default)]
pub(crate) struct Outputs {
    shown: Vec<Shown>,
    clear_before_next: bool,
}

#[derive(Debug)]
struct Shown {
    output: Output,
    display_id: Option<String>,
}

impl Outputs {
    /// Takes in one iopub message. Messages that put nothing out are passed over.
    pub(crate) fn receive(&mut self, content: JupyterMessageContent) {
        match content {
            JupyterMessageContent::StreamContent(stream) => {
                let name = match stream.name {
                    Stdio::Stdout => "stdout",
                    Stdio::Stderr => "stderr",
                };
                self.append_stream(name, &stream.text);
            }
            JupyterMessageContent::DisplayData(display) => {
                let output = Output::DisplayData(DisplayData {
                    data: display.data,
                    metadata: display.metadata,
                });
                self.append(output, display.transient);
            }
            JupyterMessageContent::ExecuteResult(result) => {
                let output = Output::ExecuteResult(ExecuteResult {
                    execution_count: result.execution_count,
                    data: result.data,
                    metadata: result.metadata,
                });
                self.append(output, result.transient);
            }
            JupyterMessageContent::ErrorOutput(error) => {
                let output = Output::Error(ErrorOutput {
                    ename: error.ename,
                    evalue: error.evalue,
                    traceback: error.traceback,
                });
                self.append(output, None);
            }
            JupyterMessageContent::ClearOutput(clear) if clear.wait => {
                self.clear_before_next = true;
            }
            JupyterMessageContent::ClearOutput(_) => self.shown.clear(),
            _ => {}
        }
    }

    /// Replaces the displays that carry the update's id; such an update may come from any cell.
    pub(crate) fn update(&mut self, update: &UpdateDisplayData) {
        let id = &update.transient.display_id;
        let same_id = |shown: &&mut Shown| id.is_some() && &shown.display_id == id;
        for shown in self.shown.iter_mut().filter(same_id) {
            match &mut shown.output {
                Output::DisplayData(DisplayData { data, metadata })
                | Output::ExecuteResult(ExecuteResult { data, metadata, .. }) => {
                    data.clone_from(&update.data);
                    metadata.clone_from(&update.metadata);
                }
                Output::Stream { .. } | Output::Error(_) => {}
            }
        }
    }

    /// The outputs as they stand in the notebook file.
    pub(crate) fn to_vec(&self) -> Vec<Output> {
        let shown = self.shown.iter();
        shown.map(|shown| shown.output.clone()).collect()
    }

    /// The errors that the cell has reported.
    pub(crate) fn errors(&self) -> impl Iterator<Item = &ErrorOutput> {
        self.shown.iter().filter_map(|shown| match &shown.output {
            Output::Error(error) => Some(error),
            _ => None,
        })
    }

    /// Everything that the cell wrote to its `stdout` or `stderr`.
    pub(crate) fn stream(&self, stream: &str) -> String {
        let texts = self.shown.iter().filter_map(|shown| match &shown.output {
            Output::Stream { name, text } if name == stream => Some(text.0.as_str()),
            _ => None,
        });
        texts.collect()
    }

    fn append_stream(&mut self, name: &str, new_text: &str) {
        self.clear_if_asked();
        if let Some(Shown {
            output: Output::Stream { name: last, text },
            ..
        }) = self.shown.last_mut()
            && last == name
        {
            text.0.push_str(new_text);
            return;
        }
        let output = Output::Stream {
            name: name.into(),
            text: MultilineString(new_text.into()),
        };
        self.append(output, None);
    }

    fn append(&mut self, output: Output, transient: Option<Transient>) {
        self.clear_if_asked();
        self.shown.push(Shown {
            output,
            display_id: transient.and_then(|transient| transient.display_id),
        });
    }

    fn clear_if_asked(&mut self) {
        if std::mem::take(&mut self.clear_before_next) {
            self.shown.clear();
        }
    }
}
