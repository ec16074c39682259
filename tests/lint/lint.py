"""What the lints share: each is check(root) -> (complaints, what was looked at)."""
import sys


def run(name, check):
    """Command line of a lint: NAME.py ROOT. One line "ok" or "not ok", exit code 0 or 1."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: {name}.py ROOT")
    report(name, *check(sys.argv[1]))


def report(name, complaints, looked_at):
    for text in complaints:
        print(text)
    if complaints:
        print(f"not ok {name}: {len(complaints)} complaints")
        sys.exit(1)
    print(f"ok {name}: {looked_at}")
