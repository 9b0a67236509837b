import { clock, seriesOf } from "../series.js";

const SVG = "http://www.w3.org/2000/svg";
const AXIS = 22;

function add(parent, tag, attributes, text) {
  const child = parent.appendChild(document.createElementNS(SVG, tag));
  for (const [name, value] of Object.entries(attributes)) child.setAttribute(name, value);
  if (text !== undefined) child.textContent = text;
  return child;
}

/** A bar for each series, cut where its value changes and open where it has none. */
export function draw(panel, body, view) {
  const { start, end, step } = view.range;
  const rows = seriesOf(panel);
  const left = 14 + 7 * Math.max(...rows.map(({ name }) => name.length));
  const width = body.clientWidth - left - 14;
  const height = (body.clientHeight - AXIS) / rows.length;
  const bar = Math.min(height * panel.options.rowHeight, 34);
  const svg = add(body, "svg", {});
  const x = (time) => left + (width * (time - start)) / (end - start);

  rows.forEach(({ name, values, times, custom, show }, row) => {
    const top = row * height + (height - bar) / 2;
    add(svg, "text", { x: left - 8, y: top + bar / 2 + 4, "text-anchor": "end" }, name);
    for (let from = 0; from < values.length;) {
      let to = from + 1;
      while (to < values.length && values[to] === values[from]) to++;
      if (values[from] !== null) {
        const { text, color: fill } = show(values[from]);
        const [x0, x1] = [x(times[from]), Math.min(x(times[to - 1] + step), left + width)];
        add(svg, "rect", { x: x0, y: top, width: Math.max(1, x1 - x0), height: bar, fill, opacity: custom.fillOpacity / 100 });
        if (x1 - x0 > 8 * text.length + 6 && bar >= 12) {
          add(svg, "text", { x: x0 + 5, y: top + bar / 2 + 4, style: "fill:#111217;font-weight:600" }, text);
        }
      }
      from = to;
    }
  });

  const bottom = body.clientHeight - AXIS;
  for (let tick = Math.ceil(start / 60) * 60; tick < end; tick += 60) {
    add(svg, "text", { x: x(tick), y: bottom + 15, "text-anchor": "middle" }, clock(tick).slice(0, 5));
  }
  for (const { time, color } of view.annotations) {
    add(svg, "line", { x1: x(time), x2: x(time), y1: 0, y2: bottom, stroke: color, "stroke-dasharray": "3 3" });
    add(svg, "path", { d: `M${x(time) - 4} ${bottom + 5}h8l-4 -6z`, fill: color });
  }
}
