// Writes docs/tour.gif: what the README shows of Rust notebooks at work. Threads print under their cell after it has ended,
// the stop button ends an endless loop, a crash costs nothing.
//
// Needs what the tests need; `npm run tour` calls it.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import gifenc from "gifenc";
import { PNG } from "pngjs";

import { launchBrowser } from "./browser.mjs";
import { startLab } from "./lab_server.mjs";
import { makeProject } from "./project.mjs";

const { GIFEncoder, applyPalette, quantize } = gifenc;

const CELLS = [
  'let names = vec!["Ada", "Grace", "Linus"];',
  `for name in names.clone() {
    std::thread::spawn(move || {
        for step in 1..=4 {
            std::thread::sleep(std::time::Duration::from_millis(900));
            println!("{name}: step {step}");
        }
    });
}`,
  "let mut n = 0u64;\nloop { n = n.wrapping_add(1); }",
  "unsafe { *(8 as *const u8) }",
  'println!("still here: {}", names.join(", "));',
];

// Milliseconds between two pictures.
const BEAT = 200;

const SIZE = { width: 820, height: 800 };

const project = await makeProject();
const lab = await startLab(project.folder);
const browser = await launchBrowser();

try {
  const cells = CELLS.map((source, index) => ({
    cell_type: "code", id: `cell-${index}`, metadata: {}, source, outputs: [], execution_count: null,
  }));
  const kernelspec = { name: "ferrocell", display_name: "Rust (ferrocell)", language: "rust" };
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata: { kernelspec }, cells };
  await writeFile(path.join(project.folder, "tour.ipynb"), JSON.stringify(notebook));

  const page = await browser.newPage({ viewport: SIZE });
  const address = new URL(lab.address);
  address.pathname = "/doc/tree/tour.ipynb";
  await page.goto(address.href);
  const cell = (index) => page.locator(`.jp-Cell[data-windowed-list-index="${index}"]`);
  const output = (index, text) => cell(index).locator(".jp-OutputArea-output", { hasText: text }).first().waitFor();
  const run = async (index) => {
    await cell(index).locator(".cm-content").click();
    await pause(600);
    await page.keyboard.press("Shift+Enter");
  };
  await page.locator(".jp-KernelName", { hasText: kernelspec.display_name }).waitFor();
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();

  const frames = [];
  const film = record(page, frames);
  await run(0);
  await run(1);
  await run(2);
  await output(1, "step 4");
  await pause(800);
  await page.locator('[data-jp-item-name="interrupt"]').getByRole("button").click();
  await output(2, "KeyboardInterrupt");
  await pause(800);
  await run(3);
  await output(3, "segmentation fault");
  await run(4);
  await output(4, "still here");
  await pause(3000);
  await film.end();

  const file = path.resolve(import.meta.dirname, "../../docs/tour.gif");
  await writeFile(file, encoded(frames));
} finally {
  await browser.close();
  await lab.end();
  await project.remove();
}

// Takes pictures, one after the other, until it is ended.
function record(page, frames) {
  let isOver = false;
  const roll = async () => {
    while (!isOver) {
      const begin = performance.now();
      frames.push({ picture: await page.screenshot(), at: begin });
      await pause(Math.max(0, BEAT - (performance.now() - begin)));
    }
  };
  const rolling = roll();
  return {
    async end() {
      isOver = true;
      await rolling;
    },
  };
}

// The pictures as one that moves; those that show what the one before them does make that one longer.
function encoded(frames) {
  const shown = [];
  for (const [index, { picture, at }] of frames.entries()) {
    const delay = (frames[index + 1]?.at ?? at + 2000) - at;
    if (shown.at(-1)?.picture.equals(picture)) {
      shown.at(-1).delay += delay;
    } else {
      shown.push({ picture, delay });
    }
  }
  const gif = GIFEncoder();
  const last = PNG.sync.read(shown.at(-1).picture);
  const palette = quantize(last.data, 64);
  for (const { picture, delay } of shown) {
    const { data, width, height } = PNG.sync.read(picture);
    gif.writeFrame(applyPalette(data, palette), width, height, { palette, delay: Math.round(delay) });
  }
  gif.finish();
  return gif.bytes();
}
