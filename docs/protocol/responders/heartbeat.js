// Heartbeats (ZHB1) for Node.js: call answer() from the loop that does the work. What blocks Node's event loop stops the answer.
// Run: npm install zeromq && node heartbeat.js 'tcp://*:5556'
const crypto = require("crypto");
const zmq = require("zeromq");

const INSTANCE = crypto.randomUUID();
const STARTED = Date.now() / 1000;

// The reply to a request, or null for what is no heartbeat request.
function answer(frames, status, details, services = ["", "echo"]) {
  const id = frames.findIndex((frame) => frame.equals(Buffer.from("ZHB1")));
  if (id < 0 || id + 1 >= frames.length) return null; // the token
  const service = (frames[id + 2] ?? "").toString();
  const known = services.includes(service) ? status : "UNKNOWN";
  return [...frames.slice(0, id + 2), known, INSTANCE, JSON.stringify({ start_time: STARTED, ...details })];
}

async function main(endpoint) {
  const socket = new zmq.Router();
  await socket.bind(endpoint);
  for await (const frames of socket) {
    const reply = answer(frames, "SERVING", { version: "1.0", queue_depth: 0 });
    if (reply) await socket.send(reply);
  }
}

main(process.argv[2]);
