"""The files of the checkout that the house rules speak of."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = {".h", ".c", ".cpp", ".hip", ".cu", ".g4", ".fbs", ".def"}
TEXT = CODE | {".md", ".txt", ".cmake", ".in", ".py", ".sh", ".policy", ".facts", ".json", ".bash", ".1"}
# Recorded data and expected outputs are not written by hand.
DATA = ("tests/golden/", "tests/policies/data/", "tests/table/data/")


def listed(root=ROOT):
    """Paths relative to `root`, sorted: what git tracks or would track; without git, everything
    outside build/."""
    try:
        out = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"],
            check=True, capture_output=True).stdout.decode()
        paths = out.split("\0")
    except (OSError, subprocess.CalledProcessError):
        paths = [str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()]
    return sorted(p for p in set(paths)
                  if p and not p.startswith(("build/", ".git/")) and (root / p).is_file())


def read(path, root=ROOT):
    return (root / path).read_text(encoding="utf-8", errors="replace")


def is_text(path):
    return pathlib.PurePath(path).suffix in TEXT or path.startswith(("scripts/", ".ci/"))


def is_code(path):
    return pathlib.PurePath(path).suffix in CODE


def is_data(path):
    return path.startswith(DATA)
