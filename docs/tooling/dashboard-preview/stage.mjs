// The servers, the exporter and the Prometheus whose data the pictures show, and what goes wrong among them.
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { start } from "./processes.mjs";

/** How long the story is, in seconds. */
export const LENGTH = 340;

const CONFIG = `
defaults:
  interval: 2s
  timeout: 1s
  policy: {late_after: 300ms, flapping: {changes: 4, window: 10m}, objective: 0.95}
modules:
  ping: {prober: request, send: [ping], expect: [{equals: pong}]}
  transport: {prober: handshake}
  ticks:
    prober: subscribe
    topics: [tick]
    max_silence: 3s
    sequence: {frame: 1, format: uint32_le}
    sent_at: {frame: 2, format: unix_ms}
    values:
      - {metric: tick_number, help: The number of the last tick., frame: 1, offset: 0, format: uint32_le}
targets:
`;

// The rules of the repository, evaluated each second like everything here.
async function rules(root) {
  const files = (await readdir(join(root, "alerts"))).filter((file) => file.endsWith(".rules.yml"));
  return Promise.all(files.map(async (file) => [file, (await readFile(join(root, "alerts", file), "utf8")).replace(/^ {4}interval: \w+\n/gm, "")]));
}

// What happens to whom, by the second.
const STORY = [
  [30, "sessions", "hang"], [44, "sessions", "resume"],
  [160, "sessions", "hang"], [172, "sessions", "resume"], [192, "sessions", "hang"], [204, "sessions", "resume"],
  [60, "quotes", "delay 420"], [75, "search", "delay 550"],
  [90, "payments", "delay 1200"], [92.5, "payments", "delay 0"],
  [50, "trades", "skip 25"], [105, "trades", "skip 60"], [200, "trades", "reset"], [240, "trades", "skip 40"],
  [120, "exporter", "stop"], [140, "exporter", "start"],
  [165, "billing", "hang"], [190, "inventory", "stop"], [215, "gateway", "reply in maintenance"],
  [230, "prices", "pause"], [255, "quotes", "stop"],
];

const PEERS = {
  orders: ["rep_server.py", "ping, transport", "shop"], payments: ["rep_server.py", "ping", "shop"], users: ["rep_server.py", "ping", "web"],
  sessions: ["rep_server.py", "ping", "web"], quotes: ["rep_server.py", "ping, transport", "trading"], search: ["rep_server.py", "ping", "web"],
  billing: ["rep_server.py", "ping", "shop"], inventory: ["rep_server.py", "ping", "shop"], gateway: ["rep_server.py", "ping", "web"],
  prices: ["pub.py", "ticks", "trading"], trades: ["pub.py", "ticks", "trading"],
};

// A second exporter that probes one of them, too, and cannot reach it: nothing listens at port 1.
const SECOND = `  - {name: users, endpoint: "tcp://127.0.0.1:1", modules: [ping], labels: {team: web}}\n`;

/** Starts a Prometheus over a directory; with exporters' addresses it scrapes them each second. */
export async function startPrometheus(directory, exporters, root) {
  const file = join(directory, "prometheus.yml");
  if (exporters) {
    for (const [name, text] of await rules(root)) await writeFile(join(directory, name), text);
    const scrape = `[{job_name: zmq_exporter, static_configs: [{targets: ${JSON.stringify(exporters)}}]}]`;
    const timing = "{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}";
    await writeFile(file, `global: ${timing}\nrule_files: ["*.rules.yml"]\nscrape_configs: ${scrape}\n`);
  } else {
    await writeFile(file, "{}\n");
  }
  const prometheus = await start(
    "prometheus", [`--config.file=${file}`, `--storage.tsdb.path=${directory}/data`, "--web.listen-address=127.0.0.1:0"],
    /msg="Listening on" address=(\S+)/);
  const address = `http://${prometheus.match[1]}`;
  while (!(await fetch(`${address}/-/ready`)).ok) await sleep(100);
  return { address, stop: prometheus.stop };
}

/** Plays the story and leaves a Prometheus that knows it. */
export async function play(root, directory) {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const actors = {};
  let config = CONFIG;
  for (const [name, [script, modules, team]] of Object.entries(PEERS)) {
    const extra = script === "pub.py" ? ["--stamp"] : [];
    const file = join(root, "tests/ZmqExporter.EndToEndTests/peers", script);
    actors[name] = await start("/usr/bin/python3", ["-u", file, ...extra], /^ready (\d+)$/);
    config += `  - {name: ${name}, endpoint: "tcp://127.0.0.1:${actors[name].match[1]}", modules: [${modules}], labels: {team: ${team}}}\n`;
  }
  const file = join(directory, "zmq_exporter.yml");
  await writeFile(file, config);
  const exporterAt = (address, path = file) => start(
    join(root, "artifacts/bin/ZmqExporter/release/zmq_exporter"), [`--config.file=${path}`, `--web.listen-address=${address}`],
    /msg="?listening"? address=http:\/\/(\S+?)\/?$/);
  actors.exporter = await exporterAt("127.0.0.1:0");
  const address = actors.exporter.match[1];
  const second = join(directory, "second.yml");
  await writeFile(second, CONFIG + SECOND);
  const other = await exporterAt("127.0.0.1:0", second);
  const prometheus = await startPrometheus(directory, [address, other.match[1]], root);

  const begin = Date.now() / 1000;
  for (const [second, name, what] of [...STORY].sort(([a], [b]) => a - b)) {
    await sleep(Math.max(0, (begin + second) * 1000 - Date.now()));
    console.log(`${second} s: ${name} ${what}`);
    if (what === "stop") await actors[name].stop();
    else if (what === "start") actors[name] = await exporterAt(address);
    else await actors[name].command(what);
  }
  await sleep((begin + LENGTH) * 1000 - Date.now());
  return { prometheus, begin: Math.round(begin) };
}
