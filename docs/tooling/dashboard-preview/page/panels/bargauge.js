import { element } from "../dom.js";
import { seriesOf } from "../series.js";

/** Horizontal bars, one for each series, in the order of the answer. */
export function draw(panel, body) {
  const box = element(body, "div", { className: "bars" });
  const series = seriesOf(panel);
  const highest = Math.max(...series.map(({ values }) => values[0]));
  for (const { name, config, values: [value], show } of series) {
    const { text, color } = show(value);
    const least = config.min ?? 0;
    element(box, "div", { text: name });
    const track = element(box, "div", { className: "track" });
    element(track, "div", { style: { background: color, width: `${Math.max(0.4, (100 * (value - least)) / ((config.max ?? highest) - least))}%` } });
    element(box, "div", { className: "value", text, style: { color } });
  }
}
