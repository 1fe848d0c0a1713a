# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# Half, box, a quarter of the pixels, 4× resolution and colour: every method on the same test images.

images=${LIKENESS_RESTORATION_IMAGES:-200}

# trained NAME ARGUMENTS…: trains, and keeps the line that says how.
trained() {
    local name=$1
    shift
    train "$name" "$@" --threads 1 --seed 1
    # shellcheck disable=SC2016 # a variable in the report
    lines+=("- \`$name\`: \`train ${*//${LIKENESS_DATA%%:*}/\$LIKENESS_DATA} --threads 1 --seed 1\` ($seconds s)")
}

# judged SECTION MEASUREMENT JUDGE RUN… [-- ARGUMENTS…]: the lines of the table, and a picture.
judged() {
    local section=$1 measurement=$2 judge=$3 runs=() run
    shift 3
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        runs+=("$work/$1")
        shift
    done
    [ "${1:-}" = -- ] && shift
    ./likeness restoration "${runs[@]}" --degrade "$measurement" --limit "$images" --draws 2 ${judge:+--features "$work/$judge"} --seed 1 --json --grid "$work/$section.png" "$@" 2>"$work/$section.log" |
        sed -E "s|$work/||; s/null/\"–\"/" |
        sed -E 's/.*"method":"([^"]*)".*"psnr":([^,]*),"psnrError":([^,]*),"psnrOfMean":([^,]*),"ssim":([^,]*),"featureDistance":([^,]*),"frechet":([^,]*),"diversity":([^,]*),"disagreement":([^,]*),"seconds":([^}]*)}/\1 \2 \3 \4 \5 \6 \7 \8 \9/' |
        tr -d '"' | sed -E 's/\(/\\(/; s/null-space \\\(/null-space(/; s/mean fill/mean_fill/; s/ \\\(/(/' |
        awk '{ printf "| %s | %.2f ± %.2f | %.2f | %.3f | %.3f | %.3f | %s | %.4f |\n", $1, $2, $3, $4, $5, $6, $7, ($8 == "–" ? $8 : sprintf("%.3f", $8)), $9 }' |
        sed 's/mean_fill/mean fill/; s/(/ (/' | tee -a "$parts/$section.new" >&2
}

# table SECTION TITLE TEXT: starts a section; end SECTION keeps it.
table() {
    echo "$2 …" >&2
    printf '## %s\n\n%s\n\n| method | PSNR dB | of the mean | SSIM | features | Fréchet | diversity | deviation from given |\n|---|---|---|---|---|---|---|---|\n' "$2" "$3" >"$parts/$1.new"
}

# fashion SECTION MEASUREMENT TITLE TEXT PIX2PIX: all methods on Fashion-MNIST.
fashion() {
    local section=$1 measurement=$2 text=$4 lines=() exact=()
    trained judge classifier --data fashion-mnist --steps 1500
    trained edm edm --data fashion-mnist --steps "${LIKENESS_EDM_STEPS:-2500}" --set network.baseWidth=24 network.residualBlocks=1 network.dropout=0 optimizer.schedule.kind=linear
    trained vae vae --data fashion-mnist --steps 4000
    trained dcgan dcgan --data fashion-mnist --steps 1500
    trained "pix2pix-$section" pix2pix --data fashion-mnist --degrade "$measurement" --batch 16 --steps "${LIKENESS_PIX2PIX_STEPS:-3000}" --set width=32 criticWidth=32
    trained "sr3-$section" sr3 --data fashion-mnist --degrade "$measurement" --steps "${LIKENESS_EDM_STEPS:-2500}" --set network.baseWidth=24 network.residualBlocks=1 network.dropout=0 optimizer.schedule.kind=linear
    if [[ $measurement == mask:half ]]; then
        trained pixel-cnn pixel-cnn --data fashion-mnist --steps "${LIKENESS_PIXELCNN_STEPS:-1500}"
        exact=(pixel-cnn)
    fi
    table "$section" "$3" "$text

$(printf '%s\n' "${lines[@]:1}")

\`restoration RUN… --degrade $measurement --limit $images --draws 2 --features judge --seed 1\`"
    judged "$section" "$measurement" judge edm vae dcgan "pix2pix-$section" "sr3-$section" "${exact[@]}"
    end "$section"
}

section_half() { fashion half mask:half "The lower half" "Fashion-MNIST, of which the upper half is given."; }

section_box() { fashion box mask:box "The middle" "Fashion-MNIST without the square of half its side in the middle."; }

section_share() { fashion share mask:share=0.25 "Three quarters of the pixels" "Fashion-MNIST of which 25 % of the pixels, at random and the same for all images, are given."; }

section_small() { fashion small downsample:4 "4× resolution" "Fashion-MNIST from images of 7×7 pixels."; }

section_colour() {
    local lines=() data=${LIKENESS_DATA%%:*}/cifar10-sample
    [ -d "$data" ] || { echo "There is no $data: colour is left out." >&2; return; }
    trained edm-colour edm --data cifar10-sample --steps "${LIKENESS_EDM_STEPS:-2500}" --batch 32 --set network.baseWidth=24 network.residualBlocks=1 network.dropout=0 optimizer.schedule.kind=linear
    trained vae-colour vae --data cifar10-sample --steps 3000
    trained pix2pix-colour pix2pix --data cifar10-sample --degrade luma --batch 16 --steps "${LIKENESS_PIX2PIX_STEPS:-3000}" --set width=32 criticWidth=32
    trained sr3-colour sr3 --data cifar10-sample --degrade luma --steps "${LIKENESS_EDM_STEPS:-2500}" --batch 32 --set network.baseWidth=24 network.residualBlocks=1 network.dropout=0 optimizer.schedule.kind=linear
    table colour "Colour" "A sample of CIFAR-10 without labels, of which the luma is given; features and the Fréchet distance are of the values themselves, as no classifier can be trained on it.

$(printf '%s\n' "${lines[@]}")

\`restoration RUN… --degrade luma --limit $images --draws 2 --seed 1\`"
    judged colour luma "" edm-colour vae-colour pix2pix-colour sr3-colour
    end colour
}
