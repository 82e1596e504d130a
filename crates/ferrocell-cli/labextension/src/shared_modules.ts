// The modules that JupyterLab shares with its extensions, taken before the extension's own modules are run.

// What JupyterLab hands over, as webpack's module federation has it: each module by its versions.
export type Scope = Record<string, Record<string, { get(): Promise<() => unknown> }>>;

const NAMES = [
  "@codemirror/state",
  "@codemirror/view",
  "@jupyterlab/apputils",
  "@jupyterlab/completer",
  "@jupyterlab/notebook",
  "@jupyterlab/settingregistry",
  "@lumino/widgets",
];

const modules = new Map<string, unknown>();

// Takes all modules that the extension uses.
export async function take(scope: Scope): Promise<void> {
  const takeOne = async (name: string) => {
    const [version] = Object.values(scope[name]);
    modules.set(name, (await version.get())());
  };
  await Promise.all(NAMES.map(takeOne));
}

// A module that was taken. What the bundle imports by name comes from here.
export function shared(name: string): unknown {
  if (!modules.has(name)) {
    throw new Error(`${name} is not among the modules that are taken`);
  }
  return modules.get(name);
}
