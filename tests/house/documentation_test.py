"""documentation_test.py POLICYC MOE: the manual pages and completions know what `--help` knows.

For every command: each long option of its --help stands in the manual page and in both completions,
and neither page nor completions offer an option that no command has. `--help` shows an example, and
`--version` the commit and the table format.
"""

import re
import subprocess
import sys

import sources

OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
COMMAND = re.compile(r"^  ([a-z][a-z-]*)  ", re.M)


def output(findings, *command):
    done = subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    if done.returncode != 0 or done.stderr:
        findings.append(f"{' '.join(command)}: status {done.returncode}\n{done.stderr}")
    return done.stdout


def options_of_help(text):
    """The options that a help text declares: those before any example."""
    return set(OPTION.findall(text.split("\nExample")[0]))


def check_tool(name, binary):
    findings = []
    version = output(findings, binary, "--version")
    if not re.fullmatch(rf"{name} \d+\.\d+\.\d+ \(git \S+\), table format \d+\.\d+\n", version):
        findings.append(f"{name} --version prints {version!r}")
    overview = output(findings, binary, "--help")
    commands = COMMAND.findall(overview.split("Commands:")[-1].split("\nExample")[0])
    if len(commands) < 5:
        findings.append(f"{name} --help names only {commands}")
    known = {"--help", "--version"}
    for command in commands:
        text = output(findings, binary, command, "--help")
        if "\nExample" not in text:
            findings.append(f"{name} {command} --help shows no example")
        if output(findings, binary, command, "--version") != version:
            findings.append(f"{name} {command} --version differs")
        known |= options_of_help(text)
    places = {f"docs/man/{name}.1": manual_options, f"scripts/completions/{name}.bash": set_of_options,
              f"scripts/completions/_{name}": set_of_options}
    for path, options in places.items():
        text = sources.read(path)
        documented = options(text)
        findings += [f"{path}: lacks {option}" for option in sorted(known - documented)]
        findings += [f"{path}: {option} is no option of {name}" for option in sorted(documented - known)]
        findings += [f"{path}: lacks the command {command}" for command in commands
                     if not re.search(rf"(?<![\w-]){command}(?![\w-])", text)]
    return findings


def manual_options(text):
    """mdoc writes --dump as `Fl Fl dump`."""
    return {"--" + option for option in re.findall(r"Fl Fl ([a-z][a-z-]+)", text)}


def set_of_options(text):
    return set(OPTION.findall(text))


REASON = re.compile(r"(?:^|\W\s*)(\w[^(\n]*?) \((policies/[\w/.-]+):(\d+)\)", re.MULTILINE)


def check_places(path):
    """Where a page shows a rule's reason and its place, the reason stands there: its last words, which may be
    on one of the rule's next lines."""
    findings = []
    for reason, policy, line in REASON.findall(sources.read(path)):
        there = "".join(sources.read(policy).splitlines(keepends=True)[int(line) - 1:int(line) + 2])
        if " ".join(reason.split()[-3:]) not in there:
            findings.append(f"{path}: `{reason}` does not stand at {policy}:{line}")
    return findings


def main(policyc, moe):
    findings = check_tool("policyc", policyc) + check_tool("moe", moe)
    for path in sources.listed():
        if path.endswith(".md"):
            findings += check_places(path)
    print("\n".join(findings) if findings else "manual pages, completions and places agree")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
