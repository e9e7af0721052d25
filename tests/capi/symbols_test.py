"""symbols_test.py LIBRARY LIST HEADER…: the C functions that libswitchyard exports are those of the list,
and those that the headers declare. A name that comes, goes or changes shows here and in the commit; one
that goes or changes raises SWITCHYARD_ABI_VERSION."""

import pathlib
import re
import subprocess
import sys


def exported(library):
    text = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True,
                          text=True).stdout
    return {line.split()[-1] for line in text.splitlines() if re.search(r" T switchyard_\w+$", line)}


def declared(headers):
    text = "".join(pathlib.Path(header).read_text(encoding="utf-8") for header in headers)
    return set(re.findall(r"SWITCHYARD_API[^;(]*?\b(switchyard_\w+)\(", text))


def main(library, names, headers):
    listed = pathlib.Path(names).read_text(encoding="utf-8").split()
    findings = [] if listed == sorted(set(listed)) else [f"{names}: not sorted, or a name twice"]
    for what, found in (("the library exports", exported(library)), ("the headers declare", declared(headers))):
        findings += [f"{what} {name}, which {names} lacks" for name in sorted(found - set(listed))]
        findings += [f"{names}: {name} is not what {what}" for name in sorted(set(listed) - found)]
    print("\n".join(findings) if findings else f"{len(listed)} functions")
    return 1 if findings or not listed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
