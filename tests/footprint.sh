#!/usr/bin/env bash
# What a build of the exporter takes: size, start, memory, descriptors and CPU with ten targets that are probed each second. Prints a row for each
# program that it is given. It needs python3-zmq and curl. Times are of this machine: compare the rows of one run.
set -euo pipefail

(($#)) || {
  printf 'usage: tests/footprint.sh PROGRAM…\n       such as: tests/footprint.sh artifacts/native/zmq_exporter artifacts/bin/ZmqExporter/release/zmq_exporter\n' >&2
  exit 2
}

work=$(mktemp -d)
server= exporter=
clean_up() {
  kill $exporter $server 2>/dev/null || true
  rm -rf "$work"
}
trap clean_up EXIT

/usr/bin/python3 - "$work/zmq_exporter.yml" <<'PYTHON' &
import sys, zmq

context, poller, lines = zmq.Context(), zmq.Poller(), []
for i in range(10):
    socket = context.socket(zmq.REP)
    port = socket.bind_to_random_port("tcp://127.0.0.1")
    poller.register(socket, zmq.POLLIN)
    lines.append(f"  - {{name: t{i}, endpoint: 'tcp://127.0.0.1:{port}', modules: [ping], interval: 1s, timeout: 900ms, policy: {{late_after: 500ms}}}}\n")
with open(sys.argv[1], "w") as file:
    file.write("modules:\n  ping: {prober: request, send: [ping], expect: [{equals: pong}]}\ntargets:\n" + "".join(lines))
while True:
    for socket, _ in poller.poll():
        socket.recv_multipart()
        socket.send(b"pong")
PYTHON
server=$!
until [[ -s $work/zmq_exporter.yml ]]; do sleep 0.1; done
sleep 0.5

now() { date +%s%N; }
ticks() { sed 's/.*) //' "/proc/$1/stat" | cut -d ' ' -f 12,13 | tr ' ' '+' | xargs -I{} bash -c 'echo $(({}))'; }
probes() { curl -s "http://$address/metrics" | sed -nE 's/^zmq_probes_total\{.* //p' | paste -s -d + | xargs -I{} bash -c 'echo $(({}))'; }

port=$((20000 + RANDOM % 10000))
printf '| program | size | first /metrics | resident | descriptors | CPU of a probe |\n|---|---|---|---|---|---|\n'
for program; do
  directory=$(dirname "$program")
  size=$(stat -c %s "$program")
  [[ ! -e $directory/zmq_exporter.dll ]] || size=$(find "$directory" -maxdepth 1 -type f ! -name '*.pdb' ! -name '*.xml' -printf '%s\n' | paste -s -d + | xargs -I{} bash -c 'echo $(({}))')
  address=127.0.0.1:$((port++))
  best=
  for _ in 1 2 3 4 5; do # the fastest start: the others waited for somebody else
    start=$(now)
    "$program" --config.file="$work/zmq_exporter.yml" --web.listen-address="$address" >"$work/log" 2>&1 &
    exporter=$!
    until curl -s -o /dev/null "http://$address/metrics"; do
      kill -0 "$exporter" || { cat "$work/log" >&2; exit 1; }
      sleep 0.005
    done
    took=$((($(now) - start) / 1000000))
    [[ -n $best ]] && ((best <= took)) || best=$took
    kill "$exporter"
    wait "$exporter" || true
  done
  "$program" --config.file="$work/zmq_exporter.yml" --web.listen-address="$address" >"$work/log" 2>&1 &
  exporter=$!
  sleep 20 # until what runs often has been compiled, where it is compiled at all
  before=$(ticks "$exporter") count=$(probes)
  sleep 30
  used=$(($(ticks "$exporter") - before)) count=$(($(probes) - count))
  resident=$(sed -nE 's/^VmRSS:\s+([0-9]+) kB/\1/p' "/proc/$exporter/status")
  descriptors=$(find "/proc/$exporter/fd" -mindepth 1 | wc -l)
  printf '| %s | %d.%d MB | %d ms | %d MB | %d | %d µs |\n' "$program" $((size / 1000000)) $((size / 100000 % 10)) "$best" $((resident * 1024 / 1000000)) "$descriptors" \
    $((used * 1000000 / $(getconf CLK_TCK) / count))
  kill "$exporter"
  wait "$exporter" || true
  exporter=
done
