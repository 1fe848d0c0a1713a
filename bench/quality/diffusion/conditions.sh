# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# Classes and captions: whether a network that knows real images reads off samples what was asked for.

# led WEIGHT: samples of every class of the class diffusion with this guidance.
led() {
    local run=$work/class-diffusion-mnist folder=$work/led-$1 digit
    rm -rf "$folder"
    for digit in 0 1 2 3 4 5 6 7 8 9; do
        ./likeness sample "$run" -n 50 --class "$digit" --seed 1 --set "guidance=$1" -o "$folder/$digit/" >/dev/null 2>&1
    done
    # shellcheck disable=SC2046 # value and error
    row classes "class-diffusion, w = $1" mnist "" \
        $(./likeness evaluate "$folder" --against mnist --metric class-agreement --features "$work/judge-mnist" --limit 500 --json 2>/dev/null | read_score class-agreement) \
        "sample RUN --class N --set guidance=$1"
}

section_classes() {
    judge mnist
    train class-diffusion-mnist class-diffusion --data mnist --steps "${LIKENESS_CLASS_STEPS:-1500}" --threads 1 --seed 1 --set "${small[@]}"
    begin classes "Classes" "How often our classifier of real digits reads the class off samples that was asked for, 50 of each; $(./likeness evaluate "$work/judge-mnist" --split test --metric classification-error --json 2>/dev/null | read_score classification-error | awk '{ print $1 }') % of real test digits it reads wrongly." "classes read as asked, %" ""
    led 0
    led 0.5
    led 2
    end classes
    ./likeness sample "$work/class-diffusion-mnist" -n 64 --class 3 --seed 1 -o "$work/class-diffusion-mnist.png" >/dev/null 2>&1
}
