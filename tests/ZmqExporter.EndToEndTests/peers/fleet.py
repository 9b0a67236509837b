"""Many REP servers in one process, each on a port of its own: "pong" to everything. Prints "server NUMBER PORT" for each.

Commands on standard input:
  open        one server more
  close N     server N is gone
"""

import argparse

import zmq

import control


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    arguments = parser.parse_args()

    poller = zmq.Poller()
    servers = []
    for _ in range(arguments.count):
        open_server(servers, poller)
    control.ready(0)
    commands = control.Control()
    poller.register(commands.fd, zmq.POLLIN)
    while True:
        for ready, _ in poller.poll():
            if ready == commands.fd:
                for command in commands.read():
                    obey(command, servers, poller)
            elif not ready.closed:
                ready.recv_multipart()
                ready.send(b"pong")


def obey(command, servers, poller):
    word, _, rest = command.partition(" ")
    if word == "open":
        open_server(servers, poller)
    elif word == "close":
        poller.unregister(servers[int(rest)])
        servers[int(rest)].close()
    else:
        control.error(command)
        return
    control.ok(command)


def open_server(servers, poller):
    socket = zmq.Context.instance().socket(zmq.REP)
    socket.linger = 0
    port = socket.bind_to_random_port("tcp://127.0.0.1")
    print(f"server {len(servers)} {port}", flush=True)
    servers.append(socket)
    poller.register(socket, zmq.POLLIN)


if __name__ == "__main__":
    main()
