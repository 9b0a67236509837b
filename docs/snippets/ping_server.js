// A server that answers a ping on a second socket. Both are served by Node's one event loop: work that blocks it stops the
// answer too. Work that waits does not, so the answer looks at how long it has been waiting.
// Run: npm install zeromq && node ping_server.js 'tcp://*:5555' 'tcp://*:5556'
const zmq = require("zeromq");

const PATIENCE_MS = 10_000; // no job takes longer when all is well
let trouble = null;
let busySince = null;

async function doWork(job) {
  if (job === "fail") throw new Error("the database is away"); // stands for whatever can go wrong in your work
  return job.toUpperCase();
}

async function serveWork(socket) {
  for await (const [request] of socket) {
    busySince = Date.now();
    try {
      await socket.send(await doWork(request.toString()));
      trouble = null;
    } catch (error) {
      trouble = error.message;
      await socket.send(`error: ${trouble}`);
    }
    busySince = null;
  }
}

async function serveHealth(socket) {
  for await (const frames of socket) {
    const isStuck = busySince !== null && Date.now() - busySince > PATIENCE_MS;
    const isPing = frames.length === 1 && frames[0].toString() === "ping";
    const problem = isStuck ? "a job hangs" : trouble;
    await socket.send(problem ? `not ready: ${problem}` : isPing ? "pong" : "unknown");
  }
}

async function main(workEndpoint, healthEndpoint) {
  const work = new zmq.Reply();
  const health = new zmq.Reply();
  await work.bind(workEndpoint);
  await health.bind(healthEndpoint);
  await Promise.all([serveWork(work), serveHealth(health)]);
}

main(process.argv[2], process.argv[3]);
