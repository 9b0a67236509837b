// Numbers in the units that the dashboards use. known.json lists the same units.

const second = (value, decimals) => {
  const magnitude = Math.abs(value);
  if (magnitude === 0) return "0 s";
  if (magnitude < 1e-3) return `${round(value * 1e6, decimals ?? 0)} µs`;
  if (magnitude < 1) return `${round(value * 1e3, decimals)} ms`;
  if (magnitude < 120) return `${round(value, decimals)} s`;
  if (magnitude < 7200) return `${round(value / 60, decimals)} min`;
  return `${round(value / 3600, decimals)} h`;
};

function round(value, decimals) {
  if (decimals !== undefined && decimals !== null) return value.toFixed(decimals);
  return String(Number(value.toPrecision(3)));
}

const scaled = (base, units) => (value, decimals) => {
  let index = 0;
  while (Math.abs(value) >= base && index < units.length - 1) {
    value /= base;
    index++;
  }
  return `${round(value, decimals)}${units[index]}`;
};

const two = (number) => String(number).padStart(2, "0");
export const clock = (seconds) => {
  const date = new Date(seconds * 1000);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

function fromNow(milliseconds, _, now) {
  const seconds = Math.round(now - milliseconds / 1000);
  if (seconds < 45) return seconds < 5 ? "a few seconds ago" : `${seconds} seconds ago`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 2) return "a minute ago";
  return minutes < 120 ? `${minutes} minutes ago` : `${Math.round(minutes / 60)} hours ago`;
}

const units = {
  none: round,
  short: scaled(1000, ["", " K", " Mil"]),
  s: second,
  percentunit: (value, decimals) => `${round(value * 100, decimals ?? 1)}%`,
  bytes: scaled(1024, [" B", " KiB", " MiB", " GiB"]),
  Bps: scaled(1000, [" B/s", " kB/s", " MB/s"]),
  dateTimeFromNow: fromNow,
  dateTimeAsIsoNoDateIfToday: (milliseconds) => clock(milliseconds / 1000),
  "suffix:/s": (value, decimals) => `${round(value, decimals)} /s`,
  "suffix:/min": (value, decimals) => `${round(value, decimals)} /min`,
};

export const unitNames = Object.keys(units);

/** A value in a unit. */
export function format(value, { unit = "none", decimals, now }) {
  const write = units[unit];
  if (!write) throw new Error(`unit ${unit} is unknown`);
  return Number.isNaN(value) ? "NaN" : write(value, decimals, now);
}
