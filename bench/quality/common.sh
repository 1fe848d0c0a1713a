# shellcheck shell=bash disable=SC2154 # the script that sources this sets $family
# What the scripts that train models to their scores share. A script sets $family (explicit, latent …) and sources this file, which leaves it
# in the root of the repository with the sections of bench/quality/$family at hand; then it calls run_sections and write_report.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$root"
work=${LIKENESS_QUALITY_RUNS:-runs/quality-$family}
parts=$work/parts
mkdir -p "$parts" bench/results

# train RUN ARGUMENTS…: trains unless this very training is done; leaves its seconds of processor time in $seconds.
train() {
    local run=$work/$1 TIMEFORMAT='%U %S'
    shift
    if [ "$(cat "$run.command" 2>/dev/null)" != "$*" ]; then
        { time ./likeness train "$@" --out "$run" --force --grids 0 2>"$run.log" >/dev/null; } 2>"$run.time" || { tail -n 2 "$run.log" >&2; exit 1; }
        awk '{ printf "%.0f\n", $1 + $2 }' "$run.time" >"$run.seconds"
        rm "$run.time"
        echo "$*" >"$run.command"
    fi
    seconds=$(cat "$run.seconds")
}

# score RUN [ARGUMENTS…]: the test score of a run by $metric in nats (or in bits/dim with --bits first), "value error". $evaluation are
# further arguments of evaluate, where a metric has some.
metric=nll
evaluation=()
score() {
    local unit=nats run=$work/$1
    shift
    [ "${1:-}" = --bits ] && { unit=bits/dim; shift; }
    ./likeness evaluate "$run" --split test --metric "$metric" --json "${evaluation[@]}" "$@" 2>/dev/null | grep "\"unit\":\"$unit\"" |
        sed -E 's/.*"value":([-0-9.eE]*),"standardError":([-0-9.eE]*),.*/\1 \2/'
}

# row SECTION MODEL DATA PAPER VALUE ERROR COMMAND [UNIT]: one line of a table.
row() {
    printf '| %s | %s | %s | %.3f ± %.3f%s | %s s | `%s` |\n' "$2" "$3" "$4" "$5" "$6" "${8:+ $8}" "$seconds" "$7" | tee -a "$parts/$1.new" >&2
}

# measure SECTION PAPER MODEL DATA ARGUMENTS…: trains, scores, and writes the line. $as names the run, where a model is trained in several ways.
as=
measure() {
    local section=$1 paper=$2 model=$3 data=$4
    shift 4
    local run=${as:-$model}-${data//\//-}
    train "$run" "$model" --data "$data" "$@"
    local scored
    scored=$(score "$run")
    # shellcheck disable=SC2086 # value and error
    row "$section" "${as:-$model}" "$data" "$paper" $scored "train $model --data $data $*"
}

# folds SECTION PAPER MODEL DATA ARGUMENTS…: the mean over ten folds, its error from their spread. $whole is "whole-" where no rows are held out.
whole=
folds() {
    local section=$1 paper=$2 model=$3 data=$4 total=0 fold
    shift 4
    local values=()
    for fold in 1 2 3 4 5 6 7 8 9 10; do
        train "$model-${data//\//-}-$fold" "$model" --data "$data" --protocol "${whole}fold-$fold" "$@"
        total=$((total + seconds))
        values+=("$(score "$model-${data//\//-}-$fold" | cut -d' ' -f1)")
    done
    seconds=$total
    # shellcheck disable=SC2046 # value and error
    row "$section" "$model" "$data, 10 folds" "$paper" \
        $(printf '%s\n' "${values[@]}" | awk '{ s += $1; q += $1 * $1 } END { m = s / NR; print m, sqrt((q / NR - m * m) / (NR - 1)) }') \
        "train $model --data $data --protocol ${whole}fold-N $*"
}

# begin SECTION TITLE TEXT [SCORE [UNIT]]: starts a section's table; end SECTION keeps it.
begin() {
    echo "$2 …" >&2
    printf '## %s\n\n%s\n\n| model | data | paper | ours, test %s%s | training, CPU time | command |\n|---|---|---|---|---|---|\n' "$2" "$3" "${4:-nll}" "${5- in nats}" >"$parts/$1.new"
}

end() { mv "$parts/$1.new" "$parts/$1.md"; }

# run_sections ALL… -- [SECTION …]: runs the named sections, or all of them.
run_sections() {
    all=()
    while [ "$1" != -- ]; do
        all+=("$1")
        shift
    done
    shift
    local section
    for section in "$@"; do
        [[ " ${all[*]} " == *" $section "* ]] || { echo "There is no section '$section': use ${all[*]}." >&2; exit 2; }
    done
    [ $# -gt 0 ] || set -- "${all[@]}"
    ran=("$@")
    for section in "$@"; do
        "section_$section"
    done
}

# write_report TITLE TEXT: bench/results/quality-$family.md. What was measured now takes the place of the sections of these headings; all else on the page stays as it
# is, whoever measured it: its beginning, other sections, and those of headings that no script has.
write_report() {
    local page=bench/results/quality-$family.md machine section note
    machine="$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(getconf _NPROCESSORS_ONLN) cores."
    if [ ! -f "$page" ]; then
        printf '# %s\n\n%s %s\n' "$1" "$machine" "$2" >"$page"
        ran=("${all[@]}")
    fi

    # The page begins with the machine of all sections that name none.
    note=$(sed '/^## /q' "$page" | grep -qF "$machine" || printf 'Measured on %s' "$machine")
    for section in "${ran[@]}"; do
        [ -f "$parts/$section.md" ] || continue
        awk -v note="$note" '
            FNR == 1 { file++; heading = "" }
            /^## / { heading = $0; if (file == 1) order[++count] = heading }
            file == 1 { fresh[heading] = fresh[heading] $0 "\n"; next }
            heading in fresh { if (!(heading in done)) put(heading); next }
            { text = text $0 "\n" }
            END { for (i = 1; i <= count; i++) if (!(order[i] in done)) { trim(); text = text "\n\n"; put(order[i]) } trim(); print text }
            function put(heading) { text = text fresh[heading]; trim(); text = text "\n" (note == "" ? "" : "\n" note "\n") "\n"; done[heading] = 1 }
            function trim() { sub(/\n+$/, "", text) }
        ' "$parts/$section.md" "$page" >"$page.new"
        mv "$page.new" "$page"
    done
}

for file in "$root/bench/quality/$family"/*.sh; do
    # shellcheck source=/dev/null
    . "$file"
done
