const parts = new Intl.NumberFormat(document.documentElement.lang).formatToParts(-1234567.5);
const sign = (type) => parts.find((part) => part.type === type)?.value ?? "";
const group = sign("group"), point = sign("decimal");
// On a phone a table's rows become cards, in which each cell carries its column's head.
for (const table of document.querySelectorAll("table:not(.stack, .heat)")) {
  const heads = [...table.tHead.rows[0].cells].map((head) => head.textContent.trim());
  for (const row of table.tBodies[0].rows) [...row.cells].forEach((cell, column) => { cell.dataset.head = heads[column]; });
  table.classList.add("cards");
}
for (const table of document.querySelectorAll("table.data")) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const value = (row, column, numeric) => {
    const cell = row.cells[column];
    if (cell.dataset.s) return cell.dataset.s;
    const text = cell.textContent.trim();
    if (!numeric) return text.toLowerCase();
    const found = text.replace(/[\s\u00a0\u202f]/g, "").replaceAll(group.trim() || "\u0000", "").replace(point, ".").match(/-?\d+(\.\d+)?/);
    return found ? Number(found[0]) : -Infinity;
  };
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    const numeric = head.classList.contains("n");
    button.addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") !== "descending" && (numeric || head.getAttribute("aria-sort") === "ascending");
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const rows = [...body.rows].map((row) => [value(row, column, numeric), row]);
      rows.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0) * (descending ? -1 : 1));
      body.append(...rows.map(([, row]) => row));
    });
  });
  if (body.rows.length > 20) {
    const label = document.createElement("label");
    const input = document.createElement("input");
    label.className = "filter";
    input.type = "search";
    label.append(document.body.dataset.filter, input);
    (table.closest(".scroll") ?? table).before(label);
    const all = document.querySelector(".all");
    input.addEventListener("input", () => {
      if (all && table.classList.contains("stack")) all.checked = input.value !== "" || all.checked;
      const words = input.value.toLowerCase().split(/\s+/);
      for (const row of body.rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
      }
    });
  }
}
// What a link leads to is opened: the details of a row, or those that a query is folded into.
const open = () => {
  const target = document.querySelector(":target");
  for (const details of [target?.querySelector("details"), target?.closest("details")]) if (details) details.open = true;
};
addEventListener("hashchange", open);
open();
