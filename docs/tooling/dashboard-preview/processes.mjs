// Child processes that end with this one.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

const running = new Set();

/** Starts a program and waits for a line that matches; `lines` keeps what it said until then. */
export async function start(command, arguments_, ready) {
  const child = spawn(command, arguments_, { stdio: ["pipe", "pipe", "pipe"] });
  running.add(child);
  const ended = new Promise((resolve) => child.once("close", resolve).once("error", resolve));
  ended.then(() => running.delete(child));
  const said = [];
  const waiting = [];
  const hear = (line) => {
    said.push(line);
    for (const entry of [...waiting]) {
      const match = entry.pattern.exec(line);
      if (match) {
        waiting.splice(waiting.indexOf(entry), 1);
        entry.resolve(match);
      }
    }
  };
  createInterface(child.stdout).on("line", hear);
  createInterface(child.stderr).on("line", hear);
  const line = (pattern) => Promise.race([
    new Promise((resolve) => waiting.push({ pattern, resolve })),
    ended.then(() => { throw new Error(`${command} ended:\n${said.slice(-20).join("\n")}`); }),
  ]);
  const match = await line(ready);
  return {
    match,
    command: async (text) => {
      const answer = line(/^(ok|error) /);
      child.stdin.write(`${text}\n`);
      if ((await answer)[1] !== "ok") throw new Error(`${text} was refused`);
    },
    stop: async () => {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

/** Runs a program to its end. */
export function run(command, arguments_) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, arguments_, { stdio: ["ignore", "ignore", "pipe"] });
    let error = "";
    child.stderr.on("data", (chunk) => { error += chunk; });
    child.once("error", reject).once("close", (code) => (code === 0 ? resolve() : reject(new Error(`${command}: ${error}`))));
  });
}

/** Ends whatever still runs. */
export function stopAll() {
  for (const child of running) child.kill("SIGKILL");
}
