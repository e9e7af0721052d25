# What must be installed, and installing what is missing. Sourced after steps.sh.

# packages GROUP: the names in that group of packages.txt, one a line.
packages() {
  awk -v wanted="[$1]" '
    { sub(/#.*/, ""); gsub(/[ \t]/, "") }
    /^\[/ { group = $0; next }
    $0 != "" && group == wanted' scripts/packages.txt
}

# wanted: the packages of this configuration, one a line.
wanted() {
  packages base
  if [ "$GPU" = ON ]; then packages gpu; fi
}

# missing: those of `wanted` that dpkg does not have installed. Asks dpkg alone, never the network.
missing() {
  comm -23 <(wanted | sort) <(
    # dpkg-query exits 1 when it does not know one of the names: then it is among the missing.
    wanted | xargs dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null |
      sed -n 's/^installed //p' | sort
  )
}

# system: "debian 12" and the like; "Darwin" where there is no /etc/os-release.
system() {
  if [ -r /etc/os-release ]; then
    (
      # shellcheck disable=SC1091
      . /etc/os-release
      printf '%s %s' "${ID:-unknown}" "${VERSION_ID:-}"
    )
  else
    uname -s
  fi
}

# Ends the script: on this system nothing was tried, so nothing is installed.
stop_on_other_system() {
  printf '\nThis is "%s". The set-up is written for Debian 12 (bookworm), and was tried there only,\n' \
    "$(system)"
  printf 'so it installs nothing here. What Switchyard needs, by the names of Debian 12:\n\n'
  wanted | paste -sd ' ' - | fold -s -w 96 | sed 's/^/  /'
  printf '\ng++ 12 or newer, CMake 3.25 or newer; Catch2 must be version 2, and ANTLR 4.7 to 4.9 fits\n'
  printf 'the C++ runtime 4.9. clang-22, lld-22 and llvm-22 compile the code for GPUs:\n'
  printf '%s leaves them out. With these in place:\n\n' '-DSWITCHYARD_GPU=OFF'
  printf '  cmake --preset release && cmake --build --preset release && ctest --preset release\n\n'
  printf 'Easiest by far: a Debian 12 container with this folder mounted.\n'
  exit 1
}

# as_root COMMAND…
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

install_with_apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=300 "$@"
}

# The sources line for Debian's security updates, made from the mirror that this machine uses.
security_line() {
  # shellcheck disable=SC2016
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
    awk '$2 == "bookworm" && $1 ~ /\/debian\/$/ && !found { found = 1; print $1 }')
  printf 'deb %s-security bookworm-security main' "${mirror:+${mirror%/}}"
}

# Ends the script when apt has no candidate for one of the GPU packages.
require_gpu_candidates() {
  local name
  for name in $(packages gpu); do
    # grep reads to the end (no -q): under pipefail, a broken pipe would look like "no candidate".
    if ! LC_ALL=C apt-cache policy "$name" | grep '^  Candidate: [0-9]' >/dev/null; then
      printf '\napt offers no %s, which compiles the code for GPUs. It comes with the security\n' "$name"
      printf 'updates of Debian 12, which are not among this machine'"'"'s sources. Either add them:\n\n'
      printf '  echo "%s" | %stee /etc/apt/sources.list.d/bookworm-security.list\n\n' \
        "$(security_line)" "$([ "$(id -u)" -eq 0 ] || printf 'sudo ')"
      printf 'and run this again, or leave the code for GPUs out (all else is built and tested):\n\n'
      printf '  %s -DSWITCHYARD_GPU=OFF\n' "$0"
      exit 1
    fi
  done
}

# set_up: installs what is missing; done at once, and without the network, when nothing is.
set_up() {
  local names
  if [ "$(system)" != "debian 12" ]; then stop_on_other_system; fi
  names=$(missing)
  if [ -z "$names" ]; then
    say "Set-up: every package is installed ($(wanted | wc -l) checked)."
    return
  fi
  headline "Set-up: installing what is missing: $(printf '%s\n' "$names" | wc -l) of $(wanted | wc -l) packages"
  printf '%s\n' "$names" | paste -sd ' ' - | fold -s -w 96 | sed 's/^/  /'
  if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
      printf '\nInstalling takes root, and there is no sudo here. As root, run:\n\n  %s/scripts/setup\n' \
        "$ROOT" >&2
      exit 1
    fi
    sudo -v  # asks for the password here, where it can be seen
  fi
  step "Fetching the package lists" apt-update.log install_with_apt update
  if printf '%s\n' "$names" | grep -xFf <(packages gpu) >/dev/null; then require_gpu_candidates; fi
  # shellcheck disable=SC2086
  step "Downloading and installing (290 MB when everything is missing)" apt-install.log \
    install_with_apt install --no-install-recommends $names
  names=$(missing)
  if [ -n "$names" ]; then
    printf 'apt reported success, but these are still missing: %s\n' "$names" >&2
    exit 1
  fi
}
