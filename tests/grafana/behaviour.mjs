// What Grafana's own data library makes of a dashboard and real answers: it has to know every name, and what a person sees has to be words.
import { view } from "./grafana.mjs";

const FIELD_OF_LINK = /\$\{__data\.fields\.([\w ]+)/g;

/** What is wrong with a dashboard that was read with answers, a sentence each. */
export async function complaints(file, dashboard) {
  const found = [];
  for (const panel of dashboard.panels.filter(({ type }) => type !== "row")) {
    for (const text of [...names(panel), ...(await shown(panel))]) found.push(`${file}: ${panel.title}: ${text}`);
  }
  return found;
}

/** What a dashboard's tables show: rows of texts by the titles of their columns. */
export async function tables(dashboard) {
  const result = {};
  for (const panel of dashboard.panels.filter(({ type }) => type === "table")) {
    const [frame] = await view.frames(panel, panel.answers);
    const rows = frame ? Array.from({ length: frame.length }, (_, row) => row) : [];
    for (const { displayName, desc } of [...panel.options.sortBy].reverse()) {
      const values = frame?.fields.find(({ title }) => title === displayName)?.values ?? [];
      rows.sort((a, b) => (desc ? -1 : 1) * compare(values[a], values[b]));
    }
    result[panel.title] = rows.map((row) => Object.fromEntries(frame.fields.map((field) => [field.title, view.show(field, field.values[row]).text])));
  }
  return result;
}

const compare = (a, b) => (typeof a === "string" && typeof b === "string" ? a.localeCompare(b) : (a ?? -Infinity) - (b ?? -Infinity));

// Grafana passes over what it does not know, and shows something else.
function* names({ fieldConfig, transformations = [] }) {
  for (const { id } of transformations) if (!view.isTransformation(id)) yield `there is no transformation ${id}`;
  const units = [fieldConfig.defaults.unit];
  for (const { matcher, properties } of fieldConfig.overrides) {
    if (!view.isMatcher(matcher.id)) yield `there is no matcher ${matcher.id}`;
    for (const { id, value } of properties) {
      if (!view.isOption(id)) yield `there is no field option ${id}`;
      if (id === "unit") units.push(value);
    }
  }
  for (const unit of units) if (!view.isUnit(unit)) yield `there is no unit ${unit}`;
}

async function shown(panel) {
  return panel.answers.every(({ series }) => series.length === 0) ? [] : [...inFrames(panel, await view.frames(panel, panel.answers))];
}

function* inFrames(panel, frames) {
  const fields = frames.flatMap((frame) => frame.fields);
  if (panel.type === "table") yield* table(panel, frames);
  for (const field of fields.filter(({ type }) => type === "number")) {
    for (const value of new Set(field.values)) {
      if (typeof value !== "number" || !Number.isFinite(value)) continue;
      const { text, isMapped } = view.show(field, value);
      if (!isMapped) yield `${field.title}: ${value} has no word`;
      if (!text || /NaN|Invalid|undefined/.test(text)) yield `${field.title}: ${value} is shown as "${text}"`;
    }
  }
}

function* table(panel, frames) {
  if (frames.length !== 1) {
    yield `the table has ${frames.length} frames, of which it shows the first`;
    return;
  }
  const [{ fields, length }] = frames;
  const titles = fields.map(({ title }) => title);
  const readable = new Set([...titles, ...fields.map(({ name }) => name)]);
  if (length === 0) yield "the transformations leave no row";
  for (const title of titles) if (/^(Value( #\w+)?|Time)$/.test(title)) yield `a column has the name ${title}`;
  for (const title of new Set(titles)) if (titles.filter((other) => other === title).length > 1) yield `two columns have the name ${title}`;
  for (const { displayName } of panel.options.sortBy) if (!titles.includes(displayName)) yield `it is sorted by ${displayName}, which is no column`;
  for (const { matcher } of panel.fieldConfig.overrides) {
    if (matcher.id === "byName" && !titles.includes(matcher.options) && !isEmptyColumn(panel, matcher.options)) yield `an override is for ${matcher.options}, which is no column`;
  }
  for (const field of fields) {
    const { title, name, config } = field;
    const { noValue } = panel.fieldConfig.defaults; // what the panel says when there is no row
    if (field.values.some((value) => view.show(field, value).text === noValue)) yield `an empty cell of ${title} says "${noValue}"`;
    for (const { url } of config.links ?? []) {
      for (const [, field] of url.matchAll(FIELD_OF_LINK)) {
        // A column that the transformations leave out is gone for links, too.
        if (!readable.has(field)) yield `${title || name} links to ${field}, which is no column`;
      }
    }
  }
}

// A column whose query had no answer.
function isEmptyColumn(panel, title) {
  const organized = panel.transformations.find(({ id }) => id === "organize")?.options.renameByName ?? {};
  const source = Object.keys(organized).find((name) => organized[name] === title);
  const refId = /^Value #(\w+)$/.exec(source ?? "")?.[1];
  return panel.answers.some((answer) => answer.refId === refId && answer.series.length === 0)
    || (source !== undefined && !source.startsWith("Value") && panel.answers.some(({ series }) => series.length === 0));
}
