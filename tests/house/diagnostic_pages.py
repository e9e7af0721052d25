"""diagnostic_pages.py POLICYC FOLDER: every page of docs/diagnostics shows what it says.

A page is `# CODE: title`, prose, and either no example or two: `## Wrong` with a policy that has the finding,
`## Right` with one that `policyc verify` passes. docs/diagnostics/README.md has the form.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

EXAMPLES = re.compile(r"\n## Wrong\n\n```policy (error|warning) (SY\d{4})\n(.*?)```\n"
                      r"\n## Right\n\n```policy\n(.*?)```\n\Z", re.S)
# What no short policy shows: files, sizes, what is not in the language yet, and what reads best in words.
WITHOUT_EXAMPLE = {"SY0001", "SY0002", "SY0003", "SY0004", "SY0111", "SY0205", "SY0240", "SY0248",
                   "SY0257", "SY0331", "SY0332", "SY0401", "SY0402", "SY0410"}


def verify(policyc, text):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "example.policy"
        path.write_text(text, encoding="utf-8")
        done = subprocess.run([policyc, "verify", "--no-config", str(path)], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout


def check(policyc, page):
    text = page.read_text(encoding="utf-8")
    code = page.stem
    if not re.match(rf"# {code}: [^\n]+\n\n\S", text):
        return [f"{page}:1: must be `# {code}: title`, a blank line, and prose"]
    examples = EXAMPLES.search(text)
    if code in WITHOUT_EXAMPLE:
        return [f"{page}: has examples now; take it off the list"] if "```" in text else []
    if not examples:
        return [f"{page}: must end with `## Wrong` and `## Right`"]
    severity, shown, wrong, right = examples.groups()
    findings = []
    status, output = verify(policyc, wrong)
    if shown != code or status != 1 or f"{severity}[{code}]" not in output:
        findings.append(f"{page}: its wrong example has no {severity} {code}\n{output}")
    status, output = verify(policyc, right)
    if status != 0:
        findings.append(f"{page}: its right example is not clean\n{output}")
    return findings


def main(policyc, folder):
    pages = sorted(pathlib.Path(folder).glob("SY*.md"))
    findings = [finding for page in pages for finding in check(policyc, page)]
    print("\n".join(findings) if findings else f"{len(pages)} pages")
    return 1 if findings or not pages else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
