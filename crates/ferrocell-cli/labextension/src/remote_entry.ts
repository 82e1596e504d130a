// What JupyterLab loads: a container of modules, as webpack's module federation has it, with the extension in it.

import { take, type Scope } from "./shared_modules";

interface Container {
  init(scope: Scope): void;
  get(): Promise<() => unknown>;
}

declare global {
  interface Window {
    _JUPYTERLAB?: Record<string, Container>;
  }
}

let scope: Scope;

window._JUPYTERLAB ??= {};
window._JUPYTERLAB.ferrocell = {
  init(given) {
    scope = given;
  },
  async get() {
    await take(scope);
    const { plugin } = await import("./plugin");
    const instance = { __esModule: true, default: plugin };
    return () => instance;
  },
};
