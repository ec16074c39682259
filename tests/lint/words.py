#!/usr/bin/env python3
"""words.py ROOT: what the daemon's sources may not contain, each with its reason."""
import os
import re
import sys

FORBIDDEN = (
    (r"SSL_VERIFY(?:PEER|HOST)\s*,\s*0", "certificates and host names are always verified"),
    (r"\b(?:strcpy|strcat|sprintf|vsprintf|gets|stpcpy|strtok|alloca|atoi|atol|atof)\s*\(",
     "no bounds or no errors; use base/strbuf and strto*"),
    (r"\bcJSON_(?:GetObjectItem|HasObjectItem|ReplaceItemInObject|DeleteItemFromObject)\s*\(",
     "ignores case; use the CaseSensitive form"),
    (r"\bsystem\s*\(|\bpopen\s*\(", "no shells"),
    (r"\b__(?:DATE|TIME|TIMESTAMP)__\b", "builds are reproducible"),
    (r"\b(?:TODO|FIXME|XXX|HACK)\b", "finish it or leave it out"),
    (r"[\"' ]/(?:home|root|mnt|build)/\w", "path of somebody's machine"),
    (r"^#\s*if(?:def|ndef)?\b.*\b(?:TEST|UNIT_TEST|DEBUG|NDEBUG)\b",
     "what is tested is what is shipped"),
    (r"[ \t]+$", "space at the end of a line"),
    (r"^ {8}", "tabs indent"),
)
PATTERNS = tuple((re.compile(pattern), why) for pattern, why in FORBIDDEN)


def check(root):
    complaints, lines = [], 0
    for folder, _, names in os.walk(os.path.join(root, "daemon")):
        for name in sorted(names):
            if not name.endswith((".c", ".h", ".def", ".sql")):
                continue
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as text:
                for number, line in enumerate(text, 1):
                    lines += 1
                    complaints += [f"{os.path.relpath(path, root)}:{number}: {why}"
                                   for pattern, why in PATTERNS if pattern.search(line)]
    return complaints, f"{lines} lines"


if __name__ == "__main__":
    from lint import run
    run("words", check)
