#!/usr/bin/env python3
"""sizes.py ROOT: how long a function and a file may be.

A function's body is what stands between a line that is "{" and one that is "}": the
format of this repository puts both at the left edge for functions only.
"""
import os
import sys

# folder: lines of a function, lines of a file
LIMITS = {"daemon": (80, 700), "tests": (120, 900)}


def functions(lines):
    """(first line number, length) of each body, braces included."""
    start = None
    for number, line in enumerate(lines, 1):
        text = line.rstrip()
        if text == "{":
            start = number
        elif text == "}" and start is not None:
            yield start, number - start + 1
            start = None


def check(root):
    complaints, longest = [], 0
    for top, (function_limit, file_limit) in LIMITS.items():
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in sorted(names):
                if not name.endswith((".c", ".h")):
                    continue
                path = os.path.join(folder, name)
                shown = os.path.relpath(path, root)
                with open(path, encoding="utf-8") as text:
                    lines = text.readlines()
                if len(lines) > file_limit:
                    complaints.append(f"{shown}: {len(lines)} lines, at most {file_limit}")
                for start, length in functions(lines):
                    longest = max(longest, length)
                    if length > function_limit:
                        complaints.append(f"{shown}:{start}: a function of {length} lines, "
                                          f"at most {function_limit}")
    return complaints, f"longest function {longest} lines"


if __name__ == "__main__":
    from lint import run
    run("sizes", check)
