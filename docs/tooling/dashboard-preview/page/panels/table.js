import { element } from "../dom.js";
import { colour, fieldOf, mapped } from "../fields.js";
import { format } from "../format.js";

/** A table of instant queries, merged and organised by the panel's transformations. */
export function draw(panel, body, view) {
  let rows = panel.answers.flatMap(({ refId, series }) => series.map(({ labels, values }) => ({ ...labels, [`Value #${refId}`]: values[0] })));
  let columns = [...new Set(rows.flatMap(Object.keys))].map((name) => ({ name, title: name }));
  for (const { id, options } of panel.transformations) {
    if (id === "merge") rows = merge(rows);
    else if (id === "organize") columns = organize(columns, options);
    else throw new Error(`transformation ${id} is unknown`);
  }
  for (const { displayName, desc } of [...panel.options.sortBy].reverse()) {
    const { name } = columns.find(({ title }) => title === displayName);
    rows.sort((a, b) => (desc ? -1 : 1) * compare(a[name], b[name]));
  }

  const table = element(body, "table");
  const head = element(element(table, "thead"), "tr");
  for (const { title } of columns) element(head, "th", { text: title, style: widthOf(fieldOf(panel, title)) });
  const content = element(table, "tbody");
  for (const row of rows) {
    const line = element(content, "tr");
    for (const { name, title } of columns) cell(line, fieldOf(panel, title), row[name], view.range.end);
  }
}

const widthOf = ({ custom }) => (custom.width ? { width: `${custom.width}px` } : {});

function cell(line, field, value, now) {
  const box = element(line, "td");
  if (value === undefined) {
    box.textContent = field.noValue ?? "";
    return;
  }
  const word = typeof value === "number" ? mapped(field, value) : {};
  const text = word.text ?? (typeof value === "number" ? format(value, { ...field, now }) : value);
  const type = field.custom.cellOptions?.type;
  if (field.links) element(box, "a", { text });
  else box.textContent = text;
  if (type === "color-background" && word.colour) Object.assign(box.style, { background: word.colour, color: colour("#111217"), fontWeight: 600 });
  if (type === "color-text" && word.colour) Object.assign(box.style, { color: word.colour, fontWeight: 600 });
}

/** Rows that agree in every label that both have become one. */
function merge(rows) {
  const merged = [];
  for (const row of rows) {
    const labels = Object.keys(row).filter((key) => !key.startsWith("Value #"));
    const twin = merged.find((other) => labels.every((label) => !(label in other) || other[label] === row[label]));
    if (twin) Object.assign(twin, row);
    else merged.push({ ...row });
  }
  return merged;
}

function organize(columns, { excludeByName, indexByName, renameByName }) {
  return columns
    .filter(({ name }) => !excludeByName[name])
    .map(({ name }) => ({ name, title: renameByName[name] ?? name }))
    .sort((a, b) => (indexByName[a.name] ?? 99) - (indexByName[b.name] ?? 99));
}

const compare = (a, b) => (typeof a === "string" && typeof b === "string" ? a.localeCompare(b) : (a ?? -Infinity) - (b ?? -Infinity));
