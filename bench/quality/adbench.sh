#!/usr/bin/env bash
# Trains a model on the ordinary rows of each of ADBench's tables (one-class protocol), scores the test rows, and prints the
# areas under the ROC curves beside those published by Livernoche et al. (ICLR 2024).
# Needs adbench/ and published/ in LIKENESS_DATA. SETS="cardio letter …" chooses tables; BY=bound what rows are scored by,
# where the model has a choice.
# Usage: bench/quality/adbench.sh MODEL [arguments of train …]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
model=${1:?"give the name of a model"}
shift
published=
for folder in ${LIKENESS_DATA//:/ }; do
    file=$folder/published/dte_iclr2024_auroc_semisupervised.csv
    [ -f "$file" ] && published=$file
done
[ -n "$published" ] || { echo "published/dte_iclr2024_auroc_semisupervised.csv is not in LIKENESS_DATA ('${LIKENESS_DATA:-}'): name the folder that holds it." >&2; exit 1; }
sets=${SETS:-annthyroid cardio landsat letter magic.gamma mammography mnist optdigits pendigits satellite shuttle SpamBase thyroid vowels Waveform yeast}
columns=(IForest PCA KNN OCSVM LOF VAE DDPM DTE-C)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# published_row SET: the published values of one table, in the order of the columns.
published_row() {
    awk -F, -v set="$1" -v names="${columns[*]}" '
        NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = split(names, name, " "); next }
        tolower($1) == tolower(set) { for (i = 1; i <= n; i++) printf "%s ", $at[name[i]]; exit }' "$published"
}

for set in $sets; do
    echo "$set …" >&2
    "$root/likeness" train "$model" --data "adbench/$set" --out "$work/run" --force --grids 0 "$@" >/dev/null 2>"$work/log" ||
        { tail -n 1 "$work/log" >&2; echo "$set" >>"$work/failed"; continue; }
    "$root/likeness" anomalies "$work/run" --data "adbench/$set" ${BY:+--by "$BY"} --json 2>/dev/null | tail -n 1 >"$work/summary"
    ours=$(sed -E 's/.*"auroc":([-0-9.eE]+).*/\1/' "$work/summary")
    called=$(sed -E 's/.*"called":([0-9]+).*/\1/' "$work/summary")
    false=$(sed -E 's/.*"falseDiscoveries":([-0-9.eE]+).*/\1/' "$work/summary")
    echo "$set $ours $called $false $(published_row "$set")" >>"$work/rows"
done

[ -s "$work/failed" ] && echo "Training failed on: $(tr '\n' ' ' <"$work/failed"), which the means leave out."
[ -s "$work/rows" ] || exit 1
echo "Areas under the ROC curve in %; ours: \`train $model $*\`${BY:+, scored by $BY}; the last two columns: examples called anomalies at a false"
echo "discovery rate of 0.05 with p-values calibrated on the held-out rows (on the training rows in five folds where the protocol holds out none), and the share of false ones."
echo
printf '| set | %s |' "$model"
printf ' %s |' "${columns[@]}"
printf ' called | false |\n|---|---|'
printf -- '---|%.0s' "${columns[@]}" 1 2
echo
awk '{
    printf "| %s | %.2f |", $1, 100 * $2; sum[2] += 100 * $2
    for (i = 5; i <= NF; i++) { printf " %.2f |", $i; sum[i] += $i }
    printf " %d | %.3f |\n", $3, $4
    last = NF
} END {
    printf "| **mean** | **%.2f** |", sum[2] / NR
    for (i = 5; i <= last; i++) printf " %.2f |", sum[i] / NR
    print " | |"
}' "$work/rows"
