import { element } from "../dom.js";
import { fieldOf, thresholdColour } from "../fields.js";
import { format } from "../format.js";

/** Horizontal bars, one for each series, in the order of the answer. */
export function draw(panel, body) {
  const box = element(body, "div", { className: "bars" });
  const series = panel.answers.flatMap((answer) => answer.series);
  const highest = Math.max(...series.map(({ values }) => values[0]));
  for (const { name, values: [value] } of series) {
    const field = fieldOf(panel, name);
    const colour = thresholdColour(field, value);
    const least = field.min ?? 0;
    element(box, "div", { text: name });
    const track = element(box, "div", { className: "track" });
    element(track, "div", { style: { background: colour, width: `${Math.max(0.4, (100 * (value - least)) / ((field.max ?? highest) - least))}%` } });
    element(box, "div", { className: "value", text: format(value, field), style: { color: colour } });
  }
}
