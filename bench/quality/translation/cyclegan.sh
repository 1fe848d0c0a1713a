# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# CycleGAN: digits without pairs and without labels (the protocol of CyCADA), and emoji of two styles whose pairs are kept aside.

# all_scores RUN METRIC [ARGUMENTS…]: all scores of a metric, lines "name value error".
all_scores() {
    local run=$1 metric=$2
    shift 2
    ./likeness evaluate "$run" --metric "$metric" --json "$@" 2>/dev/null | sed -nE 's/.*"name":"([^"]*)","value":([-0-9.eE]*),"standardError":([-0-9.eE]*),.*/\1 \2 \3/p'
}

# pick SCORES NAME: "value error" of one of them.
pick() { awk -v n="$2" '$1 == n { print $2, $3 }' <<<"$1"; }

# accuracy RUN DATA: the test accuracy of a classifier on other data, in per cent.
accuracy() { pick "$(all_scores "$work/$1" classification-error --data "$2")" classification-error | awk '{ print 100 * (1 - $1), 100 * $2 }'; }

section_digits() {
    local translator=cyclegan-digits from to paper alone
    local judge=(--steps "${LIKENESS_CLASSIFIER_STEPS:-1000}" --threads 1 --seed 1)
    begin digits "CycleGAN: MNIST and USPS" "Both at 32×32, training images without labels or pairs. The protocol of Hoffman et al. 2018 (CyCADA): the training images of one set, translated to the other, teach a classifier with the labels
they had before; it is tested on the test split of the other set. \`source only\`: taught with the images as they are. The paper's figures are CyCADA's." "accuracy" " in %"
    # With critics of 16-pixel patches, the default at this size, and the identity term strokes break; which of the two does it has not been tried apart.
    train $translator cycle-gan --data mnist::usps --size 32 --batch 8 --steps "${LIKENESS_CYCLEGAN_DIGITS_STEPS:-12000}" --set width=32 criticWidth=32 identity=0 criticHalvings=2 --precision bf16 --threads 1 --seed 1
    for from in mnist usps; do
        [ $from = mnist ] && to=usps paper=95.6 alone=82.2 || to=mnist paper=96.4 alone=69.6
        train "classifier-$from" classifier --data $from --size 32 "${judge[@]}"
        # shellcheck disable=SC2046 # value and error
        row digits "source only" "$from → $to" "$alone" $(accuracy "classifier-$from" $to) "train $(cat "$work/classifier-$from.command")"
        if [ ! -f "$work/$from-as-$to/metadata.csv" ] || [ "$work/$translator/model.safetensors" -nt "$work/$from-as-$to/metadata.csv" ]; then
            ./likeness translate "$work/$translator" $from --split train --to $to -o "$work/$from-as-$to" --force --grid "$work/$from-as-$to.png" ${LIKENESS_TRANSLATE_LIMIT:+--limit "$LIKENESS_TRANSLATE_LIMIT"} >/dev/null 2>&1
        fi
        train "classifier-$from-as-$to" classifier --data "$work/$from-as-$to" --size 32 "${judge[@]}"
        seconds=$(cat "$work/$translator.seconds")
        # shellcheck disable=SC2046
        row digits "translated" "$from → $to" "$paper" $(accuracy "classifier-$from-as-$to" $to) "train $(cat "$work/$translator.command")"
    done
    end digits
}

section_emoji() {
    local emoji=${LIKENESS_DATA%%:*}/emoji run=cyclegan-emoji judge=judge-emoji scores name domain
    begin emoji "CycleGAN: emoji of two styles" "Twemoji and Noto at 64×64. Each emoji (with all its skin tones) is trained on in one of the styles only; on those of the test split, which neither style has shown, the share of the other images of the
target style that are farther from a translation than its true partner is (the bar is 90 %, chance 50 %), and how often none is nearer. Distances are between the codes of an autoencoder that has
learned from a third style, OpenMoji. \`untranslated\`: the same of images as they are." "share" " in %"
    train $judge autoencoder --data "$emoji/openmoji.zip" --size 64 --steps "${LIKENESS_JUDGE_STEPS:-3000}" --threads 1 --seed 1
    train $run cycle-gan --data "$emoji/twemoji.zip::$emoji/noto.zip" --size 64 --disjoint --batch 4 --steps "${LIKENESS_CYCLEGAN_EMOJI_STEPS:-9000}" --set width=32 criticWidth=32 --precision bf16 --threads 1 --seed 1
    scores=$(all_scores "$work/$run" partners --features "$work/$judge")
    for domain in noto twemoji; do
        for name in "$domain" "$domain-first" "$domain-untranslated" "$domain-untranslated-first"; do
            # shellcheck disable=SC2046 # value and error
            row emoji "cycle-gan, $name" "twemoji, noto" "–" $(pick "$scores" "partners-$name") "train $(sed "s|$emoji|\$LIKENESS_DATA/emoji|g" "$work/$run.command")"
        done
    done
    ./likeness translate "$work/$run" "$emoji/twemoji.zip" --to noto --limit 12 -o "$work/emoji-as-noto" --force --grid "$work/emoji-grid.png" >/dev/null 2>&1
    end emoji
}
