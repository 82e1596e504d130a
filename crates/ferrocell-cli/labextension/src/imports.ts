// A completion that has to be imported: its name is inserted, and the `use` line for it at the top of the cell.

import type { ICompletionProviderManager } from "@jupyterlab/completer";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import type { EditorView } from "@codemirror/view";

import { editorOf } from "./conversation";
import type { Settings } from "./settings";

// What the kernel says of a candidate beside its text.
interface Candidate {
  text: string;
  // The path that has to be imported, and the name that then stands for it.
  import?: { path: string; name: string };
}

// What stands above the first line that may be `use`: directives, comments, attributes of the whole, and empty lines.
const ABOVE = /^\s*(:|\/\/|#!|$)/;

export class Imports {
  // The candidates of the last answer that was given to any notebook.
  private candidates: Candidate[] = [];

  constructor(tracker: INotebookTracker, completion: ICompletionProviderManager, settings: Settings) {
    completion.selected.connect((_, { insertText }) => {
      const chosen = this.candidates.find(({ text }) => text === insertText)?.import;
      const view = editorOf(tracker.activeCell);
      if (settings.imports && chosen && view) {
        insert(view, insertText, chosen);
      }
    });
  }

  // Listens to what a notebook's kernel suggests.
  watch(panel: NotebookPanel): void {
    const listen = (kernel: Kernel.IKernelConnection | null | undefined) =>
      kernel?.anyMessage.connect((_, { msg, direction }) => {
        if (direction === "recv" && msg.header.msg_type === "complete_reply") {
          const { metadata } = (msg as KernelMessage.ICompleteReplyMsg).content as { metadata?: object };
          this.candidates = (metadata as { _jupyter_types_experimental?: Candidate[] })?._jupyter_types_experimental ?? [];
        }
      });
    listen(panel.sessionContext.session?.kernel);
    panel.sessionContext.kernelChanged.connect((_, { newValue }) => listen(newValue));
  }
}

// Writes the name in the place of what was inserted before the cursor, and imports it.
function insert(view: EditorView, inserted: string, { path, name }: { path: string; name: string }): void {
  const { doc, selection } = view.state;
  const to = selection.main.head;
  const from = to - inserted.length;
  if (from < 0 || doc.sliceString(from, to) !== inserted) {
    return;
  }
  let line = 1;
  while (line < doc.lines && ABOVE.test(doc.line(line).text)) {
    line += 1;
  }
  const top = Math.min(doc.line(line).from, from);
  view.dispatch({
    changes: [
      { from: top, insert: `use ${path};\n` },
      { from, to, insert: name },
    ],
    userEvent: "input.complete",
  });
}
