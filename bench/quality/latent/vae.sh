# shellcheck shell=bash disable=SC2034,SC2154 # bench/quality/common.sh reads and sets them
# Variational autoencoders on binarized MNIST, scored by importance weighting, and discrete codes of Fashion-MNIST.

# Gates learn in a tenth of the steps of tanh; a larger ε of Adam, the authors' own, slows what is left at the end.
gated=(--set network.nonlinearity=gated 'network.hidden=[300,300]' optimizer.epsilon=1e-8)
digits=(--epochs 200 --validate-every 5000 "${gated[@]}")

# active FILE: how many columns of codes vary by more than 0.01, of how many (Burda et al. 2016, section 5.2).
active() {
    awk -F, '$1 + 0 == $1 { n++; for (i = 1; i <= NF; i++) { s[i] += $i; q[i] += $i * $i } }
        END { for (i = 1; i <= NF; i++) a += q[i] / n - (s[i] / n) ^ 2 > 0.01; print a " of " NF }' "$1"
}

# weighted NAME PAPER ARGUMENTS…: trains a VAE of one stochastic layer of 50, writes its line, notes its active units and draws samples.
weighted() {
    local as=$1 paper=$2
    shift 2
    measure vae "$paper" vae mnist-binarized "$@" --threads 1 --seed 1
    ./likeness sample "$work/$as-mnist-binarized" -n 64 -o "$work/$as.png" >/dev/null
    ./likeness encode "$work/$as-mnist-binarized" --split test -o "$work/$as.csv" >/dev/null
    printf '\nActive units of %s, on the test images: %s.\n' "$as" "$(active "$work/$as.csv")" >>"$parts/vae.active"
}

section_vae() {
    local metric=iwae evaluation=(--samples 5000)
    begin vae "Variational autoencoders" "One stochastic layer of 50, fixed binarization; 5000 importance-weighted draws (500 with a vamp prior, which bounds from further above) for each of the 10,000 test images. Published: Burda et al. 2016 (VAE and IWAE), Tomczak and Welling 2018 (300-300 gated units, 40 latents; 88.56 with a Normal prior)." iwae
    : >"$parts/vae.active"
    weighted vae 88.7–89.9 "${digits[@]}"
    weighted iwae-50 87.1 --epochs 75 --validate-every 2500 --precision bf16 "${gated[@]}" importanceSamples=50
    evaluation=(--samples 500)
    weighted vamp 85.57 --epochs 100 --validate-every 5000 "${gated[@]}" prior.kind=vamp
    cat "$parts/vae.active" >>"$parts/vae.new"
    end vae
}

section_codes() {
    echo "Codes …" >&2
    local run=vq-vae-fashion-mnist
    train "$run" vq-vae --data fashion-mnist --steps 2500 --threads 1 --seed 1 --set optimizer.learningRate=0.001
    ./likeness sample "$work/$run" -n 64 -o "$work/$run.png" >/dev/null
    {
        printf '## Discrete codes\n\nA VQ-VAE of 7×7 codes out of 512, with its PixelCNN over the codes. Perplexity is that of the codes in use in training, at the end.\n\n'
        printf '| model | data | perplexity of 512 codes | bound, test, bits/dim | training, CPU time | command |\n|---|---|---|---|---|---|\n'
        # shellcheck disable=SC2046 # value and error
        printf '| vq-vae | fashion-mnist | %.0f | %.3f ± %.3f | %s s | `train %s` |\n' \
            "$(grep -o '"autoencoder.perplexity":[0-9.]*' "$work/$run/log.jsonl" | tail -n 1 | cut -d: -f2)" \
            $(metric=elbo score "$run" --bits) "$seconds" "$(cat "$work/$run.command")"
    } >"$parts/codes.md"
}
