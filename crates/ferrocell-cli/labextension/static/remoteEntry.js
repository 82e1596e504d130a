// Built from src/ by `npm run build`.
"use strict";
(() => {
  var __create = Object.create;
  var __defProp = Object.defineProperty;
  var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
  var __getOwnPropNames = Object.getOwnPropertyNames;
  var __getProtoOf = Object.getPrototypeOf;
  var __hasOwnProp = Object.prototype.hasOwnProperty;
  var __esm = (fn, res, err) => function __init() {
    if (err) throw err[0];
    try {
      return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
    } catch (e) {
      throw err = [e], e;
    }
  };
  var __commonJS = (cb, mod) => function __require() {
    try {
      return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
    } catch (e) {
      throw mod = 0, e;
    }
  };
  var __export = (target, all) => {
    for (var name in all)
      __defProp(target, name, { get: all[name], enumerable: true });
  };
  var __copyProps = (to, from, except, desc) => {
    if (from && typeof from === "object" || typeof from === "function") {
      for (let key of __getOwnPropNames(from))
        if (!__hasOwnProp.call(to, key) && key !== except)
          __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
    }
    return to;
  };
  var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
    // If the importer is in node compatibility mode or this is not an ESM
    // file that has been converted to a CommonJS file using a Babel-
    // compatible transform (i.e. "__esModule" has not been set), then set
    // "default" to the CommonJS "module.exports" for node compatibility.
    isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
    mod
  ));
  var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);

  // src/shared_modules.ts
  var shared_modules_exports = {};
  __export(shared_modules_exports, {
    shared: () => shared,
    take: () => take
  });
  async function take(scope2) {
    const takeOne = async (name) => {
      const [version] = Object.values(scope2[name]);
      modules.set(name, (await version.get())());
    };
    await Promise.all(NAMES.map(takeOne));
  }
  function shared(name) {
    if (!modules.has(name)) {
      throw new Error(`${name} is not among the modules that are taken`);
    }
    return modules.get(name);
  }
  var NAMES, modules;
  var init_shared_modules = __esm({
    "src/shared_modules.ts"() {
      "use strict";
      NAMES = [
        "@codemirror/state",
        "@codemirror/view",
        "@jupyterlab/apputils",
        "@jupyterlab/completer",
        "@jupyterlab/notebook",
        "@jupyterlab/settingregistry",
        "@lumino/widgets"
      ];
      modules = /* @__PURE__ */ new Map();
    }
  });

  // shared:@jupyterlab/apputils
  var require_apputils = __commonJS({
    "shared:@jupyterlab/apputils"(exports, module) {
      module.exports = (init_shared_modules(), __toCommonJS(shared_modules_exports)).shared("@jupyterlab/apputils");
    }
  });

  // shared:@jupyterlab/completer
  var require_completer = __commonJS({
    "shared:@jupyterlab/completer"(exports, module) {
      module.exports = (init_shared_modules(), __toCommonJS(shared_modules_exports)).shared("@jupyterlab/completer");
    }
  });

  // shared:@jupyterlab/notebook
  var require_notebook = __commonJS({
    "shared:@jupyterlab/notebook"(exports, module) {
      module.exports = (init_shared_modules(), __toCommonJS(shared_modules_exports)).shared("@jupyterlab/notebook");
    }
  });

  // shared:@jupyterlab/settingregistry
  var require_settingregistry = __commonJS({
    "shared:@jupyterlab/settingregistry"(exports, module) {
      module.exports = (init_shared_modules(), __toCommonJS(shared_modules_exports)).shared("@jupyterlab/settingregistry");
    }
  });

  // src/messages.ts
  var KERNEL, TARGET;
  var init_messages = __esm({
    "src/messages.ts"() {
      "use strict";
      KERNEL = "ferrocell";
      TARGET = "ferrocell.draft";
    }
  });

  // shared:@codemirror/state
  var require_state = __commonJS({
    "shared:@codemirror/state"(exports, module) {
      module.exports = (init_shared_modules(), __toCommonJS(shared_modules_exports)).shared("@codemirror/state");
    }
  });

  // shared:@codemirror/view
  var require_view = __commonJS({
    "shared:@codemirror/view"(exports, module) {
      module.exports = (init_shared_modules(), __toCommonJS(shared_modules_exports)).shared("@codemirror/view");
    }
  });

  // src/remarks.ts
  function offset(doc, { line, column }) {
    if (line > doc.lines) {
      return doc.length;
    }
    const { from, text } = doc.line(line);
    return from + [...text].slice(0, column - 1).join("").length;
  }
  function mark(doc, remark) {
    let [from, to] = [offset(doc, remark.start), offset(doc, remark.end)];
    if (from === to) {
      [from, to] = from > 0 ? [from - 1, to] : [from, Math.min(1, doc.length)];
    }
    const attributes = { "aria-description": remark.message };
    const spec = { class: `ferrocell-${remark.severity}`, attributes, remark };
    return from < to ? [import_view.Decoration.mark(spec).range(from, to)] : [];
  }
  function explanation(state, position) {
    const found = [];
    state.field(field).between(position, position, (from, to, { spec }) => {
      found.push({ from, to, remark: spec.remark });
    });
    return found.length === 0 ? null : {
      pos: Math.min(...found.map(({ from }) => from)),
      end: Math.max(...found.map(({ to }) => to)),
      above: true,
      create: (view) => ({ dom: describe(found.map(({ remark }) => remark), (fix) => apply(view, fix)) })
    };
  }
  function show(view, remarks) {
    const effects = [change.of(remarks)];
    if (!view.state.field(field, false)) {
      view.dispatch({ effects: import_state.StateEffect.appendConfig.of(extension) });
    }
    view.dispatch({ effects });
  }
  function goToNext(view) {
    const places = [];
    view.state.field(field, false)?.between(0, view.state.doc.length, (from) => void places.push(from));
    places.sort((one, other) => one - other);
    const anchor = places.find((place) => place > view.state.selection.main.head) ?? places[0];
    if (anchor === void 0) {
      return false;
    }
    view.dispatch({ selection: { anchor }, effects: visit.of(null), scrollIntoView: true });
    view.focus();
    return true;
  }
  function apply(view, { edits }) {
    const { doc } = view.state;
    const changes = edits.map(({ start, end, text }) => ({ from: offset(doc, start), to: offset(doc, end), insert: text }));
    view.dispatch({ changes, effects: change.of([]) });
    view.focus();
  }
  function fixes(view) {
    const { head } = view.state.selection.main;
    const all = [];
    view.state.field(field, false)?.between(0, view.state.doc.length, (from, to, { spec }) => {
      const rank = from <= head && head <= to ? 0 : 1;
      all.push(...spec.remark.fixes.map((fix) => ({ fix, rank })));
    });
    return all.sort((one, other) => one.rank - other.rank).map(({ fix }) => fix);
  }
  function describe(remarks, apply2) {
    const all = document.createElement("div");
    all.className = "ferrocell-remark";
    for (const { message, code, notes, fixes: fixes2 } of remarks) {
      const title = document.createElement("div");
      title.textContent = code ? `${message} [${code}]` : message;
      all.append(title);
      for (const text of notes) {
        all.append(Object.assign(document.createElement("div"), { className: "ferrocell-note", textContent: text }));
      }
      for (const fix of fixes2) {
        const button = document.createElement("button");
        button.className = "ferrocell-fix jp-Button";
        button.textContent = `Fix: ${fix.title}`;
        button.onclick = () => apply2(fix);
        all.append(button);
      }
    }
    return all;
  }
  var import_state, import_view, change, visit, field, hovered, visited, extension;
  var init_remarks = __esm({
    "src/remarks.ts"() {
      "use strict";
      import_state = __toESM(require_state(), 1);
      import_view = __toESM(require_view(), 1);
      change = import_state.StateEffect.define();
      visit = import_state.StateEffect.define();
      field = import_state.StateField.define({
        create: () => import_view.Decoration.none,
        update(marks, transaction) {
          const changed = transaction.effects.find((effect) => effect.is(change));
          const { doc } = transaction.state;
          return changed ? import_view.Decoration.set(changed.value.flatMap((remark) => mark(doc, remark)), true) : marks.map(transaction.changes);
        },
        provide: (self) => import_view.EditorView.decorations.from(self)
      });
      hovered = (0, import_view.hoverTooltip)((view, position) => explanation(view.state, position));
      visited = import_state.StateField.define({
        create: () => null,
        update(tooltip, { effects, selection, docChanged, state }) {
          if (effects.some((effect) => effect.is(visit))) {
            return explanation(state, state.selection.main.head);
          }
          return docChanged || selection ? null : tooltip;
        },
        provide: (self) => import_view.showTooltip.from(self)
      });
      extension = [field, hovered, visited];
    }
  });

  // src/conversation.ts
  function editorOf(cell) {
    return cell?.editor?.editor;
  }
  function codeOf(cell) {
    return cell?.model?.type === "code" ? cell.model.sharedModel.getSource() : null;
  }
  var SOON, Conversation;
  var init_conversation = __esm({
    "src/conversation.ts"() {
      "use strict";
      init_messages();
      init_remarks();
      SOON = 50;
      Conversation = class {
        constructor(panel, settings) {
          this.panel = panel;
          this.settings = settings;
          panel.content.activeCellChanged.connect((_, cell) => this.goTo(cell));
          panel.sessionContext.kernelChanged.connect(() => this.revisit());
          panel.disposed.connect(() => clearTimeout(this.timer));
          this.goTo(panel.content.activeCell);
        }
        panel;
        settings;
        asked = /* @__PURE__ */ new Map();
        cell = null;
        comm = null;
        count = 0;
        kernel = null;
        sent = null;
        timer = 0;
        // Sends the active cell again: what it means may have changed.
        revisit() {
          this.schedule(SOON);
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
          const source = codeOf(cell);
          if (!cell || !source?.trim()) {
            return null;
          }
          const answer = await this.ask("format", { code: source });
          const isAsItWas = !cell.isDisposed && codeOf(cell) === source;
          if (isAsItWas && answer?.code !== void 0 && answer.code !== source) {
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
          if (implementation !== KERNEL) {
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
        // The value of a variable as text, or why it cannot be shown. It waits for the cell that runs.
        async valueOf(name) {
          const kernel = this.panel.sessionContext.session?.kernel;
          if (!kernel) {
            return "there is no kernel";
          }
          const request = kernel.requestExecute({ code: `&${name}`, store_history: false, allow_stdin: false, stop_on_error: false });
          const said = [];
          request.onIOPub = ({ content }) => {
            const { data, evalue } = content;
            said.push(data?.["text/plain"] ?? evalue ?? "");
          };
          await request.done;
          return said.join("").trim() || "it has no text";
        }
        goTo(cell) {
          this.cell?.model?.sharedModel.changed.disconnect(this.changed, this);
          this.cell = cell;
          cell?.model.sharedModel.changed.connect(this.changed, this);
          this.revisit();
        }
        changed(_, { sourceChange }) {
          if (sourceChange) {
            this.schedule(this.settings.pause);
          }
        }
        // Sends the active cell after a while in which nothing changes.
        schedule(pause) {
          clearTimeout(this.timer);
          this.timer = window.setTimeout(() => this.send(), pause);
        }
        async send() {
          const { cell } = this;
          const comm = this.settings.drafts ? await this.open() : null;
          const code = codeOf(cell);
          if (!comm || !cell || cell !== this.cell || code === null) {
            return;
          }
          this.count += 1;
          this.sent = { draft: this.count, cell, code };
          comm.send({ draft: this.count, code });
        }
        receive(answer) {
          const number = answer.format ?? answer.judge ?? answer.look ?? answer.variables;
          if (number !== void 0) {
            this.asked.get(number)?.(answer);
            this.asked.delete(number);
            return;
          }
          const { sent } = this;
          if (sent && answer.draft === sent.draft && !sent.cell.isDisposed && codeOf(sent.cell) === sent.code) {
            const view = editorOf(sent.cell);
            if (view) {
              show(view, answer.remarks ?? []);
            }
          }
        }
      };
    }
  });

  // src/imports.ts
  function insert(view, inserted, { path, name }) {
    const { doc, selection } = view.state;
    const to = selection.main.head;
    const from = to - inserted.length;
    if (from < 0 || doc.sliceString(from, to) !== inserted) {
      return;
    }
    let line = 1;
    while (line < doc.lines && ABOVE.test(doc.line(line).text)) {
      line += 1;
    }
    const top = Math.min(doc.line(line).from, from);
    view.dispatch({
      changes: [
        { from: top, insert: `use ${path};
` },
        { from, to, insert: name }
      ],
      userEvent: "input.complete"
    });
  }
  var ABOVE, Imports;
  var init_imports = __esm({
    "src/imports.ts"() {
      "use strict";
      init_conversation();
      ABOVE = /^\s*(:|\/\/|#!|$)/;
      Imports = class {
        // The candidates of the last answer that was given to any notebook.
        candidates = [];
        constructor(tracker, completion, settings) {
          completion.selected.connect((_, { insertText }) => {
            const chosen = this.candidates.find(({ text }) => text === insertText)?.import;
            const view = editorOf(tracker.activeCell);
            if (settings.imports && chosen && view) {
              insert(view, insertText, chosen);
            }
          });
        }
        // Listens to what a notebook's kernel suggests.
        watch(panel) {
          const listen = (kernel) => kernel?.anyMessage.connect((_, { msg, direction }) => {
            if (direction === "recv" && msg.header.msg_type === "complete_reply") {
              const { metadata } = msg.content;
              this.candidates = metadata?._jupyter_types_experimental ?? [];
            }
          });
          listen(panel.sessionContext.session?.kernel);
          panel.sessionContext.kernelChanged.connect((_, { newValue }) => listen(newValue));
        }
      };
    }
  });

  // src/pairs.ts
  function twinPath(panel) {
    const metadata = panel.content.model?.getMetadata("ferrocell");
    const base = `file:///${panel.context.path.split("/").map(encodeURIComponent).join("/")}`;
    return metadata?.twin ? decodeURIComponent(new URL(metadata.twin, base).pathname.slice(1)) : null;
  }
  function codeCells(panel) {
    return panel.content.widgets.filter(({ model }) => model.type === "code");
  }
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
  function judged(python, id) {
    const cell = python.content.widgets.find(({ model }) => model.id === id);
    const metadata = cell?.model.getMetadata("ferrocell");
    return [...metadata?.compare?.with ?? [], id];
  }
  function say(cell, verdict, text) {
    cell.node.querySelector(".ferrocell-verdict")?.remove();
    const line = Object.assign(document.createElement("div"), { className: "ferrocell-verdict", textContent: text });
    line.dataset.verdict = verdict;
    line.setAttribute("role", "status");
    cell.node.querySelector(".jp-Cell-inputWrapper")?.before(line);
  }
  function written(milliseconds) {
    return milliseconds < 1e3 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1e3).toFixed(2)} s`;
  }
  var import_apputils, import_notebook, LEVEL_FRAMES, Pairs;
  var init_pairs = __esm({
    "src/pairs.ts"() {
      "use strict";
      import_apputils = __toESM(require_apputils(), 1);
      import_notebook = __toESM(require_notebook(), 1);
      LEVEL_FRAMES = 10;
      Pairs = class {
        constructor(tracker, conversations) {
          this.tracker = tracker;
          this.conversations = conversations;
          tracker.activeCellChanged.connect(() => this.mark());
        }
        tracker;
        conversations;
        isFollowing = false;
        // Offers to open the notebook that one names as its twin, and marks its tab with its language.
        async offer(panel, app) {
          await Promise.all([app.restored, panel.context.ready]);
          const path = twinPath(panel);
          if (!path || panel.isDisposed) {
            return;
          }
          const { language = "" } = panel.content.model?.getMetadata("kernelspec") ?? {};
          panel.title.dataset = { ...panel.title.dataset, "ferrocell-language": language };
          if (!this.opened(path)) {
            const open = { path, factory: "Notebook", options: { mode: "split-right", ref: panel.id } };
            const callback = () => void app.commands.execute("docmanager:open", open);
            import_apputils.Notification.info(`This notebook has a twin: ${path}`, { autoClose: 15e3, actions: [{ label: "Open beside", callback }] });
          }
        }
        // Follows a panel that the user scrolls: the pointer is on it. Level are the cells in which the user is, or else the
        // first that are seen.
        async follow(panel) {
          if (!panel.node.matches(":hover") || this.isFollowing) {
            return;
          }
          const { top, bottom } = panel.content.node.getBoundingClientRect();
          const isSeen = ({ node }) => {
            const place2 = node.getBoundingClientRect();
            return node.isConnected && place2.bottom > top + 40 && place2.top < bottom;
          };
          const active = panel.content.activeCell;
          const seen = active && isSeen(active) ? active : panel.content.widgets.find(isSeen);
          const found = seen && this.find(panel, seen);
          if (!found) {
            return;
          }
          const { twin, place } = found;
          this.isFollowing = true;
          if (!twin.content.widgets[place].node.isConnected) {
            await twin.content.scrollToItem(place, "start");
          }
          await level(panel, seen, twin, twin.content.widgets[place]);
          this.isFollowing = false;
        }
        // Runs the active cell and its twin, and says above the Rust cell whether they agree, and how long each took. Gives why
        // it does not, if so.
        async run() {
          const panel = this.tracker.currentWidget;
          const cell = this.tracker.activeCell;
          const found = panel && cell && this.find(panel, cell);
          if (!found) {
            return "no other open notebook has a cell with this id";
          }
          const { twin, place } = found;
          const isRust = await this.conversations.get(panel)?.open() !== null;
          const [rust, python] = isRust ? [panel, twin] : [twin, panel];
          twin.content.activeCellIndex = place;
          const timed = async (each) => {
            const begin = performance.now();
            await import_notebook.NotebookActions.run(each.content, each.sessionContext);
            return performance.now() - begin;
          };
          const [rustTime, pythonTime] = await Promise.all([timed(rust), timed(python)]);
          const ids = judged(python, cell.model.id);
          const cells = (each) => ids.flatMap((id) => each.content.widgets.find(({ model }) => model.id === id) ?? []);
          const [reference, other] = [python, rust].map((each) => cells(each).map(({ model }) => model.toJSON()));
          const answer = await this.conversations.get(rust)?.ask("judge", { reference, other });
          const shown = cells(rust).at(-1);
          if (answer && shown) {
            const reason = answer.reason ? `: ${answer.reason}` : "";
            const times = `Python ${written(pythonTime)} \xB7 Rust ${written(rustTime)}`;
            say(shown, answer.verdict, `${answer.verdict}${reason} \xB7 ${times}`);
          }
          for (const each of [panel, twin]) {
            each.content.activeCellIndex += 1;
            each.content.deselectAll();
          }
          return answer ? null : "neither notebook is on ferrocell";
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
          const others = [];
          this.tracker.forEach((other) => {
            if (other !== panel && 2 * common(other) >= Math.max(ids.size, 2)) {
              others.push(other);
            }
          });
          return others.sort((one, other) => common(other) - common(one))[0] ?? null;
        }
        // The open notebook at a path.
        opened(path) {
          return this.tracker.find(({ context }) => context.path === path);
        }
        // A cell's twin: the notebook, and its place there.
        find(panel, cell) {
          const twin = this.twinOf(panel);
          const place = twin?.content.widgets.findIndex(({ model }) => model.id === cell.model?.id) ?? -1;
          return twin && place >= 0 ? { twin, place } : null;
        }
        async mark() {
          const panel = this.tracker.currentWidget;
          const cell = this.tracker.activeCell;
          document.querySelectorAll(".ferrocell-twin").forEach((node) => node.classList.remove("ferrocell-twin"));
          const found = panel && cell && this.find(panel, cell);
          if (found) {
            const { twin, place } = found;
            await twin.content.scrollToItem(place, "smart");
            const other = twin.content.widgets[place];
            other.node.classList.add("ferrocell-twin");
            await level(panel, cell, twin, other);
          }
        }
      };
    }
  });

  // src/settings.ts
  var DEFAULTS;
  var init_settings = __esm({
    "src/settings.ts"() {
      "use strict";
      DEFAULTS = { drafts: true, formatOnSave: false, imports: true, pause: 300 };
    }
  });

  // src/style.css
  var style_default;
  var init_style = __esm({
    "src/style.css"() {
      style_default = '.ferrocell-error { text-decoration: underline wavy var(--jp-error-color1); text-underline-offset: 3px; }\n.ferrocell-warning { text-decoration: underline wavy var(--jp-warn-color1); text-underline-offset: 3px; }\n.ferrocell-remark {\n  max-width: 70ch; padding: 4px 8px; white-space: pre-wrap; color: var(--jp-ui-font-color1);\n  font-family: var(--jp-code-font-family); font-size: var(--jp-code-font-size);\n}\n.cm-tooltip:has(.ferrocell-remark), .cm-tooltip.ferrocell-remark {\n  background: var(--jp-layout-color1); border: var(--jp-border-width) solid var(--jp-border-color1);\n}\n.ferrocell-note { color: var(--jp-ui-font-color2); }\n.ferrocell-fix { display: block; height: auto; margin: 4px 0 0; padding: 2px 8px; text-align: left; white-space: pre-wrap;\n  color: var(--jp-ui-font-color1); background: var(--jp-layout-color2); border: var(--jp-border-width) solid var(--jp-border-color1); }\n.jp-Cell.ferrocell-twin { box-shadow: inset 3px 0 var(--jp-brand-color2); }\n.lm-TabBar-tab[data-ferrocell-language="rust"] .lm-TabBar-tabLabel::before { content: "Rust \xB7 "; }\n.lm-TabBar-tab[data-ferrocell-language="python"] .lm-TabBar-tabLabel::before { content: "Python \xB7 "; }\n.ferrocell-verdict { padding: 2px 0 2px calc(var(--jp-cell-prompt-width) + 8px); font-size: var(--jp-ui-font-size1); color: var(--jp-ui-font-color1); }\n.ferrocell-verdict::before { content: ""; display: inline-block; width: 0.7em; height: 0.7em; margin-right: 0.5em;\n  border-radius: 50%; background: var(--jp-border-color1); }\n.ferrocell-verdict[data-verdict="agrees"]::before { background: var(--jp-success-color1); }\n.ferrocell-verdict:is([data-verdict="differs"], [data-verdict="failed"])::before { background: var(--jp-error-color1); }\n.ferrocell-variables { min-width: 260px; overflow: auto; padding: 8px; color: var(--jp-ui-font-color1); background: var(--jp-layout-color1); }\n.ferrocell-variables table { width: 100%; margin-bottom: 1em; border-collapse: collapse; font-family: var(--jp-code-font-family);\n  font-size: var(--jp-code-font-size); }\n.ferrocell-variables th, .ferrocell-variables td { text-align: left; vertical-align: top; padding: 2px 8px;\n  overflow-wrap: anywhere; }\n.ferrocell-value { padding: 0; text-align: left; white-space: nowrap; border: 0; background: none; color: inherit; font: inherit; cursor: pointer; }\n.ferrocell-value::before { content: "\u25B8 "; }\n.ferrocell-value[aria-expanded="true"]::before { content: "\u25BE "; }\n.ferrocell-glance { color: var(--jp-ui-font-color2); }\n.ferrocell-variables pre { margin: 0 0 4px 1em; max-height: 20em; overflow: auto; white-space: pre-wrap; }\n.ferrocell-variables tbody tr:hover { background: var(--jp-layout-color2); }\n';
    }
  });

  // shared:@lumino/widgets
  var require_widgets = __commonJS({
    "shared:@lumino/widgets"(exports, module) {
      module.exports = (init_shared_modules(), __toCommonJS(shared_modules_exports)).shared("@lumino/widgets");
    }
  });

  // src/variables_panel.ts
  function element(kind, textContent) {
    return Object.assign(document.createElement(kind), { textContent });
  }
  function row(cells, kind) {
    const line = document.createElement("tr");
    line.append(...cells.map((text) => element(kind, text)));
    return line;
  }
  function table(titles, rows) {
    const table2 = document.createElement("table");
    const head = document.createElement("thead");
    head.append(row(titles, "th"));
    const body = document.createElement("tbody");
    body.append(...rows);
    table2.append(head, body);
    return table2;
  }
  var import_widgets, NOTHING, PAUSE, BEAT, VariablesPanel;
  var init_variables_panel = __esm({
    "src/variables_panel.ts"() {
      "use strict";
      import_widgets = __toESM(require_widgets(), 1);
      NOTHING = { variables: {}, threads: [] };
      PAUSE = 500;
      BEAT = 2e3;
      VariablesPanel = class extends import_widgets.Widget {
        constructor(current) {
          super();
          this.current = current;
          this.id = "ferrocell-variables";
          this.title.label = "Variables";
          this.title.caption = "Variables and threads of the Rust notebook";
          this.title.closable = true;
          this.addClass("ferrocell-variables");
        }
        current;
        // The variables that are opened, with their values in full.
        open = /* @__PURE__ */ new Map();
        areOpenStale = false;
        glance = NOTHING;
        list = [];
        shown = null;
        timer = 0;
        // Lists the variables now, and looks at them once nothing runs.
        async refresh() {
          clearTimeout(this.timer);
          if (!this.isVisible) {
            return;
          }
          const conversation = this.current();
          const answer = await conversation?.ask("variables");
          if (conversation !== this.current()) {
            return;
          }
          if (!conversation || !answer) {
            this.node.replaceChildren(element("p", "The notebook in front is none on ferrocell."));
            return;
          }
          if (this.shown !== conversation.panel) {
            this.shown = conversation.panel;
            this.open.clear();
            this.glance = NOTHING;
          }
          this.areOpenStale = true;
          this.list = answer.list;
          this.render(conversation);
          this.schedule(conversation, PAUSE);
        }
        onAfterShow() {
          void this.refresh();
        }
        schedule(conversation, pause) {
          clearTimeout(this.timer);
          this.timer = window.setTimeout(() => void this.look(conversation), pause);
        }
        async look(conversation) {
          if (!this.isVisible || conversation !== this.current()) {
            return;
          }
          const seen = (await conversation.ask("look"))?.seen;
          if (seen && conversation === this.current()) {
            this.glance = seen;
            this.render(conversation);
            if (this.areOpenStale) {
              this.areOpenStale = false;
              await Promise.all([...this.open.keys()].map((name) => this.unfold(name, conversation)));
            }
          }
          if (!seen || seen.threads.length > 0) {
            this.schedule(conversation, BEAT);
          }
        }
        render(conversation) {
          const focused = this.node.contains(document.activeElement) ? document.activeElement?.textContent : null;
          const { scrollTop } = this.node;
          const rows = this.list.flatMap((variable) => this.entry(variable, conversation));
          const variables = rows.length > 0 ? table(["Name", "Type and value"], rows) : element("p", "There are no variables yet.");
          const threads = this.glance.threads.map(({ name, state }) => row([name, state], "td"));
          const also = threads.length > 0 ? [table(["Thread", "Does"], threads)] : [];
          this.node.replaceChildren(variables, ...also);
          this.node.scrollTop = scrollTop;
          const buttons = [...this.node.querySelectorAll("button")];
          buttons.find(({ textContent }) => focused && textContent === focused)?.focus();
        }
        // A variable's line, and below it its whole value while that is asked for: showing it may run the user's code.
        entry({ name, type, note }, conversation) {
          const { items, value } = this.glance.variables[name] ?? {};
          const size = items === void 0 || items === null ? "" : `${items} items`;
          const line = row(["", [type, size, note].filter((text2) => text2).join(" \xB7 ")], "td");
          if (value !== void 0 && value !== null) {
            line.lastChild?.appendChild(Object.assign(element("div", value), { className: "ferrocell-glance" }));
          }
          const button = Object.assign(element("button", name), { className: "ferrocell-value", title: `Show the value of ${name}` });
          button.setAttribute("aria-expanded", String(this.open.has(name)));
          line.firstChild?.appendChild(button);
          button.onclick = () => {
            if (this.open.delete(name)) {
              this.render(conversation);
            } else {
              void this.unfold(name, conversation);
            }
          };
          const text = this.open.get(name);
          if (text === void 0) {
            return [line];
          }
          const whole = document.createElement("tr");
          const cell = Object.assign(document.createElement("td"), { colSpan: 2 });
          cell.append(element("pre", text));
          whole.append(cell);
          return [line, whole];
        }
        // Shows a variable's whole value below its line.
        async unfold(name, conversation) {
          this.open.set(name, this.open.get(name) ?? "\u2026");
          this.render(conversation);
          const value = await conversation.valueOf(name);
          if (this.open.has(name) && conversation === this.current()) {
            this.open.set(name, value);
            this.render(conversation);
          }
        }
      };
    }
  });

  // src/plugin.ts
  var plugin_exports = {};
  __export(plugin_exports, {
    plugin: () => plugin
  });
  async function ignoreKernelsWords({ context }) {
    await context.ready;
    const { model } = context;
    model.metadataChanged.connect((_, { key }) => {
      if (!model.dirty && ["kernelspec", "language_info"].includes(key)) {
        queueMicrotask(() => Object.assign(model, { dirty: false }));
      }
    });
  }
  var import_apputils2, import_completer, import_notebook2, import_settingregistry, NAME, ID, plugin;
  var init_plugin = __esm({
    "src/plugin.ts"() {
      "use strict";
      import_apputils2 = __toESM(require_apputils(), 1);
      import_completer = __toESM(require_completer(), 1);
      import_notebook2 = __toESM(require_notebook(), 1);
      import_settingregistry = __toESM(require_settingregistry(), 1);
      init_conversation();
      init_imports();
      init_pairs();
      init_remarks();
      init_settings();
      init_style();
      init_variables_panel();
      NAME = "ferrocell";
      ID = `${NAME}:drafts`;
      plugin = {
        id: ID,
        description: "Checks, compiles and formats the cells of Rust notebooks, and shows a notebook beside its twin in Python.",
        autoStart: true,
        requires: [import_notebook2.INotebookTracker],
        optional: [import_settingregistry.ISettingRegistry, import_apputils2.ICommandPalette, import_completer.ICompletionProviderManager],
        async activate(app, tracker, registry, palette, completion) {
          document.head.append(Object.assign(document.createElement("style"), { textContent: style_default }));
          const settings = { ...DEFAULTS };
          const loaded = await registry?.load(ID);
          const read = () => Object.assign(settings, loaded?.composite);
          loaded?.changed.connect(read);
          read();
          const conversations = /* @__PURE__ */ new Map();
          const current = () => tracker.currentWidget && conversations.get(tracker.currentWidget);
          const variables = new VariablesPanel(() => current() ?? void 0);
          tracker.currentChanged.connect(() => void variables.refresh());
          const pairs = new Pairs(tracker, conversations);
          const imports = completion && new Imports(tracker, completion, settings);
          const warn = (message) => {
            if (message) {
              import_apputils2.Notification.warning(message, { autoClose: 5e3 });
            }
          };
          const formatCells = async (panel, cells) => {
            const conversation = panel && conversations.get(panel);
            const messages = await Promise.all(cells.map((cell) => conversation?.format(cell)));
            const told = messages.find((message) => message);
            warn(told && `Formatting: ${told}`);
          };
          const formatAll = (panel) => formatCells(panel, [...panel?.content.widgets ?? []]);
          const commands = [
            ["format-cell", "Format Cell (rustfmt)", () => formatCells(tracker.currentWidget, tracker.activeCell ? [tracker.activeCell] : [])],
            ["format-notebook", "Format All Cells (rustfmt)", () => formatAll(tracker.currentWidget)],
            ["fix", "Fix as the Compiler Suggests", () => {
              const view = editorOf(tracker.activeCell);
              const [fix] = view ? fixes(view) : [];
              if (view && fix) {
                apply(view, fix);
              } else {
                warn("The compiler suggests nothing for this cell.");
              }
            }],
            ["next-remark", "Go to Next Problem", () => {
              const view = editorOf(tracker.activeCell);
              if (!view || !goToNext(view)) {
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
            }]
          ];
          for (const [name, label, execute] of commands) {
            const command = `${NAME}:${name}`;
            const isEnabled = () => tracker.currentWidget !== null;
            app.commands.addCommand(command, { label, execute, isEnabled });
            palette?.addItem({ command, category: "Rust Notebook" });
          }
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
          const watch = (panel) => {
            const conversation = new Conversation(panel, settings);
            conversations.set(panel, conversation);
            imports?.watch(panel);
            void ignoreKernelsWords(panel);
            void pairs.offer(panel, app);
            panel.content.node.addEventListener("scroll", () => void pairs.follow(panel), { capture: true, passive: true });
            const executed = (_, { notebook }) => {
              if (notebook === panel.content) {
                conversation.revisit();
                void variables.refresh();
              }
            };
            import_notebook2.NotebookActions.executed.connect(executed);
            panel.disposed.connect(() => {
              import_notebook2.NotebookActions.executed.disconnect(executed);
              conversations.delete(panel);
            });
          };
          tracker.forEach(watch);
          tracker.widgetAdded.connect((_, panel) => watch(panel));
        }
      };
    }
  });

  // src/remote_entry.ts
  init_shared_modules();
  var scope;
  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB.ferrocell = {
    init(given) {
      scope = given;
    },
    async get() {
      await take(scope);
      const { plugin: plugin2 } = await Promise.resolve().then(() => (init_plugin(), plugin_exports));
      const instance = { __esModule: true, default: plugin2 };
      return () => instance;
    }
  };
})();
