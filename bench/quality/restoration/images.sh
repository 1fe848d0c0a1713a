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
        sed -E "s|$work/||; s/:null/:\"–\"/g" |
        sed -E 's/.*"method":"([^"]*)".*"psnr":([^,]*),"psnrError":([^,]*),"psnrOfMean":([^,]*),"ssim":([^,]*),"featureDistance":([^,]*),"frechet":([^,]*),"diversity":([^,]*),"disagreement":([^,]*),"seconds":([^}]*)}/\1 \2 \3 \4 \5 \6 \7 \8 \9/' |
        tr -d '"' | sed -E 's/\(/\\(/; s/null-space \\\(/null-space(/; s/mean fill/mean_fill/; s/ \\\(/(/' |
        awk '{ printf "| %s | %.2f ± %.2f | %.2f | %.3f | %.3f | %.3f | %s | %.4f |\n", $1, $2, $3, $4, $5, $6, $7, ($8 == "–" ? $8 : sprintf("%.3f", $8)), $9 }' |
        sed 's/mean_fill/mean fill/; s/(/ (/' | tee -a "$parts/$section.new" >&2
}

# table SECTION TITLE TEXT: starts a section; end SECTION keeps it.
table() {
    printf '## %s\n\n%s\n\n' "$2" "$3" >"$parts/$1.new"
    columns "$1" "$2"
}

# columns SECTION TITLE: the head of a table.
columns() {
    echo "$2 …" >&2
    printf '| method | PSNR dB | of the mean | SSIM | features | Fréchet | diversity | deviation from given |\n|---|---|---|---|---|---|---|---|\n' >>"$parts/$1.new"
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

# coloured SECTION DATA TITLE TEXT [ARGUMENTS…]: every measurement of images in colour, by every method that can be trained on so few of them.
coloured() {
    local section=$1 data=$2 title=$3 text=$4 lines=() measurement name measurements=(mask:half mask:box mask:share=0.25 downsample:4 luma)
    shift 4
    local small=(network.baseWidth=24 network.patch=2 network.residualBlocks=1 network.dropout=0 optimizer.schedule.kind=linear)
    trained "$section-judge" autoencoder --data "$data" "$@" --steps 2000 --set latent=64
    trained "$section-edm" edm --data "$data" "$@" --steps "${LIKENESS_EDM_STEPS:-4000}" --batch 16 --set "${small[@]}"
    trained "$section-vae" vae --data "$data" "$@" --steps 3000
    trained "$section-dcgan" dcgan --data "$data" "$@" --steps 1500 --batch 64 --set width=32
    for measurement in "${measurements[@]}"; do
        name=$section-${measurement//[:=.]/-}
        trained "$name-pix2pix" pix2pix --data "$data" "$@" --degrade "$measurement" --batch 16 --steps "${LIKENESS_PIX2PIX_STEPS:-1500}" --set width=32 criticWidth=32
        trained "$name-sr3" sr3 --data "$data" "$@" --degrade "$measurement" --steps "${LIKENESS_SR3_STEPS:-1200}" --batch 16 --set "${small[@]}"
    done
    printf '## %s\n\n%s\n\n%s\n\n`restoration RUN… --degrade MEASUREMENT --limit %s --draws 2 --features %s-judge --seed 1`.\n' \
        "$title" "$text" "$(printf '%s\n' "${lines[@]}")" "$images" "$section" >"$parts/$section.new"
    for measurement in "${measurements[@]}"; do
        name=$section-${measurement//[:=.]/-}
        printf '\n### %s, `%s`\n\n' "$title" "$measurement" >>"$parts/$section.new"
        columns "$section" "$title, $measurement"
        rm -f "$parts/$name.new" "$parts/$name-solves.new"
        judged "$name" "$measurement" "$section-judge" "$section-edm" "$section-vae" "$section-dcgan" "$name-pix2pix" "$name-sr3"
        judged "$name-solves" "$measurement" "$section-judge" "$section-edm" -- --solves 3 --walk 40
        # The baselines of the second are those of the first.
        { cat "$parts/$name.new"; tail -n 1 "$parts/$name-solves.new" | sed "s/ ($section-edm) / ($section-edm), \`--solves 3 --walk 40\` /"; } >>"$parts/$section.new"
    done
    end "$section"
}

section_emoji() { coloured emoji "${LIKENESS_DATA%%:*}/emoji/noto.zip" "Emoji" "Emoji of 32 pixels in colour. Features and the Fréchet distance are of the codes of an autoencoder of the same data." --size 32; }

section_cifar() { coloured cifar cifar10-sample "CIFAR-10 sample" "A sample of CIFAR-10. Features and the Fréchet distance are of the codes of an autoencoder of the same data."; }

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
