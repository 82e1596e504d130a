// Bundles the extension into the one file that JupyterLab loads, or into the file that an argument names. JupyterLab's own
// modules stay out of it: they are those that it shares with its extensions when it runs.

import path from "node:path";

import { build } from "esbuild";

const SHARED = /^@(codemirror|jupyterlab|lumino)\//;

const sharedModules = {
  name: "shared modules",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: SHARED }, ({ path }) => ({ path, namespace: "shared" }));
    onLoad({ filter: /.*/, namespace: "shared" }, ({ path }) => ({
      contents: `module.exports = require("./src/shared_modules").shared(${JSON.stringify(path)});`,
      resolveDir: import.meta.dirname,
    }));
  },
};

await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ["src/remote_entry.ts"],
  outfile: path.resolve(process.argv[2] ?? path.join(import.meta.dirname, "static/remoteEntry.js")),
  bundle: true,
  format: "iife",
  target: "es2022",
  loader: { ".css": "text" },
  plugins: [sharedModules],
  logLevel: "warning",
  banner: { js: "// Built from src/ by `npm run build`." },
});
