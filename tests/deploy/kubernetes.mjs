// Objects of Kubernetes and of the Prometheus Operator against models made from Kubernetes' OpenAPI description and from the Operator's resource
// definitions: their validators look at values and at what is required, TypeScript at keys that do not exist.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import YAML from "yaml";

const here = path.dirname(fileURLToPath(import.meta.url));
const ownGroups = new Set(["apps", "policy"]); // groups without a dot that are no version

/** Every file of objects that belongs to a kustomization. */
export function singleFiles() {
  const files = fs.readdirSync("deploy/kubernetes", { recursive: true })
    .filter((file) => /\.ya?ml$/.test(file) && !file.endsWith("kustomization.yaml") && !file.includes("config/"))
    .map((file) => path.join("deploy/kubernetes", file));
  return [...files.sort(), "alerts/prometheusrule.yaml"];
}

/** The objects in files. */
export function documents(files) {
  return files.flatMap((file) => parse(fs.readFileSync(file, "utf8")));
}

/** The objects of a kustomization; null without kubectl. */
export function rendered(directory) {
  try {
    return parse(execFileSync("kubectl", ["kustomize", directory], { encoding: "utf8", maxBuffer: 1 << 26 }));
  } catch (error) {
    if (error.code === "ENOENT") {
      return null;
    }
    throw error;
  }
}

/** What is wrong with objects. */
export async function kubernetesProblems(objects) {
  const problems = [];
  for (const object of objects) {
    const models = await import(moduleOf(object));
    if (!models[object.kind]) {
      problems.push(`${name(object)}: ${object.apiVersion} has no such kind`);
      continue;
    }
    try {
      new models[object.kind](object).validate();
    } catch (error) {
      problems.push(`${name(object)}: ${error.message}`);
    }
  }
  return [...problems, ...unknownKeys(objects)];
}

const parse = (text) => YAML.parseAllDocuments(text).map((document) => document.toJSON()).filter((document) => document !== null);
const name = (object) => `${object.kind} ${object.metadata?.name}`;

function moduleOf({ apiVersion }) {
  if (apiVersion.startsWith("monitoring.coreos.com/")) {
    return `@kubernetes-models/prometheus-operator/${apiVersion}`;
  }
  const group = apiVersion.split("/")[0];
  if (!apiVersion.includes("/") || group.includes(".") || ownGroups.has(group)) {
    return `kubernetes-models/${apiVersion}`;
  }
  throw new Error(`no models for ${apiVersion}`);
}

// Each object as a literal of its type: TypeScript refuses a key in a literal that its type does not have.
function unknownKeys(objects) {
  const file = path.join(here, "objects.ts");
  const text = objects
    .map((object, i) => `import type { I${object.kind} as T${i} } from "${moduleOf(object)}/${object.kind}";\nconst o${i}: T${i} = ${JSON.stringify(object)};\n`)
    .join("");
  fs.writeFileSync(file, text);
  const program = ts.createProgram([file], {
    noEmit: true, strict: true, skipLibCheck: true, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ESNext,
  });
  return ts.getPreEmitDiagnostics(program).map((problem) => ts.flattenDiagnosticMessageText(problem.messageText, "\n"));
}
