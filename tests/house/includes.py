"""Dependencies point one way: who may include whom, of ours and of third parties.

The table is that of the architecture: a folder may include itself and what its row names. A folder
without a row is a finding, so that a new one states its place here.
"""

import re

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.M)

RUNTIME_READ = ["runtime/base", "runtime/format", "runtime/table", "runtime/decide"]
ALLOWED = {
    "runtime/base": [],
    "runtime/cli": [],  # of both programs
    "runtime/format": ["runtime/base"],
    # The deciders and the table's checks are two halves of libswitchyard.
    "runtime/table": ["runtime/base", "runtime/format"],
    "runtime/decide": ["runtime/base", "runtime/format", "runtime/table"],
    "runtime/store": RUNTIME_READ,
    "runtime/log": RUNTIME_READ,
    "include": [],  # the C interface: nothing of ours
    "runtime/capi": RUNTIME_READ + ["runtime/facts", "runtime/log", "runtime/store"],
    "kernels": ["kernels", "runtime/base"],  # of base, only how errors and broken invariants look
    "runtime/checkpoint": ["runtime/base", "kernels"],
    "runtime/facts": RUNTIME_READ + ["runtime/checkpoint", "kernels"],
    "runtime/prepared": ["runtime/base", "runtime/checkpoint", "kernels"],
    "runtime/engine": ["runtime/", "kernels"],
    "runtime/bench": RUNTIME_READ + ["kernels"],
    "runtime/moe": ["runtime/", "kernels", "cmake/version.h"],  # policyc is run, not linked
    "compiler/source": ["runtime/base"],
    "compiler/git": ["compiler/source", "runtime/base"],
    "compiler/diagnostic": ["compiler/source", "runtime/base"],
    "compiler/parse": ["compiler/source", "compiler/diagnostic", "runtime/base"],
    "compiler/sema": ["compiler/parse", "compiler/source", "compiler/diagnostic", "runtime/base"],
    "compiler/region": ["compiler/sema", "compiler/source", "compiler/diagnostic", "runtime/base"],
    "compiler/diagram": ["compiler/region", "compiler/sema", "runtime/base"],
    "compiler/verify": ["compiler/diagram", "compiler/region", "compiler/sema", "compiler/source",
                        "compiler/diagnostic", "runtime/base"],
    "compiler/diff": ["compiler/verify", "compiler/diagram", "compiler/region", "compiler/sema",
                      "compiler/source", "runtime/base"],
    "compiler/witness": ["compiler/verify", "compiler/diagram", "compiler/region", "compiler/sema",
                         "compiler/source", "compiler/diagnostic", "runtime/base"],
    "compiler/traffic": ["compiler/verify", "compiler/diagram", "compiler/region", "compiler/sema",
                         "runtime/base", "runtime/table", "runtime/decide"],
    "compiler/diff_report": ["compiler/diff", "compiler/region", "compiler/sema", "compiler/source",
                             "compiler/diagnostic", "runtime/base"],
    "compiler/capabilities": ["compiler/sema", "compiler/parse", "compiler/source",
                              "compiler/diagnostic", "runtime/base"],
    "compiler/emit": ["compiler/diagram", "compiler/region", "compiler/sema", "compiler/source",
                      "compiler/diagnostic", "cmake/version.h"] + RUNTIME_READ,
    "compiler/explain": ["compiler/verify", "compiler/diagram", "compiler/region", "compiler/sema",
                         "compiler/source", "compiler/diagnostic", "runtime/base"],
    "compiler/restore": ["compiler/sema", "compiler/source", "runtime/base", "runtime/format",
                         "runtime/table"],
    "compiler/driver": ["compiler/", "cmake/version.h", "runtime/cli"] + RUNTIME_READ,
    "python": ["compiler/", "runtime/"],  # two modules; tests look at what each loads
    "cmake": ["cmake"],
}
FREE = ("tests/", "bench/", "docs/examples/")

# Third parties, and the only folders where they may appear.
FENCED = [
    ("ANTLR", re.compile(r"^antlr4|^Policy(Lexer|Parser|BaseVisitor|BaseListener)\.h"),
     ("compiler/parse",)),
    ("JSON", re.compile(r"^nlohmann/|^simdjson"),
     ("runtime/checkpoint", "runtime/moe", "runtime/facts", "runtime/bench", "compiler/driver",
      "compiler/diagnostic/", "compiler/diff_report")),
    ("FlatBuffers", re.compile(r"^flatbuffers/|_generated\.h$"),
     ("runtime/table", "runtime/decide", "runtime/format", "compiler/emit",
      "compiler/restore")),
    ("CaDiCaL", re.compile(r"^cadical"), ("compiler/verify",)),
    ("HIP and CUDA", re.compile(r"^hip/|^cuda"), ("kernels/device",)),
    ("TOML", re.compile(r"^toml\+\+/"), ("compiler/driver/verify_settings.cpp",)),
    ("CLI11", re.compile(r"^CLI/"), ("compiler/driver", "runtime/cli", "runtime/moe")),
    ("Catch2", re.compile(r"^catch2/"), ()),
]


def folder_of(path):
    """The row that a file belongs to: the longest one that is a prefix of its path."""
    rows = [row for row in ALLOWED if path == row or path.startswith(row + "/")]
    return max(rows, key=len, default=None)


def may_include(row, included):
    allowed = ALLOWED[row] + [row]
    return any(included.startswith(a) if a.endswith("/") else
               included == a or included.startswith(a + "/") for a in allowed)


def check_file(path, text):
    """Findings of one file, as lines of text."""
    if path.startswith(FREE):
        return []
    row = folder_of(path)
    if row is None:
        return [f"{path}: its folder has no row in tests/house/includes.py"]
    findings = []
    for included in INCLUDE.findall(text):
        if included.startswith(("compiler/", "runtime/", "kernels/", "tests/", "bench/", "cmake/")):
            if not may_include(row, included):
                findings.append(f"{path}: {row} may not include {included}")
        for name, pattern, homes in FENCED:
            if pattern.search(included.removeprefix("runtime/format/")) and not path.startswith(homes):
                findings.append(f"{path}: {name} ({included}) only in {', '.join(homes) or 'tests'}")
    return findings
