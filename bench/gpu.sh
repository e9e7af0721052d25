#!/usr/bin/env bash
# gpu.sh FOLDER [RESULTS]: everything that is measured on a GPU, in one go; FOLDER is what bench/stage.sh made.
# DEVICE (cuda), TOKENS, SHAPES and KERNELS narrow it. Text goes to standard output and, with JSON and pictures, to RESULTS
# (the folder `results`). What fails is told at the end, and the rest is measured still.
set -uo pipefail
folder=${1:-} results=${2:-results}
device=${DEVICE:-cuda} tokens=${TOKENS:-1,16,64,256,1024,4096}
read -ra shapes <<<"${SHAPES:-gpt-oss-120b qwen3-235b deepseek-v3}"
kernels=()
every='packed(block_m=16) packed(block_m=32) packed(block_m=64) emulated'
case $device in
  cuda*) every+=' packed(block_m=48) packed(block_m=128)' ;;  # which AMD has no tiles for
esac
for kernel in ${KERNELS:-$every}; do
  kernels+=(--kernel "$kernel")
done
if [ ! -x "$folder/moe" ]; then
  echo "usage: bench/gpu.sh FOLDER [RESULTS]; FOLDER holds moe, lib and gpu.table (bench/stage.sh)" >&2
  exit 2
fi
export LD_LIBRARY_PATH=$folder/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
mkdir -p "$results"
failed=()
for shape in "${shapes[@]}"; do
  "$folder/moe" bench --device "$device" --shape "$shape" --tokens "$tokens" "${kernels[@]}" --routing \
    --json "$results/$shape.json" --svg "$results/$shape.svg" | tee "$results/$shape.txt" ||
    failed+=("moe bench --shape $shape")
  # What asking a table adds to the launches, on few tokens, where they are the shortest.
  "$folder/moe" bench --device "$device" --shape "$shape" --tokens 1,16 --policy "$folder/gpu.table" \
    --json "$results/$shape-policy.json" | tee "$results/$shape-policy.txt" ||
    failed+=("moe bench --policy --shape $shape")
done
if python3 -c 'import torch' 2>/dev/null; then
  anchors=()
  for shape in "${shapes[@]}"; do anchors+=(--shape "$shape"); done
  python3 "$folder/torch_anchor.py" "${anchors[@]}" --tokens "$tokens" --json "$results/torch.json" |
    tee "$results/torch.txt" || failed+=(torch_anchor.py)
else
  failed+=("torch_anchor.py: python3 has no torch here")
fi
for what in "${failed[@]}"; do echo "not measured: $what" >&2; done
[ ${#failed[@]} -eq 0 ]
