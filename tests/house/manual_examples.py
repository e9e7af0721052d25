"""manual_examples.py POLICYC MANUAL…: every example of the manual does what the manual says.

A block fenced as ```policy is a whole policy and must compile without a finding. The one directly
behind it may be ```console: lines that start with `$ ` are run in a folder that holds the policy under
the name in its first line (`# NAME.policy`), and the lines below each are its exact output. A block
fenced as ```policy error SY0000 must be refused with that code.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

BLOCK = re.compile(r"^```(policy|console)([^\n]*)\n(.*?)^```$", re.M | re.S)


class Session:
    """The policies of one manual, in one folder, with `policyc` on the path."""

    def __init__(self, policyc, folder):
        self.folder = pathlib.Path(folder)
        self.path = str(pathlib.Path(policyc).resolve().parent)
        self.findings = []

    def run(self, command):
        done = subprocess.run(["bash", "-c", command], cwd=self.folder, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={"PATH": self.path + ":/usr/bin:/bin", "NO_COLOR": "1"})
        return done.returncode, done.stdout

    def policy(self, where, attributes, text):
        name = re.match(r"# (\S+\.(?:policy|facts))\n", text)
        if not name:
            self.findings.append(f"{where}: its first line must be `# NAME.policy`")
            return
        (self.folder / name[1]).write_text(text, encoding="utf-8")
        if name[1].endswith(".facts"):
            return
        status, output = self.run(f"policyc {name[1]} -o out.table")
        expected = re.fullmatch(r"\s+error (SY\d{4})", attributes)
        if expected and (status != 1 or expected[1] not in output):
            self.findings.append(f"{where}: expected {expected[1]}, got status {status}\n{output}")
        if not expected and (status != 0 or output):
            self.findings.append(f"{where}: does not compile cleanly\n{output}")

    def console(self, where, text):
        command, shown = None, []
        for line in text.splitlines() + ["$ true"]:
            if not line.startswith("$ "):
                shown.append(line)
                continue
            if command is not None:
                output = self.run(command)[1].splitlines()
                if [o.rstrip() for o in output] != [s.rstrip() for s in shown]:
                    self.findings.append(f"{where}: `{command}` prints\n" + "\n".join(output))
            command, shown = line[2:], []


def check(policyc, manual):
    text = pathlib.Path(manual).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        session = Session(policyc, folder)
        count = 0
        for block in BLOCK.finditer(text):
            count += 1
            where = f"{manual}:{text.count(chr(10), 0, block.start()) + 1}"
            if block[1] == "policy":
                session.policy(where, block[2], block[3])
            else:
                session.console(where, block[3])
        if count == 0:
            session.findings.append(f"{manual}: holds no example")
        return count, session.findings


def main(policyc, manuals):
    status = 0
    for manual in manuals:
        count, findings = check(policyc, manual)
        print("\n".join(findings) if findings else f"{manual}: {count} examples")
        status |= bool(findings)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
