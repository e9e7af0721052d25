"""ci_test.py POLICYC EXAMPLES: the commands of the workflow, the job and the hook of docs/examples, taken
out of the files as they stand and run in a repository of policies, on good changes and bad ones."""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml

POLICYC = pathlib.Path(sys.argv[1]).resolve()
EXAMPLES = pathlib.Path(sys.argv[2]).resolve()

GOOD = """policy moe

fact mx     : bool
fact tokens : int 1 .. 4096

target native
target packed
target emulated

faster native over emulated

native when mx and tokens > 16
packed when tokens <= 64
emulated otherwise

native requires mx
packed requires tokens <= 64
emulated requires not mx
"""


def block(lines, first, indent):
    """The lines of a block scalar that follow line `first`, deeper than `indent`, and what they hold."""
    text = []
    for line in lines[first + 1:]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        text.append(line)
    deep = min(len(line) - len(line.lstrip()) for line in text if line.strip())
    return "\n".join(line[deep:] for line in text) + "\n"


def github_steps(path):
    """[(name, command)] of its `run:`s, and the variables of its `env:`."""
    lines = path.read_text().split("\n")
    steps, variables, name = [], {}, None
    for number, line in enumerate(lines):
        if match := re.match(r" *- name: (.*)", line):
            name = match[1]
        elif match := re.match(r"( *)run: (.+)", line):
            steps.append((name, block(lines, number, len(match[1])) if match[2] == "|" else match[2]))
        elif match := re.match(r" {4}env:$", line):
            for own in block(lines, number, 4).strip().split("\n"):
                key, value = own.split(": ", 1)
                variables[key] = value
    return steps, variables


def gitlab_script(path):
    """Its `script:` as one text, and its `variables:`."""
    lines = path.read_text().split("\n")
    script, variables = [], {}
    for number, line in enumerate(lines):
        if line == "  script:":
            own = block(lines, number, 2).split("\n")
            for at, command in enumerate(own):
                if command == "- |":
                    script.append(block(own, at, 0))
                elif command.startswith("- "):
                    script.append(command[2:])
        elif line == "  variables:":
            for own in block(lines, number, 2).strip().split("\n"):
                key, value = own.split(": ", 1)
                variables[key] = value.split("#")[0].strip().strip('"')
    return "\n".join(script), variables


class Examples(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self.temporary.name) / "repository"
        self.tools = pathlib.Path(self.temporary.name) / "tools"
        self.tools.mkdir()
        (self.tools / "policyc").symlink_to(POLICYC)
        # In place of GitHub's own tool: keeps the comment.
        gh = self.tools / "gh"
        gh.write_text('#!/bin/sh\nfor last; do :; done\ncase " $* " in *" --edit-last "*) exit 1 ;; esac\n'
                      'cp "$last" ../comment.md\n')
        gh.chmod(0o755)
        self.environment = {
            "PATH": f"{self.tools}:/usr/bin:/bin", "HOME": self.temporary.name, "NO_COLOR": "1",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org"}
        self.root.mkdir()
        self.git("init", "-q", "-b", "main")
        self.write(GOOD)
        self.assertEqual(self.run_text("policyc fmt policies/moe.policy").returncode, 0)
        self.good = (self.root / "policies/moe.policy").read_text()
        self.git("add", "-A")
        self.git("commit", "-qm", "good")
        self.git("update-ref", "refs/remotes/origin/main", "main")
        self.base = self.git("rev-parse", "main").strip()
        self.git("checkout", "-qb", "change")

    def tearDown(self):
        self.temporary.cleanup()

    def git(self, *arguments):
        return subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True,
                              text=True, env=self.environment).stdout

    def write(self, text, name="policies/moe.policy"):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_text(self, text, variables=None):
        """As the runners do: bash that ends at the first command that fails, in a pipe too."""
        return subprocess.run(["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text],
                              cwd=self.root, capture_output=True, text=True, check=False,
                              env={**self.environment, **(variables or {})})

    def commit(self):
        self.git("add", "policies")
        self.git("commit", "-qm", "change", "--allow-empty")

    def github(self):
        """By step, its exit status; what was printed; the SARIF results; the comment."""
        steps, variables = github_steps(EXAMPLES / "github-workflow.yml")
        known = {"github.base_ref": "main", "github.event.pull_request.number": "7", "github.token": "t"}
        variables = {key: re.sub(r"\$\{\{ (.*?) \}\}", lambda match: known[match[1]], value)
                     for key, value in variables.items()}
        statuses, printed = {}, ""
        for name, text in steps:
            self.assertNotIn("${{", text)  # what a pull request names never becomes a command
            done = self.run_text(text, variables)
            statuses[name] = done.returncode
            printed += done.stdout + done.stderr
        results = json.loads((self.root / "policies.sarif").read_text())["runs"][0]["results"]
        comment = self.root.parent / "comment.md"
        return statuses, printed, results, comment.read_text() if comment.exists() else None

    def gitlab(self):
        script, variables = gitlab_script(EXAMPLES / "gitlab-job.yml")
        done = self.run_text(script, {**variables, "CI_MERGE_REQUEST_DIFF_BASE_SHA": self.base})
        root = xml.parse(self.root / "policies.xml").getroot()
        return done.returncode, int(root.get("failures")), done.stdout + done.stderr

    STEPS = ["canonical text", "proved, findings as annotations", "findings for code scanning",
             "what changes", "the comment"]

    def expect(self, github, gitlab, codes, failures):
        statuses, printed, results, comment = self.github()
        self.assertEqual(list(statuses), self.STEPS)
        self.assertEqual(list(statuses.values()), github, printed)
        self.assertEqual([one["ruleId"] for one in results], codes, printed)
        (self.root / "changes.md").unlink(missing_ok=True)
        status, failed, said = self.gitlab()
        self.assertEqual((status, failed), (gitlab, failures), said)
        return printed, comment

    def test_a_change_of_nothing_passes(self):
        self.write(self.good.replace("policy moe\n", "policy moe\n\n# a remark\n", 1))
        self.commit()
        _, comment = self.expect([0, 0, 0, 0, 0], 0, [], 0)
        self.assertIn("equal", comment)

    def test_a_new_policy_has_nothing_to_compare_with(self):
        self.write(self.good, "policies/new.policy")
        self.commit()
        self.expect([0, 0, 0, 0, 0], 0, [], 0)

    def test_a_change_fails_until_it_is_reviewed(self):
        self.write(self.good.replace("tokens > 16", "tokens > 32"))
        self.commit()
        _, comment = self.expect([0, 0, 0, 1, 0], 1, [], 0)
        self.assertIn("16 of", comment)
        (self.root / "policies/reviewed").mkdir()
        write = self.run_text("policyc diff main:policies/moe.policy policies/moe.policy "
                              "--write-expect policies/reviewed/moe.json")
        self.assertEqual(write.returncode, 0, write.stderr)
        self.commit()
        self.expect([0, 0, 0, 0, 0], 0, [], 0)
        # Another change than the reviewed one.
        self.write(self.good.replace("tokens > 16", "tokens > 48"))
        self.commit()
        self.expect([0, 0, 0, 1, 0], 1, [], 0)

    def test_what_is_refused_fails_even_if_it_was_reviewed(self):
        self.write(self.good.replace("native when", "refuse when tokens == 7 because \"no\"\nnative when", 1))
        self.run_text("policyc fmt policies/moe.policy")
        (self.root / "policies/reviewed").mkdir()
        self.run_text("policyc diff main:policies/moe.policy policies/moe.policy "
                      "--write-expect policies/reviewed/moe.json")
        self.commit()
        self.expect([0, 0, 0, 1, 0], 1, [], 0)

    def test_text_that_is_not_canonical_fails(self):
        self.write(self.good.replace("native when mx", "native   when mx", 1))
        self.commit()
        self.expect([1, 0, 0, 0, 0], 1, [], 0)

    def test_findings_fail_and_are_annotated(self):
        self.write(self.good.replace("when mx and tokens > 16", "when tokens > 16", 1))
        self.commit()
        printed, _ = self.expect([0, 1, 0, 1, 0], 1,
                                 ["SY0303", "SY0305", "SY0320", "SY0322"], 4)
        self.assertIn("::error file=policies/moe.policy,line=", printed)

    def test_a_misspelt_name_fails_everywhere(self):
        self.write(self.good.replace("when mx and tokens > 16", "when mx and token > 16", 1))
        self.commit()
        self.expect([0, 1, 0, 2, 0], 2, ["SY0201"], 1)

    def test_the_hook_looks_at_what_is_staged(self):
        hook = self.root / ".git/hooks/pre-commit"
        hook.write_text((EXAMPLES / "pre-commit").read_text())
        hook.chmod((EXAMPLES / "pre-commit").stat().st_mode)
        self.assertTrue(os.access(hook, os.X_OK))

        def commit():
            return self.run_text("git commit -qm x")
        bad = self.good.replace("when mx and tokens > 16", "when mx and token > 16", 1)
        self.write(bad)
        self.git("add", "-A")
        self.write(self.good)  # right in the working tree, wrong as staged
        refused = commit()
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("did you mean `tokens`?", refused.stdout + refused.stderr)
        self.write(self.good.replace("native when mx", "native   when mx", 1))
        self.git("add", "-A")
        self.assertNotEqual(commit().returncode, 0)
        self.write(self.good.replace("tokens > 16", "tokens > 32"))
        self.git("add", "-A")
        self.write(bad)        # and the other way round
        passed = commit()
        self.assertEqual(passed.returncode, 0, passed.stdout + passed.stderr)
        # Settings at the root count: an unused fact that they accept.
        self.write(self.good.replace("fact mx ", "fact idle : bool\nfact mx ", 1))
        self.run_text("policyc fmt policies/moe.policy")
        self.git("add", "-A")
        self.assertNotEqual(commit().returncode, 0)
        self.write("[[allow]]\ncode = \"UnusedFact\"\nbecause = \"for later\"\n", "policyc.toml")
        self.git("add", "-A")
        passed = commit()
        self.assertEqual(passed.returncode, 0, passed.stdout + passed.stderr)
        # A commit of other files asks nothing.
        self.write("x", "other.txt")
        self.git("add", "-A")
        self.assertEqual(commit().returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
