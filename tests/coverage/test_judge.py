#!/usr/bin/env python3
"""The judge of coverage can say no: small trees and reports that break one rule each."""
import io
import json
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE]

import judge  # noqa: E402


class Judge(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="drover-coverage-")
        self.root = self.folder.name
        self.files = []
        self.file("daemon/plan/plan.c", ["a", "b"], {1: (1, [1, 1])})

    def tearDown(self):
        self.folder.cleanup()

    def file(self, path, lines, counts):
        """A source and what its lines counted: {line number: (reached, [branches taken])}."""
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as text:
            text.write("\n".join(lines) + "\n")
        if counts:
            self.files.append({"file": path, "lines": [
                {"line_number": n, "count": reached, "gcovr/noncode": False,
                 "branches": [{"count": taken} for taken in branches]}
                for n, (reached, branches) in counts.items()]})

    def judge(self, lines=0, branches=0):
        return judge.judge(self.root, {"files": self.files}, lines, branches, io.StringIO())

    def refused(self, words, **least):
        complaints, summary = self.judge(**least)
        self.assertTrue(any(words in text for text in complaints), complaints)
        return summary

    def accepted(self):
        complaints, summary = self.judge()
        self.assertEqual(complaints, [])
        return summary

    def test_what_is_reached_in_full_passes(self):
        self.assertEqual(self.accepted(), "coverage lines=100.0% branches=100.0% strict=100% excluded=0")

    def test_too_few_lines_are_found(self):
        self.file("daemon/net/a.c", ["a"] * 9, {n: (n != 1, []) for n in range(1, 10)})
        self.assertIn("lines=90.0%", self.refused("at least 90.1% are to be reached", lines=90.1))
        self.assertEqual(self.judge(lines=90)[0], [])

    def test_too_few_branches_are_found(self):
        self.file("daemon/net/a.c", ["a"], {1: (1, [1, 1, 1, 0])})
        self.assertIn("branches=83.3%", self.refused("at least 84% are to be taken", branches=84))
        self.assertEqual(self.judge(branches=83)[0], [])

    def test_a_branch_of_a_strict_file_is_found_whatever_the_rest_is(self):
        for path in ("daemon/plan/guard.c", "daemon/act/executor.c", "daemon/act/executor_look.c",
                     "daemon/cloud/outcome.c", "daemon/cloud/sign.c"):
            with self.subTest(path):
                self.files = self.files[:1]
                self.file(path, ["a"], {1: (1, [1] * 997 + [0])})
                self.assertIn("strict=99%", self.refused(f"{path}:1: 1 branches not taken"))

    def test_a_line_of_a_strict_file_is_found(self):
        self.file("daemon/cloud/sign.c", ["a"], {1: (0, [])})
        self.refused("daemon/cloud/sign.c:1: not reached")

    def test_lines_and_branches_elsewhere_are_not(self):
        self.file("daemon/cloud/call.c", ["a", "b"], {1: (1, [1, 0]), 2: (0, [])})
        self.accepted()

    def test_a_source_without_counters_is_found(self):
        self.file("daemon/net/a.c", ["a"], {})
        self.refused("no counters of daemon/net/a.c")

    def test_a_report_of_nothing_is_no_success(self):
        self.files = []
        self.refused("no counters of the files in which every branch is to be taken")

    def test_a_marker_with_a_reason_is_counted_and_hides_its_line(self):
        self.file("daemon/plan/guard.c",
                  ["if (a) /* GCOVR_EXCL_BR_LINE: there is always one of a kind */",
                   "return 0; /* GCOVR_EXCL_LINE: the switch above names every kind */"],
                  {1: (1, [1, 0]), 2: (0, [0, 0])})
        self.assertEqual(self.accepted(), "coverage lines=100.0% branches=100.0% strict=100% excluded=2")

    def test_a_marker_needs_a_reason_and_one_form(self):
        for marker in ("/* GCOVR_EXCL_BR_LINE */", "/* GCOVR_EXCL_BR_LINE: */", "/* GCOVR_EXCL_LINE: no */",
                       "// GCOVR_EXCL_LINE: cannot be reached at all", "/* LCOV_EXCL_LINE: as it is said */",
                       "/* GCOVR_EXCL_START: all of this function */"):
            with self.subTest(marker):
                self.file("daemon/plan/guard.c", [f"a {marker}"], {})
                self.refused("an exclusion without a reason")

    def test_a_marker_that_hides_nothing_is_found(self):
        why = "there is always one of a kind"
        for marker, count in (("GCOVR_EXCL_BR_LINE", (1, [1, 1])), ("GCOVR_EXCL_LINE", (1, [1, 0])),
                              ("GCOVR_EXCL_BR_LINE", (0, [0, 0]))):
            with self.subTest(marker):
                self.files = self.files[:1]
                self.file("daemon/plan/guard.c", [f"a /* {marker}: {why} */"], {1: count})
                self.refused("the exclusion hides nothing, or too much: " + why)
        self.files = self.files[:1]
        self.file("daemon/plan/guard.c", ["a", f"b /* GCOVR_EXCL_LINE: {why} */"], {1: (1, [])})
        self.refused("the exclusion hides nothing, or too much: " + why)

    def test_branches_inside_a_library_s_macro_are_not_ours(self):
        self.file("daemon/plan/guard.c", ["\tHASH_FIND_STR(table, name, found);", "if (found)"],
                  {1: (1, [1, 0, 0]), 2: (1, [1, 1])})
        self.accepted()
        self.file("daemon/plan/seen.c", ["if (HASHED(name))"], {1: (1, [1, 0])})
        self.refused("daemon/plan/seen.c:1: 1 branches not taken")

    def test_the_program_says_no_by_its_exit_code_and_ends_with_the_summary(self):
        report = os.path.join(self.root, "report.json")
        for least, code in (("90", 0), ("101", 1)):
            with open(report, "w", encoding="utf-8") as file:
                json.dump({"files": self.files}, file)
            done = subprocess.run([sys.executable, os.path.join(HERE, "judge.py"), self.root, report,
                                   "--lines", least], capture_output=True, text=True)
            self.assertEqual(done.returncode, code, done.stdout + done.stderr)
            self.assertTrue(done.stdout.splitlines()[-1].startswith("coverage lines=100.0% "))


if __name__ == "__main__":
    unittest.main()
