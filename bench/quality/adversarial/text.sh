# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# Images from texts: attributes of seen and of held-out combinations, whether the critic reads, and retrieval of captions of emoji.

# text_scores RUN METRIC SPLIT [ARGUMENTS…]: all scores of a metric, lines "name value error".
text_scores() {
    local run=$work/$1 metric=$2 split=$3
    shift 3
    ./likeness evaluate "$run" --metric "$metric" --split "$split" --json "$@" 2>/dev/null |
        sed -nE 's/.*"name":"([^"]*)","value":([-0-9.eE]*),"standardError":([-0-9.eE]*),.*/\1 \2 \3/p'
}

# text_row RUN DATA BAR SCORES NAME: the line of one score; where SCORES has NAME-real, it stands beside the bar.
text_row() {
    local real command
    command=$(<"$work/$1.command")
    real=$(awk -v n="$5-real" '$1 == n { printf ", on real images %.1f", $2 }' <<<"$4")
    # shellcheck disable=SC2046 # value and error
    row text "$5" "$2" "$3$real" $(awk -v n="$5" '$1 == n { print $2, $3 }' <<<"$4") "train ${command/"${LIKENESS_DATA%%:*}"/\$LIKENESS_DATA}"
}

# text_terms RUN: the critic's mean losses over the last 200 steps, which are −log of the probability that it gives to the truth.
text_terms() {
    tail -n 200 "$work/$1/log.jsonl" | sed -nE 's/.*"critic.right":([-0-9.eE]*),"critic.wrong":([-0-9.eE]*),"critic.fake":([-0-9.eE]*),.*/\1 \2 \3/p' |
        awk '{ r += $1; w += $2; f += $3 } END { printf "right pairs %.3f, real images with wrong captions %.3f, generated images %.3f", r / NR, 2 * w / NR, 2 * f / NR }'
}

section_text() {
    local rest=(--precision bf16 --threads 1 --seed 1) scores split combinations name bar style=twemoji painter
    begin text "Images from texts" "\`shapes-zeroshot\` at 64×64: six pairs of shape and colour occur in no training image. A classifier of real images, half of the judged split among them, reads the attributes of the other half's captions off
images generated from them; the bars are 95 % on seen and 85 % on held-out combinations. Emoji at 32×32 with their names and keywords, test split: the share of all
test captions that fit an image better than its own (chance is 50 %, the bar 10 %), as the joint embedding of texts and images sees it; \`generated\`: the same for images
that are generated from the captions." score " in %"
    local reader=(--set 'network={"length":100}')
    # Colours and backgrounds are learned within 500 steps, shapes between 5000 and 7000.
    train text-encoder-shapes text-encoder --data shapes-zeroshot --size 64 --steps 9000 "${reader[@]}" "${rest[@]}"
    scores=$(text_scores text-encoder-shapes retrieval validation)
    text_row text-encoder-shapes "shapes-zeroshot, seen" – "$scores" retrieval-rank
    scores=$(text_scores text-encoder-shapes retrieval test)
    text_row text-encoder-shapes "shapes-zeroshot, held-out" – "$scores" retrieval-rank
    painter=text-to-image-shapes
    # In batches of 64, without a penalty and at a width of 16 a processor sees several times as many images as in batches of 16, with r1 and at 32.
    train $painter text-to-image --data shapes-zeroshot --size 64 --batch 64 --steps 18000 --set width=16 interpolation=0 average=0.999 generator.learningRate=5e-4 critic.learningRate=5e-4 'encoder.network={"length":100}' \
        "text={\"kind\":\"run\",\"path\":\"$work/text-encoder-shapes\"}" --precision bf16 --threads 2 --seed 1
    for split in validation test; do
        [ $split = validation ] && combinations=seen bar=95 || combinations=held-out bar=85
        scores=$(text_scores $painter attributes $split)
        for name in shape colour size background all; do
            text_row $painter "shapes-zeroshot, $combinations" "$bar" "$scores" "attributes-$name"
        done
    done
    train text-to-image-emoji text-to-image --data "${LIKENESS_DATA%%:*}/emoji/$style.zip" --size 32 --batch 32 --steps 12000 --set width=32 average=0.999 'penalty={"kind":"r1","gamma":2}' generator.learningRate=5e-4 critic.learningRate=5e-4 text.steps=4000 'encoder.network={"length":100}' "${rest[@]}"
    scores=$(text_scores text-to-image-emoji retrieval test)
    bar=10
    for name in retrieval-rank retrieval-generated-rank retrieval-first retrieval-generated-first; do
        [[ $name == *-rank ]] || bar=–
        text_row text-to-image-emoji "emoji ($style)" "$bar" "$scores" "$name"
    done
    {
        printf '\nCritics, mean −log of the probability that they give to the truth over the last 200 steps (0.693 is chance): `%s`: %s; `%s`: %s.\n' \
            $painter "$(text_terms $painter)" text-to-image-emoji "$(text_terms text-to-image-emoji)"
    } >>"$parts/text.new"
    end text
    ./likeness sample "$work/$painter" --text "a large red star on a white background" -n 16 -o "$work/text-seen.png" >/dev/null
    ./likeness sample "$work/$painter" --text "a large blue star on a black background" -n 16 -o "$work/text-held-out.png" >/dev/null
    ./likeness sample "$work/$painter" --text "a small red circle on a white background" --to "a large blue square on a black background" -o "$work/text-way.png" >/dev/null
    ./likeness sample "$work/text-to-image-emoji" -n 64 -o "$work/text-emoji.png" >/dev/null
}
