# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# DCGANs beside PyTorch's with the same networks, batches and steps, by the Fréchet distance of a network's features.

# frechet PATH FEATURES [ARGUMENTS…]: of a run or of a file of samples, "value error".
frechet() {
    local path=$1 features=$2
    shift 2
    ./likeness evaluate "$path" --split "$judged" --metric frechet --features "$features" --json "$@" 2>/dev/null | grep '"name":"frechet"' | head -n 1 |
        sed -E 's/.*"value":([-0-9.eE]*),"standardError":([-0-9.eE]*),.*/\1 \2/'
}

# beside NAME DATA SIZE FEATURES SAMPLES STEPS BATCH WIDTH: three seeds of ours and of PyTorch's.
beside() {
    local name=$1 data=$2 size=$3 features=$4 samples=$5 steps=$6 batch=$7 width=$8 seed run theirs begun ours
    [ -f "$work/$name.npy" ] || ./likeness data export "$data" --split train --size "$size" -o "$work/$name.npy" 2>/dev/null
    for seed in 1 2 3; do
        run=dcgan-$name-$seed
        train "$run" dcgan --data "$data" --size "$size" --steps "$steps" --batch "$batch" --threads 1 --seed "$seed" --set "width=$width" noise=normal
        ours=$seconds
        theirs=$work/$run-torch
        if [ "$(cat "$theirs.command" 2>/dev/null)" != "$steps $batch $width" ]; then
            begun=$SECONDS
            /usr/bin/python3 bench/quality/dcgan.py "$work/$name.npy" "$theirs.npy" --steps "$steps" --batch "$batch" --width "$width" --seed "$seed" --samples "$samples"
            echo $((SECONDS - begun)) >"$theirs.seconds"
            echo "$steps $batch $width" >"$theirs.command"
        fi
        seconds="$ours s, PyTorch's $(cat "$theirs.seconds")"
        # shellcheck disable=SC2046 # value and error
        row dcgan "dcgan, seed $seed" "$name, ${size}x$size" "PyTorch's $(frechet "$theirs.npy" "$features" --against "$data" --size "$size" --limit "$samples" | awk '{ printf "%.3f ± %.3f", $1, $2 }')" \
            $(frechet "$work/$run" "$features" --limit "$samples") "train $(sed "s|${LIKENESS_DATA%%:*}/|\$LIKENESS_DATA/|" "$work/$run.command")"
        ./likeness sample "$work/$run" -n 64 -o "$work/$run.png" >/dev/null 2>&1
    done
}

section_dcgan() {
    local judged=test
    begin dcgan "DCGAN" "Fréchet distance between samples and held-out images, as many of either, by the named network's features. In the paper's column stands PyTorch's DCGAN with the same networks, batches
and steps (\`bench/quality/dcgan.py\`), judged in the same way; ± is the bootstrap's deviation over samples, and the three seeds show that of training. Fashion-MNIST: 10,000 test images and the hidden layer of our classifier of
these clothes. Emoji: the style noto, which has no classes, its 514 test images and the codes of our text encoder, which learned which name belongs to which image. fp32, one thread, as is PyTorch, whose time is
that of the clock." "Fréchet distance" ""
    train classifier-fashion-mnist classifier --data fashion-mnist --precision bf16 --threads 1 --seed 1
    beside fashion-mnist fashion-mnist 28 "$work/classifier-fashion-mnist" 10000 "${LIKENESS_DCGAN_STEPS:-6000}" 64 32
    train text-encoder-noto text-encoder --data "${LIKENESS_DATA%%:*}/emoji/noto.zip" --size 64 --steps 1000 --set 'network={"length":100}' --precision bf16 --threads 1 --seed 1
    beside emoji "${LIKENESS_DATA%%:*}/emoji/noto.zip" 64 "$work/text-encoder-noto" 514 "${LIKENESS_DCGAN_EMOJI_STEPS:-1500}" 32 32
    end dcgan
}
