# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# GANs of fully connected networks: the best critic where both densities are known, and all modes of a ring.

# ring RUN LABEL ARGUMENTS…: trains on eight Gaussians, and counts of 8000 samples those within three deviations of each (98.9 % of the data are).
ring() {
    local run=$1 label=$2
    shift 2
    train "$run" gan --data 8gaussians "$@"
    ./likeness sample "$work/$run" -n 8000 -o "$work/$run.csv" >/dev/null 2>&1
    ./likeness sample "$work/$run" -n 2000 -o "$work/$run.png" >/dev/null 2>&1
    awk -F, -v label="$label" -v seconds="$seconds" -v command="train gan --data 8gaussians $*" '
        $1 + 0 == $1 {
            n++
            mode = int(atan2($2, $1) / atan2(0, -1) * 4 + 8.5) % 8
            angle = mode * atan2(0, -1) / 4
            dx = $1 - 2.8284 * cos(angle); dy = $2 - 2.8284 * sin(angle)
            if (dx * dx + dy * dy < (3 * 0.35355) ^ 2) { near++; hits[mode]++ }
        }
        END {
            least = most = hits[0] + 0
            for (k = 0; k < 8; k++) { all += hits[k] > n / 100; if (hits[k] + 0 < least) least = hits[k] + 0; if (hits[k] > most) most = hits[k] }
            printf "| %s | %d of 8 | %.1f %% | %.1f %% … %.1f %% | %s s | `%s` |\n", label, all, 100 * near / n, 100 * least / n, 100 * most / n, seconds, command
        }' "$work/$run.csv" | tee -a "$parts/gan.new" >&2
}

section_gan() {
    echo "GAN …" >&2
    local nets=(--batch 256 --precision fp32 --threads 1 --seed 1 --set latent=2 'generatorHidden=[128,128,128]' 'criticHidden=[128,128,128]' average=0.99)
    local slow=('generator={"kind":"adam","learningRate":0.001,"beta1":0,"beta2":0.9}' 'critic={"kind":"adam","learningRate":0.001,"beta1":0,"beta2":0.9}')
    {
        printf '## GAN: the best critic, and a ring\n\nEight Gaussians against a generator that stands still, N(0, 4I) (`samples/OptimalCritic`). Goodfellow et al. (2014) prove that the best critic is p/(p + q) and the\nvalue of the game there −log 4 + 2·JSD(p ‖ q); the integrals are taken on a grid. The bars are an error of 0.02 in both.\n\n```text\n'
        dotnet artifacts/bin/OptimalCritic/release/OptimalCritic.dll
        printf '```\n\nTrained on the ring, samples within three deviations of each Gaussian (of the data 98.9 %% are, 12.4 %% near each); a Gaussian is hit if 1 %% of the samples are near it.\n\n'
        printf '| critic | hit | near any | near each, least … most | training, CPU time | command |\n|---|---|---|---|---|---|\n'
    } >"$parts/gan.new"
    ring ring-plain "no penalty" --steps 6000 "${nets[@]}" "${slow[@]}"
    ring ring-wgan-gp "WGAN-GP" --steps 1500 "${nets[@]}" "${slow[@]}" loss=wasserstein 'penalty={"kind":"gradient","lambda":1}' criticTurns=5
    ring ring-r1 "R1" --steps 3000 "${nets[@]}" "${slow[@]}" 'penalty={"kind":"r1","gamma":0.1}'
    ring ring-spectral "spectral normalisation, hinge" --steps 6000 "${nets[@]}" "${slow[@]}" loss=hinge criticNorm=spectral
    mv "$parts/gan.new" "$parts/gan.md"
}
