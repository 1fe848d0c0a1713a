#!/usr/bin/env bash
# Trains a model on the ordinary rows of each of ADBench's tables (one-class protocol) and prints which share of the ordinary test rows has a p-value
# of 0.05 or less, and what is called at a false discovery rate of 0.05: with p-values calibrated on the training rows as they are, and by folds.
# Needs adbench/ in LIKENESS_DATA. SETS="cardio letter …" chooses tables.
# Usage: bench/quality/calibration.sh MODEL [arguments of train …]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
model=${1:?"give the name of a model"}
shift
sets=${SETS:-annthyroid cardio landsat letter magic.gamma mammography mnist optdigits pendigits satellite shuttle SpamBase thyroid vowels Waveform yeast}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for set in $sets; do
    echo "$set …" >&2
    "$root/likeness" train "$model" --data "adbench/$set" --out "$work/run" --force --grids 0 "$@" >/dev/null 2>&1
    row=$set
    for how in training cross; do
        "$root/likeness" anomalies "$work/run" --data "adbench/$set" --calibrate "$how" -o "$work/scores.csv" >/dev/null 2>&1
        # example, score, p-value, called, label
        row="$row $(awk -F, 'NR > 1 { if ($5 == 0) { n++; low += $3 <= 0.05 } called += $4; wrong += $4 && $5 == 0 }
            END { printf "%.3f %d %.3f", low / n, called, called ? wrong / called : 0 }' "$work/scores.csv")"
    done
    echo "$row" >>"$work/rows"
done

echo "\`train $model $*\`; p ≤ 0.05: of the ordinary test rows; called: at a false discovery rate of 0.05; false: of those that are called."
echo
echo "| set | training rows: p ≤ 0.05 | called | false | five folds: p ≤ 0.05 | called | false |"
echo "|---|---|---|---|---|---|---|"
awk '{ printf "| %s |", $1; for (i = 2; i <= NF; i++) { printf " %s |", $i; sum[i] += $i } print "" }
    END { printf "| **mean** | %.3f | | %.3f | %.3f | | %.3f |\n", sum[2] / NR, sum[4] / NR, sum[5] / NR, sum[7] / NR }' "$work/rows"
