"""A real Mongrel2 that serves a directory: it prints the port of its control socket. "stop" stops the process, "continue" lets it go on."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import control

UUID = "f400bf85-4538-4f7a-8908-67e313d515c2"
CONFIG = """
main = Server(
    uuid="{uuid}", name="main", chroot="./", default_host="localhost", access_log="/logs/access.log", error_log="/logs/error.log",
    pid_file="/run/mongrel2.pid", control_port="tcp://127.0.0.1:{control}", bind_addr="127.0.0.1", port={web},
    hosts=[Host(name="localhost", routes={{'/': Dir(base="web/", index_file="index.html", default_ctype="text/plain")}})]
)
settings = {{"server.daemonize": 0}}
servers = [main]
"""


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(port, server):
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    sys.exit("mongrel2 ended before it listened")


def main():
    web, control_port = free_ports(2)
    with tempfile.TemporaryDirectory() as directory:
        for name in ("logs", "run", "tmp", "web"):
            os.mkdir(os.path.join(directory, name))
        with open(os.path.join(directory, "mongrel2.conf"), "w", encoding="utf-8") as file:
            file.write(CONFIG.format(uuid=UUID, control=control_port, web=web))
        try:
            subprocess.run(["m2sh", "load", "-config", "mongrel2.conf", "-db", "config.sqlite"], cwd=directory, check=True, capture_output=True)
            # What it reports goes to our standard output: on standard error it would look like an exception of this script.
            server = subprocess.Popen(
                ["mongrel2", "config.sqlite", UUID], cwd=directory, stdin=subprocess.DEVNULL, stderr=sys.stdout,
                env={**os.environ, "LOGNAME": "root"},
            )
        except FileNotFoundError as missing:
            raise SystemExit(f"{missing}; install it with: apt-get install mongrel2-core") from missing
        try:
            wait_for(control_port, server)
            control.ready(control_port)
            for line in sys.stdin:  # to the end: the tests are gone then
                command = line.strip()
                if command in ("stop", "continue"):
                    server.send_signal(signal.SIGSTOP if command == "stop" else signal.SIGCONT)
                    control.ok(command)
                else:
                    control.error(command)
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    main()
