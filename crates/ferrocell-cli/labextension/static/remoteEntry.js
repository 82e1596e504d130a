// JupyterLab's side of Rust notebooks: the cell that is being written goes to the kernel as a draft, so that it is compiled
// before it is run, and what the compiler says of it is underlined in its text. Commands format cells by rustfmt, a panel
// lists the variables, and two notebooks with the same cell ids are shown, and run, as one.
//
// This file is what JupyterLab loads, as it stands: it is written against the modules that JupyterLab shares with its
// extensions, and needs no build. The messages are described in the kernel's crate, in src/socket/drafts.rs.

(() => {
  "use strict";

  const NAME = "ferrocell";
  const TARGET = "ferrocell.draft";

  // How soon a cell is sent that was only gone to, in milliseconds.
  const GLANCE = 50;

  // For how many frames two cells are kept level after one was gone to.
  const LEVEL_FRAMES = 10;

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
    .ferrocell-fix { display: block; height: auto; margin: 4px 0 0; padding: 2px 8px; text-align: left; white-space: pre-wrap;
      color: var(--jp-ui-font-color1); background: var(--jp-layout-color2); border: var(--jp-border-width) solid var(--jp-border-color1); }
    .jp-Cell.ferrocell-twin { box-shadow: inset 3px 0 var(--jp-brand-color2); }
    .lm-TabBar-tab[data-ferrocell-language="rust"] .lm-TabBar-tabLabel::before { content: "Rust · "; }
    .lm-TabBar-tab[data-ferrocell-language="python"] .lm-TabBar-tabLabel::before { content: "Python · "; }
    .ferrocell-verdict { padding: 2px 0 2px calc(var(--jp-cell-prompt-width) + 8px); font-size: var(--jp-ui-font-size1); color: var(--jp-ui-font-color1); }
    .ferrocell-verdict::before { content: ""; display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.5em;
      border-radius: 50%; background: var(--jp-border-color1); }
    .ferrocell-verdict[data-verdict="agrees"]::before { background: var(--jp-success-color1); }
    .ferrocell-verdict:is([data-verdict="differs"], [data-verdict="failed"])::before { background: var(--jp-error-color1); }
    .ferrocell-variables { overflow: auto; padding: 8px; color: var(--jp-ui-font-color1); background: var(--jp-layout-color1); }
    .ferrocell-variables table { width: 100%; border-collapse: collapse; font-family: var(--jp-code-font-family);
      font-size: var(--jp-code-font-size); }
    .ferrocell-variables th, .ferrocell-variables td { text-align: left; vertical-align: top; padding: 2px 8px;
      overflow-wrap: anywhere; }
    .ferrocell-value { padding: 0; text-align: left; overflow-wrap: break-word; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; }
    .ferrocell-value::before { content: "▸ "; }
    .ferrocell-value[aria-expanded="true"]::before { content: "▾ "; }
    .ferrocell-variables pre { margin: 0 0 4px 1em; max-height: 20em; overflow: auto; white-space: pre-wrap; }
    .ferrocell-variables tbody tr:hover { background: var(--jp-layout-color2); }
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
            create: () => ({ dom: describe(found.map(({ remark }) => remark), (fix) => apply(view, fix)) }),
          };
    });

    // Changes the text as one of the compiler's suggestions says. Remarks go with the text that they are about.
    function apply(view, { edits }) {
      const { doc } = view.state;
      const changes = edits.map(({ start, end, text }) => ({ from: offset(doc, start), to: offset(doc, end), insert: text }));
      view.dispatch({ changes, effects: change.of([]) });
      view.focus();
    }

    // The suggestions for what stands at the cursor, or else for what is underlined first.
    function fixes(view) {
      const marks = view.state.field(field, false);
      const { head } = view.state.selection.main;
      const all = [];
      marks?.between(0, view.state.doc.length, (from, to, { spec }) => {
        const isHere = from <= head && head <= to;
        all.push(...spec.remark.fixes.map((fix) => ({ fix, rank: isHere ? 0 : 1 })));
      });
      return all.sort((one, other) => one.rank - other.rank).map(({ fix }) => fix);
    }

    return { change, field, fixes, apply, extension: [field, tooltip] };
  }

  function describe(remarks, apply) {
    const all = document.createElement("div");
    all.className = "ferrocell-remark";
    for (const { message, code, notes, fixes } of remarks) {
      const title = document.createElement("div");
      title.textContent = code ? `${message} [${code}]` : message;
      all.append(title);
      for (const text of notes) {
        const note = document.createElement("div");
        note.className = "ferrocell-note";
        note.textContent = text;
        all.append(note);
      }
      for (const fix of fixes) {
        const button = document.createElement("button");
        button.className = "ferrocell-fix jp-Button";
        button.textContent = `Fix: ${fix.title}`;
        button.onclick = () => apply(fix);
        all.append(button);
      }
    }
    return all;
  }

  // What one notebook asks its kernel.
  class Conversation {
    constructor(panel, display, settings) {
      this.asked = new Map();
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
      const comm = this.settings.drafts ? await this.open() : null;
      if (!comm || cell !== this.cell || cell?.model?.type !== "code") {
        return;
      }
      const code = cell.model.sharedModel.getSource();
      this.count += 1;
      this.sent = { draft: this.count, cell, code };
      comm.send({ draft: this.count, code });
    }

    // Asks a question and waits for its answer; `null` where the kernel is none that answers.
    async ask(kind, question = {}) {
      const comm = await this.open();
      if (!comm) {
        return null;
      }
      this.count += 1;
      const answer = new Promise((resolve) => this.asked.set(this.count, resolve));
      comm.send({ [kind]: this.count, ...question });
      return answer;
    }

    // Lays a cell out by rustfmt. Gives why it stays as it is, if it does.
    async format(cell) {
      const source = cell?.model.type === "code" ? cell.model.sharedModel.getSource() : "";
      if (!source.trim()) {
        return null;
      }
      const answer = await this.ask("format", { code: source });
      const isAsItWas = !cell.isDisposed && cell.model.sharedModel.getSource() === source;
      if (isAsItWas && answer?.code !== undefined && answer.code !== source) {
        cell.model.sharedModel.setSource(answer.code);
      }
      return answer?.message ?? null;
    }

    // The comm to the kernel, if it is one that answers. One that was restarted needs another.
    async open() {
      const kernel = this.panel.sessionContext.session?.kernel;
      if (!kernel || kernel.isDisposed) {
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
      this.asked.forEach((resolve) => resolve(null));
      this.asked.clear();
      this.comm = kernel.createComm(TARGET);
      this.comm.onMsg = ({ content }) => this.receive(content.data);
      this.comm.open();
      return this.comm;
    }

    receive(answer) {
      const number = answer.format ?? answer.variables ?? answer.judge;
      if (number !== undefined) {
        this.asked.get(number)?.(answer);
        this.asked.delete(number);
        return;
      }
      const { draft, remarks } = answer;
      const { sent } = this;
      if (draft === sent?.draft && !sent.cell.isDisposed && sent.cell.model.sharedModel.getSource() === sent.code) {
        this.show(sent.cell, remarks ?? []);
      }
    }

    // The value of a variable as text, or why it cannot be shown. It waits for the cell that runs.
    async valueOf(name) {
      const { kernel } = this.panel.sessionContext.session;
      const request = kernel.requestExecute({ code: `&${name}`, store_history: false, allow_stdin: false, stop_on_error: false });
      const said = [];
      request.onIOPub = ({ content }) => {
        said.push(content.data?.["text/plain"] ?? content.evalue ?? "");
      };
      await request.done;
      return said.join("").trim() || "it has no text";
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

  // Two notebooks that have cells of the same ids: the cell in which the user is marks its twin, and what is scrolled in one
  // is followed in the other.
  class Pairs {
    constructor(tracker, conversations) {
      this.tracker = tracker;
      this.conversations = conversations;
      tracker.activeCellChanged.connect(() => this.mark());
    }

    // The open notebook that one names as its twin, or else the one that has the most cells in common with it: at least
    // half of its code cells.
    twinOf(panel) {
      const named = this.opened(twinPath(panel));
      if (named) {
        return named;
      }
      const ids = new Set(codeCells(panel).map(({ model }) => model.id));
      const common = (other) => codeCells(other).filter(({ model }) => ids.has(model.id)).length;
      const others = this.tracker.filter((other) => other !== panel && 2 * common(other) >= Math.max(ids.size, 2));
      return others.sort((one, other) => common(other) - common(one))[0] ?? null;
    }

    // The open notebook at a path.
    opened(path) {
      return this.tracker.find(({ context }) => context.path === path);
    }

    // Offers to open the notebook that one names as its twin, and marks its tab with its language.
    async offer(panel, { app, notify }) {
      await Promise.all([app.restored, panel.context.ready]);
      const path = twinPath(panel);
      if (!path || panel.isDisposed) {
        return;
      }
      const { language = "" } = panel.content.model.getMetadata("kernelspec") ?? {};
      panel.title.dataset = { ...panel.title.dataset, "ferrocell-language": language };
      if (!this.opened(path)) {
        const open = { path, factory: "Notebook", options: { mode: "split-right", ref: panel.id } };
        const callback = () => app.commands.execute("docmanager:open", open);
        notify(`This notebook has a twin: ${path}`, { autoClose: 15000, actions: [{ label: "Open beside", callback }] });
      }
    }

    // The place of a cell's twin in its notebook.
    place(twin, cell) {
      return twin?.content.widgets.findIndex(({ model }) => model.id === cell?.model?.id) ?? -1;
    }

    async mark() {
      const panel = this.tracker.currentWidget;
      const cell = this.tracker.activeCell;
      const twin = panel && this.twinOf(panel);
      document.querySelectorAll(".ferrocell-twin").forEach((node) => node.classList.remove("ferrocell-twin"));
      const place = this.place(twin, cell);
      if (place >= 0) {
        await twin.content.scrollToItem(place, "smart");
        const other = twin.content.widgets[place];
        other.node.classList.add("ferrocell-twin");
        await level(panel, cell, twin, other);
      }
    }

    // Follows a panel that the user scrolls: the pointer is on it. Level are the cells in which the user is, or else the
    // first that are seen.
    async follow(panel) {
      if (!panel.node.matches(":hover") || this.isFollowing) {
        return;
      }
      const twin = this.twinOf(panel);
      const { top, bottom } = panel.content.node.getBoundingClientRect();
      const isSeen = ({ node }) => {
        const place = node.getBoundingClientRect();
        return node.isConnected && place.bottom > top + 40 && place.top < bottom;
      };
      const active = panel.content.activeCell;
      const seen = active && isSeen(active) ? active : panel.content.widgets.find(isSeen);
      const place = this.place(twin, seen);
      if (place < 0) {
        return;
      }
      this.isFollowing = true;
      if (!twin.content.widgets[place].node.isConnected) {
        await twin.content.scrollToItem(place, "start");
      }
      await level(panel, seen, twin, twin.content.widgets[place]);
      this.isFollowing = false;
    }

    // Runs the cell and its twin, and says above the Rust cell whether they agree, and how long each took.
    async run(run) {
      const panel = this.tracker.currentWidget;
      const cell = this.tracker.activeCell;
      const twin = this.twinOf(panel);
      const place = this.place(twin, cell);
      if (place < 0) {
        return "no other open notebook has a cell with this id";
      }
      const isRust = (await this.conversations.get(panel)?.open()) !== null;
      const [rust, python] = isRust ? [panel, twin] : [twin, panel];
      twin.content.activeCellIndex = place;
      const timed = async (each) => {
        const begin = performance.now();
        await run(each.content, each.sessionContext);
        return performance.now() - begin;
      };
      const [rustTime, pythonTime] = await Promise.all([timed(rust), timed(python)]);
      const cells = (each) => judged(python, cell.model.id).map((id) => each.content.widgets.find(({ model }) => model.id === id));
      const [reference, other] = [python, rust].map((each) => cells(each).map(({ model }) => model.toJSON()));
      const answer = await this.conversations.get(rust).ask("judge", { reference, other });
      if (answer) {
        const shown = cells(rust).at(-1);
        const reason = answer.reason ? `: ${answer.reason}` : "";
        say(shown, answer.verdict, `${answer.verdict}${reason} · Python ${written(pythonTime)} · Rust ${written(rustTime)}`);
      }
      for (const each of [panel, twin]) {
        each.content.activeCellIndex += 1;
        each.content.deselectAll();
      }
      return answer ? null : "neither notebook is on ferrocell";
    }
  }

  // Lets a notebook be unchanged that differs only in what JupyterLab itself notes of its kernel.
  async function ignoreKernelsWords({ context }) {
    await context.ready;
    const { model } = context;
    model.metadataChanged.connect((_, { key }) => {
      if (!model.dirty && ["kernelspec", "language_info"].includes(key)) {
        queueMicrotask(() => Object.assign(model, { dirty: false }));
      }
    });
  }

  // The path of the notebook that one names as its twin, in relation to its own.
  function twinPath(panel) {
    const twin = panel.content.model?.getMetadata("ferrocell")?.twin;
    const base = `file:///${panel.context.path.split("/").map(encodeURIComponent).join("/")}`;
    return twin ? decodeURIComponent(new URL(twin, base).pathname.slice(1)) : null;
  }

  function codeCells(panel) {
    return panel.content.widgets.filter(({ model }) => model.type === "code");
  }

  // Brings two cells to the same height, as far as the second notebook can be scrolled. Cells that come into view by that
  // turn out to be higher than was thought, so it takes some frames.
  async function level(panel, cell, twin, other) {
    const height = (each, { node }) => node.getBoundingClientRect().top - each.content.node.getBoundingClientRect().top;
    const outer = twin.content.node.querySelector(".jp-WindowedPanel-outer") ?? twin.content.node;
    for (let frame = 0; frame < LEVEL_FRAMES && cell.node.isConnected && other.node.isConnected; frame += 1) {
      const difference = height(twin, other) - height(panel, cell);
      if (Math.abs(difference) > 1) {
        outer.scrollTop += difference;
      }
      await new Promise(requestAnimationFrame);
    }
  }

  // The ids of the cells whose outputs are judged together with a cell's by the rule in the Python notebook, that cell last.
  function judged(python, id) {
    const cell = python.content.widgets.find(({ model }) => model.id === id);
    return [...(cell.model.getMetadata("ferrocell")?.compare?.with ?? []), id];
  }

  function say(cell, verdict, text) {
    cell.node.querySelector(".ferrocell-verdict")?.remove();
    const line = Object.assign(document.createElement("div"), { className: "ferrocell-verdict", textContent: text });
    line.dataset.verdict = verdict;
    line.setAttribute("role", "status");
    cell.node.querySelector(".jp-Cell-inputWrapper")?.before(line);
  }

  function written(milliseconds) {
    return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(2)} s`;
  }

  // The panel that lists the variables of the notebook in front.
  function variablesPanel({ Widget }, current) {
    const panel = new Widget();
    panel.id = "ferrocell-variables";
    panel.title.label = "Variables";
    panel.title.caption = "Variables of the Rust notebook";
    panel.title.closable = true;
    panel.addClass("ferrocell-variables");

    function row(cells, kind) {
      const line = document.createElement("tr");
      line.append(...cells.map((text) => Object.assign(document.createElement(kind), { textContent: text })));
      return line;
    }

    // A variable's line, and below it its value once that is asked for: showing it runs the user's code.
    function entry({ name, type, note }, conversation) {
      const line = row(["", type, note], "td");
      const button = Object.assign(document.createElement("button"), { className: "ferrocell-value", textContent: name });
      button.title = `Show the value of ${name}`;
      button.setAttribute("aria-expanded", "false");
      line.firstChild.append(button);
      const shown = document.createElement("tr");
      shown.hidden = true;
      const value = Object.assign(document.createElement("td"), { colSpan: 3 });
      const text = document.createElement("pre");
      value.append(text);
      shown.append(value);
      button.onclick = async () => {
        shown.hidden = !shown.hidden;
        button.setAttribute("aria-expanded", String(!shown.hidden));
        if (!shown.hidden) {
          text.textContent = "…";
          text.textContent = await conversation.valueOf(name);
        }
      };
      return [line, shown];
    }

    panel.refresh = async () => {
      if (!panel.isVisible) {
        return;
      }
      const conversation = current();
      const answer = await conversation?.ask("variables");
      const list = answer?.list ?? [];
      const table = document.createElement("table");
      const head = document.createElement("thead");
      head.append(row(["Name", "Type", ""], "th"));
      const body = document.createElement("tbody");
      body.append(...list.flatMap((variable) => entry(variable, conversation)));
      table.append(head, body);
      const nothing = document.createElement("p");
      nothing.textContent = answer ? "There are no variables yet." : "The notebook in front is none on ferrocell.";
      panel.node.replaceChildren(list.length > 0 ? table : nothing);
    };
    panel.onAfterShow = () => panel.refresh();
    return panel;
  }

  async function plugin() {
    const names = [
      "@jupyterlab/notebook", "@jupyterlab/settingregistry", "@codemirror/state", "@codemirror/view", "@jupyterlab/apputils",
      "@lumino/widgets",
    ];
    const [notebook, registry, state, view, apputils, widgets] = await Promise.all(names.map(shared));
    const { INotebookTracker, NotebookActions } = notebook;
    const id = `${NAME}:drafts`;
    return {
      id,
      description: "Checks, compiles and formats the cells of Rust notebooks, and shows a notebook beside its twin in Python.",
      autoStart: true,
      requires: [INotebookTracker],
      optional: [registry.ISettingRegistry, apputils.ICommandPalette],
      async activate(app, tracker, settingRegistry, palette) {
        document.head.append(Object.assign(document.createElement("style"), { textContent: STYLE }));
        const settings = { drafts: true, pause: 300, formatOnSave: false };
        const loaded = await settingRegistry?.load(id);
        const read = () => Object.assign(settings, loaded?.composite);
        loaded?.changed.connect(read);
        read();
        const display = remarkDisplay(state, view);
        const conversations = new Map();
        const current = () => conversations.get(tracker.currentWidget);
        const variables = variablesPanel(widgets, current);
        tracker.currentChanged.connect(() => variables.refresh());
        const pairs = new Pairs(tracker, conversations);
        const warn = (message) => message && apputils.Notification.warning(message, { autoClose: 5000 });
        const tell = (messages) => {
          const told = messages.find((message) => message);
          warn(told && `Formatting: ${told}`);
        };
        const formatAll = async (panel) => {
          const conversation = conversations.get(panel);
          return Promise.all((panel?.content.widgets ?? []).map((cell) => conversation.format(cell)));
        };
        const commands = [
          ["format-cell", "Format Cell (rustfmt)", async () => tell([await current()?.format(tracker.activeCell)])],
          ["format-notebook", "Format All Cells (rustfmt)", async () => tell(await formatAll(tracker.currentWidget))],
          ["fix", "Fix as the Compiler Suggests", () => {
            const view = tracker.activeCell?.editor?.editor;
            const [fix] = view ? display.fixes(view) : [];
            return fix ? display.apply(view, fix) : warn("The compiler suggests nothing for this cell.");
          }],
          ["run-pair", "Run Cell and Its Twin", async () => warn(await pairs.run(NotebookActions.run))],
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
          app.commands.addCommand(command, { label, execute, isEnabled: () => tracker.currentWidget !== null });
          palette?.addItem({ command, category: "Rust Notebook" });
        }
        // Saved by the user, that is: not by the clock, in the middle of a line.
        app.commands.commandExecuted.connect(async (_, { id: command, result }) => {
          const panel = tracker.currentWidget;
          if (command === "docmanager:save" && settings.formatOnSave && conversations.has(panel)) {
            await result;
            tell(await formatAll(panel));
            if (panel.context.model.dirty) {
              await panel.context.save();
            }
          }
        });
        const watch = (panel) => {
          const conversation = new Conversation(panel, display, settings);
          conversations.set(panel, conversation);
          ignoreKernelsWords(panel);
          pairs.offer(panel, { app, notify: apputils.Notification.info });
          panel.content.node.addEventListener("scroll", () => pairs.follow(panel), { capture: true, passive: true });
          // What has run may have changed what the cell means.
          const executed = (_, { notebook: executing }) => {
            if (executing === panel.content) {
              conversation.schedule(GLANCE);
              variables.refresh();
            }
          };
          NotebookActions.executed.connect(executed);
          panel.disposed.connect(() => {
            NotebookActions.executed.disconnect(executed);
            clearTimeout(conversation.timer);
            conversations.delete(panel);
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
