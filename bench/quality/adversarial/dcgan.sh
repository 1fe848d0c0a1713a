# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# DCGANs beside PyTorch's with the same networks, batches and steps, by the Fréchet distance of a classifier's features.

# frechet PATH FEATURES [ARGUMENTS…]: of a run or of a file of samples, "value error".
frechet() {
    local path=$1 features=$2
    shift 2
    ./likeness evaluate "$path" --split test --metric frechet --features "$features" --json "$@" 2>/dev/null | grep '"name":"frechet"' | head -n 1 |
        sed -E 's/.*"value":([-0-9.eE]*),"standardError":([-0-9.eE]*),.*/\1 \2/'
}

section_dcgan() {
    local steps=${LIKENESS_DCGAN_STEPS:-2000} seed run features=$work/classifier-fashion-mnist
    begin dcgan "DCGAN" "Fréchet distance between 10,000 samples and the test images, by the features of our classifier of Fashion-MNIST. In the paper's column stands PyTorch's DCGAN with the same networks,
batches and steps (\`bench/quality/dcgan.py\`), judged in the same way. Three seeds." "Fréchet distance" ""
    train classifier-fashion-mnist classifier --data fashion-mnist --precision bf16 --threads 1 --seed 1
    for seed in 1 2 3; do
        run=dcgan-fashion-mnist-$seed
        train "$run" dcgan --data fashion-mnist --steps "$steps" --threads 1 --seed "$seed"
        [ -f "$work/$run-torch.npy" ] || /usr/bin/python3 bench/quality/dcgan.py --steps "$steps" --seed "$seed" --samples 10000 "$work/$run-torch.npy"
        # shellcheck disable=SC2046 # value and error
        row dcgan "dcgan, seed $seed" fashion-mnist "PyTorch's $(frechet "$work/$run-torch.npy" "$features" --against fashion-mnist | awk '{ printf "%.3f ± %.3f", $1, $2 }')" \
            $(frechet "$work/$run" "$features") "train $(cat "$work/$run.command")"
        ./likeness sample "$work/$run" -n 64 -o "$work/$run.png" >/dev/null 2>&1
    done
    end dcgan
}
