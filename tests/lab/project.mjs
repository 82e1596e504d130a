// A throw-away project beside the real one. Its notebooks are copies without outputs, so that a number beside a cell
// means that it ran here, and JupyterLab saves nothing over the checked-in ones. Everything else, the environment in
// .ferrocell among it, is the real project's.

import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

export const LANGUAGES = ["python", "rust"];

const NOTEBOOK = "concurrency.ipynb";

// Cells that the copies have behind the cell of the given id, for what the notebooks themselves do not show.
const ADDED = {
  rust: {
    behind: "join-threads",
    cells: [
      [
        "progress",
        `let (go_on, signal) = std::sync::mpsc::channel::<()>();
let bar = std::thread::spawn(move || {
    print!("\\r10 %");
    signal.recv().unwrap();
    print!("\\r90 %");
});`,
      ],
      ["go-on", "go_on.send(())?;\nbar.join().unwrap();"],
      ["does-not-compile", 'let right = 1;\nlet wrong: String = right;'],
    ],
  },
};
const root = path.resolve(import.meta.dirname, "../..");

export async function makeProject() {
  const folder = await mkdtemp(path.join(tmpdir(), "ferrocell-lab-"));
  for (const name of [".ferrocell", "Cargo.toml", "Cargo.lock", "crates"]) {
    await symlink(path.join(root, name), path.join(folder, name));
  }
  for (const language of LANGUAGES) {
    const notebook = await readNotebook(language);
    for (const cell of notebook.cells.filter((cell) => cell.cell_type === "code")) {
      Object.assign(cell, { outputs: [], execution_count: null });
    }
    const copy = path.join(folder, "notebooks", language, NOTEBOOK);
    await mkdir(path.dirname(copy), { recursive: true });
    await writeFile(copy, JSON.stringify(notebook));
  }
  const module = path.join("notebooks", "python", "timeline.py");
  await copyFile(path.join(root, module), path.join(folder, module));
  const workspace = path.join("notebooks", "concurrency.jupyterlab-workspace");
  await copyFile(path.join(root, workspace), path.join(folder, workspace));
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

export async function readNotebook(language) {
  const notebook = JSON.parse(await readFile(path.join(root, "notebooks", language, NOTEBOOK), "utf8"));
  const { behind, cells } = ADDED[language] ?? { cells: [] };
  const added = cells.map(([id, source]) => ({ cell_type: "code", id, metadata: {}, source }));
  const place = notebook.cells.findIndex((cell) => cell.id === behind) + 1;
  notebook.cells.splice(place, 0, ...added);
  return notebook;
}

// The ferrocell command under test, as `cargo ferrocell` builds it.
export const ferrocell = path.resolve(root, process.env.CARGO_TARGET_DIR ?? "target", "release/ferrocell");
