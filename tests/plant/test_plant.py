#!/usr/bin/env python3
"""The runner of planted bugs tells what was caught from what only looks like it."""
import os
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import plant  # noqa: E402

PATCH = """Breaks: Two and two are four.
Caught by: unit/base/sum two_and_two_are_four

--- a/daemon/base/sum.c
+++ b/daemon/base/sum.c
@@ -1,3 +1,3 @@
 int sum(int a, int b)
-{ return a + b; }
+{ return a - b; }
 /* end */
"""
SOURCE = "int sum(int a, int b)\n{ return a + b; }\n/* end */\n"
DOCUMENT = "# Plants\n\n<!-- table: plant.py document -->\n<!-- end of table -->\n\nMore.\n"
FAILED = "[  FAILED  ] two_and_two_are_four\n[  FAILED  ] 1 test(s), listed below:\n"


class Tree(unittest.TestCase):
    """A tree of one source, one test and one patch, in which all is well."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="drover-plant-")
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        self.write("daemon/base/sum.c", SOURCE)
        self.write("tests/unit/base/test_sum.c", "cmocka_unit_test(two_and_two_are_four)\n")
        self.write("tests/plant/01-sum.patch", PATCH)
        self.write(plant.DOCUMENT, plant.with_table(DOCUMENT, plant.all_plants(self.root)))
        self.tests = {"unit/base/sum": {}}

    def write(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, path):
        with open(os.path.join(self.root, path), encoding="utf-8") as file:
            return file.read()

    def complaint(self):
        found = plant.check(self.root, self.tests)[0]
        self.assertEqual(len(found), 1, found)
        return found[0]


class Check(Tree):
    def test_a_patch_in_order_is_no_complaint(self):
        self.assertEqual(plant.check(self.root, self.tests), ([], "1 patches"))
        self.assertEqual(self.read("daemon/base/sum.c"), SOURCE)  # it was only tried

    def test_a_patch_that_no_longer_applies_is_found(self):
        self.write("daemon/base/sum.c", SOURCE.replace("a + b", "b + a"))
        self.assertIn("01-sum: does not apply", self.complaint())

    def test_a_patch_whose_surroundings_have_changed_is_found(self):
        self.write("daemon/base/sum.c", SOURCE.replace("end", "END"))
        self.assertIn("01-sum: does not apply", self.complaint())

    def test_a_patch_whose_place_has_moved_is_fine(self):
        self.write("daemon/base/sum.c", "/* top */\n" * 50 + SOURCE)
        self.assertEqual(plant.check(self.root, self.tests)[0], [])

    def test_a_patch_that_is_applied_already_is_found(self):
        self.write("daemon/base/sum.c", SOURCE.replace("+", "-"))
        self.assertIn("01-sum: does not apply", self.complaint())

    def test_a_test_that_does_not_exist_is_found(self):
        self.tests = {"unit/base/product": {}}
        self.assertEqual(self.complaint(), "01-sum: there is no test unit/base/sum")

    def test_a_case_that_does_not_exist_is_found(self):
        self.write("tests/unit/base/test_sum.c", "cmocka_unit_test(two_and_two_are_four_or_five)\n")
        self.assertIn("there is no two_and_two_are_four in", self.complaint())

    def test_a_unit_test_without_its_case_is_found(self):
        self.write("tests/plant/01-sum.patch", PATCH.replace(" two_and_two_are_four", ""))
        found = plant.check(self.root, self.tests)[0]
        self.assertIn("01-sum: names no case of unit/base/sum", found)

    def test_a_patch_without_its_promise_is_found(self):
        self.write("tests/plant/01-sum.patch", PATCH[PATCH.index("---"):])
        self.assertIn("01-sum: begins neither", self.complaint())

    def test_a_patch_without_a_number_is_found(self):
        self.write("tests/plant/sum.patch", PATCH)
        self.assertEqual(self.complaint(), "sum: does not begin with a number")

    def test_two_of_a_number_are_found(self):
        self.write("tests/plant/01-again.patch", PATCH)
        self.write(plant.DOCUMENT, plant.with_table(DOCUMENT, plant.all_plants(self.root)))
        self.assertEqual(self.complaint(), "two patches have the number 01")

    def test_a_stale_document_is_found(self):
        self.write("tests/plant/01-sum.patch", PATCH.replace("are four.", "are always four."))
        self.assertIn("out of date", self.complaint())

    def test_the_table_replaces_only_itself(self):
        text = self.read(plant.DOCUMENT)
        row = "| 01 | Two and two are four. | unit/base/sum `two_and_two_are_four` |\n"
        self.assertIn(row, text)
        self.assertTrue(text.startswith("# Plants\n") and text.endswith("\nMore.\n"))


class Scratch(Tree):
    def test_the_copy_takes_the_bug_and_gives_it_back(self):
        copy = os.path.join(self.root, "build/copy")
        plant.copy_tree(self.root, copy)
        one = plant.all_plants(self.root)[0]
        self.assertEqual(plant.apply(one, copy), "")
        self.assertIn("a - b", self.read("build/copy/daemon/base/sum.c"))
        for path in one.files:
            plant.copy_file(self.root, copy, path)
        self.assertEqual(self.read("build/copy/daemon/base/sum.c"), SOURCE)
        self.assertEqual(self.read("daemon/base/sum.c"), SOURCE)

    def test_the_copy_follows_the_tree_and_touches_nothing_else(self):
        copy = os.path.join(self.root, "build/copy")
        plant.copy_tree(self.root, copy)
        kept = os.stat(os.path.join(copy, "daemon/base/sum.c")).st_mtime_ns
        os.remove(os.path.join(self.root, "tests/unit/base/test_sum.c"))
        self.write("daemon/base/new.c", "")
        plant.copy_tree(self.root, copy)
        self.assertEqual(sorted(plant.files_of(copy)), sorted(plant.files_of(self.root)))
        self.assertEqual(os.stat(os.path.join(copy, "daemon/base/sum.c")).st_mtime_ns, kept)


class Judge(unittest.TestCase):
    CASE = "two_and_two_are_four"

    def test_the_named_case_catches_it(self):
        self.assertEqual(plant.judge(1, FAILED, self.CASE), "")
        self.assertEqual(plant.judge(1, "FAIL: test_sum (__main__.Sum)\n", "test_sum"), "")
        self.assertEqual(plant.judge(1, "ERROR: test_sum (__main__.Sum)\n", "test_sum"), "")
        self.assertEqual(plant.judge(1, "anything", ""), "")

    def test_a_test_that_passes_has_not_caught_it(self):
        passed = "[       OK ] two_and_two_are_four\n"
        self.assertEqual(plant.judge(0, passed, self.CASE), "not caught")
        self.assertEqual(plant.judge(0, "", ""), "not caught")

    def test_another_case_is_not_the_named_one(self):
        other = FAILED.replace("four", "five")
        self.assertIn("another case only: two_and_two_are_five", plant.judge(1, other, self.CASE))
        self.assertIn("another case only: exit code -11", plant.judge(-11, "", self.CASE))

    def test_hanging_is_not_finding(self):
        self.assertIn("hangs", plant.judge(None, FAILED, self.CASE))

    def test_what_was_not_run_has_not_passed(self):
        self.assertTrue(plant.ran("[       OK ] two_and_two_are_four\n", self.CASE))
        self.assertTrue(plant.ran("Ran 1 test in 0.1s\n\nOK\n", "test_sum"))
        self.assertFalse(plant.ran("[       OK ] two_and_two_are_four_or_five\n", self.CASE))
        self.assertFalse(plant.ran("Ran 0 tests in 0.0s\n\nOK\n", "test_sum"))


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


class Call(unittest.TestCase):
    def call(self, script, seconds):
        return plant.call(["sh", "-c", script], os.environ, "/", seconds)

    def test_output_and_status_are_kept(self):
        self.assertEqual(self.call("echo out; echo err >&2; exit 3", 60), (3, "out\nerr\n"))

    def test_what_takes_too_long_is_ended_with_all_it_started(self):
        code, child = self.call("sleep 1000 & echo $!; wait", 1)
        self.assertIsNone(code)
        end = time.monotonic() + 20
        while is_running(int(child)) and time.monotonic() < end:
            time.sleep(0.01)
        self.assertFalse(is_running(int(child)))


class FakeBench:
    """Builds and runs nothing; answers as it is told."""

    def __init__(self, tree, built="", code=1, output=FAILED):
        self.tree, self.built, self.answer, self.restored = tree, built, (code, output), False
        self.run = lambda test, case: self.answer

    def make(self, tests):
        return self.built

    def restore(self, one):
        self.restored = True


class Try(Tree):
    def verdict(self, **answers):
        bench = FakeBench(self.root, **answers)
        verdict = plant.try_plant(bench, plant.all_plants(self.root)[0])
        self.assertTrue(bench.restored)
        return verdict

    def test_a_bug_that_is_found_is_caught(self):
        self.assertEqual(self.verdict(), "")

    def test_a_bug_that_does_not_build_is_not_caught(self):
        self.assertIn("does not build", self.verdict(built="error: no such thing"))

    def test_a_test_that_fails_without_the_bug_says_nothing(self):
        one = plant.all_plants(self.root)[0]
        sick = plant.healthy(FakeBench(self.root), one, {})
        self.assertIn("fails without the bug", sick)
        well = FakeBench(self.root, code=0, output="[       OK ] two_and_two_are_four\n")
        self.assertEqual(plant.healthy(well, one, {}), "")
        empty = FakeBench(self.root, code=0, output="")
        self.assertIn("was not run", plant.healthy(empty, one, {}))


if __name__ == "__main__":
    unittest.main()
