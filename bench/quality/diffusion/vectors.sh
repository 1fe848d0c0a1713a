# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# Vectors: toys whose density is known.

# toy PROCESS DATA TRUTH: the estimate along the flow, and the bound, beside the data's own entropy.
toy() {
    local process=$1 data=$2 run=diffusion-$1-$2 bound
    train "$run" diffusion --data "$data" --steps "${LIKENESS_TOY_STEPS:-6000}" --threads 1 --seed 1 --set "process.kind=$process"
    metric=elbo bound=$(score "$run" | awk '{ printf "%.3f ± %.3f", $1, $2 }')
    # shellcheck disable=SC2046 # value and error
    row vectors "diffusion, $process" "$data" "bound $bound" $(metric=flow-nll score "$run" --limit 1000) "train diffusion --data $data --steps ${LIKENESS_TOY_STEPS:-6000} --seed 1 --set process.kind=$process"
}

section_vectors() {
    begin vectors "Vectors with a known density" "Estimates of −log p along the flow on 1000 test points, in the paper's column the variational bound on all test points. A spline flow, which is exact, is trained beside them on the same data." "flow-nll"
    local data process
    for data in 8gaussians; do
        for process in edm flow-matching ddpm; do
            toy "$process" "$data"
        done
        train "neural-spline-$data" neural-spline --data "$data" --steps 3000 --threads 1 --seed 1
        # shellcheck disable=SC2046 # value and error
        row vectors neural-spline "$data" "exact" $(metric=nll score "neural-spline-$data") "train neural-spline --data $data --steps 3000 --seed 1"
    done
    end vectors
}
