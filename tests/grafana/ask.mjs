// From a dashboard file and a Prometheus to each panel with the answers to its queries.

/** Puts values where a query has variables, as Grafana does. */
export function fill(query, variables) {
  return query.replace(/\$(?:\{([a-z_]\w*)\}|([a-z_]\w*))/gi, (match, braced, plain) => {
    const value = variables[braced ?? plain];
    if (value === undefined) throw new Error(`${match} has no value: ${query}`);
    return value;
  });
}

async function get(prometheus, path, parameters) {
  const response = await fetch(`${prometheus}/api/v1/${path}`, { method: "POST", body: new URLSearchParams(parameters) });
  const answer = await response.json();
  if (answer.status !== "success") throw new Error(`${parameters.query}: ${answer.error}`);
  return answer.data.result;
}

/** The answer to a range query on a regular grid of instants; null where a series has no value, so that gaps stay gaps. */
async function askRange(prometheus, query, { start, end, step }) {
  const times = [];
  for (let time = start; time <= end; time += step) times.push(time);
  const result = await get(prometheus, "query_range", { query, start, end, step });
  return {
    times,
    series: result.map(({ metric, values }) => {
      const at = new Map(values.map(([time, value]) => [Math.round((time - start) / step), Number(value)]));
      return { labels: metric, values: times.map((_, index) => at.get(index) ?? null) };
    }),
  };
}

async function askNow(prometheus, query, time) {
  const result = await get(prometheus, "query", { query, time });
  return { series: result.map(({ metric, value }) => ({ labels: metric, values: [Number(value[1])] })) };
}

const withLabels = (text, labels) => text.replace(/\{\{(\w+)\}\}/g, (_, label) => labels[label] ?? "");

function nameOf(target, labels) {
  if (target.legendFormat === "__auto") return undefined; // the library makes one of the labels that differ
  if (target.legendFormat) return withLabels(target.legendFormat, labels);
  return Object.entries(labels).map(([label, value]) => `${label}="${value}"`).join(", ") || target.refId;
}

/** Everything that is needed to draw a dashboard. */
export async function read(dashboard, prometheus, variables, range) {
  const all = { ...variables, __range: `${range.end - range.start}s`, __rate_interval: `${range.rateInterval}s` };
  const panels = [];
  for (const panel of dashboard.panels) {
    const answers = [];
    for (const target of panel.targets ?? []) {
      const query = fill(target.expr, all);
      const answer = target.instant ? await askNow(prometheus, query, range.end) : await askRange(prometheus, query, range);
      for (const series of answer.series) series.name = nameOf(target, series.labels);
      answers.push({ refId: target.refId, format: target.format, instant: target.instant ?? false, now: range.end * 1000, ...answer });
    }
    panels.push({ ...panel, title: fill(panel.title, all), answers });
  }

  const annotations = [];
  for (const annotation of dashboard.annotations.list.filter(({ enable }) => enable)) {
    const { times, series } = await askRange(prometheus, fill(annotation.expr, all), range);
    const add = (time, labels) => annotations.push({ time, color: annotation.iconColor, title: withLabels(annotation.titleFormat, labels) });
    for (const { labels, values } of series) {
      if (annotation.useValueForTime) {
        for (const time of new Set(values.filter((value) => value !== null))) if (time / 1000 > range.start) add(time / 1000, labels);
        continue;
      }
      values.forEach((value, index) => { if (value !== null && (values[index - 1] ?? null) === null) add(times[index], labels); });
    }
  }

  const shown = dashboard.templating.list.filter(({ type }) => type !== "datasource")
    .map(({ name, label, type }) => ({ label: label ?? name, value: [".+", ".*"].includes(variables[name]) && type !== "textbox" ? "All" : variables[name] }));
  return { title: dashboard.title, panels, annotations, range, variables: shown };
}
