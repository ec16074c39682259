#!/usr/bin/env python3
"""Bugs that are planted to see that the tests find them.

plant.py run [--only NAME]... [--sample N] [--seed N] [--scratch DIR]   see run.sh
plant.py check BUILD     every patch applies, its test exists, the document is up to date
plant.py document        writes the table of docs/design/plant.md

A patch begins with two lines: "Breaks: " and the promise that the bug breaks, "Caught by: " and
the test that must fail, with the case in it where the test has cases.
"""
import argparse
import glob
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
DOCUMENT = "docs/design/plant.md"
SKIPPED = {".git", "build", "__pycache__"}
PROGRAMS = ["droverd", "drover", "drover-sim"]  # of the integration tests
TEST_S = 240  # a test that takes longer hangs
BUILD_S = 900


class Plant:
    """One patch: what it breaks and who has to notice."""

    def __init__(self, path):
        self.name = os.path.basename(path)[:-len(".patch")]
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        found = re.match(r"Breaks: (.+)\nCaught by: (\S+)(?: (\w+))?\n\n--- ", self.text)
        if not found:
            raise ValueError(f"{self.name}: begins neither with \"Breaks: \" nor \"Caught by: \"")
        self.breaks, self.test, self.case = found[1], found[2], found[3] or ""
        self.files = re.findall(r"^\+\+\+ b/(\S+)", self.text, re.M)
        self.number = self.name.split("-")[0]
        if not self.number.isdecimal():
            raise ValueError(f"{self.name}: does not begin with a number")

    @property
    def quick(self):
        return self.test.startswith("unit/")

    def answers_to(self, word):
        return word == self.number or word in self.name


def all_plants(root=ROOT):
    paths = sorted(glob.glob(os.path.join(root, "tests/plant/*.patch")))
    return sorted((Plant(path) for path in paths), key=lambda p: int(p.number))


def apply(plant, tree, dry=False):
    """"", or what patch says. Exactly as written: the place may have moved, the text may not."""
    command = ["patch", "-p1", "-F0", "-N", "-s", "--no-backup-if-mismatch", "-r", "-"]
    done = subprocess.run(command + (["--dry-run"] if dry else []), cwd=tree, input=plant.text,
                          text=True, capture_output=True, check=False)
    return (done.stdout + done.stderr).strip() or "patch failed" if done.returncode else ""


# --- what ctest knows ---------------------------------------------------------------------------

def list_tests(build):
    """name -> {command, environment}"""
    out = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"],
                         capture_output=True, text=True, check=True).stdout
    tests = {}
    for test in json.loads(out)["tests"]:
        properties = {p["name"]: p["value"] for p in test["properties"]}
        pairs = (pair.split("=", 1) for pair in properties.get("ENVIRONMENT", []))
        tests[test["name"]] = {"command": test.get("command", []), "environment": dict(pairs)}
    return tests


def source_of(test):
    """Where the cases of a test stand; None: it has none."""
    room, _, module = test.partition("/")
    if room == "unit" and "/" in module:
        return "tests/unit/{}/test_{}.c".format(*module.split("/"))
    return f"tests/integration/test_{module}.py" if room == "integration" else None


# --- the lint -----------------------------------------------------------------------------------

def table(plants):
    rows = ["| | promise | caught by |", "| --- | --- | --- |"]
    for p in plants:
        case = f" `{p.case}`" if p.case else ""
        rows.append(f"| {p.number} | {p.breaks} | {p.test}{case} |")
    return "\n".join(rows) + "\n"


def with_table(text, plants):
    begin, end = "<!-- table: plant.py document -->\n", "<!-- end of table -->\n"
    head, _, rest = text.partition(begin)
    return head + begin + "\n" + table(plants) + "\n" + end + rest.partition(end)[2]


def complaints_of(plant, root, tests):
    found = []
    why = apply(plant, root, dry=True)
    if why:
        found.append(f"{plant.name}: does not apply: {why}")
    if plant.test not in tests:
        found.append(f"{plant.name}: there is no test {plant.test}")
    source = source_of(plant.test)
    if source and not plant.case:
        found.append(f"{plant.name}: names no case of {plant.test}")
    elif source and os.path.exists(os.path.join(root, source)):
        with open(os.path.join(root, source), encoding="utf-8") as file:
            if not re.search(rf"\b{plant.case}\b", file.read()):
                found.append(f"{plant.name}: there is no {plant.case} in {source}")
    return found


def check(root, tests):
    """As the lints: (complaints, what was looked at)."""
    try:
        plants = all_plants(root)
    except ValueError as error:
        return [str(error)], ""
    found = [text for p in plants for text in complaints_of(p, root, tests)]
    numbers = [p.number for p in plants]
    twice = sorted({n for n in numbers if numbers.count(n) > 1})
    found += [f"two patches have the number {n}" for n in twice]
    with open(os.path.join(root, DOCUMENT), encoding="utf-8") as file:
        text = file.read()
    if text != with_table(text, plants):
        found.append(f"{DOCUMENT} is out of date: python3 tests/plant/plant.py document")
    return found, f"{len(plants)} patches"


# --- the scratch tree ---------------------------------------------------------------------------

def files_of(top):
    for folder, folders, names in os.walk(top):
        folders[:] = [name for name in folders if name not in SKIPPED and
                      not os.path.exists(os.path.join(folder, name, "CMakeCache.txt"))]
        for name in names:
            yield os.path.relpath(os.path.join(folder, name), top)


def same(a, b):
    try:
        with open(a, "rb") as one, open(b, "rb") as other:
            return one.read() == other.read()
    except FileNotFoundError:
        return False


def copy_file(source, target, path):
    """Only what differs, so that the build sees what changed and nothing else."""
    here, there = os.path.join(source, path), os.path.join(target, path)
    if same(here, there):
        return
    os.makedirs(os.path.dirname(there), exist_ok=True)
    shutil.copy(here, there)


def copy_tree(source, target):
    os.makedirs(target, exist_ok=True)
    wanted = set(files_of(source))
    for path in wanted:
        copy_file(source, target, path)
    for path in set(files_of(target)) - wanted:
        os.remove(os.path.join(target, path))


def call(command, environment, folder, seconds):
    """(exit code, output); None when it took too long, and then nothing of it is left."""
    with subprocess.Popen(command, env=environment, cwd=folder, text=True, errors="replace",
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, start_new_session=True) as process:
        try:
            output = process.communicate(timeout=seconds)[0]
            return process.returncode, output
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return None, process.communicate()[0]


class Bench:
    """A copy of the tree and one build of it, kept from run to run."""

    def __init__(self, root, scratch):
        self.root = root
        self.tree = os.path.join(scratch, "tree")
        self.build = os.path.join(scratch, "build")
        copy_tree(root, self.tree)
        command = ["cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja",
                   "-DCMAKE_BUILD_TYPE=Debug", "-DDROVER_WERROR=OFF"]
        if shutil.which("ccache"):
            command.append("-DCMAKE_C_COMPILER_LAUNCHER=ccache")
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self.tests = list_tests(self.build)

    def targets(self, test):
        program = (self.tests[test]["command"] or [""])[0]
        if program.startswith(self.build):
            return [os.path.relpath(program, self.build)]
        if test.startswith("unit/"):  # ctest does not tell the command of what is not built
            return ["test_" + test[len("unit/"):].replace("/", "_")]
        return PROGRAMS

    def make(self, tests):
        """"", or what the compiler says."""
        wanted = sorted({target for test in tests for target in self.targets(test)})
        command = ["ninja", "-C", self.build, "-j2", *wanted]
        code, output = call(command, os.environ, self.build, BUILD_S)
        return "" if code == 0 else output[-3000:] or "it takes too long"

    def run(self, test, case):
        """(exit code, output) of the test; a single case of it where that can be had."""
        if not self.tests[test]["command"]:
            self.tests = list_tests(self.build)
        command = list(self.tests[test]["command"])
        if test.startswith("integration/") and case:
            command += ["-k", case]
        environment = dict(os.environ, **self.tests[test]["environment"])
        return call(command, environment, self.build, TEST_S)

    def restore(self, plant):
        for path in plant.files:
            copy_file(self.root, self.tree, path)


# --- the verdict --------------------------------------------------------------------------------

def failed_cases(output):
    """Of cmocka, of unittest, and "not ok NAME"."""
    found = re.findall(r"^\[  FAILED  \] (\w+)$", output, re.M)
    found += re.findall(r"^(?:FAIL|ERROR): (\w+) \(", output, re.M)
    return sorted(set(found + re.findall(r"^not ok (\S+)", output, re.M)))


def ran(output, case):
    return bool(re.search(rf"^\[       OK \] {case}$|^Ran [1-9]", output, re.M))


def judge(code, output, case):
    """"" when the planted bug was caught by the named case, else why that cannot be said."""
    if code is None:
        return f"the test hangs (more than {TEST_S} s)"
    if code == 0:
        return "not caught"
    failed = failed_cases(output)
    if case and case not in failed:
        return f"caught by another case only: {', '.join(failed) or f'exit code {code}'}"
    return ""


def healthy(bench, plant, seen):
    """"", or why the named test says nothing: without the bug it must pass."""
    key = (plant.test, plant.case if plant.test.startswith("integration/") else "")
    if key not in seen:
        seen[key] = bench.run(plant.test, plant.case)
    code, output = seen[key]
    if code != 0:
        return f"{plant.test} fails without the bug: {failed_cases(output) or output[-500:]}"
    return "" if not plant.case or ran(output, plant.case) else f"{plant.case} was not run"


def try_plant(bench, plant):
    """"" when it is caught, else why not."""
    why = apply(plant, bench.tree)
    if why:
        return f"does not apply: {why}"
    try:
        why = bench.make([plant.test])
        return f"does not build:\n{why}" if why else judge(*bench.run(plant.test, plant.case),
                                                           plant.case)
    finally:
        bench.restore(plant)


def choose(options):
    plants = all_plants()
    if options.only:
        plants = [p for p in plants if any(p.answers_to(word) for word in options.only)]
    if options.sample:
        print(f"seed={options.seed}")
        quick = [p for p in plants if p.quick]
        plants = random.Random(options.seed).sample(quick, min(options.sample, len(quick)))
    return plants


def run(options):
    plants = choose(options)
    bench, seen, caught = Bench(ROOT, options.scratch), {}, 0
    known = [p for p in plants if p.test in bench.tests]
    why = bench.make(sorted({p.test for p in known}))
    if why:
        sys.exit(f"the tree does not build:\n{why}")
    sick = {p.name: healthy(bench, p, seen) for p in known}
    for plant in plants:
        start = time.monotonic()
        why = sick.get(plant.name, f"there is no test {plant.test}") or try_plant(bench, plant)
        caught += not why
        by = f"{plant.test} {plant.case}".strip()
        took = f"{time.monotonic() - start:.1f} s"
        print(f"not ok {plant.name}: {why}" if why else f"ok {plant.name}: {by} ({took})",
              flush=True)
    print(f"planted={len(plants)} caught={caught}")
    return 0 if plants and caught == len(plants) else 1


def document():
    path = os.path.join(ROOT, DOCUMENT)
    with open(path, encoding="utf-8") as file:
        text = with_table(file.read(), all_plants())
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("run", "check", "document"))
    parser.add_argument("build", nargs="?")
    parser.add_argument("--only", action="append")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=int(time.time() // 86400))
    parser.add_argument("--scratch", default=os.path.join(ROOT, "build/plant"))
    options = parser.parse_args()
    if options.what == "run":
        try:
            return run(options)
        except ValueError as error:
            sys.exit(str(error))
    if options.what == "document":
        return document()
    sys.path.insert(0, os.path.join(ROOT, "tests/lint"))
    from lint import report
    return report("plant", *check(ROOT, list_tests(options.build)))


if __name__ == "__main__":
    sys.exit(main())
