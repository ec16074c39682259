#!/usr/bin/env python3
"""links.py ROOT: every relative link of a Markdown page leads to a file of the repository."""
import os
import re

LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)[^)]*\)")
SKIPPED = {".git", "build"}


def check(root):
    complaints, count = [], 0
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in SKIPPED]
        for name in sorted(names):
            if not name.endswith(".md"):
                continue
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8") as text:
                for number, line in enumerate(text, 1):
                    for target in LINK.findall(line):
                        count += 1
                        wanted = os.path.normpath(os.path.join(folder, target))
                        if not os.path.exists(wanted):
                            complaints.append(f"{os.path.relpath(path, root)}:{number}: there is "
                                              f"no {os.path.relpath(wanted, root)}")
    return complaints, f"{count} links"


if __name__ == "__main__":
    from lint import run
    run("links", check)
