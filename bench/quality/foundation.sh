#!/usr/bin/env bash
# Trains the four models of the foundation to their scores and writes bench/results/quality-foundation.md.
# Needs the MNIST sets in LIKENESS_DATA (see docs/data.md). Usage: bench/quality/foundation.sh [nade|vae|dcgan|ddpm …]
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
work=${LIKENESS_QUALITY_RUNS:-runs/quality}
parts=$work/parts
mkdir -p "$parts" bench/results
models=("$@")
[ ${#models[@]} -gt 0 ] || models=(nade vae dcgan ddpm)

# train NAME ARGUMENTS…: trains, and leaves the seconds in $seconds.
train() {
    local start
    start=$(date +%s)
    ./likeness train "$@" --force 2>"$work/log-$1.txt" >/dev/null
    seconds=$(($(date +%s) - start))
}

# row MODEL COMMAND PUBLISHED: one line of the table for each score that comes in as JSON.
row() {
    sed -E 's/.*"name":"([^"]*)","value":([-0-9.eE]*),"standardError":([-0-9.eE]*),"unit":"([^"]*)","evidence":"([^"]*)","count":([0-9]*).*/\1 \2 \3 \4 \5 \6/' |
        while read -r name value error unit evidence count; do
            [ "$unit" = nats ] || [ "$4" = all ] || continue
            printf '| %s | %s | %.2f ± %.2f %s | %s, %s examples | %s | %s s | `%s` |\n' "$1" "$name" "$value" "$error" "$unit" "$evidence" "$count" "$3" "$seconds" "$2"
        done
}

for model in "${models[@]}"; do
    echo "$model …" >&2
    case $model in
    nade)
        command="train nade --data mnist-binarized --epochs 20"
        train nade --data mnist-binarized --epochs 20 --out "$work/nade"
        ./likeness evaluate "$work/nade" --split test --metric nll --json | row nade "$command" "88.33 (Larochelle and Murray 2011)" nats >"$parts/1-nade"
        ;;
    vae)
        command="train vae --data mnist-binarized --epochs 50"
        train vae --data mnist-binarized --epochs 50 --out "$work/vae"
        for k in 1 10 100 1000; do
            ./likeness evaluate "$work/vae" --split test --metric iwae --samples "$k" --json
        done | row vae "$command" "88.7–89.9 (IWAE-5000, trained for longer)" nats >"$parts/2-vae"
        ;;
    dcgan)
        command="train dcgan --data fashion-mnist --steps 1200 --set noise=normal"
        train dcgan --data fashion-mnist --steps 1200 --set noise=normal --out "$work/dcgan"
        ./likeness evaluate "$work/dcgan" --split test --metric sliced-wasserstein --json | row dcgan "$command" "–" all >"$parts/3-dcgan"
        ./likeness sample "$work/dcgan" -n 64 -o "$work/dcgan.png"
        ;;
    ddpm)
        # A short run: a higher learning rate than the paper's, and a sampler of few steps.
        settings=(--steps 1200 --precision bf16 --set optimizer.learningRate=1e-3 --set optimizer.schedule.steps=100 --set sampler.kind=ddim --set sampler.steps=50)
        command="train ddpm --data mnist ${settings[*]}"
        train ddpm --data mnist "${settings[@]}" --out "$work/ddpm"
        ./likeness evaluate "$work/ddpm" --split test --metric elbo --limit 500 --json | row ddpm "$command" "–" all >"$parts/4-ddpm"
        ./likeness sample "$work/ddpm" -n 64 -o "$work/ddpm.png"
        ;;
    *)
        echo "There is no model '$model' here: use nade, vae, dcgan or ddpm." >&2
        exit 2
        ;;
    esac
done

{
    echo "# Trained to their scores"
    echo
    echo "Test splits, protocols in the data set's name; $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(nproc) cores."
    echo "Times are of the training alone, on a machine that was not idle. Written by \`bench/quality/foundation.sh\`."
    echo
    echo "| model | score | ours | evidence | paper | training | command |"
    echo "|---|---|---|---|---|---|---|"
    cat "$parts"/*
} >bench/results/quality-foundation.md
cat bench/results/quality-foundation.md
