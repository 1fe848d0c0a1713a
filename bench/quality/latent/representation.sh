# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# What codes are worth: k-means on the codes of the autoencoder of the papers on deep clustering, and linear probes of every encoder.

# clustered SECTION PAPER RUN NAME DATA ARGUMENTS…: k-means on all images, as in the papers; accuracy of the best matching in %.
clustered() {
    local section=$1 paper=$2 run=$3 name=$4 data=$5
    shift 5
    # shellcheck disable=SC2046 # value and error
    row "$section" "$name" "$data, all images" "$paper" \
        $(./likeness cluster "$work/$run" --split all --json "$@" 2>/dev/null | grep '"name":"cluster-accuracy"' | sed -E 's/.*"value":([-0-9.eE]*),"standardError":([-0-9.eE]*),.*/\1 \2/') \
        "cluster $run --split all $*"
}

section_clustering() {
    # Xie et al. 2016: 784-500-500-2000-10, squared error; the published figures are of their table 2 and of Guo et al. 2017.
    local mlp='network={"kind":"mlp","hidden":[500,500,2000],"nonlinearity":"relu"}' data paper raw
    begin clustering "k-means on codes" "The accuracy in % of the best one-to-one matching of ten clusters and ten classes; k-means with 20 beginnings." accuracy " in %"
    for data in mnist usps; do
        [ $data = mnist ] && paper=81.84 raw=53.2–54.2 || paper=69.31 raw=66.82
        local common=(autoencoder --data $data --protocol reals --set latent=10) rest=(--batch 256 --precision bf16 --threads 1 --seed 1)
        train "autoencoder-mlp-$data" "${common[@]}" "$mlp" --epochs 100 "${rest[@]}"
        clustered clustering $raw "autoencoder-mlp-$data" "k-means on pixels" $data --raw
        clustered clustering $paper "autoencoder-mlp-$data" "autoencoder + k-means" $data
        clustered clustering – "autoencoder-mlp-$data" "autoencoder + Gaussian mixture" $data --by gaussian-mixture --set components=10
        train "autoencoder-conv-$data" "${common[@]}" network.kind=conv --epochs 50 "${rest[@]}"
        clustered clustering – "autoencoder-conv-$data" "convolutional autoencoder + k-means" $data
        clustered clustering – "autoencoder-conv-$data" "convolutional autoencoder + Gaussian mixture" $data --by gaussian-mixture --set components=10
    done
    {
        printf '\nThe runs are\n\n'
        for data in mnist usps; do
            printf -- '- `%s`: `train %s`\n' "autoencoder-mlp-$data" "$(cat "$work/autoencoder-mlp-$data.command")" \
                "autoencoder-conv-$data" "$(cat "$work/autoencoder-conv-$data.command")"
        done
    } >>"$parts/clustering.new"
    end clustering
}

# probed RUN MODEL ARGUMENTS…: trains, and writes the accuracy of the probe on the codes.
probed() {
    local run=$1
    shift
    train "$run" "$@"
    # shellcheck disable=SC2046 # value and error
    row probes "$run" mnist – \
        $(./likeness evaluate "$work/$run" --metric probe --json 2>/dev/null | grep '"name":"probe"' | sed -E 's/.*"value":([-0-9.eE]*),"standardError":([-0-9.eE]*),.*/\1 \2/') \
        "train $*"
}

section_probes() {
    local rest=(--precision bf16 --threads 1 --seed 1)
    begin probes "Linear probes" "The accuracy in % of logistic regression on the codes of the training split of MNIST, on the 10,000 test images. On the pixels themselves it is 92 %." probe " in %"
    probed autoencoder-mnist autoencoder --data mnist --steps 5000 "${rest[@]}" --set latent=8 --set network.kind=conv --set reconstruction.weight=0.05
    probed wae-mmd-mnist wae --data mnist --steps 6000 "${rest[@]}"
    probed wae-gan-mnist wae --data mnist --steps 6000 "${rest[@]}" --set penalty.kind=gan penalty.slopePenalty.kind=r1 penalty.slopePenalty.gamma=1
    probed vae-mnist vae --data mnist --steps 5000 "${rest[@]}"
    probed aae-mnist aae --data mnist --steps 3000 "${rest[@]}"
    end probes
}

section_transfer() {
    echo "Transfer …" >&2
    local flags=(--labels 100 --repeats 3 --limit 5000)
    train autoencoder-short autoencoder --data mnist --protocol reals --set latent=10 network.kind=conv --steps 1500 --batch 64 --threads 1 --seed 1
    {
        printf '## Transfer to few labels\n\nClassifiers of 100 labelled digits, three times others: logistic regression on the codes of a convolutional autoencoder (frozen), the same with its encoder then trained on at a smaller rate (fine-tuned), and the\n'
        printf 'same layers from a random beginning; accuracy on the first 5000 test images. ± is over the three, and mostly the choice of the 100. The encoder is of a short training: `train %s`, and\n`transfer RUN %s`.\n\n' \
            "$(cat "$work/autoencoder-short.command")" "${flags[*]}"
        printf '| encoder | accuracy |\n|---|---|\n'
        ./likeness transfer "$work/autoencoder-short" "${flags[@]}" 2>/dev/null | sed -nE 's/^(frozen|fine-tuned|from-scratch|gain) +([^%]+%).*/| \1 | \2 |/p'
        # Not measured again: what fine-tuning was before the layer came first.
        printf '\nWhen layer and encoder were trained at once, from a random layer and at one rate, fine-tuning was far below the frozen codes: 78.66 ± 1.16 %% beside\n'
        printf '90.44 ± 0.77 %% (100 labels, five times others, all test images), by the convolutional autoencoder of 50 epochs above.\n'
    } >"$parts/transfer.new"
    end transfer
}
