# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# What images of a class-conditional DCGAN are worth to a classifier that has a hundred real ones of each class.

section_augmentation() {
    echo "Augmentation …" >&2
    local run score scores seed
    train classifier-fashion-mnist classifier --data fashion-mnist --precision bf16 --threads 1 --seed 1
    {
        printf '## Augmentation: a hundred real images of each class\n\nA class-conditional DCGAN and a classifier have the same 1000 labelled images of Fashion-MNIST and nothing else. A second classifier has 10,000 generated images beside them, with half of the weight. Both learn for as many steps,\n'
        printf 'and are judged on the 10,000 test images; 95 %% intervals are the bootstrap'"'"'s over these. The gain is that of pairs, image by image.\n\n'
        printf '| seed | real images alone | with generated ones | gain | training of the GAN, CPU time | command |\n|---|---|---|---|---|---|\n'
    } >"$parts/augmentation.new"
    for seed in 1 2; do
        run=class-dcgan-few-$seed
        train "$run" class-dcgan --data fashion-mnist --labels 1000 --steps "${LIKENESS_AUGMENTATION_STEPS:-1500}" --batch 64 --precision bf16 --threads 1 --seed "$seed" --set width=32 noise=normal
        scores=$(./likeness evaluate "$work/$run" --metric augmentation --features "$work/classifier-fashion-mnist" --seed "$seed" --json 2>/dev/null)
        printf '| %s | %s | %s | %s | %s s | `train %s` |\n' "$seed" "$(percent augmentation-without)" "$(percent augmentation)" "$(percent augmentation-gain)" "$seconds" "$(cat "$work/$run.command")" | tee -a "$parts/augmentation.new" >&2
        ./likeness sample "$work/$run" -n 64 -o "$work/$run.png" >/dev/null 2>&1
    done
    mv "$parts/augmentation.new" "$parts/augmentation.md"
}

# percent NAME: a score of $scores with its interval.
percent() {
    grep "\"name\":\"$1\"" <<<"$scores" | sed -E 's/.*"value":([-0-9.eE]*),.*"interval":\[([-0-9.eE]*),([-0-9.eE]*)\].*/\1 \2 \3/' | awk '{ printf "%.2f %% (%.2f … %.2f)", $1, $2, $3 }'
}
