// Draws every dashboard of the repository as a picture for the documentation. render.sh calls this.
//   render.mjs          plays the story of stage.mjs first, which takes some minutes
//   render.mjs --again  draws the last story again
import { createServer } from "node:http";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import UPNG from "upng-js";
import { refuseUnknown } from "./known.mjs";
import { read } from "../../../tests/grafana/ask.mjs";
import { run, stopAll } from "./processes.mjs";
import { LENGTH, play, startPrometheus } from "./stage.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = join(here, "../../..");
const directory = join(root, "artifacts/dashboard-preview");
const WIDTH = 1600, ROW = 38, FRAME = 96; // pixels: see page/main.js; header and footer
const STEP = 3, RATE_INTERVAL = 12; // seconds
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json" };
const all = { job: ".+", instance: ".+", target: ".+", module: ".+", search: ".*" };
const choices = {
  "zmq-fleet": { ...all, module: ".*", label: "team", value: ".*", rows: "20", page: "1" },
  "zmq-target": { ...all, target: "quotes", module: "ping" },
};

const libraries = { "echarts.js": join(here, "node_modules/echarts/dist/echarts.min.js"), "grafana.js": join(directory, "grafana.js") };

function serve(view, heard) {
  const server = createServer(async (request, response) => {
    const name = request.url.split("?")[0].slice(1) || "index.html";
    if (name === "answer") {
      for await (const chunk of request) heard.push(chunk.toString());
      response.end();
      return;
    }
    try {
      const content = name === "data.json" ? JSON.stringify(view)
        : await readFile(libraries[name] ?? join(here, "page", name));
      response.writeHead(200, { "content-type": TYPES[extname(name)] ?? "text/plain" }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

async function picture(name, view) {
  const heard = [];
  const server = await serve(view, heard);
  const rows = Math.max(...view.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
  const file = join(root, "docs/images", `dashboard-${name.replace("zmq-", "")}.png`);
  await run("chromium", [
    "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1",
    `--window-size=${WIDTH},${rows * ROW + FRAME}`,
    "--virtual-time-budget=15000", `--screenshot=${file}`, `http://127.0.0.1:${server.address().port}/`,
  ]);
  server.closeAllConnections();
  server.close();
  if (heard.join("") !== "done") throw new Error(`${name}: ${heard.join("") || "the page never ended"}`);
  await shrink(file);
  console.log(file);
}

/** 256 colours are enough for flat areas and lines, and a third of the size. */
async function shrink(file) {
  const image = UPNG.decode(await readFile(file));
  await writeFile(file, Buffer.from(UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, 256)));
}

try {
  const again = process.argv.includes("--again");
  const memory = join(directory, "begin");
  const { prometheus, begin } = again
    ? { prometheus: await startPrometheus(directory), begin: Number(await readFile(memory, "utf8")) }
    : await play(root, directory);
  await writeFile(memory, String(begin));
  await mkdir(join(root, "docs/images"), { recursive: true });
  await build({
    entryPoints: [join(root, "tests/grafana/browser.mjs")], outfile: libraries["grafana.js"], bundle: true, format: "esm", minify: true,
    define: { "process.env.NODE_ENV": '"production"' }, logLevel: "error",
  });
  for (const name of ["zmq-fleet", "zmq-target", "zmq-subscriptions", "zmq-exporter"]) {
    const dashboard = JSON.parse(await readFile(join(root, "dashboards", `${name}.json`), "utf8"));
    refuseUnknown(dashboard);
    const range = { start: begin, end: begin + LENGTH, step: STEP, rateInterval: RATE_INTERVAL };
    await picture(name, await read(dashboard, prometheus.address, choices[name] ?? all, range));
  }
} finally {
  stopAll();
}
