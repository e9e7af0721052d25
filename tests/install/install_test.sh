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

head -c 100 first.table >cut.table
if ./by-pkg-config cut.table "${native[@]}" 2>cut.log; then fail "a truncated table was opened"; fi
grep cut.table cut.log >/dev/null || fail "the error does not name the file: $(cat cut.log)"

# Each public header by itself.
(cd "$prefix/include/switchyard" && find . -name '*.h' | sort) | while read -r header; do
  printf '#include "%s"\n' "${header#./}" >one.cpp
  # shellcheck disable=SC2046
  "$cxx" -std=c++20 -Wall -Wextra -Werror -fsyntax-only $(pkg-config --cflags switchyard) one.cpp ||
    fail "$header does not compile by itself"
done
printf 'the installed tree works\n'
