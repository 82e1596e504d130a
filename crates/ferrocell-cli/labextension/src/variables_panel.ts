// The panel that lists the variables of the notebook in front, and what its threads do.

import type { NotebookPanel } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";

import type { Conversation } from "./conversation";
import type { Glance, Variable } from "./messages";

const NOTHING: Glance = { variables: {}, threads: [] };

// How long nothing has to run before variables are looked at: their turn is after the user's cells.
const PAUSE = 500;

// How often they are looked at again while threads run.
const BEAT = 2000;

export class VariablesPanel extends Widget {
  // The variables that are opened, with their values in full.
  private readonly open = new Map<string, string>();
  private areOpenStale = false;
  private glance = NOTHING;
  private list: Variable[] = [];
  private shown: NotebookPanel | null = null;
  private timer = 0;

  constructor(private readonly current: () => Conversation | undefined) {
    super();
    this.id = "ferrocell-variables";
    this.title.label = "Variables";
    this.title.caption = "Variables and threads of the Rust notebook";
    this.title.closable = true;
    this.addClass("ferrocell-variables");
  }

  // Lists the variables now, and looks at them once nothing runs.
  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    if (!this.isVisible) {
      return;
    }
    const conversation = this.current();
    const answer = await conversation?.ask("variables");
    if (conversation !== this.current()) {
      // The notebook that came to the front meanwhile is asked itself.
      return;
    }
    if (!conversation || !answer) {
      this.node.replaceChildren(element("p", "The notebook in front is none on ferrocell."));
      return;
    }
    if (this.shown !== conversation.panel) {
      this.shown = conversation.panel;
      this.open.clear();
      this.glance = NOTHING;
    }
    this.areOpenStale = true;
    this.list = answer.list;
    this.render(conversation);
    this.schedule(conversation, PAUSE);
  }

  protected override onAfterShow(): void {
    void this.refresh();
  }

  private schedule(conversation: Conversation, pause: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.look(conversation), pause);
  }

  private async look(conversation: Conversation): Promise<void> {
    if (!this.isVisible || conversation !== this.current()) {
      return;
    }
    const seen = (await conversation.ask("look"))?.seen;
    if (seen && conversation === this.current()) {
      this.glance = seen;
      this.render(conversation);
      if (this.areOpenStale) {
        this.areOpenStale = false;
        await Promise.all([...this.open.keys()].map((name) => this.unfold(name, conversation)));
      }
    }
    // A cell that runs may take long: this is asked again until it has ended.
    if (!seen || seen.threads.length > 0) {
      this.schedule(conversation, BEAT);
    }
  }

  private render(conversation: Conversation): void {
    const focused = this.node.contains(document.activeElement) ? document.activeElement?.textContent : null;
    const { scrollTop } = this.node;
    const rows = this.list.flatMap((variable) => this.entry(variable, conversation));
    const variables =
      rows.length > 0 ? table(["Name", "Type and value"], rows) : element("p", "There are no variables yet.");
    const threads = this.glance.threads.map(({ name, state }) => row([name, state], "td"));
    const also = threads.length > 0 ? [table(["Thread", "Does"], threads)] : [];
    this.node.replaceChildren(variables, ...also);
    this.node.scrollTop = scrollTop;
    const buttons = [...this.node.querySelectorAll("button")];
    buttons.find(({ textContent }) => focused && textContent === focused)?.focus();
  }

  // A variable's line, and below it its whole value while that is asked for: showing it may run the user's code.
  private entry({ name, type, note }: Variable, conversation: Conversation): HTMLTableRowElement[] {
    const { items, value } = this.glance.variables[name] ?? {};
    const size = items === undefined || items === null ? "" : `${items} items`;
    const line = row(["", [type, size, note].filter((text) => text).join(" · ")], "td");
    if (value !== undefined && value !== null) {
      line.lastChild?.appendChild(Object.assign(element("div", value), { className: "ferrocell-glance" }));
    }
    const button = Object.assign(element("button", name), { className: "ferrocell-value", title: `Show the value of ${name}` });
    button.setAttribute("aria-expanded", String(this.open.has(name)));
    line.firstChild?.appendChild(button);
    button.onclick = () => {
      if (this.open.delete(name)) {
        this.render(conversation);
      } else {
        void this.unfold(name, conversation);
      }
    };
    const text = this.open.get(name);
    if (text === undefined) {
      return [line];
    }
    const whole = document.createElement("tr");
    const cell = Object.assign(document.createElement("td"), { colSpan: 2 });
    cell.append(element("pre", text));
    whole.append(cell);
    return [line, whole];
  }

  // Shows a variable's whole value below its line.
  private async unfold(name: string, conversation: Conversation): Promise<void> {
    this.open.set(name, this.open.get(name) ?? "…");
    this.render(conversation);
    const value = await conversation.valueOf(name);
    if (this.open.has(name) && conversation === this.current()) {
      this.open.set(name, value);
      this.render(conversation);
    }
  }
}

function element<K extends keyof HTMLElementTagNameMap>(kind: K, textContent: string): HTMLElementTagNameMap[K] {
  return Object.assign(document.createElement(kind), { textContent });
}

function row(cells: string[], kind: "td" | "th"): HTMLTableRowElement {
  const line = document.createElement("tr");
  line.append(...cells.map((text) => element(kind, text)));
  return line;
}

function table(titles: string[], rows: HTMLTableRowElement[]): HTMLTableElement {
  const table = document.createElement("table");
  const head = document.createElement("thead");
  head.append(row(titles, "th"));
  const body = document.createElement("tbody");
  body.append(...rows);
  table.append(head, body);
  return table;
}
