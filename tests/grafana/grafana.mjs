// @grafana/data in Node.js. Its bundle for Node.js asks the browser for its languages and a global window; react-use must not see a window when it is loaded.
import { createRequire } from "node:module";
import { createView } from "./view.mjs";

globalThis.navigator ??= { language: "en-GB", languages: ["en-GB"] };
const data = createRequire(import.meta.url)("@grafana/data");
globalThis.window ??= globalThis;

export const view = createView(data);
