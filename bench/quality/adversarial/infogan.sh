# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# InfoGAN on MNIST: what its categories say of digits, without a label in training.

# read_score RUN METRIC NAME: a test score of a run, "value error".
read_score() {
    ./likeness evaluate "$work/$1" --split test --metric "$2" --json 2>/dev/null | grep "\"name\":\"$3\"" |
        sed -E 's/.*"value":([-0-9.eE]*),"standardError":([-0-9.eE]*),.*/\1 \2/'
}

section_infogan() {
    local seed run
    begin infogan "InfoGAN" "MNIST, grey values, no labels in training. Each category is named by the digit of most validation images in it; test images in a category of another digit are errors.
Three seeds; the paper reports 5 % and does not say of how many runs. Beside it the bound on the information of the category, which is at most log 10 = 2.303 nats." "error of the category" ", a share"
    for seed in 1 2 3; do
        run=infogan-mnist-$seed
        train "$run" infogan --data mnist --steps "${LIKENESS_INFOGAN_STEPS:-4500}" --precision bf16 --threads 1 --seed "$seed"
        # shellcheck disable=SC2046 # value and error
        row infogan "infogan, seed $seed" mnist "0.05, bound ours: $(read_score "$run" information information-category | awk '{ printf "%.3f ± %.3f nats", $1, $2 }')" \
            $(read_score "$run" cluster-error cluster-error-majority) "train $(cat "$work/$run.command")"
        ./likeness latent sweep "$work/$run" -o "$work/$run-sweep.png" >/dev/null 2>&1
    done
    end infogan
}
