// The panel that lists the variables of the notebook in front.

import { Widget } from "@lumino/widgets";

import type { Conversation } from "./conversation";
import type { Variable } from "./messages";

export class VariablesPanel extends Widget {
  constructor(private readonly current: () => Conversation | undefined) {
    super();
    this.id = "ferrocell-variables";
    this.title.label = "Variables";
    this.title.caption = "Variables of the Rust notebook";
    this.title.closable = true;
    this.addClass("ferrocell-variables");
  }

  async refresh(): Promise<void> {
    if (!this.isVisible) {
      return;
    }
    const conversation = this.current();
    const answer = await conversation?.ask("variables");
    if (!conversation || !answer) {
      this.node.replaceChildren(element("p", "The notebook in front is none on ferrocell."));
    } else if (answer.list.length === 0) {
      this.node.replaceChildren(element("p", "There are no variables yet."));
    } else {
      const table = document.createElement("table");
      const head = document.createElement("thead");
      head.append(row(["Name", "Type", ""], "th"));
      const body = document.createElement("tbody");
      body.append(...answer.list.flatMap((variable) => entry(variable, conversation)));
      table.append(head, body);
      this.node.replaceChildren(table);
    }
  }

  protected override onAfterShow(): void {
    void this.refresh();
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

// A variable's line, and below it its value once that is asked for: showing it runs the user's code.
function entry({ name, type, note }: Variable, conversation: Conversation): HTMLTableRowElement[] {
  const line = row(["", type, note], "td");
  const button = Object.assign(element("button", name), { className: "ferrocell-value", title: `Show the value of ${name}` });
  button.setAttribute("aria-expanded", "false");
  line.firstChild?.appendChild(button);
  const shown = document.createElement("tr");
  shown.hidden = true;
  const value = Object.assign(document.createElement("td"), { colSpan: 3 });
  const text = document.createElement("pre");
  value.append(text);
  shown.append(value);
  button.onclick = async () => {
    shown.hidden = !shown.hidden;
    button.setAttribute("aria-expanded", String(!shown.hidden));
    if (!shown.hidden) {
      text.textContent = "…";
      text.textContent = await conversation.valueOf(name);
    }
  };
  return [line, shown];
}
