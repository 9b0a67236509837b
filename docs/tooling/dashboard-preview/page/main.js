// Draws one dashboard from data.json. Each panel type has a module in panels/.
import { element } from "./dom.js";
import { view as grafana } from "./grafana.js";
import { clock } from "./series.js";

const COLUMNS = 24, ROW = 30, GAP = 8, WIDTH = 1568;

function place(box, { x, y, w, h }) {
  const column = (WIDTH + GAP) / COLUMNS;
  const style = { left: x * column, top: y * (ROW + GAP), width: w * column - GAP, height: h * (ROW + GAP) - GAP };
  for (const [name, pixels] of Object.entries(style)) box.style[name] = `${pixels}px`;
}

async function drawAll() {
  const view = await (await fetch("data.json")).json();
  Date.now = () => view.range.end * 1000; // "two minutes ago" is by the clock of the data
  const header = document.querySelector("header");
  element(header, "h1", { text: view.title });
  for (const { label, value } of view.variables) {
    const box = element(header, "div", { className: "variable" });
    element(box, "b", { text: label });
    box.append(value);
  }
  element(header, "div", { className: "range", text: `${clock(view.range.start)} to ${clock(view.range.end)}` });

  for (const annotation of view.annotations) annotation.color = grafana.theme.visualization.getColorByName(annotation.color);
  const main = document.querySelector("main");
  for (const panel of view.panels) {
    const box = element(main, "section", { className: `panel ${panel.type}` });
    place(box, panel.gridPos);
    element(box, "h2", { text: panel.title });
    if (panel.type === "row") continue;
    const body = element(box, "div", { className: "body" });
    const { draw } = await import(`./panels/${panel.type}.js`);
    panel.frames = await grafana.frames(panel, panel.answers);
    if (panel.frames.every(({ length }) => length === 0)) {
      element(body, "div", { className: "empty", text: panel.fieldConfig.defaults.noValue ?? "No data" });
    } else {
      draw(panel, body, view);
    }
  }

  const bottom = Math.max(...view.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  main.style.height = `${bottom * (ROW + GAP)}px`;
}

// The renderer takes no picture for good until the page says how it went.
const answer = await drawAll().then(() => "done", (error) => String(error.stack));
await fetch("answer", { method: "POST", body: answer });
