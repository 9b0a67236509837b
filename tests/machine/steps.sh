#!/bin/bash
# What somebody does who follows docs/install.md and docs/get-started.md, as root, on a machine that had nothing of ours; tests/machine.sh runs it there.
# What the pages have in a block is taken from there. /machine/way says how to install: deb or tar.
set -uo pipefail
exec >/log/steps 2>&1
way=$(cat /machine/way)
export HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive SYSTEMD_PAGER='' SYSTEMD_COLORS=0
export config=/etc/zmq_exporter/zmq_exporter.yml flags=/etc/default/zmq_exporter url=http://127.0.0.1:19555

# The block of a page that has this text.
block() {
  awk -v want="$2" '
    /^```/ { if (inside && index(text, want)) { printf "%s", text; found = 1; exit } inside = !inside; text = ""; next }
    inside { text = text $0 "\n" }
    END { exit !found }' "/machine/docs/$1"
}

# Runs a command until it succeeds, for so many seconds.
within() {
  local end=$((SECONDS + $1))
  until "${@:2}"; do ((SECONDS < end)) || return 1; sleep 0.5; done
}

fails() { ! "$@"; }
metric() { curl -sf "$url/metrics" | grep -E "^$1\$" >/dev/null; }
state() { curl -sf "$url/metrics" | grep -E "^zmq_target_state\{target=\"$1\",.*state=\"$2\"\} 1\$" >/dev/null; }
since() { curl -sf "$url/metrics" | sed -nE 's/^zmq_target_state_change_timestamp_seconds\{target="orders".*\} //p'; }
status() { systemctl status zmq_exporter --no-pager --lines=0 | grep -F "$1" >/dev/null; }
args() { sed -i "s#^ARGS=.*#ARGS=\"$1\"#" "$flags"; }
start() { systemctl reset-failed "$1" 2>/dev/null || true; systemd-run --quiet --unit="$1" "${@:2}"; }
# As "systemctl edit" does it.
edit() { mkdir -p "/etc/systemd/system/$1.d" && cat >"/etc/systemd/system/$1.d/override.conf" && systemctl daemon-reload; }
pages() { grep -E "$1" /run/pages >/dev/null 2>&1; }
export -f block within fails metric state since status args start edit pages

# A step: its commands come on the standard input, and each has to succeed.
step() {
  if timeout 400 bash -euo pipefail -c "$(cat)" >/run/step 2>&1 </dev/null; then
    echo "passed: $1"
  else
    echo "FAILED: $1"
    cat /run/step
    journalctl -u zmq_exporter -n 15 --no-pager
  fi
}

case $way in
  deb)
    step 'the .deb makes a user, and its service runs and starts at boot' <<'SH'
apt-get install -y /machine/zmq-exporter_*.deb
id zmq_exporter
systemctl is-enabled zmq_exporter
systemctl is-active zmq_exporter
SH
    ;;
  tar)
    step 'the tar works without a user of its own (DynamicUser)' <<'SH'
tar -xzf /machine/zmq_exporter-*.tar.gz --strip-components=1 --no-same-owner -C /
systemctl daemon-reload
systemctl enable --now zmq_exporter
fails getent -s files passwd zmq_exporter
within 5 curl -sf $url/-/ready
test -e /var/lib/zmq_exporter/state.json
systemctl stop zmq_exporter
SH
    step 'the tar works with the user that systemd-sysusers makes' <<'SH'
systemd-sysusers
systemctl daemon-reload
systemctl enable --now zmq_exporter
test "$(ps -o user:20= -C zmq_exporter)" = zmq_exporter
SH
    ;;
esac

step 'systemd says that it is ready, and what it probes' <<'SH'
status 'Status: "probing: 0 pairs'
curl -sf $url/-/ready
SH

step 'systemd-analyze security says what the page says' <<'SH'
systemd-analyze security zmq_exporter --no-pager | tail -n 1
figure=$(systemd-analyze security zmq_exporter --no-pager | sed -nE 's/.*exposure level.*: ([0-9.]+) .*/\1/p')
grep "systemd-analyze security zmq_exporter. says $figure" /machine/docs/install.md
SH

step 'the first target is up' <<'SH'
block get-started.md 'socket.bind(' >/run/server.py
start server python3 /run/server.py
within 10 zmq_exporter probe tcp://127.0.0.1:5555
block install.md "# $config" >$config
bash -euo pipefail -c "$(block install.md 'systemctl reload zmq_exporter')"
within 20 state orders up
SH

step 'a reload has ended when systemctl says so' <<'SH'
cp $config /run/good.yml
for i in {1..10}; do
  sed "s/name: orders/name: orders$i/" /run/good.yml >$config
  systemctl reload zmq_exporter
  curl -sf $url/metrics | grep "^zmq_target_state{target=\"orders$i\"" >/dev/null
done
cp /run/good.yml $config
systemctl reload zmq_exporter
within 20 state orders up
SH

step 'a wrong file: the reload fails, status, metrics and journal say it, and what ran goes on' <<'SH'
sed 's/modules:/moduls:/' /run/good.yml >$config
fails systemctl reload zmq_exporter
status 'targets[0].modules: is missing'
metric 'zmq_exporter_config_last_reload_successful 0'
journalctl -u zmq_exporter --no-pager | grep 'moduls: unknown key; did you mean modules'
state orders up
cp /run/good.yml $config
systemctl reload zmq_exporter
status 'Status: "probing: 1 pair '
SH

step 'an outage goes on over a restart' <<'SH'
systemctl stop server
within 90 state orders down
before=$(since)
systemctl restart zmq_exporter
state orders down
test "$(since)" = "$before"
start server python3 /run/server.py
within 90 state orders up
SH

step 'a frozen exporter is ended by the watchdog and started again' <<'SH'
pid=$(systemctl show --property=MainPID --value zmq_exporter)
kill -STOP "$pid"
within 100 bash -c "journalctl -u zmq_exporter --no-pager | grep 'Watchdog timeout'"
within 20 curl -sf -m 1 $url/-/ready
SH

step 'the port is opened by systemd, and may be 443' <<'SH'
args --web.systemd-socket
commands=$(grep -oE 'systemctl stop zmq_exporter zmq_exporter.socket && [^`]*' /machine/docs/install.md | head -n 1)
bash -euc "$commands"
curl -sf $url/-/healthy
printf '[Socket]\nListenStream=\nListenStream=443\n' | edit zmq_exporter.socket
bash -euc "$commands"
curl -sf http://127.0.0.1:443/-/healthy
fails curl -sf $url/-/healthy
args ''
systemctl disable --now zmq_exporter.socket
systemctl restart zmq_exporter
curl -sf $url/-/healthy
SH

step 'ipc:// with the drop-in, NetMQ, and CURVE with a key for the service alone' <<'SH'
zmq_exporter keygen --secret-file /run/server.key --public-file /run/server.pub
zmq_exporter keygen --secret-file /etc/zmq_exporter/client.key
cat >/run/ipc.py <<'PYTHON'
import os, zmq
os.umask(0o117)
poller, context = zmq.Poller(), zmq.Context()
for endpoint in ("ipc:///run/orders/orders.sock", "ipc:///tmp/orders.sock"):
    socket = context.socket(zmq.REP)
    socket.bind(endpoint)
    poller.register(socket)
while True:
    for socket, _ in poller.poll():
        socket.recv_multipart()
        socket.send(b"pong")
PYTHON
sed -e 's/5555/5557/' -e '/^socket.bind/i socket.curve_server, socket.curve_secretkey = True, open("/run/server.key").read().strip().encode()' /run/server.py >/run/curve.py
useradd --system --user-group orders
systemd-run --quiet --unit=ipc --property=User=orders --property=RuntimeDirectory=orders python3 /run/ipc.py
start curve python3 /run/curve.py
cat >$config <<YAML
defaults: {interval: 1s, timeout: 900ms}
modules:
  ping: {prober: request, send: [ping], expect: [{equals: pong}]}
  netmq_ping: {extends: ping, client: netmq}
  secure_ping:
    extends: ping
    security: {mechanism: curve, server_public_key_file: /run/server.pub, client_secret_key_file: /etc/zmq_exporter/client.key}
targets:
  - {name: netmq, endpoint: "tcp://127.0.0.1:5555", modules: [netmq_ping]}
  - {name: secure, endpoint: "tcp://127.0.0.1:5557", modules: [secure_ping]}
  - {name: run, endpoint: "ipc:///run/orders/orders.sock", modules: [ping]}
  - {name: tmp, endpoint: "ipc:///tmp/orders.sock", modules: [ping]}
state_file: /var/lib/zmq_exporter/state.json
YAML
fails systemctl reload zmq_exporter # the key is for root alone
(cd /etc/zmq_exporter && bash -euc "$(grep -oE 'chown root:zmq_exporter client.key[^`]*' /machine/docs/install.md)")
systemctl reload zmq_exporter
within 30 state netmq up
within 30 state secure up
within 30 state tmp down
block install.md SupplementaryGroups=orders | edit zmq_exporter.service
systemctl restart zmq_exporter
for target in netmq secure run tmp; do within 30 state $target up; done
SH

step 'TLS and a password' <<'SH'
cd /etc/zmq_exporter
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout server.key -out server.crt -days 30 -subj /CN=localhost -addext subjectAltName=DNS:localhost
hash=$(echo secret | bash -c "$(block web-config.md 'perl -e')" | cut -d: -f2)
block web-config.md cert_file: | sed "s#^  prometheus: .*#  prometheus: \"$hash\"#" >web.yml
chown root:zmq_exporter web.yml server.key
chmod 640 web.yml server.key
args --web.config.file=/etc/zmq_exporter/web.yml
systemctl restart zmq_exporter
curl -sf --cacert server.crt --user prometheus:secret https://localhost:19555/metrics | grep ^zmq_target_state
fails curl -sf --cacert server.crt https://localhost:19555/metrics
args ''
systemctl restart zmq_exporter
SH

step 'Prometheus sees an outage, and Alertmanager pages once and resolves' <<'SH'
rm -r /etc/systemd/system/zmq_exporter.service.d
systemctl daemon-reload
block get-started.md 'prober: request' >$config
systemctl restart zmq_exporter
systemctl start prometheus # with Debian's configuration
block get-started.md scrape_configs: >/etc/prometheus/prometheus.yml
bash -euc "$(block get-started.md 'zmq_exporter mixin --out')"
promtool check config /etc/prometheus/prometheus.yml
cp /usr/share/doc/zmq-exporter/alerts/alertmanager.example.yml /etc/prometheus/alertmanager.yml
echo 'ARGS="--cluster.listen-address="' >/etc/default/prometheus-alertmanager # this machine has no address of its own
cat >/run/pager.py <<'PYTHON'
import http.server, json
class Pager(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open("/run/pages", "a") as pages:
            print(self.path, body["status"], *(alert["labels"]["alertname"] for alert in body["alerts"]), file=pages)
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", 9911), Pager).serve_forever()
PYTHON
start pager python3 /run/pager.py
within 30 state orders up
systemctl start prometheus-alertmanager
within 60 bash -c 'curl -sf "http://127.0.0.1:9090/api/v1/query?query=zmq_target_ready" | grep orders'
systemctl stop server
within 120 pages '^/page firing ZmqTargetDown$'
start server python3 /run/server.py
within 120 pages '^/page resolved ZmqTargetDown$'
test "$(grep -c ^/page /run/pages)" = 2
SH

if [[ $way == deb ]]; then
  step 'an upgrade keeps what was edited, remove keeps it, purge does not' <<'SH'
echo '# ours' >>$config
apt-get install -y /machine/new/*.deb
systemctl is-active zmq_exporter
tail -n 1 $config | grep '# ours'
apt-get remove -y zmq-exporter
fails systemctl is-active zmq_exporter
test -e $config
apt-get install -y /machine/new/*.deb
systemctl is-active zmq_exporter
apt-get purge -y zmq-exporter
test ! -e $config -a ! -e /var/lib/zmq_exporter -a ! -e /etc/systemd/system/multi-user.target.wants/zmq_exporter.service
fails systemctl cat zmq_exporter
test -z "$(systemctl --failed --no-legend)"
SH
else
  step 'the tar over itself leaves the configuration alone' <<'SH'
echo '# ours' >>$config
tar -xzf /machine/zmq_exporter-*.tar.gz --exclude='*/etc/*' --strip-components=1 --no-same-owner -C /
systemctl daemon-reload && systemctl restart zmq_exporter
systemctl is-active zmq_exporter
tail -n 1 $config | grep '# ours'
SH
fi
echo end
