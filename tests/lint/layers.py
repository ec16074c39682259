#!/usr/bin/env python3
"""layers.py ROOT: every #include under daemon/ against the table of who may know whom.

The folders are the flow config -> observe -> plan -> act -> report above the model;
what a room may include is written here once, and nowhere else.
"""
import os
import re
import sys

# room: (rooms it may include besides itself and base, libraries it may include)
TABLE = {
    "base": ((), ()),
    "model": ((), ()),
    "config": (("model",), ("yaml",)),
    "plan": (("model",), ()),
    "net": ((), ("curl", "uv")),
    "cloud": (("net", "model"), ("cjson", "openssl")),
    "observe": (("cloud", "model", "report"), ("cjson",)),
    "ledger": (("model",), ("sqlite3",)),
    "act": (("cloud", "ledger", "model", "report"), ()),
    "report": (("model",), ("systemd",)),
    "control": (("model", "report"), ("microhttpd", "uv")),
    "cli": (("model", "config"), ("cjson",)),
}
# The composition roots know every room; the libraries are still the rooms' business.
APP = (tuple(TABLE), ("uv", "openssl"))
# single files with more than their room has
EXTRA = {
    "act/driver.c": ("uv",), "act/driver.h": ("uv",),  # the border to the loop
    "cloud/call.h": ("uv",),                           # its timers are part of the struct
}
ANYWHERE = {"ut"}  # uthash and its sisters: headers only

LIBRARIES = (
    ("curl/", "curl"), ("uv.h", "uv"), ("uv/", "uv"), ("cjson/", "cjson"), ("openssl/", "openssl"),
    ("yaml.h", "yaml"), ("sqlite3.h", "sqlite3"), ("systemd/", "systemd"),
    ("microhttpd.h", "microhttpd"), ("uthash.h", "ut"), ("utlist.h", "ut"), ("utarray.h", "ut"),
    ("utstring.h", "ut"),
)
LIBC = set("""
arpa/inet.h assert.h ctype.h dirent.h endian.h errno.h fcntl.h float.h getopt.h grp.h inttypes.h
libgen.h limits.h locale.h malloc.h math.h netdb.h net/if.h netinet/in.h netinet/tcp.h poll.h pthread.h
pwd.h sched.h signal.h stdalign.h stdarg.h stdatomic.h stdbool.h stddef.h stdint.h stdio.h
stdlib.h string.h strings.h sys/eventfd.h sys/file.h sys/inotify.h sys/ioctl.h sys/mman.h
sys/prctl.h sys/random.h sys/resource.h sys/socket.h sys/stat.h sys/statvfs.h sys/time.h
sys/types.h sys/uio.h sys/un.h sys/wait.h syslog.h termios.h time.h unistd.h
""".split())

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def library_of(header):
    """Name of the library, None for libc, "?" for a header nobody has put into the table."""
    for start, name in LIBRARIES:
        if header == start or (start.endswith("/") and header.startswith(start)):
            return name
    return None if header in LIBC else "?"


def complaint(file, room, quote, header):
    """Why this include is not allowed, or None."""
    rooms, libraries = TABLE.get(room, APP)
    if quote == "<":
        library = library_of(header)
        if library is None or library in ANYWHERE or library in libraries \
                or library in EXTRA.get(file, ()):
            return None
        return f"<{header}> is not for {room or 'the composition root'}"
    target = header.split("/")[0] if "/" in header else ""
    if target == "":
        return None if room == "" else f'"{header}" is not written from daemon/'
    if target not in TABLE:
        return f'"{header}": no such room'
    if target in ("base", room) or target in rooms:
        return None
    return f'"{header}": {room} may not know {target}'


def check(root):
    complaints, files = [], 0
    top = os.path.join(root, "daemon")
    for folder, _, names in os.walk(top):
        for name in sorted(names):
            if not name.endswith((".c", ".h", ".def")):
                continue
            files += 1
            path = os.path.join(folder, name)
            file = os.path.relpath(path, top)
            room = file.split("/")[0] if "/" in file else ""
            if room and room not in TABLE:
                complaints.append(f"daemon/{file}: the room {room} is not in the table")
                continue
            with open(path, encoding="utf-8") as text:
                for number, line in enumerate(text, 1):
                    found = INCLUDE.match(line)
                    why = found and complaint(file, room, found[1], found[2])
                    if why:
                        complaints.append(f"daemon/{file}:{number}: {why}")
    return complaints, f"{files} files"


if __name__ == "__main__":
    from lint import run
    run("layers", check)
