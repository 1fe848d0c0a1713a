# Images: binarized MNIST, colour patches, sampling, compression.

section_digits() {
    begin digits "Binarized MNIST, without convolutions" "Fixed binarization. Published: Uria et al. 2016 (NADE with 500 units), Germain et al. 2015; a MADE of 500 units has about 94.5 there (first point of figure 2). The paper's 86.64–88.04 are of 32 masks and 8000 units in one or two layers; ours have 500 in one."
    measure digits 88.33 nade mnist-binarized --epochs 60 --threads 1 --seed 1
    masked digits 94.5 mnist-binarized 0.1 --steps 60000 --validate-every 2000 --patience 10 --set 'hidden=[500]'
    local degrees
    for degrees in drawn sorted; do
        as=made-32-masks-$degrees measure digits 86.64–88.04 made mnist-binarized --steps 20000 --validate-every 4000 --validate-on 1000 --seed 1 --threads 1 --set masks=32 "degrees=$degrees"
    done
    end digits
}

# pixels RUN PAPER MODEL STEPS ARGUMENTS…: trains a model of pixels and notes its learning curve.
pixels() {
    local paper=$1 model=$2 steps=$3
    shift 3
    measure pixels "$paper" "$model" mnist-binarized --steps "$steps" "$@" --threads 1 --seed 1 --validate-every 2000 --validate-on 1000
    ./likeness sample "$work/$model-mnist-binarized" -n 64 -o "$work/$model.png" >/dev/null
    printf '| %s | %s |\n' "$model" "$(grep -o '"validation.nll":[0-9.]*' "$work/$model-mnist-binarized/log.jsonl" | cut -d: -f2 | awk '{ printf "%s%.2f", (NR > 1 ? ", " : ""), $1 }')" >>"$parts/curves.new"
}

section_pixels() {
    begin pixels "Binarized MNIST, pixel by pixel" "Fixed binarization. Published: van den Oord et al. 2016. One thread each."
    : >"$parts/curves.new"
    pixels 81.30 pixel-cnn 16000 --set optimizer.learningRate=0.005
    pixels – gated-pixel-cnn 10000 --set layers=8 hidden=16 optimizer.learningRate=0.005
    pixels 80.54 row-lstm 30000 --set optimizer.learningRate=0.005
    pixels 79.20 diagonal-bilstm 12000 --set optimizer.learningRate=0.005
    printf '\nLearning curves: nats on the first 1000 validation images after every 2000 steps of 16 images.\n\n| model | nats |\n|---|---|\n' >>"$parts/pixels.new"
    cat "$parts/curves.new" >>"$parts/pixels.new"
    rm "$parts/curves.new"
    end pixels
}

section_colour() {
    echo "Colour …" >&2
    train pixel-cnn-cifar10-sample pixel-cnn --data cifar10-sample --threads 1 --batch 8 --steps 9000 --set hidden=24 blocks=6 head=48 optimizer.learningRate=0.006 --seed 1
    ./likeness sample "$work/pixel-cnn-cifar10-sample" -n 16 -o "$work/pixel-cnn-cifar10-sample.png" >/dev/null
    {
        printf '## Coloured images\n\nThe first 3600 training images of CIFAR-10, tested on the next 400: indicative only.\n\n'
        printf '| model | test nll | training, CPU time | command |\n|---|---|---|---|\n'
        # shellcheck disable=SC2046 # value and error
        printf '| pixel-cnn | %.3f ± %.3f bits/dim | %s s | `train %s` |\n' $(score pixel-cnn-cifar10-sample --bits) "$seconds" "$(cat "$work/pixel-cnn-cifar10-sample.command")"
    } >"$parts/colour.md"
}

section_sampling() {
    echo "Sampling …" >&2
    dotnet run -c Release --project bench/Likeness.Bench -- sampling --out "$parts/sampling.new" >&2
    { printf '## Sampling 64 images of 28×28, one value at a time\n\n'; grep '^|' "$parts/sampling.new"; } >"$parts/sampling.md"
}

section_compression() {
    echo "Compression …" >&2
    train nade-mnist-binarized nade --data mnist-binarized --epochs 60 --threads 1 --seed 1
    {
        printf '## Compression of the 10,000 test images of binarized MNIST\n\n'
        bench/quality/compression.sh "$work/nade-mnist-binarized"
    } >"$parts/compression.md"
}

section_anomalies() {
    echo "Anomalies …" >&2
    {
        printf '## Anomalies: ADBench, one-class protocol\n\nThe flow holds out every fifth training row to stop early, and to calibrate; the published methods and the mixture learn from those, too.\n\n'
        bench/quality/adbench.sh gaussian-mixture
        printf '\n'
        bench/quality/adbench.sh maf --protocol one-class-held-out --steps 800 --threads 1 --validate-every 50 --patience 8 --set optimizer.clipNorm=1
    } >"$parts/anomalies.md"
}
