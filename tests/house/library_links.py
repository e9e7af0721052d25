"""library_links.py LIBRARY COMPILER-ARCHIVE…: libswitchyard links neither ANTLR nor the compiler.

Looks at what the library asks the loader for, and at its symbol table: no function that one of the
compiler's archives defines, and nothing of ANTLR's.
"""

import re
import subprocess
import sys

# What an asking program may be made to load; the sanitizers' libraries come with a sanitizer build.
NEEDED = re.compile(r"^(libfmt|libxxhash|libstdc\+\+|libm|libgcc_s|libc|ld-linux-[\w-]+|"
                    r"libasan|libubsan)\.so")


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def code_symbols(path, *options):
    """Names of the functions that `path` defines with external linkage (T), mangled; weak ones
    (inline functions and templates) are shared by right."""
    return {line.split()[-1] for line in output("nm", "--defined-only", *options, path).splitlines()
            if re.search(r" [T] ", line)}


def main(library, archives):
    findings = []
    needed = re.findall(r"NEEDED.*\[(.*)\]", output("readelf", "-d", library))
    findings += [f"it needs {name}" for name in needed if not NEEDED.match(name)]
    everything = output("nm", "-C", library)
    if "switchyard::Table::open" not in everything:
        findings.append("its symbol table does not hold Table::open: was it stripped?")
    if re.search(r"antlr", everything, re.I):
        findings.append("it holds symbols of ANTLR")
    # nm -C shows hidden functions as `t`: compare by mangled name, whatever the case of the letter.
    own = {line.split()[-1] for line in output("nm", "--defined-only", library).splitlines()}
    for archive in archives:
        defined = code_symbols(archive)
        if not defined:
            findings.append(f"{archive} defines nothing: the comparison says nothing")
        shared = sorted(defined & own)
        findings += [f"it holds {name} of {archive}" for name in shared]
    for finding in findings:
        print(f"{library}: {finding}")
    return 1 if findings or not archives else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
