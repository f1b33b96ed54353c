// Tables that readers can filter and sort. Without this script they are whole; nothing here is needed to read them.
(() => {
  "use strict";

  const MANY = 6; // rows from which on a filter is of use
  const LEVELS = ["error", "warning", "info"];
  const words = document.currentScript?.dataset ?? {};
  const say = (key, fallback) => words[key] ?? fallback;
  const collator = new Intl.Collator(document.documentElement.lang || undefined, {
    numeric: true,
    sensitivity: "base",
  });

  const create = (name, properties = {}, children = []) => {
    const element = document.createElement(name);
    Object.assign(element, properties);
    element.append(...children);
    return element;
  };

  const textOf = (cell) => (cell ? cell.textContent.trim().replace(/\s+/g, " ") : "");

  const compare = (one, other) => {
    const levels = [LEVELS.indexOf(one), LEVELS.indexOf(other)];
    if (levels[0] >= 0 && levels[1] >= 0) return levels[0] - levels[1];
    if (!one !== !other) return one ? -1 : 1; // what is empty goes last
    return collator.compare(one, other);
  };

  const enhance = (table, number) => {
    const body = table.tBodies[0];
    const headings = table.tHead ? [...table.tHead.rows[0].cells] : [];
    if (!body || body.rows.length < MANY || headings.length < 2) return;
    const rows = [...body.rows].map((row, index) => ({
      row,
      index,
      cells: [...row.cells].map(textOf),
      text: textOf(row).toLowerCase(),
    }));

    const status = create("span", { className: "poetry-count", role: "status" });
    status.setAttribute("aria-live", "polite");
    const input = create("input", { type: "search", id: `poetry-filter-${number}`, autocomplete: "off" });
    const label = create("label", { htmlFor: input.id, textContent: say("filter", "Filter") });
    const bar = create("div", { className: "poetry-tools" }, [label, input, status]);
    const wrapper = table.closest(".table-wrapper") ?? table;
    wrapper.before(bar);

    const count = (shown) => {
      status.textContent = say("count", "{shown} of {all}")
        .replace("{shown}", String(shown))
        .replace("{all}", String(rows.length));
    };
    const filter = () => {
      const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const item of rows) {
        const fits = wanted.every((word) => item.text.includes(word));
        item.row.hidden = !fits;
        shown += Number(fits);
      }
      count(shown);
    };
    input.addEventListener("input", filter);
    count(rows.length);

    headings.forEach((heading, column) => {
      const button = create("button", { type: "button", className: "poetry-sort" });
      button.append(...heading.childNodes);
      heading.append(button);
      heading.scope = "col";
      button.addEventListener("click", () => {
        const down = heading.getAttribute("aria-sort") === "ascending";
        for (const other of headings) other.removeAttribute("aria-sort");
        heading.setAttribute("aria-sort", down ? "descending" : "ascending");
        const sorted = [...rows].sort((one, other) => {
          const order = compare(one.cells[column] ?? "", other.cells[column] ?? "");
          return (down ? -order : order) || one.index - other.index;
        });
        body.append(...sorted.map((item) => item.row));
      });
    });
  };

  const start = () => document.querySelectorAll("table.poetry-interactive").forEach(enhance);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
