// On phones a wide table is shown as cards, one a row, each cell with the title of its column; the roles of a table stay.
const MOST_COLUMNS = 3; // what still fits beside each other

function label(table) {
  const titles = [...table.tHead.rows[0].cells].map((cell) => cell.firstChild?.textContent.trim() || cell.textContent.trim());
  if (titles.length <= MOST_COLUMNS) return;
  table.classList.add("table-cards");
  table.setAttribute("role", "table");
  for (const group of [table.tHead, ...table.tBodies]) group.setAttribute("role", "rowgroup");
  for (const row of table.rows) {
    row.setAttribute("role", "row");
    for (const cell of row.cells) {
      cell.dataset.label = cell.colSpan > 1 ? "" : titles[cell.cellIndex] ?? "";
      if (cell.localName === "td") cell.setAttribute("role", "cell");
      else cell.setAttribute("role", cell.closest("thead") ? "columnheader" : "rowheader");
    }
  }
}

function labelAll() {
  for (const table of document.querySelectorAll(".table-wide > table:not(.table-cards)")) if (table.tHead?.rows.length === 1) label(table);
}

labelAll();
document.addEventListener("htmx:afterSettle", labelAll);
