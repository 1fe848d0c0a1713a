#!/usr/bin/env bash
# Compresses the test images of a data set with the model of a run, beside xz -9 and PNG, and prints one row of a table.
# Checks that the images come back. Needs a Python with NumPy (PYTHON names another than /usr/bin/python3). Usage: bench/quality/compression.sh RUN [DATA]   (default mnist-binarized)
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
run=${1:?"give the folder of a run"}
data=${2:-mnist-binarized}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/likeness" compress "$data" -m "$run" -o "$work/x.lk" --json >"$work/report.json"
start=$(date +%s%N)
"$root/likeness" decompress "$work/x.lk" -m "$run" -o "$work/x.npy" --json >/dev/null
end=$(date +%s%N)
"$root/likeness" compress "$work/x.npy" -m "$run" -o "$work/again.lk" --json >/dev/null
cmp "$work/x.lk" "$work/again.lk"
"${PYTHON:-/usr/bin/python3}" "$root/bench/quality/compression.py" "$work/x.npy" "$work/report.json" "$(basename "$run")" "$data" $(((end - start) / 1000000))
