"""What makes a server ask who is there: PLAIN or CURVE, and a ZAP handler (RFC 27)."""

import threading

import zmq
import zmq.utils.z85


def add_arguments(parser):
    """The options of every peer that can be secured."""
    parser.add_argument("--plain", metavar="USER:PASSWORD", help="ask for these credentials (RFC 24)")
    parser.add_argument("--curve", metavar="SECRET_KEY", help="be a CURVE server with this key (RFC 26)")
    parser.add_argument("--allow", metavar="PUBLIC_KEY", help="let only this CURVE client in")
    parser.add_argument("--zap", metavar="STATUS", help="a ZAP handler that gives everybody this status; 'silent' never answers")


def secure(socket, context, arguments):
    """Sets the socket's mechanism and starts the handler that the arguments ask for."""
    configure(socket, arguments)
    if arguments.zap:
        listen(context, lambda request: arguments.zap)
    elif arguments.allow:
        allow_client(context, arguments.allow)
    elif arguments.plain:
        allow_user(context, arguments.plain)


def configure(socket, arguments):
    """Sets the socket's mechanism; who may come in is a matter of its context."""
    if arguments.curve:
        socket.curve_server = True
        socket.curve_secretkey = arguments.curve.encode()
    if arguments.plain:
        socket.plain_server = True
    if arguments.zap:
        socket.zap_domain = b"tests"  # NULL asks nobody without one


def allow_client(context, public_key, user=b"somebody"):
    """Lets only this CURVE client in, and calls it so."""
    allowed = [zmq.utils.z85.decode(public_key.encode())]
    listen(context, lambda request: "200" if request[6:] == allowed else "400", user)


def allow_user(context, name_and_password, user=b"somebody"):
    """Lets only this USER:PASSWORD in, and calls it so."""
    credentials = name_and_password.encode().split(b":", 1)
    listen(context, lambda request: "200" if request[6:] == credentials else "400", user)


def listen(context, judge, name=b"somebody"):
    """Answers ZAP requests with what the judge says."""
    handler = context.socket(zmq.REP)
    handler.bind("inproc://zeromq.zap.01")

    def serve():
        while True:
            request = handler.recv_multipart()
            status = judge(request)
            if status == "silent":
                threading.Event().wait()
            user = name if status == "200" else b""
            handler.send_multipart([request[0], request[1], status.encode(), b"by the tests", user, b""])

    threading.Thread(target=serve, daemon=True).start()
