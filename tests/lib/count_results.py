#!/usr/bin/env python3
"""count_results.py FILE: counts the cases in a JUnit file written by ctest.

One ctest test is a program with many cases. Their own lines are counted: those of cmocka
("[       OK ] name"), of Python's unittest ("Ran 3 tests") and of everything else here
("ok name", "not ok name", "skipped: why"). A program that fails without naming a failed
case counts as one failure; one that passes without naming any case as one pass. A
program run again under valgrind is one check, whatever its cases say.
Prints what failed with its output and what was skipped; the last line is the three
numbers: passed, failed, skipped.
"""
import re
import sys
import xml.etree.ElementTree

OUTPUT_LIMIT = 20000  # of one failed program, from its end

CMOCKA_OK = re.compile(r"^\[\s+OK \] ", re.M)
CMOCKA_FAILED = re.compile(r"^\[  FAILED  \] (?!.*test\(s\), listed below)(.+)$", re.M)
UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in ", re.M)
UNITTEST_END = re.compile(r"^(?:OK|FAILED) \((.*)\)$", re.M)
LINE_OK = re.compile(r"^ok ", re.M)
LINE_FAILED = re.compile(r"^not ok (.+)$", re.M)
LINE_SKIPPED = re.compile(r"^skipped: ", re.M)


def count_unittest(output):
    """(passed, failed, skipped) of the summaries that unittest printed."""
    ran = sum(int(n) for n in UNITTEST_RAN.findall(output))
    parts = {}
    for summary in UNITTEST_END.findall(output):
        for name, value in re.findall(r"([a-z ]+)=(\d+)", summary):
            name = name.strip()
            parts[name] = parts.get(name, 0) + int(value)
    failed = sum(parts.get(n, 0) for n in ("failures", "errors", "unexpected successes"))
    skipped = parts.get("skipped", 0)
    return max(ran - failed - skipped, 0), failed, skipped


def count_cases(output, status):
    """status: "passed", "failed" or "skipped", of the program as a whole."""
    passed, failed, skipped = count_unittest(output)
    passed += len(CMOCKA_OK.findall(output)) + len(LINE_OK.findall(output))
    # cmocka names a failed case when it fails and again in its summary
    failed += len(set(CMOCKA_FAILED.findall(output))) + len(set(LINE_FAILED.findall(output)))
    skipped += len(LINE_SKIPPED.findall(output))
    if status == "skipped":
        skipped = max(skipped, 1)
    elif status == "failed":
        failed = max(failed, 1)
    elif passed + failed + skipped == 0:
        passed = 1
    return passed, failed, skipped


def status_of(case):
    if case.find("skipped") is not None:
        # ctest says "skipped" of a test whose program is missing, too
        return "skipped" if case.get("status") != "notrun" or \
            "SKIP_" in (case.find("skipped").get("message") or "") else "failed"
    return "passed" if case.get("status") == "run" else "failed"


def count_file(path, out=sys.stdout):
    totals = [0, 0, 0]
    for case in xml.etree.ElementTree.parse(path).getroot().iter("testcase"):
        output = case.findtext("system-out") or ""
        status = status_of(case)
        again = (case.get("name") or "").startswith("valgrind/")
        counts = count_cases("" if again else output, status)
        totals = [a + b for a, b in zip(totals, counts)]
        if counts[1]:
            print(f"=== failed: {case.get('name')}\n{output[-OUTPUT_LIMIT:]}", file=out)
            print(f"=== end of {case.get('name')}", file=out)
        elif counts[2]:
            why = [line for line in output.splitlines() if "skipped" in line]
            print(f"skipped in {case.get('name')}: {'; '.join(why[-3:])}", file=out)
    return totals


def main():
    if len(sys.argv) != 2:
        print(__doc__, file=sys.stderr)
        return 64
    try:
        totals = count_file(sys.argv[1])
    except (OSError, xml.etree.ElementTree.ParseError) as error:
        print(f"cannot count {sys.argv[1]}: {error}")
        totals = [0, 1, 0]
    print(*totals)
    return 0


if __name__ == "__main__":
    sys.exit(main())
