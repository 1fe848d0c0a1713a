# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# What images of a class-conditional DCGAN are worth to a classifier that has a hundred real ones of each class.

section_augmentation() {
    echo "Augmentation …" >&2
    local run scores seed
    train classifier-fashion-mnist classifier --data fashion-mnist --precision bf16 --threads 1 --seed 1
    {
        printf '## Augmentation: a hundred real images of each class\n\nA class-conditional DCGAN and a classifier have the same 1000 labelled images of Fashion-MNIST and nothing else. A second classifier has 10,000 generated images beside them, with half of the weight. Both learn for as many steps,\n'
        printf 'and are judged on the 10,000 test images; 95 %% intervals are the bootstrap'"'"'s over these. The gain is that of pairs, image by image.\n\n'
        printf '| seed | real images alone | with generated ones | gain | training of the GAN, CPU time | command |\n|---|---|---|---|---|---|\n'
    } >"$parts/augmentation.new"
    for seed in 1 2; do
        run=class-dcgan-few-$seed
        train "$run" class-dcgan --data fashion-mnist --labels 1000 --steps "${LIKENESS_AUGMENTATION_STEPS:-1500}" --batch 64 --precision bf16 --threads 1 --seed "$seed" --set width=32 noise=normal
        scores=$(./likeness evaluate "$work/$run" --metric augmentation --features "$work/classifier-fashion-mnist" --seed "$seed" --json 2>/dev/null)
        printf '| %s | %s | %s | %s | %s s | `train %s` |\n' "$seed" "$(percent augmentation-without)" "$(percent augmentation)" "$(percent augmentation-gain)" "$seconds" "$(cat "$work/$run.command")" | tee -a "$parts/augmentation.new" >&2
        ./likeness sample "$work/$run" -n 64 -o "$work/$run.png" >/dev/null 2>&1
    done
    augmentation_small >>"$parts/augmentation.new"
    end augmentation
}

# The same small: all generated images and the sure ones, of a generator whose critic sees images as they are and of one whose critic sees them augmented.
augmentation_small() {
    local judge=classifier-few run rows='' scores gains=''
    local game=(class-dcgan --data fashion-mnist --labels 1000 --steps 1000 --batch 64 --seed 1 --set width=16 noise=normal)
    train "$judge" classifier --data fashion-mnist --labels 1000 --steps 500 --batch 64 --seed 1 --set width=16
    for run in class-dcgan-small class-dcgan-small-augmented; do
        case $run in
            *-augmented) train "$run" "${game[@]}" augment=translation+cutout ;;
            *) train "$run" "${game[@]}" ;;
        esac
        scores=$(./likeness evaluate "$work/$run" --metric augmentation --features "$work/$judge" --split validation --samples 2000 --limit 2000 --seed 1 --json 2>/dev/null)
        rows+="| ${run/-small/} | all | 100 % | $(value augmentation) % | $(percent augmentation-gain) |"$'\n'
        rows+="| ${run/-small/} | the sure ones | $(value augmentation-sure 0) % | $(value augmentation-by-sure) % | $(percent augmentation-by-sure-gain) |"$'\n'
        gains+="$(percent augmentation-gain) $(percent augmentation-by-sure-gain) "
    done
    printf '\nThose of which the classifier is sure, and a generator whose critic sees augmented images, measured small: 2000 generated images, 2000 images of the validation split, one seed, classifier and generators of\n'
    printf '`train %s` and `train %s`,\nwithout and with `augment=translation+cutout`. ' "$(cat "$work/$judge.command")" "${game[*]}"
    printf 'Sure is a probability of the class of 0.9 or more by the classifier of the 1000 real images, which has %s right.\n\n' "$(percent augmentation-without)"
    printf '| generator | images | taken | right with them | gain |\n|---|---|---|---|---|\n%s\n' "$rows"
    # An interval above zero is a gain that can be told.
    if grep -qE '\([0-9.]+ …' <<<"$gains"; then
        printf 'A gain whose interval lies above zero helps; the others cannot be told from none. `evaluate --metric augmentation` says so.\n'
    else
        printf 'Neither helps that can be told, and `evaluate --metric augmentation` says so.\n'
    fi
}

# percent NAME: a score of $scores with its interval.
percent() {
    grep "\"name\":\"$1\"" <<<"$scores" | sed -E 's/.*"value":([-0-9.eE]*),.*"interval":\[([-0-9.eE]*),([-0-9.eE]*)\].*/\1 \2 \3/' | awk '{ printf "%.2f %% (%.2f … %.2f)", $1, $2, $3 }'
}

# value NAME [DIGITS]: the score alone, 2 digits unless said.
value() { grep "\"name\":\"$1\"" <<<"$scores" | sed -E 's/.*"value":([-0-9.eE]*),.*/\1/' | awk -v digits="${2:-2}" '{ printf "%.*f", digits, $1 }'; }
