// Sorts a table (class "sortable") by the heading that is clicked, and shows only the rows that have
// the words typed (data-find on the table: what the field is called) and the values chosen
// (data-choose on a heading; data-value on a cell whose words are not its value). Without this script
// every row is there, in the order of the page.
"use strict";

function keyOf(row, column) {
  const cell = row.cells[column];
  return cell.dataset.sort ?? cell.textContent.trim();
}

function compare(one, other) {
  if (one === "" || other === "") return (one === "") - (other === "");
  const numbers = [Number(one), Number(other)];
  return numbers.some(Number.isNaN) ? one.localeCompare(other, "en-GB") : numbers[0] - numbers[1];
}

function sort(table, heading, column) {
  const down = heading.getAttribute("aria-sort") === "ascending";
  const rows = [...table.tBodies[0].rows];
  rows.sort((one, other) => {
    const keys = [keyOf(one, column), keyOf(other, column)];
    const empty = keys.includes("");
    return compare(...keys) * (down && !empty ? -1 : 1);
  });
  table.tBodies[0].append(...rows);
  for (const each of table.tHead.rows[0].cells) each.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", down ? "descending" : "ascending");
}

function makeSortable(table) {
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    if (!heading.textContent.trim()) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(table, heading, column));
    heading.append(button);
  });
}

function labelled(text, field) {
  const label = document.createElement("label");
  label.append(text, field);
  return label;
}

function valueOf(cell) {
  return cell.dataset.value ?? cell.textContent.trim();
}

function chooser(table, column) {
  const field = document.createElement("select");
  const rows = [...table.tBodies[0].rows];
  const values = new Set(rows.map((row) => valueOf(row.cells[column])));
  field.append(new Option("All", ""));
  for (const value of [...values].sort()) if (value) field.append(new Option(value));
  return field;
}

function makeFindable(table) {
  const form = document.createElement("div");
  form.className = "find";
  form.setAttribute("role", "search");
  form.setAttribute("aria-label", table.dataset.find);
  const typed = document.createElement("input");
  typed.type = "search";
  const count = document.createElement("output");
  const choosers = new Map();
  form.append(labelled(table.dataset.find, typed));
  [...table.tHead.rows[0].cells].forEach((heading, column) => {
    if (heading.dataset.choose === undefined) return;
    choosers.set(column, chooser(table, column));
    form.append(labelled(heading.dataset.choose || heading.textContent.trim(), choosers.get(column)));
  });
  form.append(count);

  form.addEventListener("input", () => {
    const words = typed.value.toLowerCase().split(/\s+/);
    const rows = [...table.tBodies[0].rows];
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const chosen = [...choosers].every(
        ([column, field]) => !field.value || valueOf(row.cells[column]) === field.value,
      );
      row.hidden = !chosen || !words.every((word) => text.includes(word));
    }
    const shown = rows.filter((row) => !row.hidden).length;
    count.textContent = `${shown} of ${rows.length} lines`;
  });
  (table.closest(".scroll") ?? table).before(form);
}

for (const table of document.querySelectorAll("table[data-find]")) makeFindable(table);
for (const table of document.querySelectorAll("table.sortable")) makeSortable(table);
