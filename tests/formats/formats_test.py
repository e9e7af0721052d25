"""`policyc verify --format` and `policyc diff --format` as SARIF, JUnit's XML and commands of GitHub's
workflows: read back by a parser of each, and compared with `--format json` of the same findings."""

import copy
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.parse
import xml.etree.ElementTree as xml

import sarif

POLICYC = sys.argv[1]

HEAD = "policy p\nfact m : bool\nfact nimble : int 1 .. 100\ntarget a\ntarget b\n"
CLEAN = HEAD + "a when m and nimble > 5\nb otherwise\n"
POLICIES = {
    "clean.policy": CLEAN,
    "unused.policy": HEAD + "fact idle : bool\na when m and nimble > 5\nb otherwise\n",
    "broken.policy": HEAD + "a when m and nimble > 5\nb otherwise because \"cut ]]> here, {0} & <b>\"\n"
                            "guarantee g \"always ]]> fast\": m implies a\n",
    "misspelt.policy": HEAD + "a when m and nimbel > 5\nb otherwise\n",
    "syntax.policy": HEAD + "a when m because \"é𝒳 ü\" extra n\nb otherwise\n",
    "columns.policy": HEAD + "fact s : enum { \"é𝒳\", b }\na when s == \"é𝒳\" and nimbel > 5\nb otherwise\n",
    "undecided.policy": HEAD + "a when m\n",
    "unended.policy": HEAD + "a when m and",
    "empty.policy": "",
    "control.policy": HEAD + "a when m and nimble > 5\nb \x01 \x1b[31m otherwise\n",
    "bytes.policy": HEAD + "a when m \udcff\nb otherwise\n",
    "two lines.policy": HEAD + "a when\n  m and mm\n  and nnimble > 5\nb otherwise\n",
    "contradiction.policy": HEAD + "assume m\nassume not m\na when m and nimble > 5\nb otherwise\n",
    "a,b:c%d é.policy": HEAD + "a when m and nimbel > 5\nb otherwise\n",
    "line\nbreak::error.policy": HEAD + "a when m and nimbel > 5\nb otherwise\n",
    "\udcff.policy": HEAD + "a when m and nimbel > 5\nb otherwise\n",
}
UNREADABLE = "no\nsuch, 100%: ::error::x.policy"


def policyc(folder, *arguments):
    done = subprocess.run([POLICYC, *arguments], cwd=folder, capture_output=True, check=False,
                          env={**os.environ, "NO_COLOR": "1"})
    return done.returncode, done.stdout.decode("utf-8", "surrogateescape")


class Formats(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = self.temporary.name
        for name, text in POLICIES.items():
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(text.encode("utf-8", "surrogateescape"))

    def tearDown(self):
        self.temporary.cleanup()

    def verify(self, form, *names, status=None):
        code, out = policyc(self.folder, "verify", "--format", form, *names)
        if status is not None:
            self.assertEqual(code, status, out)
        return out

    def findings(self, name):
        return json.loads(self.verify("json", name))["files"][0]["diagnostics"]

    def test_statuses_do_not_depend_on_the_format(self):
        for form in ("human", "json", "sarif", "junit", "github"):
            self.verify(form, "clean.policy", status=0)
            self.verify(form, "--allow", "SY0325", "unused.policy", status=0)
            self.verify(form, "clean.policy", "broken.policy", status=1)
            self.verify(form, "unused.policy", status=1)
            self.verify(form, "broken.policy", UNREADABLE, status=2)

    def test_sarif_of_every_file_is_valid_and_says_what_json_says(self):
        for name in POLICIES:
            with self.subTest(name=name):
                log = json.loads(self.verify("sarif", name))
                self.assertEqual(sarif.check(log), [])
                run = log["runs"][0]
                found = self.findings(name)
                self.assertEqual([one["ruleId"] for one in run["results"]], [one["code"] for one in found])
                self.assertEqual(run["columnKind"], "unicodeCodePoints")
                self.assertTrue(run["invocations"][0]["executionSuccessful"])
                for result, own in zip(run["results"], found):
                    self.assertEqual(result["level"], own["severity"])
                    self.assertEqual(len(result.get("fixes", [])), len(own["fixes"]))
                    self.assertEqual(len(result.get("relatedLocations", [])),
                                     sum(note["span"] is not None for note in own["notes"]))
                    location = result["locations"][0]["physicalLocation"]
                    uri = urllib.parse.unquote(location["artifactLocation"]["uri"],
                                               errors="surrogateescape")
                    self.assertEqual(uri, name)

    def test_sarif_columns_are_code_points(self):
        result = json.loads(self.verify("sarif", "columns.policy"))["runs"][0]["results"][0]
        region = result["locations"][0]["physicalLocation"]["region"]
        line = POLICIES["columns.policy"].split("\n")[region["startLine"] - 1]
        self.assertEqual(line[region["startColumn"] - 1:region["endColumn"] - 1], "nimbel")

    def test_sarif_fixes_can_be_applied(self):
        result = json.loads(self.verify("sarif", "misspelt.policy"))["runs"][0]["results"][0]
        lines = POLICIES["misspelt.policy"].split("\n")
        for change in result["fixes"][0]["artifactChanges"]:
            self.assertEqual(change["artifactLocation"]["uri"], "misspelt.policy")
            for replacement in change["replacements"]:
                region = replacement["deletedRegion"]
                at = region["startLine"] - 1
                lines[at] = (lines[at][:region["startColumn"] - 1] + replacement["insertedContent"]["text"]
                             + lines[at][region["endColumn"] - 1:])
        self.assertEqual("\n".join(lines), CLEAN)

    def test_sarif_of_many_files_failures_and_accepted_findings(self):
        log = json.loads(self.verify("sarif", "--allow", "unused-fact", *POLICIES, UNREADABLE, status=2))
        self.assertEqual(sarif.check(log), [])
        run = log["runs"][0]
        invocation = run["invocations"][0]
        self.assertFalse(invocation["executionSuccessful"])
        self.assertEqual(len(invocation["toolExecutionNotifications"]), 1)
        self.assertIn("such", invocation["toolExecutionNotifications"][0]["message"]["text"])
        suppressed = [one for one in run["results"] if one.get("suppressions")]
        self.assertEqual([one["ruleId"] for one in suppressed], ["SY0325", "SY0325"])
        self.assertEqual(suppressed[0]["suppressions"][0]["kind"], "external")

    def test_sarif_of_what_a_line_of_the_policy_accepts(self):
        with open(os.path.join(self.folder, "own.policy"), "w", encoding="utf-8") as file:
            file.write("policy own\nfact mx : bool\nfact idle : bool\ntarget a\ntarget b\n"
                       "a when mx\nb otherwise\nallow SY0325 because \"read by the next version\"\n")
        log = json.loads(self.verify("sarif", "own.policy", status=0))
        self.assertEqual(sarif.check(log), [])
        suppression, = log["runs"][0]["results"][0]["suppressions"]
        self.assertEqual(suppression, {"kind": "inSource", "status": "accepted",
                                       "justification": "read by the next version"})

    def test_sarif_paths(self):
        os.makedirs(os.path.join(self.folder, "deep/er"))
        uri = lambda *names: [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in
                              json.loads(self.verify("sarif", *names))["runs"][0]["results"]]
        self.assertEqual(uri("./misspelt.policy", "deep/../misspelt.policy"), ["misspelt.policy"] * 2)
        whole = os.path.join(self.folder, "misspelt.policy")
        self.assertEqual(uri(whole), ["file://" + urllib.parse.quote(whole)])

    def test_sarif_of_diff(self):
        code, out = policyc(self.folder, "diff", "clean.policy", "unused.policy", "--format", "sarif")
        self.assertEqual((code, json.loads(out)["runs"][0]["results"]), (0, []))
        self.assertEqual(sarif.check(json.loads(out)), [])
        code, out = policyc(self.folder, "diff", "clean.policy", "undecided.policy", "--format", "sarif")
        self.assertEqual(code, 1)
        self.assertEqual(sarif.check(json.loads(out)), [])

    def test_the_check_of_sarif_finds_what_is_wrong(self):
        log = json.loads(self.verify("sarif", "broken.policy", "misspelt.policy", UNREADABLE))
        result = lambda log: log["runs"][0]["results"][0]
        region = lambda log: result(log)["locations"][0]["physicalLocation"]["region"]
        artifact = lambda log: result(log)["locations"][0]["physicalLocation"]["artifactLocation"]

        def wrong(change):
            broken = copy.deepcopy(log)
            change(broken)
            self.assertNotEqual(sarif.check(broken), [])
        wrong(lambda log: log.pop("version"))
        wrong(lambda log: log.update(version="2.0.0"))
        wrong(lambda log: log["runs"][0].pop("tool"))
        wrong(lambda log: log["runs"][0].update(columnKind="bytes"))
        wrong(lambda log: log["runs"][0]["tool"]["driver"].pop("rules"))
        wrong(lambda log: result(log).pop("message"))
        wrong(lambda log: result(log)["message"].update(text="{0}"))
        wrong(lambda log: result(log).update(level="fatal"))
        wrong(lambda log: region(log).update(startLine=0))
        wrong(lambda log: region(log).update(endLine=1, startLine=2))
        wrong(lambda log: artifact(log).update(uri="a b"))
        wrong(lambda log: artifact(log).update(path="x"))
        wrong(lambda log: log["runs"][0]["results"][1]["fixes"][0].update(artifactChanges=[]))

    def test_junit_is_xml_that_reads_back(self):
        names = [*POLICIES, UNREADABLE]
        root = xml.fromstring(self.verify("junit", *names, status=2))
        self.assertEqual(root.tag, "testsuites")
        suites = root.findall("testsuite")
        replaced = [re.sub("[\udc80-\udcff]", "\ufffd", name) for name in names]
        self.assertEqual([suite.get("name") for suite in suites], replaced)
        for suite, name in zip(suites, names):
            for attribute, path in (("tests", "testcase"), ("failures", "testcase/failure"),
                                    ("errors", "testcase/error"), ("skipped", "testcase/skipped")):
                self.assertEqual(int(suite.get(attribute)), len(suite.findall(path)), (name, attribute))
            if name == UNREADABLE:
                self.assertEqual(suite.get("errors"), "1")
                self.assertIn("such, 100%: ::error::x", suite.find("testcase/error").get("message"))
                continue
            failures = suite.findall("testcase/failure")
            self.assertEqual([one.get("type") for one in failures],
                             [one["code"] for one in self.findings(name)])
            for case in suite.findall("testcase"):
                self.assertEqual(case.get("classname"), suite.get("name"))
        for attribute in ("tests", "failures", "errors", "skipped"):
            self.assertEqual(int(root.get(attribute)), sum(int(suite.get(attribute)) for suite in suites))

    def test_junit_texts(self):
        suite = xml.fromstring(self.verify("junit", "broken.policy"))[0]
        text = suite.find("testcase/failure").text
        self.assertIn("cut ]]> here, {0} & <b>", text)
        self.assertIn("input that shows it", text)
        # What was proved of it all the same passed; what could not be asked was skipped.
        self.assertEqual(suite.get("skipped"), "0")
        self.assertIn("SY0302 Undecided", [case.get("name") for case in suite if len(case) == 0])
        for name in ("misspelt.policy", "contradiction.policy"):
            suite = xml.fromstring(self.verify("junit", name))[0]
            self.assertGreater(int(suite.get("skipped")), 10, name)
            self.assertFalse([case.get("name") for case in suite if len(case) == 0], name)
        # A warning that does not fail the run does not fail its test.
        suite = xml.fromstring(self.verify("junit", "--max-warnings", "1", "unused.policy", status=0))[0]
        self.assertEqual(suite.get("failures"), "0")
        self.assertIn("SY0325", suite.find("testcase/system-out").text)

    def commands(self, *names):
        """The findings as a runner of GitHub reads them, and every other line."""
        def unescaped(text, more):
            for code, character in (*more, ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
                text = text.replace(code, character)
            return text
        commands, others = [], []
        for line in self.verify("github", *names).split("\n")[:-1]:
            if not line.startswith("::"):
                others.append(line)
                continue
            head, text = line[2:].split("::", 1)
            name, properties = head.split(" ", 1)
            pairs = [pair.split("=", 1) for pair in properties.split(",")]
            commands.append((name, {key: unescaped(value, (("%3A", ":"), ("%2C", ",")))
                                    for key, value in pairs}, unescaped(text, ())))
        return commands, others

    def test_github_commands_read_back(self):
        for name in POLICIES:
            if "\udcff" in name:
                continue  # below
            with self.subTest(name=name):
                commands, others = self.commands(name)
                found = self.findings(name)
                self.assertEqual(len(commands), len(found))
                self.assertEqual(len(others), 1)
                self.assertTrue(others[0].startswith("policyc verify: files 1, "))
                for (kind, properties, text), own in zip(commands, found):
                    self.assertEqual(kind, own["severity"])
                    self.assertEqual(properties["file"], name)
                    self.assertEqual(properties["title"], f"{own['code']} {own['name']}")
                    self.assertTrue(text.startswith(own["message"]) or "\x1b" in own["message"], text)
                    self.assertLessEqual(int(properties["line"]), int(properties["endLine"]))
                    self.assertEqual("col" in properties, "endColumn" in properties)

    def test_github_places(self):
        commands, _ = self.commands("columns.policy")
        place = commands[0][1]
        line = POLICIES["columns.policy"].split("\n")[int(place["line"]) - 1]
        self.assertEqual(line[int(place["col"]) - 1:int(place["endColumn"]) - 1], "nimbel")
        commands, _ = self.commands("broken.policy")
        self.assertEqual((commands[0][1]["line"], commands[0][1]["endLine"]), ("8", "8"))
        self.assertIn("note: ", commands[0][2])
        self.assertIn("(broken.policy:7)", commands[0][2])
        commands, others = self.commands(UNREADABLE, "unused.policy")
        self.assertEqual(commands[0][:2], ("error", {"file": UNREADABLE, "title": "unreadable"}))
        self.assertEqual(commands[1][0], "warning")
        self.assertEqual(others, ["policyc verify: files 2, unreadable 1, errors 0, warnings 1, accepted 0"])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
