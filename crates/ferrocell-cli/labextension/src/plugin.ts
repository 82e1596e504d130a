// JupyterLab's side of Rust notebooks: the cell that is being written goes to the kernel as a draft, so that it is compiled
// before it is run, and what the compiler says of it is underlined in its text. Commands format cells by rustfmt, a panel
// lists the variables, and two notebooks with the same cell ids are shown, and run, as one.

import type { JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, Notification } from "@jupyterlab/apputils";
import { ICompletionProviderManager } from "@jupyterlab/completer";
import { INotebookTracker, NotebookActions, type NotebookPanel } from "@jupyterlab/notebook";
import { ISettingRegistry } from "@jupyterlab/settingregistry";

import { Conversation, editorOf } from "./conversation";
import { Imports } from "./imports";
import { Pairs } from "./pairs";
import * as remarks from "./remarks";
import { DEFAULTS, type Settings } from "./settings";
import style from "./style.css";
import { VariablesPanel } from "./variables_panel";

const NAME = "ferrocell";
const ID = `${NAME}:drafts`;

export const plugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: "Checks, compiles and formats the cells of Rust notebooks, and shows a notebook beside its twin in Python.",
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ISettingRegistry, ICommandPalette, ICompletionProviderManager],
  async activate(
    app,
    tracker: INotebookTracker,
    registry: ISettingRegistry | null,
    palette: ICommandPalette | null,
    completion: ICompletionProviderManager | null,
  ) {
    document.head.append(Object.assign(document.createElement("style"), { textContent: style }));
    const settings: Settings = { ...DEFAULTS };
    const loaded = await registry?.load(ID);
    const read = () => Object.assign(settings, loaded?.composite);
    loaded?.changed.connect(read);
    read();
    const conversations = new Map<NotebookPanel, Conversation>();
    const current = () => tracker.currentWidget && conversations.get(tracker.currentWidget);
    const variables = new VariablesPanel(() => current() ?? undefined);
    tracker.currentChanged.connect(() => void variables.refresh());
    const pairs = new Pairs(tracker, conversations);
    const imports = completion && new Imports(tracker, completion, settings);

    const warn = (message: string | null | undefined) => {
      if (message) {
        Notification.warning(message, { autoClose: 5000 });
      }
    };
    const formatCells = async (panel: NotebookPanel | null, cells: NotebookPanel["content"]["widgets"][number][]) => {
      const conversation = panel && conversations.get(panel);
      const messages = await Promise.all(cells.map((cell) => conversation?.format(cell)));
      const told = messages.find((message) => message);
      warn(told && `Formatting: ${told}`);
    };
    const formatAll = (panel: NotebookPanel | null) => formatCells(panel, [...(panel?.content.widgets ?? [])]);
    const commands: [string, string, () => unknown][] = [
      ["format-cell", "Format Cell (rustfmt)", () => formatCells(tracker.currentWidget, tracker.activeCell ? [tracker.activeCell] : [])],
      ["format-notebook", "Format All Cells (rustfmt)", () => formatAll(tracker.currentWidget)],
      ["fix", "Fix as the Compiler Suggests", () => {
        const view = editorOf(tracker.activeCell);
        const [fix] = view ? remarks.fixes(view) : [];
        if (view && fix) {
          remarks.apply(view, fix);
        } else {
          warn("The compiler suggests nothing for this cell.");
        }
      }],
      ["next-remark", "Go to Next Problem", () => {
        const view = editorOf(tracker.activeCell);
        if (!view || !remarks.goToNext(view)) {
          warn("The compiler objects to nothing in this cell.");
        }
      }],
      ["run-pair", "Run Cell and Its Twin", async () => warn(await pairs.run())],
      ["variables", "Show Variables", () => {
        if (!variables.isAttached) {
          app.shell.add(variables, "right", { rank: 900 });
        }
        app.shell.activateById(variables.id);
        return variables.refresh();
      }],
    ];
    for (const [name, label, execute] of commands) {
      const command = `${NAME}:${name}`;
      const isEnabled = () => tracker.currentWidget !== null;
      app.commands.addCommand(command, { label, execute, isEnabled });
      palette?.addItem({ command, category: "Rust Notebook" });
    }
    // Saved by the user, that is: not by the clock, in the middle of a line.
    app.commands.commandExecuted.connect(async (_, { id: command, result }) => {
      const panel = tracker.currentWidget;
      if (command === "docmanager:save" && settings.formatOnSave && panel && conversations.has(panel)) {
        await result;
        await formatAll(panel);
        if (panel.context.model.dirty) {
          await panel.context.save();
        }
      }
    });

    const watch = (panel: NotebookPanel) => {
      const conversation = new Conversation(panel, settings);
      conversations.set(panel, conversation);
      imports?.watch(panel);
      void ignoreKernelsWords(panel);
      void pairs.offer(panel, app);
      panel.content.node.addEventListener("scroll", () => void pairs.follow(panel), { capture: true, passive: true });
      // What has run may have changed what the cell means.
      const executed = (_: unknown, { notebook }: { notebook: unknown }) => {
        if (notebook === panel.content) {
          conversation.revisit();
          void variables.refresh();
        }
      };
      NotebookActions.executed.connect(executed);
      panel.disposed.connect(() => {
        NotebookActions.executed.disconnect(executed);
        conversations.delete(panel);
      });
    };
    tracker.forEach(watch);
    tracker.widgetAdded.connect((_, panel) => watch(panel));
  },
};

// Lets a notebook be unchanged that differs only in what JupyterLab itself notes of its kernel.
async function ignoreKernelsWords({ context }: NotebookPanel): Promise<void> {
  await context.ready;
  const { model } = context;
  model.metadataChanged.connect((_, { key }) => {
    if (!model.dirty && ["kernelspec", "language_info"].includes(key)) {
      queueMicrotask(() => Object.assign(model, { dirty: false }));
    }
  });
}
