#!/usr/bin/env bash
# install_test.sh BUILD PYTHON: pip installs the package into a folder, without a network, and a program
# there compiles and asks a policy with the library that came with it.
set -euo pipefail
build=$(realpath "$1") python=$2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
unset PYTHONPATH
cp -r "$root/python" "$scratch/python"  # pip leaves build folders beside what it builds
SWITCHYARD_BUILD_DIR=$build "$python" -m pip install --quiet --no-index --no-deps --no-build-isolation \
  --disable-pip-version-check --root-user-action=ignore --target "$scratch/site" "$scratch/python"
for file in __init__.py py.typed _runtime.pyi libswitchyard.so.0; do
  [ -e "$scratch/site/switchyard/$file" ] || { echo "switchyard/$file is not installed" >&2; exit 1; }
done
mkdir "$scratch/elsewhere" && cd "$scratch/elsewhere"
PYTHONPATH=$scratch/site "$python" - "$root/policies/switchyard.policy" "$scratch/site" <<'PROGRAM'
import pathlib
import sys

import switchyard

policy = switchyard.Policy.compile(pathlib.Path(sys.argv[1]))
policy.save("moe.table")
assert switchyard.Table.open("moe.table").hash == policy.table.hash
(library,) = {line.split()[-1] for line in open("/proc/self/maps") if "libswitchyard" in line}
assert library.startswith(sys.argv[2]), library
print(f"pip installed switchyard; it compiled {policy.table.policy}")
PROGRAM
