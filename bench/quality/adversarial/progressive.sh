# shellcheck shell=bash disable=SC2154 # bench/quality/common.sh reads and sets them
# Progressive GANs against DCGANs that see as many images: sliced Wasserstein distance, and how both networks grow.

# stages RUN: a line for each stage of a progressive run: side, fading or not, steps, images, parameters of both networks.
stages() {
    python3 - "$work/$1/log.jsonl" <<'PY'
import json
import sys

rows, seen = [], 0
for entry in map(json.loads, open(sys.argv[1])):
    t = {k[7:]: v for k, v in entry["terms"].items() if k.startswith("growth.")}
    key = (int(t["side"]), t["alpha"] < 1, int(t["generator"]), int(t["critic"]))
    if not rows or rows[-1][0] != key:
        rows.append([key, 0, 0])
    rows[-1][1] += 1
    rows[-1][2] += entry["examples"] - seen
    seen = entry["examples"]
for (side, fading, generator, critic), steps, images in rows:
    print(f"| {side}x{side}{', fading in' if fading else ''} | {steps} | {images:,} | {generator:,} | {critic:,} |")
PY
}

# images RUN: how many training images a run has seen.
images() { tail -n 1 "$work/$1/log.jsonl" | grep -o '"examples":[0-9]*' | cut -d: -f2; }

# against DATA SIZE STEPS DCGAN-WIDTH ARGUMENTS…: trains a progressive GAN, and a DCGAN on as many images in batches of 32; one line each.
against() {
    local data=$1 size=$2 steps=$3 width=$4 metric=patch-swd total
    shift 4
    # Of data in files, the name without folder and ending.
    local name=${data##*/}
    name=${name%.*}
    local grown=progressive-gan-$name plain=dcgan-$name
    train "$grown" progressive-gan --data "$data" --size "$size" --steps "$steps" --batch 16 --seed 1 "$@"
    total=$(images "$grown")
    line "$grown" progressive-gan "$name, ${size}x$size" "$total"
    train "$plain" dcgan --data "$data" --size "$size" --steps $((total / 32)) --batch 32 --precision bf16 --threads 1 --seed 1 --set "width=$width" noise=normal
    line "$plain" dcgan "$name, ${size}x$size" "$(images "$plain")"
    {
        printf '\nHow the networks on %s grew:\n\n| stage | steps | images | parameters of the generator | of the critic |\n|---|---|---|---|---|\n' "$name"
        stages "$grown"
    } >>"$parts/progressive.stages"
}

# line RUN MODEL DATA IMAGES: scores the run, draws samples, and writes its row.
line() {
    ./likeness sample "$work/$1" -n 64 -o "$work/$1.png" >/dev/null
    # shellcheck disable=SC2046 # value and error
    printf '| %s | %s | %s | %.4f ± %.4f | %s s | `train %s` |\n' "$2" "$3" "$4" $(distance "$1") "$seconds" "$(sed "s|${LIKENESS_DATA%%:*}/||" "$work/$1.command")" | tee -a "$parts/progressive.new" >&2
}

# distance RUN: the sliced Wasserstein distance to the test images, "value error".
distance() {
    ./likeness evaluate "$work/$1" --split test --metric "$metric" --json 2>/dev/null | head -n 1 |
        sed -E 's/.*"value":([-0-9.eE]*),"standardError":([-0-9.eE]*).*/\1 \2/'
}

section_progressive() {
    echo "Progressive GAN …" >&2
    : >"$parts/progressive.stages"
    {
        printf '## Progressive GAN\n\nProgressive growing beside a DCGAN that sees as many images, scored by the sliced Wasserstein distance between 7×7 patches of samples and of test images, the mean over the scales of a Laplacian pyramid (`patch-swd`).\n\n'
        printf '| model | data | training images | sliced Wasserstein | training, CPU time | command |\n|---|---|---|---|---|---|\n'
    } >"$parts/progressive.new"
    # Short phases leave most images to the full size; a running mean as short does not blur what grew late.
    local small=(--precision bf16 --threads 1 --set latent=64 width=512 cap=64 'batches=[4,2,1]' phaseImages=4000 emaDecay=0.99)
    against fashion-mnist 32 "${LIKENESS_PROGRESSIVE_STEPS:-3000}" 32 "${small[@]}"
    against "${LIKENESS_DATA%%:*}/emoji/noto.zip" 64 "${LIKENESS_PROGRESSIVE_STEPS:-3000}" 32 "${small[@]}"
    cat "$parts/progressive.stages" >>"$parts/progressive.new"
    mv "$parts/progressive.new" "$parts/progressive.md"
}
