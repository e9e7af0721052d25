# Shared by setup, demo and test: sourced, never run. After sourcing, the current folder is the
# repository's root, whatever it was before.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

GPU=${SWITCHYARD_GPU:-ON}
LOGS=build/logs
# A second clone on the same machine finds in ccache what the first one compiled.
export CCACHE_BASEDIR=$ROOT

# parse_options "what it does" "$@": the one option of every script, and --help.
parse_options() {
  local purpose=$1
  shift
  while [ $# -gt 0 ]; do
    case $1 in
      -DSWITCHYARD_GPU=ON | -DSWITCHYARD_GPU=OFF) GPU=${1#*=} ;;
      -h | --help)
        printf 'Usage: %s [-DSWITCHYARD_GPU=OFF]\n\n%s\n\n' "$0" "$purpose"
        printf '  -DSWITCHYARD_GPU=OFF   do without clang-22 (no code for GPUs); all else is built and\n'
        printf '                         tested. SWITCHYARD_GPU=OFF in the environment does the same.\n'
        exit 0
        ;;
      *)
        printf '%s: unknown argument %s (try --help)\n' "$0" "$1" >&2
        exit 2
        ;;
    esac
    shift
  done
  case $GPU in
    ON | OFF) ;;
    *)
      printf '%s: SWITCHYARD_GPU is "%s"; it must be ON or OFF\n' "$0" "$GPU" >&2
      exit 2
      ;;
  esac
}

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
  BOLD=$'\e[1m' DIM=$'\e[2m' PLAIN=$'\e[0m' ON_TERMINAL=1
else
  BOLD='' DIM='' PLAIN='' ON_TERMINAL=''
fi

headline() { printf '\n%s== %s%s\n' "$BOLD" "$*" "$PLAIN"; }
say() { printf '%s\n' "$*"; }

# step TITLE LOG COMMAND…: runs a command whose long output goes to build/logs/LOG. Shows that it
# lives: its last line on a terminal, else a line every 30 seconds. On failure the end of the output
# is shown, and the script ends with the command's exit status.
step() {
  local title=$1 log=$LOGS/$2 status=0 begin=$SECONDS shown=$SECONDS pid
  shift 2
  mkdir -p "$LOGS"
  printf '%s ...\n' "$title"
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  trap 'kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null || true; exit 130' INT TERM
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if [ -n "$ON_TERMINAL" ]; then
      printf '\r\e[K%s  %4d s  %.68s%s' "$DIM" $((SECONDS - begin)) \
        "$(tail -n 1 "$log" | tr -d '\r\e\t')" "$PLAIN"
    elif [ $((SECONDS - shown)) -ge 30 ]; then
      shown=$SECONDS
      printf '  %4d s  %.80s\n' $((SECONDS - begin)) "$(tail -n 1 "$log")"
    fi
  done
  wait "$pid" || status=$?
  trap - INT TERM
  if [ -n "$ON_TERMINAL" ]; then printf '\r\e[K'; fi
  if [ "$status" -ne 0 ]; then
    printf '\nFailed: %s\nThe end of %s:\n\n' "$*" "$ROOT/$log" >&2
    tail -n 40 "$log" >&2
    exit "$status"
  fi
  printf '  done in %d s\n' $((SECONDS - begin))
}

# build PRESET [CMAKE-OPTION…]: configure and build in build/PRESET.
build() {
  local preset=$1
  shift
  step "Configuring build/$preset" "configure-$preset.log" \
    cmake --preset "$preset" "-DSWITCHYARD_GPU=$GPU" "$@"
  step "Building build/$preset (the first time takes minutes)" "build-$preset.log" \
    cmake --build --preset "$preset"
}
