# shellcheck shell=bash disable=SC2034,SC2154 # bench/quality/common.sh reads and sets them
# What a private step costs beside a plain one, measured alternately.

# step RUN: the median seconds of its steps but for the first ten, in milliseconds.
step() {
    sed -nE 's/.*"seconds":([0-9.eE-]+).*/\1/p' "$work/$1/log.jsonl" | tail -n +11 | sort -g | awk '{ v[NR] = $1 } END { printf "%.2f\n", 1000 * (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'
}

# cost NAME ARGUMENTS…: one line, of three alternate pairs of runs.
cost() {
    local name=$1 turn plain=() private=()
    shift
    for turn in 1 2 3; do
        rm -f "$work/cost-plain.command" "$work/cost-private.command"
        train cost-plain "$@" --steps 60 --threads 1
        plain+=("$(step cost-plain)")
        train cost-private "$@" --steps 60 --threads 1 --privacy noise=1
        private+=("$(step cost-private)")
    done
    paste <(printf '%s\n' "${plain[@]}" | sort -g) <(printf '%s\n' "${private[@]}" | sort -g) | awk -v name="$name" -v command="$*" '
        NR == 2 { printf "| %s | %.2f | %.2f | %.2f | `train %s` |\n", name, $1, $2, $2 / $1, command }' | tee -a "$parts/cost.new" >&2
}

section_cost() {
    echo "Cost of a private step …" >&2
    printf '## The cost of a private step\n\nMedians over three pairs of runs, plain and private in turn, of the median step; one thread. The noise is drawn for every parameter in every step, and a private batch is of varying size.\n\n| model | plain step, ms | private step, ms | ratio | command |\n|---|---|---|---|---|\n' >"$parts/cost.new"
    cost "VAE, 784-200-200" vae --data mnist --protocol threshold --batch 100
    cost "MADE, 784-500" made --data mnist --protocol threshold --batch 100
    cost "VAE, convolutions" vae --data mnist --protocol threshold --batch 100 --set network.kind=conv
    cost "MAF, five layers" maf --data uci/red-wine --batch 100
    end cost
}
