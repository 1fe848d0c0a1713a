# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# StarGAN: attributes of shapes, styles of emoji, and skin tones, as a classifier of real images reads them. all_scores and pick are in cyclegan.sh.

# star_rows RUN DATA: a row for each score of the metric.
star_rows() {
    local scores name bar
    scores=$(all_scores "$work/$1" translation)
    for name in $(awk '{ print $1 }' <<<"$scores"); do
        case $name in
            *-real) bar="–" ;;
            *-kept) bar="97" ;;
            *) bar="97.88" ;;
        esac
        # shellcheck disable=SC2046 # value and error
        row stargan "$name" "$2" "$bar" $(pick "$scores" "$name") "train $(sed "s|${LIKENESS_DATA%%:*}|\$LIKENESS_DATA|g" "$work/$1.command")"
    done
}

section_stargan() {
    # With the paper's networks, rates and weights shapes are still blobs after 2600 rounds.
    local faster=(width=24 blocks=1 criticWidth=16 criticTurns=2 reconstruction=35 generator.learningRate=2e-3 critic.learningRate=2e-3)
    local rest=(--precision bf16 --threads 1 --seed 1) emoji=${LIKENESS_DATA%%:*}/emoji steps=${LIKENESS_STARGAN_STEPS:-12000} emoji_steps=${LIKENESS_STARGAN_EMOJI_STEPS:-4000}
    begin stargan "StarGAN" "Every image is translated to a domain that it is not in, drawn with equal chances, group by group. A classifier of all attributes that has learned from real training images reads the target off the translations
(the paper's figure is 97.88 %, on facial expressions) and the other attributes as they were (\`-kept\`; the bar is 97 %); \`-real\`: off the images before. \`shapes\` at 32×32; three styles of emoji at 32×32 as
exclusive domains; skin tones of emoji, of which none is one." "accuracy" " in %"
    train stargan-shapes star-gan --data shapes --size 32 --batch 16 --steps "$steps" --set "${faster[@]}" 'attributes=["colour","shape","size","background"]' "${rest[@]}"
    star_rows stargan-shapes shapes
    ./likeness translate "$work/stargan-shapes" shapes --limit 12 --to colour=red -o "$work/shapes-as-red" --force --grid "$work/shapes-grid.png" >/dev/null 2>&1
    train stargan-styles star-gan --data "$emoji/twemoji.zip::$emoji/noto.zip::$emoji/openmoji.zip" --size 32 --batch 16 --steps "$emoji_steps" --set "${faster[@]}" "${rest[@]}"
    star_rows stargan-styles "emoji, three styles"
    train stargan-tones star-gan --data "$emoji/twemoji.zip" --size 32 --batch 16 --steps "$emoji_steps" --set "${faster[@]}" 'attributes=["tone"]' "${rest[@]}"
    star_rows stargan-tones "emoji, skin tones"
    end stargan
}
