// Tables that readers can sort, filter and copy. Without this script they are whole; nothing here is needed to read them.
(() => {
  "use strict";

  const script = document.querySelector("script[data-poetry-texts]");
  if (!script) return;
  const texts = JSON.parse(script.dataset.poetryTexts);

  const GROUP = "poetry-in-"; // begins the classes of a row that name its groups
  const PAUSE = 200; // milliseconds without another key before the count is said
  const AT_ONCE = 150; // rows, more than a screen has: laying out thousands would hold up the next key
  const SCROLLERS = ".table-wrapper, .pst-scrollable-table-container, .wy-table-responsive"; // what themes put tables into
  const NOT_TEXT = "button, svg, script, style, .headerlink";
  const BLOCKS = new Set(["BR", "DD", "DIV", "DL", "DT", "LI", "OL", "P", "PRE", "TD", "TH", "UL"]);

  const collator = new Intl.Collator(document.documentElement.lang || undefined, {
    numeric: true,
    sensitivity: "base",
  });

  const create = (name, properties = {}, ...children) => {
    const element = document.createElement(name);
    Object.assign(element, properties);
    element.append(...children);
    return element;
  };

  const whenIdle = window.requestIdleCallback ?? ((task) => setTimeout(task, PAUSE));

  const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, name) => String(values[name]));

  // -- Text ---------------------------------------------------------------------------------------------------------

  // What people read in an element: blocks on lines of their own, without what others have put there to be pressed.
  const textOf = (element) => {
    const read = (node, keep) => {
      if (node.nodeType === Node.TEXT_NODE) return keep ? node.data : node.data.replace(/\s+/g, " ");
      if (node.nodeType !== Node.ELEMENT_NODE || node.matches(NOT_TEXT)) return "";
      let text = "";
      for (const child of node.childNodes) text += read(child, keep || node.nodeName === "PRE");
      return BLOCKS.has(node.nodeName) ? `\n${text}\n` : text;
    };
    return read(element, false)
      .replace(/[ \t]*\n+[ \t]*(?=\n)|[ \t]+(?=\n)/g, "")
      .trim();
  };

  // Capitals and accents make no difference to who looks for something.
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}+/gu, "").toLowerCase();

  // -- Order --------------------------------------------------------------------------------------------------------

  // A cell that begins with a version, or a number, which looks alike (PEP 440).
  const VERSION = new RegExp(
    "^v?(?:(?<epoch>\\d+)!)?(?<release>\\d+(?:\\.\\d+)*)" +
      "(?:[-_.]?(?<phase>a|alpha|b|beta|c|rc|pre|preview)[-_.]?(?<pre>\\d*))?" +
      "(?:[-_.]?(?<isPost>post|rev|r)[-_.]?(?<post>\\d*)|-(?<bare>\\d+))?" +
      "(?:[-_.]?(?<isDev>dev)[-_.]?(?<dev>\\d*))?" +
      "(?:\\+(?<local>[a-z\\d]+(?:[-_.][a-z\\d]+)*))?(?=$|[\\s,;(])",
    "i",
  );
  const PHASES = { a: 0, b: 1, c: 2, r: 2, p: 2 };

  const versionOf = (text) => {
    const found = VERSION.exec(text)?.groups;
    if (!found) return null;
    const isDev = found.isDev !== undefined;
    const post = found.isPost !== undefined ? Number(found.post) : found.bare !== undefined ? Number(found.bare) : -1;
    let phase = 3;
    if (found.phase) phase = PHASES[found.phase[0].toLowerCase()];
    else if (isDev && post < 0) phase = -1; // of a release that has not even an alpha
    return {
      release: [Number(found.epoch ?? 0), ...found.release.split(".").map(Number)],
      rest: [phase, Number(found.pre ?? 0), post, isDev ? Number(found.dev) : Infinity],
      local: found.local ?? "",
    };
  };

  const compareLists = (one, other) => {
    for (let at = 0; at < Math.max(one.length, other.length); at++) {
      const [left, right] = [one[at] ?? 0, other[at] ?? 0];
      if (left !== right) return left < right ? -1 : 1;
    }
    return 0;
  };

  // Versions come before words.
  const compareKeys = (one, other) => {
    if (one.level !== other.level) return one.level - other.level;
    if (!one.version !== !other.version) return one.version ? -1 : 1;
    return (
      (one.version &&
        (compareLists(one.version.release, other.version.release) ||
          compareLists(one.version.rest, other.version.rest) ||
          collator.compare(one.version.local, other.version.local))) ||
      collator.compare(one.text, other.text)
    );
  };

  const keysOf = (items, column) => {
    const cells = items.map((item) => (item.row.cells[column] ? textOf(item.row.cells[column]) : ""));
    // Words that have an order of their own, where all cells of the column are such words.
    const order = [texts.levels, texts.states].find((known) => cells.every((text) => !text || known.includes(text)));
    return cells.map((text) => ({
      text,
      level: order ? order.indexOf(text) : 0,
      version: versionOf(text),
    }));
  };

  // -- Copying ------------------------------------------------------------------------------------------------------

  // A field of RFC 4180. What a spreadsheet would take for a formula gets an apostrophe, which makes it text there.
  const csvField = (text) => {
    const safe = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? `'${text}` : text;
    return /[",;\t\r\n]/.test(safe) ? `"${safe.replace(/\r?\n/g, "\r\n").replaceAll('"', '""')}"` : safe;
  };
  const csvOf = (records) => records.map((record) => `${record.map(csvField).join(",")}\r\n`).join("");

  // Browsers have the clipboard only on https pages; elsewhere a text that is selected can be copied.
  const copyBySelecting = (text) => {
    const before = document.activeElement;
    const area = create("textarea", { className: "poetry-clipboard", value: text, readOnly: true });
    // A text area knows one kind of line end; what is copied must keep its own.
    const put = (event) => {
      event.clipboardData.setData("text/plain", text);
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    document.addEventListener("copy", put, true);
    document.body.append(area);
    area.select();
    try {
      return document.execCommand("copy");
    } finally {
      area.remove();
      document.removeEventListener("copy", put, true);
      before?.focus({ preventScroll: true });
    }
  };
  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyBySelecting(text);
    }
  };

  // -- A table ------------------------------------------------------------------------------------------------------

  const enhance = (table, number) => {
    const body = table.tBodies[0];
    const headings = table.tHead ? [...table.tHead.rows[table.tHead.rows.length - 1].cells] : [];
    if (!body || body.rows.length < 2 || !headings.length) return;

    const titles = headings.map(textOf);
    const items = [...body.rows].map((row, index) => ({
      row,
      index,
      fits: true,
      groups: [...row.classList].filter((name) => name.startsWith(GROUP)).map((name) => name.slice(GROUP.length)),
    }));
    let order = items;

    const caption = table.caption ? textOf(table.caption) : "";
    const input = create("input", { type: "search", id: `poetry-filter-${number}`, autocomplete: "off" });
    input.spellcheck = false;
    const copier = create("button", { type: "button", className: "poetry-copy", textContent: texts.copy });
    const count = create("span", { className: "poetry-count" });
    const said = create("span", { className: "poetry-said" });
    const status = create("p", {}, count, " ", said);
    status.setAttribute("role", "status");
    status.setAttribute("aria-live", "polite");
    const bar = create(
      "div",
      { className: "poetry-tools" },
      create("label", { htmlFor: input.id, textContent: texts.filter }),
      input,
    );
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", caption ? fill(texts.toolsOf, { caption }) : texts.tools);

    // The groups in the order in which they come up; rows that are in none have a box, too.
    const boxes = new Map();
    const names = [...new Set(items.flatMap((item) => item.groups))];
    if (names.length && items.some((item) => !item.groups.length)) names.push("");
    if (names.length > 1) {
      const fields = create("fieldset", { className: "poetry-groups" }, create("legend", { textContent: texts.groups }));
      for (const name of names) {
        const box = create("input", { type: "checkbox", checked: true, autocomplete: "off", value: name });
        box.addEventListener("change", () => update());
        boxes.set(name, box);
        fields.append(create("label", {}, box, ` ${name || texts.noGroup}`));
      }
      bar.append(fields);
    }
    bar.append(create("div", { className: "poetry-out" }, copier, status));

    let pause;
    const tell = (text = "") => {
      clearTimeout(pause);
      const shown = items.filter((item) => item.fits).length;
      count.textContent = fill(texts.shown, { shown, all: items.length });
      said.textContent = text;
    };

    // What fits, the first rows with the next frame, the others a part with each frame after it.
    let frame;
    const render = (until = AT_ONCE) => {
      cancelAnimationFrame(frame);
      let room = until;
      for (const item of order) {
        const hidden = !item.fits || --room < 0;
        if (item.row.hidden !== hidden) item.row.hidden = hidden;
      }
      if (room < 0) frame = requestAnimationFrame(() => render(until + AT_ONCE));
    };

    const hasGroup = ({ groups }) => !boxes.size || (groups.length ? groups : [""]).some((name) => boxes.get(name).checked);
    const textIn = (item) => (item.text ??= fold(textOf(item.row)));
    const hasWords = (item, words) => words.every((word) => textIn(item).includes(word));
    // Before the first key, when there is time.
    const prepare = (from) => {
      items.slice(from, from + AT_ONCE).forEach(textIn);
      if (from + AT_ONCE < items.length) whenIdle(() => prepare(from + AT_ONCE));
    };
    const update = () => {
      const words = fold(input.value).split(/\s+/).filter(Boolean);
      let changed = false;
      for (const item of items) {
        const fits = hasGroup(item) && hasWords(item, words);
        changed ||= fits !== item.fits;
        item.fits = fits;
      }
      if (changed) render();
      clearTimeout(pause);
      pause = setTimeout(() => tell(), PAUSE);
    };
    const showAll = () => {
      input.value = "";
      for (const box of boxes.values()) box.checked = true;
      update();
    };
    input.addEventListener("input", update);
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing || !input.value) return;
      event.preventDefault();
      event.stopPropagation();
      input.value = "";
      update();
    });
    // A link to a row must not lead to nothing.
    window.addEventListener("hashchange", () => {
      const target = document.querySelector(":target");
      if (!target || !target.closest("tr")?.hidden || !body.contains(target)) return;
      showAll();
      render(Infinity);
      target.scrollIntoView();
    });

    copier.addEventListener("click", async () => {
      const shown = order.filter((item) => item.fits);
      const records = shown.map((item) => [...item.row.cells].map(textOf));
      const done = await copy(csvOf([titles, ...records]));
      tell(done ? fill(texts.copied, { count: shown.length }) : texts.notCopied);
    });

    const sort = (heading, column) => {
      const next = { ascending: "descending", descending: null }[heading.getAttribute("aria-sort")];
      const direction = next === undefined ? "ascending" : next;
      for (const other of headings) other.removeAttribute("aria-sort");
      order = items;
      if (direction) {
        heading.setAttribute("aria-sort", direction);
        const keys = keysOf(items, column);
        const sign = direction === "ascending" ? 1 : -1;
        order = [...items].sort((left, right) => {
          const [one, other] = [keys[left.index], keys[right.index]];
          if (!one.text !== !other.text) return one.text ? -1 : 1; // what is empty goes last, whichever way
          return sign * compareKeys(one, other) || left.index - right.index;
        });
      }
      render();
      const fragment = document.createDocumentFragment();
      for (const item of order) fragment.append(item.row);
      body.append(fragment);
      const said = { ascending: texts.ascending, descending: texts.descending }[direction] ?? texts.unsorted;
      tell(fill(said, { column: titles[column] }));
    };
    headings.forEach((heading, column) => {
      if (!titles[column]) return;
      const button = create("button", { type: "button", className: "poetry-sort" });
      // A button may hold no paragraphs.
      const paragraphs = [...heading.children].filter((child) => child.nodeName === "P");
      for (const paragraph of paragraphs) paragraph.replaceWith(...paragraph.childNodes);
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => sort(heading, column));
    });

    (table.closest(SCROLLERS) ?? table).before(bar);
    table.classList.add("poetry-sortable");
    tell();
    whenIdle(() => prepare(0));
  };

  // What scrolls sideways can be reached by Tab and scrolled by keys, and screen readers say what it is.
  const reach = (table) => {
    const names = { role: "region", "aria-label": table.caption ? textOf(table.caption) : texts.table };
    let box;
    let ours = [];
    const look = () => {
      const now = table.closest(SCROLLERS) ?? table; // some themes make the box when the page is there
      if (now !== box) observer.observe(now);
      const scrolls = now.scrollWidth > now.clientWidth;
      if (now === box && scrolls === ours.length > 0) return;
      for (const name of ours) box.removeAttribute(name);
      box = now;
      const attributes = { tabindex: "0", ...(box === table ? {} : names) }; // a table is one, its caption its name
      ours = scrolls ? Object.keys(attributes).filter((name) => !box.hasAttribute(name)) : [];
      for (const name of ours) box.setAttribute(name, attributes[name]);
    };
    const observer = new ResizeObserver(look);
    observer.observe(table);
  };

  // Deferred: the page is there.
  document.querySelectorAll("table.poetry-interactive").forEach(enhance);
  document.querySelectorAll("table.poetry-table").forEach(reach);
})();
