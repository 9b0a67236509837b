import { view } from "./grafana.js";

/** The series of a panel: one for each field with numbers, with its name, its options and what it shows. */
export function seriesOf(panel) {
  return panel.frames.flatMap((frame) => {
    const times = frame.fields.find(({ type }) => type === "time")?.values ?? [];
    return frame.fields.filter(({ type }) => type === "number").map((field) => ({
      name: field.title, field, config: field.config, custom: field.config.custom ?? {}, labels: field.labels ?? {}, values: field.values,
      times: times.map((time) => time / 1000), color: view.colorOf(field), show: (value) => view.show(field, value),
    }));
  });
}

const two = (number) => String(number).padStart(2, "0");

/** The time of the day. */
export function clock(seconds) {
  const date = new Date(seconds * 1000);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
