#!/usr/bin/env python3
"""Each lint finds what it is for: run on small trees that break one rule each."""
import io
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "lib")]

import count_results  # noqa: E402
import links          # noqa: E402
import layers         # noqa: E402
import purity         # noqa: E402
import sizes          # noqa: E402
import words          # noqa: E402


class Tree(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="drover-lint-")
        self.root = self.folder.name
        os.mkdir(os.path.join(self.root, "daemon"))

    def tearDown(self):
        self.folder.cleanup()

    def write(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)
        return full


class Layers(Tree):
    def refused(self, path, include):
        self.write(path, f"#include {include}\n")
        return layers.check(self.root)[0]

    def test_a_room_above_is_refused(self):
        self.assertIn("plan may not know cloud", self.refused("daemon/plan/a.c", '"cloud/call.h"')[0])

    def test_observe_and_act_do_not_know_each_other(self):
        self.assertTrue(self.refused("daemon/act/a.c", '"observe/observer.h"'))
        self.assertTrue(self.refused("daemon/observe/a.c", '"act/driver.h"'))

    def test_the_composition_root_is_included_by_nobody(self):
        self.assertTrue(self.refused("daemon/report/a.c", '"app.h"'))

    def test_curl_belongs_to_net(self):
        self.assertTrue(self.refused("daemon/cloud/a.c", "<curl/curl.h>"))
        self.assertTrue(self.refused("daemon/app_new.c", "<curl/curl.h>"))
        self.assertTrue(self.refused("daemon/ledger/a.c", "<curl/curl.h>"))

    def test_sqlite_belongs_to_the_ledger(self):
        self.assertTrue(self.refused("daemon/act/a.c", "<sqlite3.h>"))

    def test_the_loop_is_for_single_files_only(self):
        self.assertTrue(self.refused("daemon/act/executor.c", "<uv.h>"))
        self.assertTrue(self.refused("daemon/cloud/sign.c", "<uv.h>"))

    def test_an_unknown_header_or_room_is_refused(self):
        self.assertTrue(self.refused("daemon/net/a.c", "<nobody/knows.h>"))
        self.assertTrue(self.refused("daemon/net/b.c", '"nowhere/a.h"'))
        self.assertTrue(self.refused("daemon/nowhere/a.c", "<stdio.h>"))

    def test_what_the_table_allows_passes(self):
        self.write("daemon/act/driver.c", "#include <uv.h>\n#include \"cloud/call.h\"\n"
                   "#include \"base/vec.h\"\n#include \"act/driver.h\"\n#include <stdio.h>\n")
        self.assertEqual(layers.check(self.root)[0], [])


class Words(Tree):
    def complaints(self, line):
        self.write("daemon/net/a.c", line + "\n")
        return words.check(self.root)[0]

    def test_every_rule_finds_its_word(self):
        examples = ("curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 0L);", "\tstrcpy(a, b);",
                    "\tcJSON_GetObjectItem(o, \"a\");", "\tsystem(\"ls\");", "char *d = __DATE__;",
                    "/* TODO later */", 'char *p = "/home/somebody/x";', "#ifdef UNIT_TEST",
                    "int a; ", "        int a;")
        self.assertEqual(len(examples), len(words.FORBIDDEN))
        for example, (_, why) in zip(examples, words.FORBIDDEN):
            with self.subTest(example):
                found = self.complaints(example)
                self.assertTrue(any(why in text for text in found), found)

    def test_look_alikes_pass(self):
        for line in ("\tcJSON_GetObjectItemCaseSensitive(o, \"a\");", "\tmy_strcpy(a, b);",
                     "curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);", "\tfilesystem(a);"):
            self.assertEqual(self.complaints(line), [])


class Sizes(Tree):
    def test_a_long_function_is_found(self):
        self.write("daemon/a.c", "int f(void)\n{\n" + "\tx();\n" * 79 + "}\n")
        self.assertIn("81 lines", sizes.check(self.root)[0][0])

    def test_a_long_file_is_found(self):
        self.write("daemon/a.c", "int a;\n" * 701)
        self.assertIn("701 lines", sizes.check(self.root)[0][0])

    def test_tables_are_no_functions(self):
        self.write("daemon/a.c", "static int t[] = {\n" + "\t1,\n" * 200 + "};\n")
        self.assertEqual(sizes.check(self.root)[0], [])


class Purity(Tree):
    def complaints(self, **sources):
        """Compiles name=text as the objects of a build and checks them."""
        for name, text in sources.items():
            room, module = name.split("__")
            path = os.path.join(self.root, f"daemon/CMakeFiles/drover_{room}.dir/{room}")
            os.makedirs(path, exist_ok=True)
            subprocess.run(["cc", "-x", "c", "-w", "-c", "-o", f"{path}/{module}.c.o", "-"],
                           input=text, text=True, check=True)
        return purity.check(self.root)[0]

    def test_a_clock_in_the_plan_is_found(self):
        found = self.complaints(plan__a="long time(long *); long f(void) { return time(0); }")
        self.assertIn("plan/a is pure and may not call time", found)

    def test_output_and_files_are_found(self):
        found = self.complaints(model__a="int puts(const char *); int open(const char *, int);"
                                         "void f(void) { puts(\"a\"); open(\"b\", 0); }")
        self.assertIn("model/a is pure and may not call puts", found)
        self.assertIn("model/a is pure and may not call open", found)

    def test_calls_into_impure_code_of_ours_are_found(self):
        found = self.complaints(plan__a="void leak(void); void f(void) { leak(); }",
                                report__b="void leak(void) {}")
        self.assertIn("plan/a is pure and may not call leak", found)

    def test_random_outside_env_is_found(self):
        found = self.complaints(cloud__a="int rand(void); int f(void) { return rand(); }",
                                base__env="int rand(void); int g(void) { return rand(); }")
        self.assertIn("cloud/a calls rand; time and random come through base/env", found)
        self.assertFalse(any(text.startswith("base/env") for text in found), found)

    def test_memory_and_text_functions_pass(self):
        found = self.complaints(plan__a="void *malloc(unsigned long); int strcmp(const char *, "
                                        "const char *); int f(const char *a) "
                                        "{ return strcmp(a, malloc(3)); }")
        self.assertFalse(any(text.startswith("plan/a") for text in found), found)

    def test_an_empty_build_is_no_success(self):
        self.assertTrue(purity.check(self.root)[0])


class Links(Tree):
    def test_a_link_to_nothing_is_found(self):
        self.write("docs/a.md", "See [that](b.md), [this](a.md#top) and [it](https://example.com/).\n")
        self.assertEqual(links.check(self.root)[0], ["docs/a.md:1: there is no docs/b.md"])


class Counting(unittest.TestCase):
    def test_cmocka_cases_are_counted_once(self):
        output = ("[ RUN      ] a\n[       OK ] a\n[ RUN      ] b\n[  FAILED  ] b\n"
                  "[  PASSED  ] 1 test(s).\n[  FAILED  ] 1 test(s), listed below:\n"
                  "[  FAILED  ] b\n 1 FAILED TEST(S)\n")
        self.assertEqual(count_results.count_cases(output, "failed"), (1, 1, 0))

    def test_a_program_that_dies_is_a_failure(self):
        self.assertEqual(count_results.count_cases("[       OK ] a\n", "failed"), (1, 1, 0))
        self.assertEqual(count_results.count_cases("", "failed"), (0, 1, 0))

    def test_unittest_summaries_are_taken_apart(self):
        output = "Ran 9 tests in 0.1s\n\nFAILED (failures=1, errors=2, skipped=3)\n"
        self.assertEqual(count_results.count_cases(output, "failed"), (3, 3, 3))
        self.assertEqual(count_results.count_cases("Ran 4 tests in 1s\n\nOK\n", "passed"), (4, 0, 0))

    def test_lines_and_skips_are_counted(self):
        self.assertEqual(count_results.count_cases("ok a\nok b\nskipped: c\n", "passed"), (2, 0, 1))
        self.assertEqual(count_results.count_cases("", "skipped"), (0, 0, 1))
        self.assertEqual(count_results.count_cases("quiet\n", "passed"), (1, 0, 0))

    def junit(self, body):
        with tempfile.NamedTemporaryFile("w", suffix=".xml") as file:
            file.write(f"<testsuite>{body}</testsuite>")
            file.flush()
            return count_results.count_file(file.name, io.StringIO())

    def test_a_program_that_was_not_built_is_a_failure(self):
        self.assertEqual(self.junit(
            '<testcase name="a" status="notrun"><skipped message="Unable to find executable"/>'
            '</testcase>'), [0, 1, 0])

    def test_the_skip_code_is_a_skip(self):
        self.assertEqual(self.junit(
            '<testcase name="a" status="notrun"><skipped message="SKIP_RETURN_CODE=77"/>'
            '</testcase>'), [0, 0, 1])


if __name__ == "__main__":
    unittest.main()
