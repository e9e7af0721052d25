#!/usr/bin/env bash
# install_test.sh BUILD CXX LIBDIR VERSION
set -euo pipefail
build=$1 cxx=$2 libdir=$3 version=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
  printf 'install test: %s\n' "$*" >&2
  exit 1
}
# expect WHAT WANTED GOT
expect() { [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"; }

cmake --install "$build" --prefix "$scratch/first" >"$scratch/install.log"
mv "$scratch/first" "$scratch/prefix"  # nothing may remember where it was installed
prefix=$scratch/prefix
cd "$scratch"

for file in bin/policyc bin/moe share/man/man1/policyc.1 share/man/man1/moe.1 \
  share/bash-completion/completions/policyc share/bash-completion/completions/moe \
  share/zsh/site-functions/_policyc share/zsh/site-functions/_moe \
  share/switchyard/policies/switchyard.policy; do
  [ -s "$prefix/$file" ] || fail "$file is not installed"
done

"$prefix/bin/moe" --version >/dev/null
"$prefix/bin/policyc" new first.policy >/dev/null
"$prefix/bin/policyc" first.policy -o first.table
"$prefix/bin/policyc" "$prefix/share/switchyard/policies/switchyard.policy" -o shipped.table

# As a CMake package.
cmake -G Ninja -S "$here/consumer" -B by-cmake -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$prefix" \
  -DWANTED_VERSION="${version%.*}" >cmake.log || { cat cmake.log; fail "find_package does not find it"; }
cmake --build by-cmake >>cmake.log || { cat cmake.log; fail "the consumer does not build"; }
if cmake -G Ninja -S "$here/consumer" -B wrong -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_PREFIX_PATH="$prefix" \
  -DWANTED_VERSION=99.0 >wrong.log 2>&1; then
  fail "find_package(switchyard 99.0) found a package"
fi

# By pkg-config.
export PKG_CONFIG_PATH=$prefix/$libdir/pkgconfig
expect "pkg-config --modversion" "$version" "$(pkg-config --modversion switchyard)"
# shellcheck disable=SC2046
"$cxx" -std=c++20 "$here/consumer/consumer.cpp" $(pkg-config --cflags --libs switchyard) \
  -Wl,-rpath,"$prefix/$libdir" -o by-pkg-config

native=(supports_mx=true scheme=w_mxfp4 tokens=8)
emulated=(supports_mx=false scheme=w_mxfp6_e3m2 tokens=8)
for program in by-cmake/consumer ./by-pkg-config; do
  expect "$program, MX hardware" native "$("$program" first.table "${native[@]}")"
  expect "$program, without" emulated "$("$program" first.table "${emulated[@]}")"
done

# A caller's struct of two members, at any optimisation, gives no warning.
for level in -O1 -O2 -O3; do
  # shellcheck disable=SC2046
  "$cxx" -std=c++20 "$level" -Wall -Wextra -Werror -c "$here/consumer/two_members.cpp" \
    $(pkg-config --cflags switchyard) -o two_members.o || fail "a struct of two members is warned of at $level"
done

head -c 100 first.table >cut.table
if ./by-pkg-config cut.table "${native[@]}" 2>cut.log; then fail "a truncated table was opened"; fi
grep cut.table cut.log >/dev/null || fail "the error does not name the file: $(cat cut.log)"

# The two engines of docs/examples, both ways; the C interface without a C++ compiler or tl-expected.
engine=$here/../../docs/examples/engine
cc=${CC:-cc}
"$prefix/bin/policyc" "$engine/moe.policy" -o moe.table
cmake -G Ninja -S "$engine" -B engine -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_C_COMPILER="$cc" \
  -DCMAKE_PREFIX_PATH="$prefix" >engine.log && cmake --build engine >>engine.log ||
  { cat engine.log; fail "the engines do not build"; }
mkdir c-alone
printf 'cmake_minimum_required(VERSION 3.25)\nproject(alone LANGUAGES C)\n%s\n%s\n%s\n' \
  'find_package(switchyard REQUIRED COMPONENTS C)' "add_executable(alone $engine/engine.c)" \
  'target_link_libraries(alone PRIVATE switchyard::c)' >c-alone/CMakeLists.txt
cmake -G Ninja -S c-alone -B c-alone/build -DCMAKE_C_COMPILER="$cc" -DCMAKE_PREFIX_PATH="$prefix" \
  -DCMAKE_DISABLE_FIND_PACKAGE_tl-expected=ON >alone.log 2>&1 && cmake --build c-alone/build >>alone.log ||
  { cat alone.log; fail "the C interface alone does not build"; }
# shellcheck disable=SC2046
"$cc" -std=c11 -Wall -Wextra -pedantic -Werror "$engine/engine.c" $(pkg-config --cflags --libs switchyard) \
  -Wl,-rpath,"$prefix/$libdir" -o engine_c
# shellcheck disable=SC2046
"$cxx" -std=c++20 -Wall -Wextra -Werror "$engine/engine.cpp" $(pkg-config --cflags --libs switchyard) \
  -Wl,-rpath,"$prefix/$libdir" -o engine_cpp
for program in engine/engine_c c-alone/build/alone ./engine_c; do
  "$program" moe.table gfx950 >out.txt || fail "$program fails"
  expect "$program: lines" 6 "$(wc -l <out.txt)"
  expect "$program: layer 0" "layer 0, 4096 tokens: native<<<4096>>>  native: large batches (${engine}/moe.policy:19)" \
    "$(sed -n 2p out.txt)"
done
if ENGINE_USE_AITER=1 ./engine_c moe.table gfx942 >out.txt; then fail "a refusal is not reported"; fi
grep 'refused: ENGINE_USE_AITER is set' out.txt >/dev/null || fail "the refusal gives no reason"
if ENGINE_USE_AITER=perhaps ./engine_c moe.table gfx942 2>out.txt; then fail "a bad variable is taken"; fi
grep perhaps out.txt >/dev/null || fail "the error does not name the variable's value"
for program in engine/engine_cpp ./engine_cpp; do
  expect "$program" "generation 1, layer 0: packed<<<1>>>  few tokens: tiles of few rows (${engine}/moe.policy:20)" \
    "$(echo 8 | "$program" moe.table gfx950 2>err.txt | sed -n 1p)"
done
# With a log: what was decided, by layer, as `policyc audit` reads it; counters; a line a layer; facts.
for program in engine/engine_cpp ./engine_cpp; do
  rm -f engine.log.jsonl
  printf '8\n4096\n' | "$program" moe.table gfx950 engine.log.jsonl >out.txt 2>err.txt || fail "$(cat err.txt)"
  expect "$program: logged lines" 6 "$(wc -l <engine.log.jsonl)"
  "$prefix/bin/policyc" audit "$engine/moe.policy" engine.log.jsonl >audit.txt || fail "$(cat audit.txt)"
  for part in 'arch  *= gfx950  *from device arch: this engine' 'layer 0: packed(block_m = 16): few tokens' '^switchyard_decisions_total{.*} 2'; do
    grep "$part" err.txt >/dev/null || fail "$program says nothing of: $part; it says: $(cat err.txt)"
  done
done
# A rule that asks for more than the kernel needs: the batch runs, and the engine's log says what it lost.
sed 's/tokens > 16 because/tokens > 64 because/' "$engine/moe.policy" >slower.policy
"$prefix/bin/policyc" slower.policy -o slower.table
for program in engine/engine_cpp ./engine_cpp; do
  rm -f engine.log.jsonl
  echo 32 | "$program" slower.table gfx950 engine.log.jsonl >out.txt 2>err.txt || fail "$(cat err.txt)"
  for part in 'slow path: policy moe runs packed.* where native could run, but slower.policy:19 needs .tokens > 64.' \
    '^switchyard_slow_paths_total 2'; do
    grep "$part" err.txt >/dev/null || fail "$program says nothing of: $part; it says: $(cat err.txt)"
  done
done
if ENGINE_USE_AITER=perhaps ./engine_cpp moe.table gfx950 <<<8 2>out.txt; then fail "a bad variable is taken"; fi
grep perhaps out.txt >/dev/null || fail "the error does not name the variable's value"
expect "a policy" 3 "$(echo 8 | PATH=$prefix/bin:$PATH ./engine_cpp "$engine/moe.policy" gfx942 2>err.txt | wc -l)"
if echo many | ./engine_cpp moe.table gfx950 2>out.txt; then fail "a batch that is no number is taken"; fi
grep 'number of tokens' out.txt >/dev/null || fail "$(cat out.txt)"
sed 's/native/vendor/g' "$engine/moe.policy" >vendor.policy
"$prefix/bin/policyc" vendor.policy -o vendor.table
for program in ./engine_c ./engine_cpp; do
  if "$program" vendor.table gfx950 </dev/null 2>out.txt; then fail "$program took a kernel it lacks"; fi
  grep 'kernel .vendor., which this engine does not have' out.txt >/dev/null || fail "$(cat out.txt)"
done

# Each public header by itself.
printf '#include <switchyard.h>\n#include <switchyard_log.h>\n' >one.c
# shellcheck disable=SC2046
"$cc" -std=c11 -Wall -Wextra -pedantic -Werror -fsyntax-only $(pkg-config --cflags switchyard) one.c
# shellcheck disable=SC2046
"$cxx" -x c++ -std=c++11 -Wall -Wextra -pedantic -Werror -fsyntax-only $(pkg-config --cflags switchyard) one.c
(cd "$prefix/include/switchyard" && find . -name '*.h' | sort) | while read -r header; do
  printf '#include "%s"\n' "${header#./}" >one.cpp
  # shellcheck disable=SC2046
  "$cxx" -std=c++20 -Wall -Wextra -Werror -fsyntax-only $(pkg-config --cflags switchyard) one.cpp ||
    fail "$header does not compile by itself"
done
printf 'the installed tree works\n'
