# Autoencoders: Wasserstein and adversarial ones, their aggregated posteriors, clusters, and few labels.

# named RUN NAME [ARGUMENTS…]: a test score of a run by its name, "value error".
named() {
    local run=$work/$1 name=$2
    shift 2
    ./likeness evaluate "$run" --split "${split:-test}" --metric "${name%-p-value}" --json "$@" 2>/dev/null | grep "\"name\":\"$name\"" |
        sed -E 's/.*"value":([-0-9.eE]*),"standardError":([-0-9.eE]*),.*/\1 \2/'
}

# chance SECTION RUN LABEL DATA ARGUMENTS…: trains, and notes the p-value of codes and prior being alike, with the reconstruction error beside it.
chance() {
    local section=$1 run=$2 label=$3 data=$4
    shift 4
    train "$run" "$@"
    # shellcheck disable=SC2046 # value and error
    row "$section" "$label" "$data" \
        "$(named "$run" reconstruction | awk '{ printf "reconstruction %.2f ± %.2f", $1, $2 }'), test $(named "$run" aggregated-posterior-p-value | awk '{ printf "%.3f", $1 }')" \
        $(split=train named "$run" aggregated-posterior-p-value) "train $*"
    ./likeness sample "$work/$run" -n 64 -o "$work/$run.png" >/dev/null 2>&1 || true # a plain autoencoder has no samples
}

section_posteriors() {
    begin posteriors "Aggregated posterior and prior" "A permutation test of the codes of 500 random training examples, whose aggregated posterior it is that is matched, against as many draws of the prior, by
their kernel distance; a p-value above 0.05 shows no difference at this size. A plain autoencoder is held against N(0, I). In the paper's column stand the squared error of
test reconstructions, bytes on 0 to 1, and the p-value of 500 random test examples, which in MNIST are of other writers." "p-value (of training examples)" ""
    local data rest=(--precision bf16 --threads 1 --seed 1)
    for data in mnist fashion-mnist; do
        chance posteriors "wae-mmd-$data" "wae, kernel distance" "$data" wae --data "$data" --steps 6000 "${rest[@]}"
        chance posteriors "wae-gan-$data" "wae, critic" "$data" wae --data "$data" --steps 6000 "${rest[@]}" --set penalty.kind=gan penalty.slopePenalty.kind=r1 penalty.slopePenalty.gamma=1
        chance posteriors "autoencoder-$data" autoencoder "$data" autoencoder --data "$data" --steps 5000 "${rest[@]}" --set latent=8 --set network.kind=conv --set reconstruction.weight=0.05
    done
    local prior
    for prior in swiss-roll ten-gaussians; do
        local shape=(--set latent=2 "prior.kind=$prior" 'network.hidden=[300,300]' 'game.hidden=[300,300]' game.slopePenalty.kind=r1 game.slopePenalty.gamma=0.2
            'optimizer={"kind":"adam","learningRate":5e-4,"schedule":{"kind":"linear","end":0.001,"from":0.2}}')
        chance posteriors "aae-$prior-untrained" "aae, $prior, after one step" mnist aae --data mnist --steps 1 --batch 500 "${rest[@]}" "${shape[@]}"
        chance posteriors "aae-$prior" "aae, $prior" mnist aae --data mnist --steps 5000 --batch 500 "${rest[@]}" "${shape[@]}"
    done
    end posteriors
}

# share SECTION RUN LABEL PAPER NAME ARGUMENTS…: trains, and notes a share of errors.
share() {
    local section=$1 run=$2 label=$3 paper=$4 name=$5
    shift 5
    train "$run" "$@"
    # shellcheck disable=SC2046 # value and error
    row "$section" "$label" mnist "$paper" $(named "$run" "$name") "train $*"
    ./likeness sample "$work/$run" -n 64 -o "$work/$run.png" >/dev/null
}

section_adversarial() {
    local few=(--precision bf16 --threads 1 --seed 1)
    begin adversarial "Adversarial autoencoders: clusters and few labels" "MNIST, grey values, 50,000 training examples. Clusters are named by the validation example that is most surely in each (Makhzani et al. 2016,
section 5); the paper's networks for clusters have 3000 units in a layer." "error" ", a share"
    share adversarial aae-clustering-16 "aae-clustering, 16 clusters" "0.0955 ± 0.0205" cluster-error  \
        aae-clustering --data mnist --steps 5000 "${few[@]}" --set clusters=16 'code.network={"kind":"mlp","hidden":[500,500],"nonlinearity":"relu","batchNorm":true}'
    share adversarial aae-clustering-30 "aae-clustering, 30 clusters" "0.0410 ± 0.0113" cluster-error aae-clustering --data mnist --steps 8000 "${few[@]}" --set clusters=30
    share adversarial aae-classifier "aae-classifier, 1000 labels" "0.0160 ± 0.0008" classification-error aae-classifier --data mnist --labels 1000 --steps 16000 "${few[@]}"
    end adversarial
}
