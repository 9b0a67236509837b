// @grafana/data in a browser: esbuild makes one file of it for the previews.
import * as data from "@grafana/data";
import { createView } from "./view.mjs";

export const view = createView(data);
