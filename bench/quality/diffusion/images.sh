# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# Diffusion of images beside a DCGAN of about the same processor time, and samplers beside each other.

# A network that two cores train in minutes; the paper's has a hundred times its weights.
small=(network.baseWidth=24 network.patch=2 network.residualBlocks=1 network.dropout=0 optimizer.schedule.kind=linear)
samples=${LIKENESS_DIFFUSION_SAMPLES:-1000}

# read_score NAME: "value error" of the first score of that name in what evaluate prints.
read_score() { grep "\"name\":\"$1\"" | head -n 1 | sed -E 's/.*"value":([-0-9.eE]*),"standardError":([-0-9.eE]*),.*/\1 \2/'; }

# frechet PATH DATA: of a run or of a file of samples, by the classifier's hidden layer.
frechet() {
    ./likeness evaluate "$1" --against "$2" --split test --metric frechet --features "$work/judge-$2" --limit "$samples" --json 2>/dev/null | read_score frechet
}

judge() { train "judge-$1" classifier --data "$1" --steps 1500 --threads 1 --seed 1; }

# image MODEL DATA STEPS ARGUMENTS…: trains, draws a grid, and writes the line.
image() {
    local model=$1 data=$2 steps=$3 run=$1-$2
    shift 3
    train "$run" "$model" --data "$data" --steps "$steps" --threads 1 --seed 1 "$@"
    ./likeness sample "$work/$run" -n 64 --seed 1 -o "$work/$run.png" >/dev/null 2>&1
    # shellcheck disable=SC2046 # value and error
    row images "$model" "$data" "" $(frechet "$work/$run" "$data") "train $model --data $data --steps $steps --seed 1 $*"
}

section_images() {
    judge fashion-mnist
    begin images "Images of 28 pixels" "Fréchet distance between $samples samples and as many test images, by the hidden layer of our classifier of the same data. By default the DCGAN is trained for about as long as EDM; the times stand beside." "Fréchet distance" ""
    image edm fashion-mnist 11500 --batch 16 --set "${small[@]}"
    image dcgan fashion-mnist "${LIKENESS_DCGAN_STEPS:-16000}" --batch 64 --set width=32
    end images
}

# walk KIND STEPS [SETTING …]: samples of the EDM by a sampler.
walk() {
    local kind=$1 steps=$2 file=$work/steps-$1-$2.npy begun=$SECONDS
    shift 2
    ./likeness sample "$work/edm-fashion-mnist" -n "$samples" --seed 2 --set "sampler.kind=$kind" "sampler.steps=$steps" "$@" -o "$file" >/dev/null 2>&1
    seconds="$((SECONDS - begun))"
    # shellcheck disable=SC2046 # value and error
    row steps "$kind" "$steps steps" "" $(frechet "$file" fashion-mnist) "sample RUN --set sampler.kind=$kind sampler.steps=$steps $*"
}

section_steps() {
    judge fashion-mnist
    train edm-fashion-mnist edm --data fashion-mnist --steps 11500 --threads 1 --seed 1 --batch 16 --set "${small[@]}"
    begin steps "Steps against quality" "The EDM of the table before, by other samplers; in the fifth column the seconds that $samples samples took." "Fréchet distance" ""
    walk dpm-solver 5
    walk dpm-solver 10
    walk dpm-solver 15
    walk dpm-solver 25 sampler.rho=7 sampler.eta=1
    walk heun 5
    walk heun 18
    walk ddim 15
    walk ddim 50
    walk ancestral 100
    end steps
}
