# shellcheck shell=bash disable=SC2154 # bench/quality/common.sh sets $work and $parts, and vae.sh $digits
# What the bounds of a trained VAE say, how large the files are that it makes, and the anomalies that it finds.

# train_digits: the VAE of binarized MNIST that the section of VAEs trains.
train_digits() { train vae-mnist-binarized vae --data mnist-binarized "${digits[@]}" --threads 1 --seed 1; }

section_linear_gaussian() {
    echo "Linear-Gaussian models …" >&2
    {
        printf '## Linear-Gaussian models, whose likelihood is known\n\nTests of `tests/Likeness.Tests`: at the optimum weights, bounds and rungs are the likelihood within 1e-6 nats or less, elsewhere they differ by the divergence of the\nposteriors, and annealing from both sides brackets the truth. That the rungs of every model come in order is a law of `tests/Likeness.Laws`.\n\n| test | outcome |\n|---|---|\n'
        dotnet test artifacts/bin/Likeness.Tests/release/Likeness.Tests.dll --nologo --logger 'console;verbosity=normal' \
            --filter 'FullyQualifiedName~Likeness.Tests.LikelihoodLadderTests|FullyQualifiedName~Likeness.Tests.VaeTests' |
            sed -nE 's/^ +(Passed|Failed) Likeness\.Tests\.[A-Za-z]*Tests\.([A-Za-z0-9_]+).*/| \2 | \1 |/p' | tr _ ' ' | sort
    } >"$parts/linear_gaussian.new"
    mv "$parts/linear_gaussian.new" "$parts/linear_gaussian.md"
}

section_ladder() {
    echo "The likelihood ladder …" >&2
    train_digits
    {
        printf '## The likelihood ladder of a VAE\n\nBinarized MNIST, `train %s`, `evaluate --metric likelihood --limit 20`. Wu et al. 2017 find the same order: the ELBO, importance weighting, annealing.\n\n' "$(cat "$work/vae-mnist-binarized.command")"
        printf '| rung | score |\n|---|---|\n'
        ./likeness evaluate "$work/vae-mnist-binarized" --metric likelihood --limit 20 2>/dev/null | sed -E 's/^([^ ]+) +(.*)$/| `\1` | \2 |/'
    } >"$parts/ladder.new"
    mv "$parts/ladder.new" "$parts/ladder.md"
}

section_bits_back() {
    echo "Bits back …" >&2
    train_digits
    {
        printf '## Bits back: the 10,000 test images of binarized MNIST\n\nThe claim is the bound of one draw for each image; the size holds the first random bits, too.\n\n'
        bench/quality/compression.sh "$work/vae-mnist-binarized"
    } >"$parts/bits_back.new"
    mv "$parts/bits_back.new" "$parts/bits_back.md"
}

section_adbench() {
    echo "Anomalies …" >&2
    local by
    {
        printf '## Anomalies of VAEs: ADBench, one-class protocol\n\nEvery fifth training row is held out to calibrate the p-values; the published methods learn from those, too.\n'
        for by in bound reconstruction; do
            printf '\n### By %s\n\n' "$by"
            BY=$by bench/quality/adbench.sh vae --protocol one-class-held-out --steps 1500 --threads 1 --set latent=8 'network.hidden=[64]'
        done
    } >"$parts/adbench.new"
    mv "$parts/adbench.new" "$parts/adbench.md"
}
