"""Servers of programs that are too large to install for the tests, or are in no package: they answer in the format of the program's
source or documentation. Anything else than the built-in module's request gets what the program says to it, or no answer.

--kind ...      which program, see KINDS
--broken ...    what is wrong with it, see the functions
"""

import argparse
import json
import time

import msgpack
import zmq

import serving

BROKEN = None


def circus(client, frames):
    """circusd's controller (circus/controller.py): one frame of JSON; "status": it answers with an error."""
    if len(frames) != 1:
        return
    request = json.loads(frames[0])
    reply = {"status": "ok", "time": time.time(), "numwatchers": 3}
    if request["command"] != "numwatchers" or BROKEN == "status":
        reply = {"status": "error", "reason": "unknown command", "tb": None, "time": time.time(), "errno": 2}
    yield [client, json.dumps({**reply, "id": "another" if BROKEN == "id" else request["id"]}).encode()]


def zerorpc(client, frames):
    """zerorpc (events.py, core.py): heartbeats of the channel may come before the answer; "error": the method failed."""
    if len(frames) != 2 or frames[0]:
        return
    header, name, _ = msgpack.unpackb(frames[1])

    def event(kind, arguments):
        return [client, b"", msgpack.packb([{"message_id": b"1", "v": 3, "response_to": header["message_id"]}, kind, arguments])]

    yield event("_zpc_hb", None)
    if BROKEN == "unfinished":
        return
    if name != "_zerorpc_ping" or BROKEN == "error":
        yield event("ERR", ["NameError", name, "Traceback"])
    else:
        yield event("OK", [["pong", "service"]])


def monero(client, frames):
    """monerod (docs/ZMQ.md, rpc/message.cpp); "old": it is behind; "alone": it has no peer; "method": it knows no methods."""
    request = json.loads(frames[1])
    result = {
        "get_last_block_header": {"header": {"timestamp": int(time.time()) - (7200 if BROKEN == "old" else 60), "height": 70}},
        "get_info": {
            "info": {
                "height": 71, "target_height": 71, "difficulty": 1, "tx_pool_size": 2, "start_time": 1795716982,
                "outgoing_connections_count": 0 if BROKEN == "alone" else 8, "incoming_connections_count": 1,
            }
        },
    }.get(request["method"])
    reply = {"jsonrpc": "2.0", "id": request["id"]}
    if result is None or BROKEN == "method":
        reply["error"] = {"code": 1, "error_str": "Invalid request type", "message": "not a valid request."}
    else:
        reply["result"] = {"rpc_version": 131072, **result}
    yield [client, b"", json.dumps(reply, separators=(",", ":")).encode()]


def tnetstring(value):
    """Texts and containers alone: numbers are in no request."""
    if isinstance(value, bytes):
        return b"%d:%s," % (len(value), value)
    is_map = isinstance(value, dict)
    parts = [part for pair in value.items() for part in pair] if is_map else value
    content = b"".join(map(tnetstring, parts))
    return b"%d:%s%s" % (len(content), content, b"}" if is_map else b"]")


def pushpin(client, frames):
    """Pushpin's handler (corelib/zrpcmanager.cpp); "proxy": the proxy does not answer the handler's own request."""
    token = frames[1].split(b",")[1].partition(b":")[2]
    asked = {b"id": token, b"method": b"conncheck", b"args": {b"ids": [token]}}
    if len(token) != 24 or frames[1] != tnetstring(asked):
        return  # dropped, with a warning in the log
    if BROKEN == "proxy":
        content = b"7:success,5:false!2:id,24:%s,9:condition,20:proxy-request-failed," % token
    else:
        content = b"5:value,0:]7:success,4:true!2:id,24:%s," % token
    yield [client, b"", b"%d:%s}" % (len(content), content)]


def malamute(client, frames):
    """Malamute (src/mlm_proto.bnf, mlm_server.xml); "lost": it forgets who opened a connection."""
    ok, error = b"\xaa\xa8\x0e\x00\xc8\x00", b"\xaa\xa8\x0f\x01\xf4\x00"
    clients = malamute.__dict__.setdefault("clients", set())
    if frames == [b"\xaa\xa8\x01\x08MALAMUTE\x00\x01\x00"]:
        clients.add(client)
        yield [client, ok]
    elif client not in clients or BROKEN == "lost":
        yield [client, error]
    elif frames == [b"\xaa\xa8\x02"]:
        yield [client, b"\xaa\xa8\x03"]
    elif frames == [b"\xaa\xa8\x04"]:
        clients.remove(client)
        yield [client, ok]
    else:
        yield [client, error]


def ffmpeg(client, frames):
    """The filters zmq and azmq (libavfilter/f_zmq.c); "target": there is no such filter. What would crash them ends this one."""
    target, _, command = frames[1].decode().partition(" ")
    if not command:
        raise ValueError("ffmpeg 5.1 would crash")
    if target != "all" or BROKEN == "target":
        yield [client, b"", b"38 Function not implemented"]
    else:
        yield [client, b"", b"0 Success\npong from:drawbox Parsed_drawbox_0\n"]


def mdprpc(client, frames):
    """mdprpc's broker (mdprpc/broker.py); "none": the service has no worker; "unknown": it does not know mmi.workers."""
    if frames[:3] != [b"", b"MDPC02", b"\x01"]:
        return
    if frames[3] != b"mmi.workers" or BROKEN == "unknown":
        yield [client, b"", b"MDPW02", b"\x04", b"broker", b"Service not found"]
    else:
        workers = {b"stock": 1} if BROKEN == "none" else {b"echo": 2, b"stock": 1}
        yield [client, b"", b"MDPW02", b"\x03", b"broker", msgpack.packb(workers)]


def vllm_replay(client, frames):
    """vLLM's publisher (vllm/distributed/kv_events.py) with batches 5 to 7; "endless": it has all of them, whatever is asked."""
    if len(frames) != 2:
        return
    start = 0 if BROKEN == "endless" else int.from_bytes(frames[1], "big")
    for number in range(5, 8):
        if number >= start:
            yield [client, b"", number.to_bytes(8, "big"), msgpack.packb({"ts": time.time(), "events": []})]
    yield [client, b"", b"\xff" * 8, b""]


KINDS = {
    each.__name__: each for each in (circus, zerorpc, monero, pushpin, malamute, ffmpeg, mdprpc, vllm_replay)
}


def main():
    global BROKEN
    parser = argparse.ArgumentParser()
    parser.add_argument("--kind", choices=KINDS, required=True)
    parser.add_argument("--broken")
    arguments = parser.parse_args()
    BROKEN = arguments.broken

    def answer(socket, frames):
        for message in KINDS[arguments.kind](frames[0], frames[1:]):
            socket.send_multipart(message)

    serving.serve(zmq.ROUTER, answer)


if __name__ == "__main__":
    main()
