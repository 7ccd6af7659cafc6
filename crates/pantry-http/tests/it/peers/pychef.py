"""Asks a server with PyChef, a Chef API client that knows nothing of Pantry.

Arguments: the server's URL, the user, and the file with the user's key. Every line of the input is
the path of a GET; the answer to each is a line of JSON: {"ok": document} or {"status": number}.

PyChef was written for older Pythons and an older OpenSSL: it asks for things that Python has moved
or no longer has, and for OpenSSL by a name that only developers' packages bring. They are given to
it; what it signs and sends is its own.
"""

import collections
import collections.abc
import ctypes
import ctypes.util
import json
import platform
import sys

for moved in ("Mapping", "MutableMapping", "Sequence"):
    setattr(collections, moved, getattr(collections.abc, moved))
platform.linux_distribution = lambda **_: ("", "", "")
CDLL = ctypes.CDLL
ctypes.CDLL = lambda name, *rest: CDLL(
    ctypes.util.find_library("crypto") if "crypto" in name else name, *rest
)

from chef.api import ChefAPI  # noqa: E402
from chef.exceptions import ChefServerError  # noqa: E402

url, user, key = sys.argv[1:]
api = ChefAPI(url, key, user)
for line in sys.stdin:
    try:
        answer = {"ok": api[line.strip()]}
    except ChefServerError as error:
        answer = {"status": error.code}
    print(json.dumps(answer), flush=True)
