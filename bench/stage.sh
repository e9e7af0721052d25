#!/usr/bin/env bash
# stage.sh BUILD FOLDER: what bench/gpu.sh needs on a machine with a GPU and no compiler, into FOLDER:
# `moe` of the build, the shared libraries that it needs and that machine lacks, gpu.policy compiled to a
# table, and the two scripts.
set -euo pipefail
if [ $# -ne 2 ] || [ ! -x "$1/bin/moe" ] || [ ! -x "$1/bin/policyc" ]; then
  echo "usage: bench/stage.sh BUILD FOLDER; BUILD holds bin/moe and bin/policyc" >&2
  exit 2
fi
build=$1 folder=$2 here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p "$folder/lib"
cp "$build/bin/moe" "$here/gpu.sh" "$here/torch_anchor.py" "$folder/"
"$build/bin/policyc" "$here/gpu.policy" -o "$folder/gpu.table"
# All but what every Linux with a C++ program has; those must be no older than the build's.
ldd "$build/bin/moe" | awk '$2 == "=>" { print $3 }' |
  grep -vE '/(libc|libm|libdl|libpthread|libgcc_s|libstdc\+\+)\.so' |
  while read -r library; do cp -L "$library" "$folder/lib/"; done
du -sh "$folder"
