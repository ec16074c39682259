"""Keys by which a leak is noticed: every simulator takes them, every daemon signs with them, and
whatever a daemon leaves behind or shows is searched for them.

Searched are its log, its state directory, what its socket and the drover command answer, and,
while it runs, the command line and the environment of the process and of its children.
"""
import atexit
import base64
import os
import stat
import urllib.parse

KEY_ID = "LTAIcanaryOfTheKeyId0"
KEY_SECRET = "canaryOfTheSecret/with+all=signs0"
TOKEN = "canaryOfTheToken/with+all=signs0"  # in the secrets and tokens of every role

counts = {"scans": 0, "bytes": 0, "daemons": 0, "hits": 0}


class Leak(AssertionError):
    pass


def forms(key):
    """The ways in which a key may be written down."""
    plain = {key, key.replace("/", "\\/"), urllib.parse.quote(key, safe=""),
             urllib.parse.quote(urllib.parse.quote(key, safe=""), safe=""),
             base64.b64encode(key.encode()).decode().rstrip("=")}
    return {form.encode() for form in plain}


ALL = {form: name for name, key in (("key id", KEY_ID), ("secret", KEY_SECRET), ("token", TOKEN))
       for form in forms(key)}


def scan(data, where):
    """Raises Leak when a key is in the bytes or text."""
    data = data if isinstance(data, bytes) else data.encode(errors="surrogateescape")
    counts["scans"] += 1
    counts["bytes"] += len(data)
    for form, name in ALL.items():
        if form in data:
            counts["hits"] += 1
            raise Leak(f"the {name} is in {where}")


def children_of(pid):
    found = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                found += [int(child) for child in file.read().split()]
    except OSError:
        return found  # it has ended
    return found + [other for child in found for other in children_of(child)]


def read_of(pid, name):
    """b"" of a process that has ended, or that is shown to nobody."""
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read()
    except OSError:
        return b""


def scan_process(pid, given=()):
    """Its command line and environment, and its children's. given: entries of its own
    environment in which the test itself put a key; a copy of it that runs nothing else (as a
    sanitizer makes at the end) has them, too."""
    own = None  # the first one's: read but once, since it is empty until exec has ended
    for process in [pid, *children_of(pid)]:
        line, environ = read_of(process, "cmdline"), read_of(process, "environ")
        own = line if own is None else own
        if line == own:
            environ = b"\0".join(e for e in environ.split(b"\0") if e not in given)
        who = "the process" if process == pid else "a child"
        scan(line, f"the command line of {who}")
        scan(environ, f"the environment of {who}")


def scan_files(directory):
    """Every regular file below it: the ledger, its log, and what lies beside them."""
    for folder, _, names in os.walk(directory):
        for name in names:
            path = os.path.join(folder, name)
            try:
                if stat.S_ISREG(os.lstat(path).st_mode):
                    with open(path, "rb") as file:
                        scan(file.read(), path)
            except FileNotFoundError:
                continue


def report():
    if counts["daemons"]:
        print(f"canary: daemons={counts['daemons']} scans={counts['scans']} "
              f"bytes={counts['bytes']} hits={counts['hits']}", flush=True)


atexit.register(report)
