// What the compiler says of a cell, underlined in its text and explained under the pointer.

import { StateEffect, StateField, type EditorState, type Extension, type Text } from "@codemirror/state";
import { Decoration, EditorView, hoverTooltip, showTooltip, type DecorationSet, type Tooltip } from "@codemirror/view";

import type { Fix, Place, Remark } from "./messages";

const change = StateEffect.define<Remark[]>();
const visit = StateEffect.define();

// The place of a line and column.
function offset(doc: Text, { line, column }: Place): number {
  if (line > doc.lines) {
    return doc.length;
  }
  const { from, text } = doc.line(line);
  return from + [...text].slice(0, column - 1).join("").length;
}

function mark(doc: Text, remark: Remark) {
  let [from, to] = [offset(doc, remark.start), offset(doc, remark.end)];
  if (from === to) {
    // What is missing is marked at what stands before it.
    [from, to] = from > 0 ? [from - 1, to] : [from, Math.min(1, doc.length)];
  }
  const attributes = { "aria-description": remark.message };
  const spec = { class: `ferrocell-${remark.severity}`, attributes, remark };
  return from < to ? [Decoration.mark(spec).range(from, to)] : [];
}

const field = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    const changed = transaction.effects.find((effect) => effect.is(change));
    const { doc } = transaction.state;
    return changed
      ? Decoration.set(changed.value.flatMap((remark: Remark) => mark(doc, remark)), true)
      : marks.map(transaction.changes);
  },
  provide: (self) => EditorView.decorations.from(self),
});

// What there is to say of a position, beside its text.
function explanation(state: EditorState, position: number): Tooltip | null {
  const found: { from: number; to: number; remark: Remark }[] = [];
  state.field(field).between(position, position, (from, to, { spec }) => {
    found.push({ from, to, remark: spec.remark });
  });
  return found.length === 0
    ? null
    : {
        pos: Math.min(...found.map(({ from }) => from)),
        end: Math.max(...found.map(({ to }) => to)),
        above: true,
        create: (view) => ({ dom: describe(found.map(({ remark }) => remark), (fix) => apply(view, fix)) }),
      };
}

const hovered = hoverTooltip((view, position) => explanation(view.state, position));

// The one that was gone to by a key, until the cursor leaves it.
const visited = StateField.define<Tooltip | null>({
  create: () => null,
  update(tooltip, { effects, selection, docChanged, state }) {
    if (effects.some((effect) => effect.is(visit))) {
      return explanation(state, state.selection.main.head);
    }
    return docChanged || selection ? null : tooltip;
  },
  provide: (self) => showTooltip.from(self),
});

const extension: Extension = [field, hovered, visited];

// Shows remarks in an editor, in the place of earlier ones.
export function show(view: EditorView, remarks: Remark[]): void {
  const effects: StateEffect<unknown>[] = [change.of(remarks)];
  if (!view.state.field(field, false)) {
    view.dispatch({ effects: StateEffect.appendConfig.of(extension) });
  }
  view.dispatch({ effects });
}

// Goes to the first remark behind the cursor, or else to the first of all, and explains it. Whether there is one.
export function goToNext(view: EditorView): boolean {
  const places: number[] = [];
  view.state.field(field, false)?.between(0, view.state.doc.length, (from) => void places.push(from));
  places.sort((one, other) => one - other);
  const anchor = places.find((place) => place > view.state.selection.main.head) ?? places[0];
  if (anchor === undefined) {
    return false;
  }
  view.dispatch({ selection: { anchor }, effects: visit.of(null), scrollIntoView: true });
  view.focus();
  return true;
}

// Changes the text as one of the compiler's suggestions says. Remarks go with the text that they are about.
export function apply(view: EditorView, { edits }: Fix): void {
  const { doc } = view.state;
  const changes = edits.map(({ start, end, text }) => ({ from: offset(doc, start), to: offset(doc, end), insert: text }));
  view.dispatch({ changes, effects: change.of([]) });
  view.focus();
}

// The suggestions for what stands at the cursor, or else for what is underlined first.
export function fixes(view: EditorView): Fix[] {
  const { head } = view.state.selection.main;
  const all: { fix: Fix; rank: number }[] = [];
  view.state.field(field, false)?.between(0, view.state.doc.length, (from, to, { spec }) => {
    const rank = from <= head && head <= to ? 0 : 1;
    all.push(...(spec.remark as Remark).fixes.map((fix) => ({ fix, rank })));
  });
  return all.sort((one, other) => one.rank - other.rank).map(({ fix }) => fix);
}

function describe(remarks: Remark[], apply: (fix: Fix) => void): HTMLElement {
  const all = document.createElement("div");
  all.className = "ferrocell-remark";
  for (const { message, code, notes, fixes } of remarks) {
    const title = document.createElement("div");
    title.textContent = code ? `${message} [${code}]` : message;
    all.append(title);
    for (const text of notes) {
      all.append(Object.assign(document.createElement("div"), { className: "ferrocell-note", textContent: text }));
    }
    for (const fix of fixes) {
      const button = document.createElement("button");
      button.className = "ferrocell-fix jp-Button";
      button.textContent = `Fix: ${fix.title}`;
      button.onclick = () => apply(fix);
      all.append(button);
    }
  }
  return all;
}
