// What one notebook asks its kernel, over a comm.

import type { Cell } from "@jupyterlab/cells";
import type { CodeMirrorEditor } from "@jupyterlab/codemirror";
import type { NotebookPanel } from "@jupyterlab/notebook";
import type { Kernel, KernelMessage } from "@jupyterlab/services";
import type { ISharedText, SourceChange } from "@jupyter/ydoc";
import type { EditorView } from "@codemirror/view";

import { KERNEL, TARGET, type Answers, type Kind, type Remark } from "./messages";
import * as remarks from "./remarks";
import type { Settings } from "./settings";

// How soon a cell is sent that was only gone to, in milliseconds.
const SOON = 50;

type Answer = { draft?: number; remarks?: Remark[] | null } & { [kind in Kind]?: number };

// The editor of a cell that is shown.
export function editorOf(cell: Cell | null | undefined): EditorView | undefined {
  return (cell?.editor as CodeMirrorEditor | null | undefined)?.editor;
}

// The text of a code cell, else nothing.
export function codeOf(cell: Cell | null | undefined): string | null {
  return cell?.model?.type === "code" ? cell.model.sharedModel.getSource() : null;
}

export class Conversation {
  private readonly asked = new Map<number, (answer: Answer | null) => void>();
  private cell: Cell | null = null;
  private comm: Kernel.IComm | null = null;
  private count = 0;
  private kernel: Kernel.IKernelConnection | null = null;
  private sent: { draft: number; cell: Cell; code: string } | null = null;
  private timer = 0;

  constructor(
    readonly panel: NotebookPanel,
    private readonly settings: Settings,
  ) {
    panel.content.activeCellChanged.connect((_, cell) => this.goTo(cell));
    panel.sessionContext.kernelChanged.connect(() => this.revisit());
    panel.disposed.connect(() => clearTimeout(this.timer));
    this.goTo(panel.content.activeCell);
  }

  // Sends the active cell again: what it means may have changed.
  revisit(): void {
    this.schedule(SOON);
  }

  // Asks a question and waits for its answer; `null` where the kernel is none that answers.
  async ask<K extends Kind>(kind: K, question: object = {}): Promise<Answers[K] | null> {
    const comm = await this.open();
    if (!comm) {
      return null;
    }
    this.count += 1;
    const answer = new Promise<unknown>((resolve) => this.asked.set(this.count, resolve));
    comm.send({ [kind]: this.count, ...question });
    return answer as Promise<Answers[K] | null>;
  }

  // Lays a cell out by rustfmt. Gives why it stays as it is, if it does.
  async format(cell: Cell | null): Promise<string | null> {
    const source = codeOf(cell);
    if (!cell || !source?.trim()) {
      return null;
    }
    const answer = await this.ask("format", { code: source });
    const isAsItWas = !cell.isDisposed && codeOf(cell) === source;
    if (isAsItWas && answer?.code !== undefined && answer.code !== source) {
      cell.model.sharedModel.setSource(answer.code);
    }
    return answer?.message ?? null;
  }

  // The comm to the kernel, if it is one that answers. One that was restarted needs another.
  async open(): Promise<Kernel.IComm | null> {
    const kernel = this.panel.sessionContext.session?.kernel;
    if (!kernel || kernel.isDisposed) {
      return null;
    }
    if (this.comm && !this.comm.isDisposed && this.kernel === kernel) {
      return this.comm;
    }
    const { implementation } = await kernel.info;
    if (implementation !== KERNEL) {
      return null;
    }
    this.kernel = kernel;
    this.asked.forEach((resolve) => resolve(null));
    this.asked.clear();
    this.comm = kernel.createComm(TARGET);
    this.comm.onMsg = ({ content }) => this.receive(content.data as Answer);
    this.comm.open();
    return this.comm;
  }

  // The value of a variable as text, or why it cannot be shown. It waits for the cell that runs.
  async valueOf(name: string): Promise<string> {
    const kernel = this.panel.sessionContext.session?.kernel;
    if (!kernel) {
      return "there is no kernel";
    }
    const request = kernel.requestExecute({ code: `&${name}`, store_history: false, allow_stdin: false, stop_on_error: false });
    const said: string[] = [];
    request.onIOPub = ({ content }: KernelMessage.IIOPubMessage) => {
      const { data, evalue } = content as { data?: Record<string, string>; evalue?: string };
      said.push(data?.["text/plain"] ?? evalue ?? "");
    };
    await request.done;
    return said.join("").trim() || "it has no text";
  }

  private goTo(cell: Cell | null): void {
    this.cell?.model?.sharedModel.changed.disconnect(this.changed, this);
    this.cell = cell;
    cell?.model.sharedModel.changed.connect(this.changed, this);
    this.revisit();
  }

  private changed(_: ISharedText, { sourceChange }: SourceChange): void {
    if (sourceChange) {
      this.schedule(this.settings.pause);
    }
  }

  // Sends the active cell after a while in which nothing changes.
  private schedule(pause: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.send(), pause);
  }

  private async send(): Promise<void> {
    const { cell } = this;
    const comm = this.settings.drafts ? await this.open() : null;
    const code = codeOf(cell);
    if (!comm || !cell || cell !== this.cell || code === null) {
      return;
    }
    this.count += 1;
    this.sent = { draft: this.count, cell, code };
    comm.send({ draft: this.count, code });
  }

  private receive(answer: Answer): void {
    const number = answer.format ?? answer.judge ?? answer.look ?? answer.variables;
    if (number !== undefined) {
      this.asked.get(number)?.(answer);
      this.asked.delete(number);
      return;
    }
    const { sent } = this;
    if (sent && answer.draft === sent.draft && !sent.cell.isDisposed && codeOf(sent.cell) === sent.code) {
      const view = editorOf(sent.cell);
      if (view) {
        remarks.show(view, answer.remarks ?? []);
      }
    }
  }
}
