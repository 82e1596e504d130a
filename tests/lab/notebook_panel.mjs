// One open notebook in JupyterLab, seen through the page as a reader sees it.

import { readNotebook } from "./project.mjs";

// The first cell of the first Rust session compiles the crates that it names.
export const PATIENCE = { timeout: 300_000 };

// Resolves once so many kernels have introduced themselves to the page. The page shows a kernel as idle even before that,
// and drops what it is asked to run. To be called before the page is opened.
export function kernelsConnected(page, count) {
  return new Promise((resolve) => {
    page.on("websocket", (socket) => {
      const listen = ({ payload }) => {
        if (payload.includes("kernel_info_reply")) {
          socket.off("framereceived", listen);
          count -= 1;
          if (count === 0) {
            resolve();
          }
        }
      };
      socket.on("framereceived", listen);
    });
  });
}

export class NotebookPanel {
  static async find(page, language) {
    const { cells } = await readNotebook(language);
    // Both tabs have the same name; what tells them apart is the path in the hover text.
    const tab = page.locator(`.lm-TabBar-tab[title*="notebooks/${language}/"]`);
    const id = await tab.getAttribute("data-id");
    return new NotebookPanel(page.locator(`[id="${id}"]`), cells);
  }

  constructor(panel, cells) {
    this.panel = panel;
    this.cells = cells;
  }

  async waitUntilIdle() {
    await this.panel.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor(PATIENCE);
  }

  get firstPrompt() {
    return this.cells.findIndex((cell) => cell.metadata.ferrocell?.answers?.length);
  }

  // The place of the cell with this id.
  place(id) {
    return this.cells.findIndex((cell) => cell.id === id);
  }

  cell(index) {
    return this.panel.locator(`.jp-Cell[data-windowed-list-index="${index}"]`);
  }

  // Runs the code cells from `start` to before `end` one by one, each once the one before it is done.
  async runUntil(end, start = 0) {
    for (let index = start; index < end; index += 1) {
      if (this.cells[index].cell_type === "code") {
        await this.start(index);
        await this.waitUntilRun(index);
      }
    }
  }

  async start(index) {
    // Pressed in the cell's own editor, wherever the page's focus is.
    await this.cell(index).locator(".cm-content").press("Shift+Enter");
  }

  // Runs a cell that asks, and types the answer that its metadata holds.
  async answerPrompt(index) {
    const answer = this.cells[index].metadata.ferrocell.answers[0];
    await this.start(index);
    await this.answer(index, answer);
    return answer;
  }

  // Types at the prompt under a cell, once there is one.
  async answer(index, answer) {
    const prompt = this.cell(index).locator(".jp-Stdin-input");
    await prompt.waitFor(PATIENCE);
    await prompt.fill(answer);
    await prompt.press("Enter");
  }

  async waitUntilRun(index) {
    const done = this.cell(index).locator(".jp-InputPrompt", { hasText: /^\[\d+\]:$/ });
    await done.waitFor(PATIENCE);
  }

  // Runs the code cells with these ids, each once the one before it is done.
  async run(...ids) {
    for (const id of ids) {
      await this.start(this.place(id));
      await this.waitUntilRun(this.place(id));
    }
  }

  // Presses the stop button above the notebook.
  async stop() {
    await this.panel.locator('[data-jp-item-name="interrupt"]').getByRole("button").click();
  }

  output(index) {
    return this.cell(index).locator(".jp-OutputArea-output");
  }

  // Waits until some output of a cell holds this text.
  async waitForOutput(index, text) {
    await this.output(index).filter({ hasText: text }).first().waitFor(PATIENCE);
  }

  // Scrolls until a cell begins two thirds down the window, the code that it calls above it.
  async show(index) {
    await this.cell(index).evaluate((cell) => {
      cell.scrollIntoView();
      cell.closest(".jp-WindowedPanel-outer").scrollBy(0, (-2 / 3) * window.innerHeight);
    });
  }

  errors() {
    return this.panel.locator('[data-mime-type="application/vnd.jupyter.error"]');
  }
}
