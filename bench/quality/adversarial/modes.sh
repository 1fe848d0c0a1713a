# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# Stacked MNIST: how many of a thousand classes a small critic leaves its generator, as in table 4 of the paper on progressive growing.

# mode_score NAME: a score of $scores with its error.
mode_score() {
    grep "\"name\":\"$1\"" <<<"$scores" | sed -E 's/.*"value":([-0-9.eE]*),"standardError":([-0-9.eE]*),.*/\1 \2/' | awk '{ printf(($1 > 20) ? "%.0f ± %.0f" : "%.3f ± %.3f", $1, $2) }'
}

# lost RUN LABEL PAPER JUDGE ARGUMENTS…: trains, and counts the classes of 25,600 samples.
lost() {
    local run=$1 label=$2 paper=$3 judge=$4 scores
    shift 4
    train "$run" "$@"
    scores=$(./likeness evaluate "$work/$run" --split train --metric modes --features "$work/$judge" --limit 25600 --json 2>/dev/null)
    printf '| %s | %s | %s | %s | %s s | `train %s` |\n' "$label" "$paper" "$(mode_score modes)" "$(mode_score modes-kl)" "$seconds" "$*" | tee -a "$parts/modes.new" >&2
    ./likeness sample "$work/$run" -n 64 -o "$work/$run.png" >/dev/null 2>&1
}

section_modes() {
    echo "Stacked MNIST …" >&2
    local steps=${LIKENESS_MODES_STEPS:-2500} rest=(--precision bf16 --threads 1 --seed 1)
    train classifier-mnist classifier --data mnist --precision bf16 --threads 1 --seed 1
    # Progressive growing doubles 4 pixels to 32; the others learn from 28.
    train classifier-mnist-32 classifier --data mnist --size 32 --precision bf16 --threads 1 --seed 1
    {
        printf '## Stacked MNIST: a thousand modes\n\nThree digits as the colours of one image. Our classifier of MNIST, at the size of the samples, names the digit in each colour of 25,600 samples, as many as in the paper; KL is that of the generated classes from the training data'"'"'s,\n'
        printf 'in nats. Beside them what the paper reports for its smallest critics (K/4) and, after the stroke, those twice as wide (K/2). Its networks are not these, so its figures are no bar for these.\n\n'
        printf '| model | paper: modes (KL) | modes of 1000 | KL | training, CPU time | command |\n|---|---|---|---|---|---|\n'
    } >"$parts/modes.new"
    lost modes-dcgan "DCGAN" "30.6 (5.99) / 628.0 (2.58)" classifier-mnist dcgan --data stacked-mnist --steps "$steps" --batch 64 "${rest[@]}" --set width=16 noise=normal
    lost modes-wgan-gp "WGAN-GP" "640.1 (1.97) / 772.4 (1.64)" classifier-mnist dcgan --data stacked-mnist --steps "$steps" --batch 64 "${rest[@]}" --set width=16 noise=normal loss=wasserstein 'penalty={"kind":"gradient"}' criticNorm=none \
        'generator={"kind":"adam","learningRate":0.0005,"beta1":0,"beta2":0.9}' 'critic={"kind":"adam","learningRate":0.0005,"beta1":0,"beta2":0.9}'
    lost modes-progressive-gan "Progressive GAN" "859.5 ± 36.2 (1.05) / 919.8 ± 35.1 (0.66)" classifier-mnist-32 progressive-gan --data stacked-mnist --size 32 --steps "$steps" --batch 64 "${rest[@]}" --set latent=64 width=256 cap=32 'batches=[1,1,1,1]' \
        phaseImages=9600 emaDecay=0.99 loss=non-saturating 'penalty={"kind":"r1","gamma":1}' generator.learningRate=2e-3 critic.learningRate=2e-3
    mv "$parts/modes.new" "$parts/modes.md"
}
