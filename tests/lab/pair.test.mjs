// The pair in JupyterLab, in a real browser: what `ferrocell lab` promises, from the first start to Ctrl-C.
//
// Needs the command and its environment (`cargo ferrocell setup`), and Chromium, whose path CHROMIUM may name.
// PICTURE names the file that receives the screenshot of the pair, LATE_PICTURE that of the threads' late output,
// CRASH_PICTURE that of the crash and the cells around it, REMARK_PICTURE that of an error that is explained while it is typed,
// VARIABLES_PICTURE that of the panel with the variables, TWINS_PICTURE that of a cell and its twin.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";

import { launchBrowser } from "./browser.mjs";
import { startLab } from "./lab_server.mjs";
import { kernelsConnected, NotebookPanel, PATIENCE } from "./notebook_panel.mjs";
import { LANGUAGES, makeProject } from "./project.mjs";

let project, lab, browser, page;
const panels = {};

before(async () => {
  project = await makeProject();
  lab = await startLab(project.folder);
  browser = await launchBrowser(PATIENCE);
  page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  page.setDefaultTimeout(PATIENCE.timeout);
}, PATIENCE);

after(async () => {
  await browser?.close();
  await lab?.end();
  await project?.remove();
});

test("the address opens the pair side by side, with both kernels and no question", PATIENCE, async () => {
  const connected = kernelsConnected(page, LANGUAGES.length);
  await page.goto(lab.address);
  await connected;
  for (const language of LANGUAGES) {
    panels[language] = await NotebookPanel.find(page, language);
    await panels[language].waitUntilIdle();
  }
  const [left, right] = await Promise.all(LANGUAGES.map((language) => panels[language].panel.boundingBox()));
  assert.equal(left.y, right.y);
  assert.ok(left.x + left.width <= right.x, "the Python notebook is left of the Rust notebook");
  assert.ok(Math.abs(left.width - right.width) < 20, "both have half of the window");
  assert.equal(await page.locator(".jp-Dialog").count(), 0);
  const kernel = panels.rust.panel.locator(".jp-KernelName", { hasText: "Rust (ferrocell)" });
  await kernel.waitFor();
});

for (const language of LANGUAGES) {
  test(`${language}: a name typed at the first prompt comes back as a greeting under its cell`, async () => {
    const panel = panels[language];
    const asking = panel.firstPrompt;
    await panel.runUntil(asking);
    const name = await panel.answerPrompt(asking);
    await panel.output(asking).filter({ hasText: `Hello, ${name}` }).waitFor();
    await panel.waitUntilRun(asking);
    assert.equal(await panel.errors().count(), 0);
  });
}

test("both greetings can be seen at once", async () => {
  for (const panel of Object.values(panels)) {
    await panel.show(panel.firstPrompt);
  }
  for (const panel of Object.values(panels)) {
    await panel.output(panel.firstPrompt).filter({ hasText: "Hello, " }).waitFor();
  }
  if (process.env.PICTURE) {
    await page.screenshot({ path: process.env.PICTURE });
  }
});

test("a thread asks and prints under the cell that started it, after that cell has ended", async () => {
  const { rust } = panels;
  const starting = rust.place("start-threads");
  await rust.runUntil(starting, rust.firstPrompt + 1);
  await rust.start(starting);
  await rust.waitUntilRun(starting);
  // JupyterLab runs no further cell while a question is open.
  await rust.answer(starting, "Ada");
  await rust.waitForOutput(starting, "Hello, Ada");
  const joining = rust.place("join-threads");
  await rust.start(joining);
  await rust.waitForOutput(starting, /complex_calculation: +\d/);
  await rust.waitUntilRun(joining);
  assert.equal(await rust.output(joining).count(), 0);
  if (process.env.LATE_PICTURE) {
    await page.screenshot({ path: process.env.LATE_PICTURE });
  }
});

test("a progress line moves in its place", async () => {
  const { rust } = panels;
  const progress = rust.place("progress");
  await rust.start(progress);
  await rust.waitForOutput(progress, /^\s*10 %\s*$/);
  await rust.start(rust.place("go-on"));
  await rust.waitForOutput(progress, /^\s*90 %\s*$/);
});

test("a compile error points at the line and column of the cell", async () => {
  const { rust } = panels;
  const wrong = rust.place("does-not-compile");
  await rust.start(wrong);
  await rust.waitForOutput(wrong, /mismatched types[^]*cell \[\d+\]:2:21/);
});

test("what is wrong is underlined before the cell runs, and explained under the pointer", async () => {
  const { python, rust } = panels;
  const place = rust.place("does-not-compile");
  const editor = rust.cell(place).locator(".cm-content");
  const mark = rust.cell(place).locator(".ferrocell-error");
  await editor.press("Control+End");
  await mark.waitFor();
  assert.equal(await mark.textContent(), "right");
  await mark.hover();
  await page.locator(".ferrocell-remark", { hasText: /mismatched types \[E0308\].*`\.to_string\(\)`/s }).waitFor();
  if (process.env.REMARK_PICTURE) {
    await page.screenshot({ path: process.env.REMARK_PICTURE });
  }
  // The same without a pointer.
  await page.mouse.move(0, 0);
  await page.locator(".ferrocell-remark").waitFor({ state: "detached" });
  await editor.press("F8");
  await page.locator(".ferrocell-remark", { hasText: "mismatched types" }).waitFor();
  // Mended as the compiler suggests, it runs.
  await page.locator(".ferrocell-fix", { hasText: ".to_string()" }).click();
  await rust.cell(place).locator(".cm-line", { hasText: "right.to_string();" }).waitFor();
  await mark.waitFor({ state: "detached" });
  await rust.start(place);
  await rust.waitUntilRun(place);
  assert.equal(await rust.output(place).filter({ hasText: "error" }).count(), 0);
  assert.equal(await python.panel.locator(".ferrocell-error, .ferrocell-warning").count(), 0);
});

// Chooses an entry of one of JupyterLab's menus.
async function choose(menu, entry) {
  await page.locator(".lm-MenuBar-itemLabel", { hasText: new RegExp(`^${menu}$`) }).click();
  await page.locator(".lm-Menu-itemLabel", { hasText: entry }).click();
}

test("a cell is laid out by rustfmt, and variables are listed", async () => {
  const { rust } = panels;
  const place = rust.place("does-not-compile");
  const editor = rust.cell(place).locator(".cm-content");
  await editor.press("Control+End");
  await page.keyboard.type("\nlet   unformatted=vec![ 1,2 ];");
  await choose("Edit", "Format Cell (rustfmt)");
  await rust.cell(place).locator(".cm-line", { hasText: /^let unformatted = vec!\[1, 2\];$/ }).waitFor();
  // What cannot be parsed stays, and a notice says so.
  await editor.press("Control+End");
  await page.keyboard.type(" let");
  await choose("Edit", "Format Cell (rustfmt)");
  await page.locator(".Toastify__toast", { hasText: /stays as it is: expected pattern/ }).waitFor();
  for (let key = 0; key < 4; key += 1) {
    await editor.press("Backspace");
  }
  await choose("View", "Show Variables");
  const variables = page.locator("#ferrocell-variables");
  await variables.waitFor();
  await rust.start(place);
  await variables.locator("tr", { hasText: /^unformattedVec<i32> · 2 items\[1, 2\]$/ }).waitFor();
  await variables.getByRole("button", { name: "unformatted" }).click();
  await variables.locator("pre", { hasText: /^\[1, 2\]$/ }).waitFor();
  if (process.env.VARIABLES_PICTURE) {
    await page.screenshot({ path: process.env.VARIABLES_PICTURE });
  }
  await page.locator('.lm-TabBar-tab[data-id="ferrocell-variables"]').click();
  await variables.waitFor({ state: "hidden" });
});

test("what is completed is imported", PATIENCE, async (context) => {
  if (spawnSync("rust-analyzer", ["--version"]).status !== 0) {
    context.skip("there is no rust-analyzer, which knows what to import");
    return;
  }
  const { rust } = panels;
  const cell = rust.cell(rust.place("does-not-compile"));
  const editor = cell.locator(".cm-content");
  await editor.press("Control+End");
  await page.keyboard.type("\nlet found: BTreeSe");
  const imported = cell.locator(".cm-line", { hasText: /^use std::collections::BTreeSet;$/ });
  const candidate = page.locator('.jp-Completer-item[data-value="std::collections::BTreeSet"]');
  // It reads the program for some seconds after the first question. A single candidate is taken at once.
  while (!(await imported.isVisible())) {
    await editor.press("Tab");
    const isThere = await candidate.or(imported).waitFor({ timeout: 3000 }).then(() => true, () => false);
    if (!(await imported.isVisible())) {
      await page.keyboard.press(isThere ? "Enter" : "Escape");
    }
  }
  const lines = await cell.locator(".cm-line").allTextContents();
  assert.equal(lines[0], "use std::collections::BTreeSet;");
  assert.equal(lines.at(-1), "let found: BTreeSet");
  await page.keyboard.type("<i32> = [2, 1, 2].into();");
  await rust.start(rust.place("does-not-compile"));
  await rust.waitUntilRun(rust.place("does-not-compile"));
  assert.equal(await rust.output(rust.place("does-not-compile")).filter({ hasText: "error" }).count(), 0);
});

test("a cell and its twin are marked and level, and judged when both run", PATIENCE, async () => {
  const { python, rust } = panels;
  const place = rust.place("countdown");
  await rust.show(place);
  await rust.cell(place).locator(".cm-content").click();
  const twin = python.cell(python.place("countdown"));
  await python.panel.locator(".ferrocell-twin").waitFor();
  assert.match(await twin.getAttribute("class"), /ferrocell-twin/);
  const isLevel = ([left, right]) => Math.abs(left.getBoundingClientRect().y - right.getBoundingClientRect().y) < 4;
  const nodes = await page.evaluateHandle((all) => all, [await twin.elementHandle(), await rust.cell(place).elementHandle()]);
  await page.waitForFunction(isLevel, nodes, PATIENCE);
  for (const id of ["countdown", "countdown-next"]) {
    await choose("Run", "Run Cell and Its Twin");
    const verdict = rust.cell(rust.place(id)).locator(".ferrocell-verdict");
    await verdict.filter({ hasText: /^agrees · Python [\d.]+ m?s · Rust [\d.]+ m?s$/ }).waitFor();
    for (const panel of [python, rust]) {
      await panel.waitUntilRun(panel.place(id));
    }
  }
  if (process.env.TWINS_PICTURE) {
    await page.locator(".Toastify__toast").waitFor({ state: "detached" });
    await page.screenshot({ path: process.env.TWINS_PICTURE });
  }
});

test("a notebook that is opened alone offers its twin", PATIENCE, async () => {
  const alone = await browser.newPage();
  alone.setDefaultTimeout(PATIENCE.timeout);
  const address = new URL(lab.address);
  address.pathname = "/lab/workspaces/alone/tree/notebooks/rust/concurrency.ipynb";
  address.searchParams.set("reset", "");
  const connected = kernelsConnected(alone, LANGUAGES.length);
  await alone.goto(address.href);
  const tab = (language) => alone.locator(`.lm-TabBar-tab[data-ferrocell-language="${language}"]`);
  await tab("rust").waitFor();
  const offer = alone.locator(".Toastify__toast", { hasText: "This notebook has a twin: notebooks/python/concurrency.ipynb" });
  await offer.getByRole("button", { name: "Open beside" }).click();
  await tab("python").waitFor();
  await connected;
  // It is offered once, and nothing of the notebooks has changed by that.
  await alone.locator(".jp-NotebookPanel:visible").nth(1).locator(".jp-Cell").first().waitFor();
  assert.equal(await alone.locator(".lm-TabBar-tab.jp-mod-dirty").count(), 0);
  await alone.close();
});

// What the cells below name from cells that were not run above.
const NEEDED = { python: [], rust: ["shared-counter"] };

for (const language of LANGUAGES) {
  test(`${language}: the stop button ends a deadlock and costs nothing`, PATIENCE, async () => {
    const panel = panels[language];
    await panel.run(...NEEDED[language], "deadlock-threads");
    const deadlock = panel.place("deadlock");
    await panel.start(deadlock);
    await panel.waitForOutput(deadlock, "Press the stop button!");
    await panel.stop();
    await panel.waitForOutput(deadlock, "KeyboardInterrupt");
    await panel.waitUntilRun(deadlock);
    await panel.run("deadlock-after");
    await panel.waitForOutput(panel.place("deadlock-after"), /locks still held: +2/);
  });
}

test("a crash is an error message, and the variables are there", PATIENCE, async () => {
  const { rust } = panels;
  await rust.run("crash-kept", "crash", "crash-after");
  await rust.waitForOutput(rust.place("crash"), "segmentation fault");
  await rust.waitForOutput(rust.place("crash-after"), "Catherine, Elizabeth, Nicole");
  if (process.env.CRASH_PICTURE) {
    const [first, last] = await Promise.all(
      ["crash-kept", "crash-after"].map((id) => rust.cell(rust.place(id)).boundingBox()),
    );
    const clip = { ...first, height: last.y + last.height - first.y };
    await page.screenshot({ path: process.env.CRASH_PICTURE, clip });
  }
});

test("Ctrl-C ends JupyterLab and both kernels", async () => {
  const { code, started, left } = await lab.end();
  lab = undefined;
  assert.equal(code, 0);
  assert.ok(started.length >= 3, "the server and two kernels were running");
  assert.deepEqual(left, []);
});
