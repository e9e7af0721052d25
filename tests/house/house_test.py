"""The house rules on this checkout, and on small offenders that each rule must catch."""

import unittest

import includes
import rules
import sources


def findings_of(check, paths):
    return [f for path in paths for f in check(path, sources.read(path))]


class Checkout(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.paths = sources.listed()
        self.assertGreater(len(self.paths), 100, "the checkout's files were not found")

    def test_dependencies_point_one_way(self):
        code = [p for p in self.paths if sources.is_code(p) and p.endswith((".h", ".cpp"))]
        self.assertEqual([], findings_of(includes.check_file, code))

    def test_texts(self):
        texts = [p for p in self.paths if sources.is_text(p) and not sources.is_data(p)]
        self.assertEqual([], findings_of(rules.check_file, texts))

    def test_every_folder_has_a_readme(self):
        self.assertEqual([], rules.check_readmes(
            [p for p in self.paths if not sources.is_data(p)]))

    def test_links(self):
        found = findings_of(
            lambda path, text: rules.check_links(path, text, lambda p: (sources.ROOT / p).exists()),
            self.paths)
        self.assertEqual([], found)


class Offenders(unittest.TestCase):
    def assert_caught(self, check, path, text, part):
        self.assertTrue(any(part in f for f in check(path, text)), check(path, text))

    def test_an_upward_include(self):
        self.assert_caught(includes.check_file, "runtime/table/a.cpp",
                           '#include "compiler/sema/model.h"\n', "may not include")
        self.assert_caught(includes.check_file, "runtime/base/a.h",
                           '#include "runtime/table/table.h"\n', "may not include")
        self.assert_caught(includes.check_file, "kernels/cpu/a.cpp",
                           '#include "runtime/engine/engine.h"\n', "may not include")
        self.assertEqual([], includes.check_file("compiler/emit/a.cpp",
                                                 '#include "runtime/format/version.h"\n'))

    def test_a_third_party_outside_its_fence(self):
        self.assert_caught(includes.check_file, "compiler/sema/a.cpp",
                           "#include <antlr4-runtime.h>\n", "ANTLR")
        self.assert_caught(includes.check_file, "runtime/decide/a.cpp",
                           "#include <nlohmann/json.hpp>\n", "JSON")

    def test_a_folder_without_a_row(self):
        self.assert_caught(includes.check_file, "compiler/magic/a.cpp", "", "no row")

    def test_texts(self):
        self.assert_caught(rules.check_file, "a.cpp", "\n" * 401, "401 lines")
        self.assert_caught(rules.check_file, "a.cpp", "// TO" + "DO later\n", "open end")
        self.assert_caught(rules.check_file, "a.md", "see /ho" + "me/me/x\n", "machine")
        self.assert_caught(rules.check_file, "a/ut" + "ils/b.cpp", "", "says nothing")
        self.assert_caught(rules.check_file, "a.h", "int a;\n", "#pragma once")
        self.assertEqual([], rules.check_file("a.md", "see ../shared/x and $ROOT/work/x\n"))

    def test_a_folder_without_a_readme(self):
        self.assertEqual(["a/b: no README.md"], rules.check_readmes(["a/b/c.cpp", "README.md"]))

    def test_a_link_to_nowhere(self):
        text = "[here](b.md#part) and [there](../c), not `[this](d.md)`"
        self.assertEqual(["a/x.md: a link to b.md, which is not there"],
                         rules.check_links("a/x.md", text, lambda path: path == "a/../c"))


if __name__ == "__main__":
    unittest.main()
