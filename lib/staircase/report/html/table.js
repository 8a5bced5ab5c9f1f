"use strict";
// Tables sort by a click, or by Enter, on a header; a third time restores the order of the experiment.

/** "25.56M", "71.25 ± 0.31", "+0.35", "12 min" as numbers; null where a cell holds none. */
function cellNumber(text) {
  const found = /^[-+]?[\d,]*\.?\d+(?:e[-+]?\d+)?\s*(k|M|G|s|min|h)?\b/.exec(text.trim());
  if (!found) return null;
  const scale = { k: 1e3, M: 1e6, G: 1e9, min: 60, h: 3600 }[found[1]] || 1;
  return parseFloat(found[0].replace(/,/g, "")) * scale;
}

/** Numbers by size, texts by alphabet, empty cells always last. */
function compareCells(a, b, direction) {
  if (a === "" || b === "") return (a === "") - (b === "");
  const x = cellNumber(a),
    y = cellNumber(b);
  if (x !== null && y !== null) return direction * (x - y);
  return direction * a.localeCompare(b, undefined, { numeric: true });
}

function makeSortable(table) {
  const body = table.tBodies[0];
  const original = Array.from(body.rows);
  const headers = Array.from(table.tHead.rows[0].cells);
  headers.forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = header.textContent;
    header.replaceChildren(button);
    button.addEventListener("click", () => {
      const next = { none: "ascending", ascending: "descending", descending: "none" }[
        header.getAttribute("aria-sort") || "none"
      ];
      headers.forEach((each) => each.removeAttribute("aria-sort"));
      if (next !== "none") header.setAttribute("aria-sort", next);
      const direction = next === "descending" ? -1 : 1;
      const text = (row) => row.cells[column].textContent.trim();
      const rows =
        next === "none"
          ? original
          : original.slice().sort((a, b) => compareCells(text(a), text(b), direction));
      body.append(...rows);
    });
  });
}

document.querySelectorAll("table.sortable").forEach(makeSortable);
