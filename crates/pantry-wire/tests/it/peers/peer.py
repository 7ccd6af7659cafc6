"""A ZeroMQ peer that shares no code with Pantry.

Its argument is a JSON document: which socket, where to, with which keys. It prints what happens as
JSON lines, and does what the JSON lines on its standard input say. Bytes travel as hexadecimal.
"""

import json
import sys

import zmq
from zmq.utils.monitor import recv_monitor_message

EVENTS = {
    zmq.EVENT_HANDSHAKE_SUCCEEDED: "handshake",
    zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL: "handshake-failed",
    zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL: "handshake-failed",
    zmq.EVENT_HANDSHAKE_FAILED_AUTH: "refused",
    zmq.EVENT_DISCONNECTED: "disconnected",
}


def say(**what):
    print(json.dumps(what), flush=True)


def do(socket, line):
    command = json.loads(line)
    for topic in command.get("subscribe", []):
        socket.setsockopt(zmq.SUBSCRIBE, bytes.fromhex(topic))
    for topic in command.get("unsubscribe", []):
        socket.setsockopt(zmq.UNSUBSCRIBE, bytes.fromhex(topic))
    for frames in command.get("send", []) * command.get("times", 1):
        socket.send_multipart([bytes.fromhex(frame) for frame in frames])
    say(event="done")


def main():
    wanted = json.loads(sys.argv[1])
    context = zmq.Context()
    socket = context.socket(getattr(zmq, wanted["socket"]))
    socket.linger = 0
    socket.reconnect_ivl = 50
    if wanted["mechanism"] == "CURVE":
        socket.curve_serverkey = wanted["server_key"].encode()
        socket.curve_publickey = wanted["public"].encode()
        socket.curve_secretkey = wanted["secret"].encode()
    elif wanted["mechanism"] == "PLAIN":
        socket.plain_username = b"admin"
        socket.plain_password = b"admin"
    monitor = socket.get_monitor_socket()
    for topic in wanted.get("subscribe", []):
        socket.setsockopt(zmq.SUBSCRIBE, bytes.fromhex(topic))
    socket.connect(wanted["endpoint"])
    for frames in wanted.get("send", []):
        socket.send_multipart([bytes.fromhex(frame) for frame in frames])

    poller = zmq.Poller()
    receives = wanted["socket"] in ("SUB", "XSUB", "DEALER")
    if receives:
        poller.register(socket, zmq.POLLIN)
    poller.register(monitor, zmq.POLLIN)
    poller.register(sys.stdin, zmq.POLLIN)
    while True:
        ready = dict(poller.poll())
        # Messages first: what came before a connection ended is told before its end.
        while receives and socket.get(zmq.EVENTS) & zmq.POLLIN:
            say(event="message", frames=[frame.hex() for frame in socket.recv_multipart()])
        if monitor in ready:
            event = EVENTS.get(recv_monitor_message(monitor)["event"])
            if event:
                say(event=event)
        if sys.stdin.fileno() in ready:
            line = sys.stdin.readline()
            if not line:
                break
            do(socket, line)
    monitor.close()
    socket.disable_monitor()
    socket.close()
    context.term()


main()
