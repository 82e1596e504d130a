// JupyterLab's side of Rust notebooks: the cell that is being written goes to the kernel as a draft, so that it is compiled
// before it is run, and what the compiler says of it is underlined in its text.
//
// This file is what JupyterLab loads, as it stands: it is written against the modules that JupyterLab shares with its
// extensions, and needs no build. The messages are described in the kernel's crate, in src/socket/drafts.rs.

(() => {
  "use strict";

  const NAME = "ferrocell";
  const TARGET = "ferrocell.draft";

  // How soon a cell is sent that was only gone to, in milliseconds.
  const GLANCE = 50;

  const STYLE = `
    .ferrocell-error { text-decoration: underline wavy var(--jp-error-color1); text-underline-offset: 3px; }
    .ferrocell-warning { text-decoration: underline wavy var(--jp-warn-color1); text-underline-offset: 3px; }
    .cm-tooltip .ferrocell-remark {
      max-width: 70ch; padding: 4px 8px; white-space: pre-wrap; color: var(--jp-ui-font-color1);
      font-family: var(--jp-code-font-family); font-size: var(--jp-code-font-size);
    }
    .cm-tooltip:has(.ferrocell-remark) {
      background: var(--jp-layout-color1); border: var(--jp-border-width) solid var(--jp-border-color1);
    }
    .ferrocell-note { color: var(--jp-ui-font-color2); }
  `;

  let sharedModules;

  // A module of JupyterLab's own.
  async function shared(name) {
    const [version] = Object.values(sharedModules[name]);
    return (await version.get())();
  }

  // The place of a line and column, which count from 1, columns in code points.
  function offset(doc, { line, column }) {
    if (line > doc.lines) {
      return doc.length;
    }
    const { from, text } = doc.line(line);
    return from + [...text].slice(0, column - 1).join("").length;
  }

  // What a cell's editor needs to show remarks.
  function remarkDisplay({ StateEffect, StateField }, { Decoration, EditorView, hoverTooltip }) {
    const change = StateEffect.define();

    function mark(doc, remark) {
      let [from, to] = [offset(doc, remark.start), offset(doc, remark.end)];
      if (from === to) {
        // What is missing is marked at what stands before it.
        [from, to] = from > 0 ? [from - 1, to] : [from, Math.min(1, doc.length)];
      }
      const attributes = { "aria-description": remark.message };
      const spec = { class: `ferrocell-${remark.severity}`, attributes, remark };
      return from < to ? [Decoration.mark(spec).range(from, to)] : [];
    }

    const field = StateField.define({
      create: () => Decoration.none,
      update(marks, transaction) {
        const changed = transaction.effects.find((effect) => effect.is(change));
        const { doc } = transaction.state;
        return changed
          ? Decoration.set(changed.value.flatMap((remark) => mark(doc, remark)), true)
          : marks.map(transaction.changes);
      },
      provide: (self) => EditorView.decorations.from(self),
    });

    const tooltip = hoverTooltip((view, position) => {
      const found = [];
      view.state.field(field).between(position, position, (from, to, { spec }) => {
        found.push({ from, to, remark: spec.remark });
      });
      return found.length === 0
        ? null
        : {
            pos: Math.min(...found.map(({ from }) => from)),
            end: Math.max(...found.map(({ to }) => to)),
            above: true,
            create: () => ({ dom: describe(found.map(({ remark }) => remark)) }),
          };
    });

    return { change, field, extension: [field, tooltip] };
  }

  function describe(remarks) {
    const all = document.createElement("div");
    all.className = "ferrocell-remark";
    for (const { message, code, notes } of remarks) {
      const title = document.createElement("div");
      title.textContent = code ? `${message} [${code}]` : message;
      all.append(title);
      for (const text of notes) {
        const note = document.createElement("div");
        note.className = "ferrocell-note";
        note.textContent = text;
        all.append(note);
      }
    }
    return all;
  }

  // The drafts of one notebook.
  class Drafts {
    constructor(panel, display, settings) {
      this.panel = panel;
      this.display = display;
      this.settings = settings;
      this.count = 0;
      panel.content.activeCellChanged.connect((_, cell) => this.goTo(cell));
      panel.sessionContext.kernelChanged.connect(() => this.schedule(GLANCE));
      this.goTo(panel.content.activeCell);
    }

    goTo(cell) {
      this.cell?.model?.sharedModel.changed.disconnect(this.changed, this);
      this.cell = cell;
      cell?.model.sharedModel.changed.connect(this.changed, this);
      this.schedule(GLANCE);
    }

    changed(_, { sourceChange }) {
      if (sourceChange) {
        this.schedule(this.settings.pause);
      }
    }

    // Sends the active cell after a while in which nothing changes.
    schedule(pause) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.send(), pause);
    }

    async send() {
      const { cell } = this;
      const comm = await this.open();
      if (!comm || cell !== this.cell || cell?.model?.type !== "code") {
        return;
      }
      const code = cell.model.sharedModel.getSource();
      this.count += 1;
      this.sent = { draft: this.count, cell, code };
      comm.send({ draft: this.count, code });
    }

    // The comm to the kernel, if it is one that takes drafts. One that was restarted needs another.
    async open() {
      const kernel = this.panel.sessionContext.session?.kernel;
      if (!this.settings.drafts || !kernel || kernel.isDisposed) {
        return null;
      }
      if (this.comm && !this.comm.isDisposed && this.kernel === kernel) {
        return this.comm;
      }
      const { implementation } = await kernel.info;
      if (implementation !== NAME) {
        return null;
      }
      this.kernel = kernel;
      this.comm = kernel.createComm(TARGET);
      this.comm.onMsg = ({ content }) => this.receive(content.data);
      this.comm.open();
      return this.comm;
    }

    receive({ draft, remarks }) {
      const { sent } = this;
      if (draft === sent?.draft && !sent.cell.isDisposed && sent.cell.model.sharedModel.getSource() === sent.code) {
        this.show(sent.cell, remarks ?? []);
      }
    }

    show(cell, remarks) {
      const { change, field, extension } = this.display;
      const view = cell.editor?.editor;
      if (!view) {
        return;
      }
      if (!view.state.field(field, false)) {
        cell.editor.injectExtension(extension);
      }
      view.dispatch({ effects: change.of(remarks) });
    }
  }

  async function plugin() {
    const names = ["@jupyterlab/notebook", "@jupyterlab/settingregistry", "@codemirror/state", "@codemirror/view"];
    const [notebook, registry, state, view] = await Promise.all(names.map(shared));
    const { INotebookTracker, NotebookActions } = notebook;
    const id = `${NAME}:drafts`;
    return {
      id,
      description: "Checks and compiles the cells of Rust notebooks while they are written.",
      autoStart: true,
      requires: [INotebookTracker],
      optional: [registry.ISettingRegistry],
      async activate(_, tracker, settingRegistry) {
        document.head.append(Object.assign(document.createElement("style"), { textContent: STYLE }));
        const settings = { drafts: true, pause: 300 };
        const loaded = await settingRegistry?.load(id);
        const read = () => Object.assign(settings, loaded?.composite);
        loaded?.changed.connect(read);
        read();
        const display = remarkDisplay(state, view);
        const watch = (panel) => {
          const drafts = new Drafts(panel, display, settings);
          // What has run may have changed what the cell means.
          const executed = (_, { notebook: executing }) => {
            if (executing === panel.content) {
              drafts.schedule(GLANCE);
            }
          };
          NotebookActions.executed.connect(executed);
          panel.disposed.connect(() => {
            NotebookActions.executed.disconnect(executed);
            clearTimeout(drafts.timer);
          });
        };
        tracker.forEach(watch);
        tracker.widgetAdded.connect((_, panel) => watch(panel));
      },
    };
  }

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB[NAME] = {
    init(modules) {
      sharedModules = modules;
    },
    async get() {
      const instance = { __esModule: true, default: await plugin() };
      return () => instance;
    },
  };
})();
