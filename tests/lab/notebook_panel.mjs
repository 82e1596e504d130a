// One open notebook in JupyterLab, seen through the page as a reader sees it.

import { LANGUAGES, readNotebook } from "./project.mjs";

// The first cell of a fresh Rust session compiles the crates that it names.
const PATIENCE = { timeout: 300_000 };

export class NotebookPanel {
  static async find(page, language) {
    const { cells } = await readNotebook(language);
    const panel = page.locator(".jp-NotebookPanel").nth(LANGUAGES.indexOf(language));
    return new NotebookPanel(page, panel, cells);
  }

  constructor(page, panel, cells) {
    this.page = page;
    this.panel = panel;
    this.cells = cells;
  }

  async waitForKernel() {
    await this.panel.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor(PATIENCE);
  }

  get firstPrompt() {
    return this.cells.findIndex((cell) => cell.metadata.ferrocell?.answers?.length);
  }

  cell(index) {
    return this.panel.locator(`.jp-Cell[data-windowed-list-index="${index}"]`);
  }

  // Runs the cells before `end` one by one with Shift+Enter, each once the one before it is done.
  async runUntil(end) {
    await this.cell(0).click();
    await this.page.keyboard.press("Escape");
    for (let index = 0; index < end; index += 1) {
      await this.page.keyboard.press("Shift+Enter");
      if (this.cells[index].cell_type === "code") {
        await this.waitUntilRun(index);
      }
    }
  }

  // Runs the active cell, which asks, and types the answer that its metadata holds.
  async answerPrompt(index) {
    const answer = this.cells[index].metadata.ferrocell.answers[0];
    await this.page.keyboard.press("Shift+Enter");
    const prompt = this.cell(index).locator(".jp-Stdin-input");
    await prompt.waitFor(PATIENCE);
    await prompt.fill(answer);
    await prompt.press("Enter");
    return answer;
  }

  async waitUntilRun(index) {
    const done = this.cell(index).locator(".jp-InputPrompt", { hasText: /^\[\d+\]:$/ });
    await done.waitFor(PATIENCE);
  }

  output(index) {
    return this.cell(index).locator(".jp-OutputArea-output");
  }

  errors() {
    return this.panel.locator('[data-mime-type="application/vnd.jupyter.error"]');
  }
}
