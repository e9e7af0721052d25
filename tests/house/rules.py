"""The rules that a text can be checked for: size, words, paths, a README in every folder."""

import pathlib
import re

MAX_LINES = 400
MANUAL_PAGES = "docs/man/"  # one a tool, however many commands it has
# Spelt in halves, so that this file does not break its own rule.
OPEN_ENDS = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w.$}/])/(?:home|root|work|Users)/[\w.]")
VAGUE_NAMES = {"utils", "util", "common", "helpers", "misc"}


def check_file(path, text):
    findings = []
    lines = text.count("\n")
    if lines > MAX_LINES and not path.startswith(MANUAL_PAGES):
        findings.append(f"{path}: {lines} lines; {MAX_LINES} at most, one concept a file")
    for number, line in enumerate(text.split("\n"), 1):
        if OPEN_ENDS.search(line):
            findings.append(f"{path}:{number}: an open end: {line.strip()}")
        if MACHINE_PATH.search(line):
            findings.append(f"{path}:{number}: a path of somebody's machine: {line.strip()}")
    parts = pathlib.PurePath(path)
    if VAGUE_NAMES & {*parts.parts, parts.stem}:
        findings.append(f"{path}: the name says nothing; name the concept")
    if parts.suffix == ".h" and "#pragma once" not in text:
        findings.append(f"{path}: a header without #pragma once")
    return findings


def check_readmes(paths):
    """Every folder that holds code has a README: its own, or that of the folder above, which then
    speaks of both (`compiler/diagnostic/registry`). An area's README under tests may be tests/'s."""
    paths = [pathlib.PurePath(p) for p in paths]
    folders = {p.parent for p in paths if p.suffix in {".h", ".cpp", ".g4", ".policy", ".fbs"}}
    known = {p.parent for p in paths if p.name == "README.md"} - {pathlib.PurePath(".")}
    return [f"{folder}: no README.md" for folder in sorted(folders)
            if folder not in known and folder.parent not in known]


LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")


def check_links(path, text, exists):
    """Relative links of a Markdown file lead somewhere; `exists` answers for a path from the root."""
    if not path.endswith(".md"):
        return []
    folder = pathlib.PurePath(path).parent
    prose = re.sub(r"^```.*?^```$|`[^`\n]*`", "", text, flags=re.M | re.S)
    return [f"{path}: a link to {link}, which is not there" for link in LINK.findall(prose)
            if not exists(str(folder / link))]
