# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# Puzzle-GAN on Fashion-MNIST and on emoji of 32×32: whether it knows where the patches of unseen images belong, and keeps them.

# restoration RUN NAME: a score of the metric on unseen images, "value error".
restoration() {
    ./likeness evaluate "$work/$1" --split test --metric restoration --seed 1 --json 2>/dev/null | grep "\"name\":\"restoration-$2\"" |
        sed -E 's/.*"value":([-0-9.eE]*),"standardError":([-0-9.eE]*),.*/\1 \2/'
}

# puzzle DATA ARGUMENTS…: trains, scores, draws, and writes the line.
puzzle() {
    local run
    run=puzzle-$(basename "$1" .zip)
    train "$run" puzzle-gan --data "$@" --threads 1 --seed 1
    # shellcheck disable=SC2046 # value and error
    row puzzle puzzle-gan "$(basename "$1" .zip)" "0.5 and thrice chance, which is $(restoration "$run" mask-chance | awk '{ printf "%.3f", $1 }'); the best fixed mask $(restoration "$run" mask-constant | awk '{ printf "%.3f", $1 }'); appearance ours: $(restoration "$run" appearance | awk '{ printf "%.3f ± %.3f", $1, $2 }'), by chance $(restoration "$run" appearance-chance | awk '{ printf "%.3f", $1 }')" \
        $(restoration "$run" mask) "train $(sed "s|${LIKENESS_DATA%%:*}|\$LIKENESS_DATA|" "$work/$run.command")"
    ./likeness restore "$work/$run" --count 16 -o "$work/$run.png" >/dev/null 2>&1
}

section_puzzle() {
    local emoji=${LIKENESS_DATA%%:*}/emoji/noto.zip
    begin puzzle "Puzzle-GAN" "Three key patches of each unseen image, without their places. The intersection over union of the mask that is made of them with the true one; chance is that of the true masks of
two images. In the paper's column stands what it is held to, and beside it the mean absolute difference of the pixels in the true places, on a scale of 0 to 1: made of the
image's patches, and of another image's." "mask, intersection over union" ""
    puzzle fashion-mnist --steps "${LIKENESS_PUZZLE_STEPS:-1500}" --set width=32 finalWeight=1e-3 generator.learningRate=5e-4 --precision bf16
    if [ -f "$emoji" ]; then
        puzzle "$emoji" --size 32 --batch 32 --steps "${LIKENESS_PUZZLE_EMOJI_STEPS:-1800}" --set width=32 finalWeight=1e-3 generator.learningRate=1e-3 --precision bf16
    else
        echo "There is no $emoji: the emoji are left out." >&2
    fi
    end puzzle
}
