# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# Classes and captions: whether a network that knows real images reads off samples what was asked for.

# led DATA WEIGHT CLASS…: samples of every class of the class diffusion with this guidance.
led() {
    local data=$1 weight=$2 run=$work/class-diffusion-$1 folder=$work/led-$1-$2 class
    shift 2
    rm -rf "$folder"
    for class in "$@"; do
        ./likeness sample "$run" -n 50 --class "$class" --seed 1 --set "guidance=$weight" -o "$folder/$class/" >/dev/null 2>&1
    done
    # shellcheck disable=SC2046 # value and error
    row classes "class-diffusion, w = $weight" "$data" "" \
        $(./likeness evaluate "$folder" --against "$data" --metric class-agreement --features "$work/judge-$data" --limit 500 --json 2>/dev/null | read_score class-agreement) \
        "sample RUN --class NAME --set guidance=$weight"
}

# wrong DATA: the share of real test images that the judge reads wrongly, in percent.
wrong() {
    ./likeness evaluate "$work/judge-$1" --split test --metric classification-error --json 2>/dev/null | read_score classification-error | awk '{ print 100 * $1 }'
}

section_classes() {
    local data weight
    judge mnist
    judge fashion-mnist
    begin classes "Classes" "How often our classifier of real images reads the class off samples that was asked for, 50 of each; $(wrong mnist) % of real test digits and $(wrong fashion-mnist) % of clothes it reads wrongly." "classes read as asked, %" ""
    for data in mnist fashion-mnist; do
        local names=(0 1 2 3 4 5 6 7 8 9)
        [ $data = mnist ] || names=(T-shirt trouser pullover dress coat sandal shirt sneaker bag 'ankle boot')
        train "class-diffusion-$data" class-diffusion --data $data --steps "${LIKENESS_CLASS_STEPS:-5000}" --batch 32 --threads 1 --seed 1 \
            --set network.baseWidth=16 network.residualBlocks=1 network.dropout=0 optimizer.schedule.kind=linear
        for weight in 0 0.5 2 4; do
            led $data $weight "${names[@]}"
        done
        ./likeness sample "$work/class-diffusion-$data" -n 64 --class "${names[3]}" --seed 1 -o "$work/class-diffusion-$data.png" >/dev/null 2>&1
    done
    end classes
}

# asked SPLIT WEIGHT NAME: how often all attributes of a caption are read off an image of it.
asked() {
    # shellcheck disable=SC2046 # value and error
    row captions "text-diffusion, w = $2" "$3" "" \
        $(./likeness evaluate "$work/text-diffusion" --metric attributes --split "$1" --limit 600 --set "guidance=$2" --json 2>/dev/null | read_score attributes-all) \
        "evaluate RUN --metric attributes --split $1 --limit 600 --set guidance=$2"
}

section_captions() {
    train text-encoder text-encoder --data shapes-zeroshot --steps 3000 --threads 1 --seed 1 --set 'network={"length":100}'
    train text-diffusion text-diffusion --data shapes-zeroshot --steps "${LIKENESS_CAPTION_STEPS:-20000}" --batch 32 --threads 1 --seed 1 \
        --set "reader=$work/text-encoder" text.length=100 network.baseWidth=16 network.residualBlocks=1 network.dropout=0 optimizer.schedule.kind=linear
    begin captions "Images from texts" "\`shapes-zeroshot\` at 32×32: six pairs of shape and colour occur in no training image. How often a classifier of real images reads all four attributes of a caption off the image that is drawn from it, on pairs that were seen and on those that were not; the bars are 97 and 90 %." "all attributes read as asked, %" ""
    local weight
    for weight in 0 1 3; do
        asked validation $weight "seen pairs"
        asked test $weight "held-out pairs"
    done
    end captions
    ./likeness sample "$work/text-diffusion" -n 64 --text 'a large red star on a black background' --seed 1 -o "$work/text-diffusion.png" >/dev/null 2>&1
}
