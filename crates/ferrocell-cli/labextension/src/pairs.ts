// Two notebooks that have cells of the same ids: the cell in which the user is marks its twin, what is scrolled in one is
// followed in the other, and both cells are run and judged by one key.

import type { JupyterFrontEnd } from "@jupyterlab/application";
import { Notification } from "@jupyterlab/apputils";
import type { Cell } from "@jupyterlab/cells";
import { NotebookActions, type INotebookTracker, type NotebookPanel } from "@jupyterlab/notebook";

import type { Conversation } from "./conversation";

// For how many frames two cells are kept level after one was gone to.
const LEVEL_FRAMES = 10;

interface Metadata {
  twin?: string;
  compare?: { with?: string[] };
}

export class Pairs {
  private isFollowing = false;

  constructor(
    private readonly tracker: INotebookTracker,
    private readonly conversations: Map<NotebookPanel, Conversation>,
  ) {
    tracker.activeCellChanged.connect(() => this.mark());
  }

  // Offers to open the notebook that one names as its twin, and marks its tab with its language.
  async offer(panel: NotebookPanel, app: JupyterFrontEnd): Promise<void> {
    await Promise.all([app.restored, panel.context.ready]);
    const path = twinPath(panel);
    if (!path || panel.isDisposed) {
      return;
    }
    const { language = "" } = panel.content.model?.getMetadata("kernelspec") ?? {};
    panel.title.dataset = { ...panel.title.dataset, "ferrocell-language": language };
    if (!this.opened(path)) {
      const open = { path, factory: "Notebook", options: { mode: "split-right", ref: panel.id } };
      const callback = () => void app.commands.execute("docmanager:open", open);
      Notification.info(`This notebook has a twin: ${path}`, { autoClose: 15000, actions: [{ label: "Open beside", callback }] });
    }
  }

  // Follows a panel that the user scrolls: the pointer is on it. Level are the cells in which the user is, or else the
  // first that are seen.
  async follow(panel: NotebookPanel): Promise<void> {
    if (!panel.node.matches(":hover") || this.isFollowing) {
      return;
    }
    const { top, bottom } = panel.content.node.getBoundingClientRect();
    const isSeen = ({ node }: Cell) => {
      const place = node.getBoundingClientRect();
      return node.isConnected && place.bottom > top + 40 && place.top < bottom;
    };
    const active = panel.content.activeCell;
    const seen = active && isSeen(active) ? active : panel.content.widgets.find(isSeen);
    const found = seen && this.find(panel, seen);
    if (!found) {
      return;
    }
    const { twin, place } = found;
    this.isFollowing = true;
    if (!twin.content.widgets[place].node.isConnected) {
      await twin.content.scrollToItem(place, "start");
    }
    await level(panel, seen, twin, twin.content.widgets[place]);
    this.isFollowing = false;
  }

  // Runs the active cell and its twin, and says above the Rust cell whether they agree, and how long each took. Gives why
  // it does not, if so.
  async run(): Promise<string | null> {
    const panel = this.tracker.currentWidget;
    const cell = this.tracker.activeCell;
    const found = panel && cell && this.find(panel, cell);
    if (!found) {
      return "no other open notebook has a cell with this id";
    }
    const { twin, place } = found;
    const isRust = (await this.conversations.get(panel)?.open()) !== null;
    const [rust, python] = isRust ? [panel, twin] : [twin, panel];
    twin.content.activeCellIndex = place;
    const timed = async (each: NotebookPanel) => {
      const begin = performance.now();
      await NotebookActions.run(each.content, each.sessionContext);
      return performance.now() - begin;
    };
    const [rustTime, pythonTime] = await Promise.all([timed(rust), timed(python)]);
    const ids = judged(python, cell.model.id);
    const cells = (each: NotebookPanel) => ids.flatMap((id) => each.content.widgets.find(({ model }) => model.id === id) ?? []);
    const [reference, other] = [python, rust].map((each) => cells(each).map(({ model }) => model.toJSON()));
    const answer = await this.conversations.get(rust)?.ask("judge", { reference, other });
    const shown = cells(rust).at(-1);
    if (answer && shown) {
      const reason = answer.reason ? `: ${answer.reason}` : "";
      const times = `Python ${written(pythonTime)} · Rust ${written(rustTime)}`;
      say(shown, answer.verdict, `${answer.verdict}${reason} · ${times}`);
    }
    for (const each of [panel, twin]) {
      each.content.activeCellIndex += 1;
      each.content.deselectAll();
    }
    return answer ? null : "neither notebook is on ferrocell";
  }

  // The open notebook that one names as its twin, or else the one that has the most cells in common with it: at least
  // half of its code cells.
  private twinOf(panel: NotebookPanel): NotebookPanel | null {
    const named = this.opened(twinPath(panel));
    if (named) {
      return named;
    }
    const ids = new Set(codeCells(panel).map(({ model }) => model.id));
    const common = (other: NotebookPanel) => codeCells(other).filter(({ model }) => ids.has(model.id)).length;
    const others: NotebookPanel[] = [];
    this.tracker.forEach((other) => {
      if (other !== panel && 2 * common(other) >= Math.max(ids.size, 2)) {
        others.push(other);
      }
    });
    return others.sort((one, other) => common(other) - common(one))[0] ?? null;
  }

  // The open notebook at a path.
  private opened(path: string | null): NotebookPanel | undefined {
    return this.tracker.find(({ context }) => context.path === path);
  }

  // A cell's twin: the notebook, and its place there.
  private find(panel: NotebookPanel, cell: Cell): { twin: NotebookPanel; place: number } | null {
    const twin = this.twinOf(panel);
    const place = twin?.content.widgets.findIndex(({ model }) => model.id === cell.model?.id) ?? -1;
    return twin && place >= 0 ? { twin, place } : null;
  }

  private async mark(): Promise<void> {
    const panel = this.tracker.currentWidget;
    const cell = this.tracker.activeCell;
    document.querySelectorAll(".ferrocell-twin").forEach((node) => node.classList.remove("ferrocell-twin"));
    const found = panel && cell && this.find(panel, cell);
    if (found) {
      const { twin, place } = found;
      await twin.content.scrollToItem(place, "smart");
      const other = twin.content.widgets[place];
      other.node.classList.add("ferrocell-twin");
      await level(panel, cell, twin, other);
    }
  }
}

// The path of the notebook that one names as its twin, in relation to its own.
function twinPath(panel: NotebookPanel): string | null {
  const metadata: Metadata | undefined = panel.content.model?.getMetadata("ferrocell");
  const base = `file:///${panel.context.path.split("/").map(encodeURIComponent).join("/")}`;
  return metadata?.twin ? decodeURIComponent(new URL(metadata.twin, base).pathname.slice(1)) : null;
}

function codeCells(panel: NotebookPanel): Cell[] {
  return panel.content.widgets.filter(({ model }) => model.type === "code");
}

// Brings two cells to the same height, as far as the second notebook can be scrolled. Cells that come into view by that
// turn out to be higher than was thought, so it takes some frames.
async function level(panel: NotebookPanel, cell: Cell, twin: NotebookPanel, other: Cell): Promise<void> {
  const height = (each: NotebookPanel, { node }: Cell) =>
    node.getBoundingClientRect().top - each.content.node.getBoundingClientRect().top;
  const outer = twin.content.node.querySelector(".jp-WindowedPanel-outer") ?? twin.content.node;
  for (let frame = 0; frame < LEVEL_FRAMES && cell.node.isConnected && other.node.isConnected; frame += 1) {
    const difference = height(twin, other) - height(panel, cell);
    if (Math.abs(difference) > 1) {
      outer.scrollTop += difference;
    }
    await new Promise(requestAnimationFrame);
  }
}

// The ids of the cells whose outputs are judged together with a cell's by the rule in the Python notebook, that cell last.
function judged(python: NotebookPanel, id: string): string[] {
  const cell = python.content.widgets.find(({ model }) => model.id === id);
  const metadata: Metadata | undefined = cell?.model.getMetadata("ferrocell");
  return [...(metadata?.compare?.with ?? []), id];
}

function say(cell: Cell, verdict: string, text: string): void {
  cell.node.querySelector(".ferrocell-verdict")?.remove();
  const line = Object.assign(document.createElement("div"), { className: "ferrocell-verdict", textContent: text });
  line.dataset.verdict = verdict;
  line.setAttribute("role", "status");
  cell.node.querySelector(".jp-Cell-inputWrapper")?.before(line);
}

function written(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
}
