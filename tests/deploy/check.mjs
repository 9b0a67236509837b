// What is below deploy/ and .github/ against what others say of it: the models of Kubernetes and of the Prometheus Operator, the schema of compose
// files, actionlint. Each check is a line; the last line counts them. The first checks damage a file, and must fail.
import fs from "node:fs";
import { compose, composeProblems } from "./compose.mjs";
import { documents, kubernetesProblems, rendered, singleFiles } from "./kubernetes.mjs";
import { workflowProblems } from "./workflows.mjs";

let passed = 0;
let failed = 0;

function report(name, problems) {
  if (problems.length === 0) {
    passed++;
    console.log(`ok: ${name}`);
    return;
  }
  failed++;
  console.log(`FAILED: ${name}`);
  problems.forEach((problem) => console.log(`  ${problem}`));
}

function mustFail(name, problems) {
  report(`refuses ${name}`, problems.length > 0 ? [] : ["it was accepted"]);
}

function damaged(documents, kind, damage) {
  const document = structuredClone(documents.find((document) => document.kind === kind));
  damage(document);
  return [document];
}

const single = documents(singleFiles());
mustFail("an unknown key in a container", await kubernetesProblems(damaged(single, "Deployment", (d) => { d.spec.template.spec.containers[0].livenesProbe = {}; })));
mustFail("a text for a number of replicas", await kubernetesProblems(damaged(single, "StatefulSet", (d) => { d.spec.replicas = "three"; })));
mustFail("a PodMonitor without a selector", await kubernetesProblems(damaged(single, "PodMonitor", (d) => { delete d.spec.selector; })));
mustFail("a ScrapeConfig with an unknown action", await kubernetesProblems(damaged(single, "ScrapeConfig", (d) => { d.spec.relabelings[0].action = "kep"; })));
mustFail("an unknown key in a service", composeProblems({ ...compose(), services: { exporter: { image: "x", comand: [] } } }));
mustFail("an unknown key in a job", await workflowProblems("bad.yml", "on: push\njobs: {a: {runs-on: ubuntu-latest, step: []}}\n"));

report(`${single.length} objects in the files of deploy/kubernetes`, await kubernetesProblems(single));
for (const overlay of fs.readdirSync("deploy/kubernetes/overlays")) {
  const objects = rendered(`deploy/kubernetes/overlays/${overlay}`);
  if (objects === null) {
    console.log(`kubectl is missing: overlays/${overlay} is not rendered`);
  } else {
    report(`${objects.length} objects of overlays/${overlay}, rendered by kubectl kustomize`, await kubernetesProblems(objects));
  }
}
report("deploy/compose/compose.yaml", composeProblems(compose()));
for (const file of fs.readdirSync(".github/workflows")) {
  report(`.github/workflows/${file}`, await workflowProblems(file, fs.readFileSync(`.github/workflows/${file}`, "utf8")));
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
