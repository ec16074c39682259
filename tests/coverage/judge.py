#!/usr/bin/env python3
"""judge.py ROOT REPORT.json [--lines N] [--branches N]: what the tests reach of daemon/.

REPORT.json is of `gcovr --no-markers --json`: the markers are applied here, so that one that
hides nothing, or gives no reason, is found.

Two rules. Over all of daemon/ so many lines and branches are reached, in per cent. In the
files that decide about money (STRICT) every line and branch is, but for lines with a marker

    /* GCOVR_EXCL_BR_LINE: reason */    the branches of this line cannot all be taken
    /* GCOVR_EXCL_LINE: reason */       this line cannot be reached

No other form of exclusion is allowed. Left out without a marker are the branches inside the
macros of uthash (HASH_...): they are a library's, and have no line of their own.

The last line is "coverage lines=N% branches=N% strict=N% excluded=N" (markers).
"""
import argparse
import fnmatch
import json
import os
import re
import sys

STRICT = ("daemon/plan/*.c", "daemon/act/executor*.c", "daemon/cloud/outcome.c", "daemon/cloud/sign.c")
MARKER = re.compile(r"\b(?:GCOVR|GCOV|LCOV)_EXCL_\w+")
MARKER_WITH_REASON = re.compile(r"/\* GCOVR_EXCL_(BR_)?LINE: *(\w.*?) *(?:\*/|$)")
LEAST_REASON = 10  # letters; less is no reason
UTHASH = re.compile(r"\bHASH_[A-Z_]+ ?\(")
SHOWN = 10         # files with most unreached branches


class Marker:
    def __init__(self, path, line, branches_only, reason):
        self.path, self.line, self.branches_only, self.reason = path, line, branches_only, reason
        self.is_used = False

    def complaint(self):
        return None if self.is_used else \
            f"{self.path}:{self.line}: the exclusion hides nothing, or too much: {self.reason}"


class File:
    """Lines and branches of one source after exclusions; missed: (line number, what of it)."""
    def __init__(self, path):
        self.path = path
        self.lines = self.lines_reached = self.branches = self.branches_taken = 0
        self.missed = []

    def add(self, other):
        self.lines += other.lines
        self.lines_reached += other.lines_reached
        self.branches += other.branches
        self.branches_taken += other.branches_taken


def per_cent(part, whole):
    """Rounded down: 100.0 means all."""
    return 100.0 if whole == 0 else int(1000 * part / whole) / 10


def room_of(path):
    parts = path.split("/")
    return parts[1] if len(parts) > 2 else "app"


def is_strict(path):
    return any(fnmatch.fnmatchcase(path, pattern) for pattern in STRICT)


def read_sources(root):
    """path -> lines, of everything under daemon/."""
    sources = {}
    for folder, _, names in os.walk(os.path.join(root, "daemon")):
        for name in sorted(names):
            if name.endswith((".c", ".h", ".def")):
                path = os.path.join(folder, name)
                with open(path, encoding="utf-8") as text:
                    sources[os.path.relpath(path, root)] = text.read().split("\n")
    return sources


def find_markers(sources):
    """({(path, line): Marker}, complaints)"""
    markers, complaints = {}, []
    for path, lines in sorted(sources.items()):
        for number, line in enumerate(lines, 1):
            if not MARKER.search(line):
                continue
            match = MARKER_WITH_REASON.search(line)
            if not match or len(match[2]) < LEAST_REASON:
                complaints.append(f"{path}:{number}: an exclusion without a reason: {line.strip()}")
            else:
                markers[path, number] = Marker(path, number, bool(match[1]), match[2])
    return markers, complaints


def judge_file(path, entry, source, markers):
    file = File(path)
    for line in entry["lines"]:
        number, reached = line["line_number"], line["count"] > 0
        missed = sum(branch["count"] == 0 for branch in line["branches"])
        marker = markers.get((path, number))
        if marker:  # not to be taken: the line is reached; not to be reached: it is not
            marker.is_used = reached and missed > 0 if marker.branches_only else not reached
        if not line["gcovr/noncode"] and not (marker and not marker.branches_only):
            file.lines += 1
            file.lines_reached += reached
            if not reached:
                file.missed.append((number, "not reached"))
        if marker or UTHASH.search(source[number - 1]):
            continue
        file.branches += len(line["branches"])
        file.branches_taken += len(line["branches"]) - missed
        if reached and missed:
            file.missed.append((number, f"{missed} branches not taken"))
    return file


def judge(root, report, least_lines, least_branches, out):
    """Complaints; the tables and the summary go to @out."""
    sources = read_sources(root)
    markers, complaints = find_markers(sources)
    files = []
    for entry in report["files"]:
        if entry["file"] in sources:
            files.append(judge_file(entry["file"], entry, sources[entry["file"]], markers))
    complaints += filter(None, (marker.complaint() for marker in markers.values()))
    complaints += [f"no counters of {path}: is it built?" for path in
                   sorted(set(p for p in sources if p.endswith(".c")) - {f.path for f in files})]
    total, strict = File("daemon"), File("strict")
    for file in files:
        total.add(file)
        if is_strict(file.path):
            strict.add(file)
            complaints += [f"{file.path}:{number}: {what}" for number, what in file.missed]
    if strict.branches == 0:
        complaints.append("no counters of the files in which every branch is to be taken")
    lines = per_cent(total.lines_reached, total.lines)
    branches = per_cent(total.branches_taken, total.branches)
    if lines < least_lines:
        complaints.append(f"{lines}% of the lines, at least {least_lines}% are to be reached")
    if branches < least_branches:
        complaints.append(f"{branches}% of the branches, at least {least_branches}% are to be taken")
    show(files, markers, out)
    strictly = per_cent(strict.branches_taken + strict.lines_reached, strict.branches + strict.lines)
    summary = (f"coverage lines={lines:.1f}% branches={branches:.1f}% "
               f"strict={int(strictly)}% excluded={len(markers)}")
    return complaints, summary


def show(files, markers, out):
    rooms = {}
    for file in files:
        rooms.setdefault(room_of(file.path), File(room_of(file.path))).add(file)
    print(f"{'room':<10} {'lines':>7} {'reached':>8} {'branches':>9} {'taken':>7}", file=out)
    for name, room in sorted(rooms.items()):
        print(f"{name:<10} {room.lines:>7} {per_cent(room.lines_reached, room.lines):>7.1f}% "
              f"{room.branches:>9} {per_cent(room.branches_taken, room.branches):>6.1f}%", file=out)
    print("\nmost branches not taken:", file=out)
    for file in sorted(files, key=lambda f: f.branches_taken - f.branches)[:SHOWN]:
        print(f"{file.branches - file.branches_taken:>5} of {file.branches:<5} {file.path}", file=out)
    print("\nexcluded:", file=out)
    for marker in markers.values():
        print(f"{marker.path}:{marker.line}: {marker.reason}", file=out)
    print(file=out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("root")
    parser.add_argument("report")
    parser.add_argument("--lines", type=float, default=0)
    parser.add_argument("--branches", type=float, default=0)
    options = parser.parse_args()
    with open(options.report, encoding="utf-8") as file:
        report = json.load(file)
    complaints, summary = judge(options.root, report, options.lines, options.branches, sys.stdout)
    for complaint in complaints:
        print(f"not ok {complaint}")
    print(summary)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
