#!/usr/bin/env python3
"""seeds.py ROOT OUT: seeds and dictionaries for the fuzz targets, out of what the tree has.

OUT is made anew. OUT/NAME/ gets inputs from the other tests' data: files, and text that stands in their sources.
OUT/NAME.dict gets the words of the daemon's own tables. Nothing of it is kept in the tree: a new
key, code or field is in it with the next run.
"""
import functools
import glob
import hashlib
import json
import os
import re
import shutil
import sys

STRING = r'"(?:[^"\\\n]|\\.)*"'
LITERAL = re.compile(rf"{STRING}(?:\s*{STRING})*")
PIECE = re.compile(STRING)
COMMENT = re.compile(rf"({STRING})|/\*.*?\*/|//[^\n]*", re.S)
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0"}


def unescape(piece):
    text = re.sub(r"\\x([0-9a-fA-F]{2})", lambda m: chr(int(m[1], 16)), piece[1:-1])
    return re.sub(r"\\(.)", lambda m: ESCAPES.get(m[1], m[1]), text)


@functools.lru_cache(maxsize=None)
def literals(root, *patterns):
    """Every string literal of these C sources, adjacent ones joined, in order, once."""
    found = {}
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(root, pattern))):
            with open(path, encoding="utf-8") as source:
                text = COMMENT.sub(lambda m: m[1] or " ", source.read())
            for match in LITERAL.finditer(text):
                found["".join(unescape(p) for p in PIECE.findall(match[0]))] = None
    return list(found)


def files(root, *patterns):
    for pattern in patterns:
        for path in sorted(glob.glob(os.path.join(root, pattern))):
            with open(path, "rb") as source:
                yield source.read()


def is_object(text):
    try:
        return text.startswith("{") and isinstance(json.loads(text), dict)
    except ValueError:
        return False


def objects(root):
    """The JSON objects that the tests of the cloud's answers write."""
    return (text for text in literals(root, "tests/unit/cloud/*.c", "tests/unit/observe/*.c",
                                      "tests/unit/act/*.c") if is_object(text))


def fleet(root):
    return files(root, "tests/unit/config/good/*.yaml", "tests/unit/config/bad/*.yaml",
                 "conf/fleet.yaml", "conf/examples/*.yaml")


def settings(root):
    yield from files(root, "conf/drover.yaml")
    yield from (t for t in literals(root, "tests/unit/config/test_settings.c") if ": " in t)


def url(root):
    for text in literals(root, "tests/unit/cloud/test_endpoint.c", "tests/unit/net/test_target.c"):
        if "." in text or "/" in text or ":" in text:
            yield text


def listings(root):
    for path in sorted(glob.glob(os.path.join(root, "tests/data/replies/*.json"))):
        name = "".join(w.capitalize() for w in os.path.basename(path)[:-5].split("-"))
        with open(path, encoding="utf-8") as reply:
            yield f"{name}\n{reply.read()}"
    yield from (f"all\n{text}" for text in objects(root))


def changes(root):
    return answers(root)


def answers(root):
    return (f"all\n{text}" for text in objects(root))


def envelope(root):
    for text in objects(root):
        yield f"200\n\n{text}"
    table = re.compile(r'(?:SAME|SHAPE|UNSETTLED)\((\d+), "([^"]*)"')
    with open(os.path.join(root, "tests/unit/cloud/test_outcome.c"), encoding="utf-8") as source:
        for status, code in table.findall(source.read()):
            yield f'{status}\n\n{{"Code":"{code}","RequestId":"R-1","Message":"m"}}'


def http(root):
    return (t for t in literals(root, "tests/unit/net/*.c") if t.startswith("HTTP/1."))


def credentials(root):
    for text in literals(root, "tests/unit/cloud/test_credentials.c"):
        if text.startswith(("[", "{")):
            yield "\n" + text


def control(root):
    return (t for t in literals(root, "tests/unit/control/test_control.c")
            if t.startswith(("GET ", "POST ")))


def record(root):
    return (t for t in literals(root, "tests/unit/report/test_log.c") if "\n" not in t)


def text(root):
    return literals(root, "tests/unit/base/test_*.c", "tests/unit/model/test_params.c")


def value(root):
    with open(os.path.join(root, "tests/data/flatten-vectors.json"), encoding="utf-8") as vectors:
        yield vectors.read()
    yield from objects(root)


SEEDS = (fleet, settings, url, listings, changes, answers, envelope, http, credentials, control, record, text,
         value)

YAML = ("- ", ": ", "...", "---", "\n", "\n  ", "|", ">", "&a", "*a", "<<", "!!int", "{}", "[]", "~",
        "true", "\xef\xbb\xbf", "%YAML 1.1")
JSON = ("{", "}", "[", "]", ":", ",", '"', "null", "true", "false", "\\u0000", "1e309", "-1",
        "9223372036854775807", '""', '"RequestId":"R"')
HEAD = ("\r\n", "\r\n\r\n", "HTTP/1.1 ", "HTTP/1.0 200 OK", "Content-Length: ",
        "Transfer-Encoding: chunked", "Content-Encoding: gzip", "Connection: close", "100 Continue",
        "Date: Sat, 21 Nov 2026 22:53:00 GMT", "x-acs-request-id: ", "x-acs-retry-after: ",
        "Retry-After: ", "Content-Type: ")
INI = ("[default]", "\n", " = ", "access_key_id", "access_key_secret", "security_token", "type", "sts",
       "ram_role_arn", "ecs_ram_role", "role_name", "policy", "acs:ram::1:role/a", "#", ";")
REQUEST = ("GET ", "POST ", " HTTP/1.1\r\n", "?", "&", "=", "%00", "%", "/v1/", "Host: a\r\n",
           "Content-Length: ", "Expect: 100-continue\r\n", "Transfer-Encoding: chunked\r\n", "\r\n")

# target: what is the grammar, and where the words stand
WORDS = {
    "fleet": (YAML, "daemon/config/schema_*.c", "daemon/config/config.c", "daemon/model/*.c"),
    "settings": (YAML, "daemon/config/schema_settings.c"),
    "url": (("https://", "http://", "127.0.0.1", "[::1]", "100.100.100.200", ":443", "@", "%", "/"),
            "daemon/cloud/endpoint.c"),
    "listings": (JSON, "daemon/cloud/*_rows.c", "daemon/cloud/*_query.c", "daemon/cloud/page.c",
                 "daemon/cloud/billing.c", "daemon/cloud/operations.c"),
    "changes": (JSON, "daemon/cloud/*_decode.c", "daemon/cloud/purchase_create.c",
                "daemon/cloud/operations.c"),
    "answers": (JSON, "daemon/cloud/*_query.c", "daemon/cloud/purchase_price.c",
                "daemon/cloud/billing.c", "daemon/cloud/inquiry*.c"),
    "envelope": (JSON + HEAD[5:], "daemon/cloud/outcome.c", "daemon/cloud/reply.c"),
    "http": (HEAD,),
    "credentials": (JSON + INI, "daemon/cloud/credential_*.c"),
    "control": (REQUEST, "daemon/control/request.c"),
    "ledger_rows": ((), "daemon/ledger/tables.c", "daemon/model/intent.c", "daemon/model/in_flight.c"),
    "keys": (JSON + ("\n--\n", "200\n", "0\n", "403\n"), "daemon/cloud/instance_role.c"),
    "pager": (JSON + ("\n--\n",), "daemon/cloud/page.c", "daemon/cloud/operations.c"),
    "value": (JSON,),
}


def write_seeds(folder, seeds):
    n = 0
    for seed in seeds:
        data = seed if isinstance(seed, bytes) else seed.encode("latin-1", "replace") \
            if all(ord(c) < 256 for c in seed) else seed.encode("utf-8")
        with open(os.path.join(folder, hashlib.sha256(data).hexdigest()[:16]), "wb") as out:
            out.write(data)
        n += 1
    return n


def quote(word):
    """As libFuzzer reads it: a byte that is no plain character is \\xNN."""
    return "".join(c if " " <= c <= "~" and c not in '"\\' else f"\\x{ord(c):02x}" for c in word)


def write_words(path, root, grammar, *patterns):
    words = [w for w in literals(root, *patterns) if re.fullmatch(r"[\w.:/ +-]{2,40}", w)]
    with open(path, "w", encoding="utf-8") as out:
        for word in [*grammar, *words]:
            out.write(f'"{quote(word)}"\n')


def main():
    root, out = sys.argv[1:]
    shutil.rmtree(out, ignore_errors=True)
    for name in os.listdir(os.path.join(root, "tests/fuzz/corpus")):
        os.makedirs(os.path.join(out, name))
    for make in SEEDS:
        n = write_seeds(os.path.join(out, make.__name__), make(root))
        print(f"{make.__name__}: {n} seeds")
        if n == 0:
            sys.exit(f"{make.__name__}: nothing was found where its seeds used to be")
    for name, (grammar, *patterns) in WORDS.items():
        write_words(os.path.join(out, f"{name}.dict"), root, grammar, *patterns)
    print(f"ok seeds {out}")


if __name__ == "__main__":
    main()
