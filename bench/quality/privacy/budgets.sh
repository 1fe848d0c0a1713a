# shellcheck shell=bash disable=SC2034,SC2154 # bench/quality/common.sh reads and sets them
# Utility against budget: a VAE of digits by private descent, and a private tree of a census, each beside its plain twin.

delta=1e-5
vae=(--protocol threshold --batch 2000 --steps 400 --threads 1 --seed 1 --set latent=20 'network.hidden=[100]' optimizer.epsilon=1e-8 optimizer.learningRate=0.002)

# ledger RUN: the ε of a run's ledger, tight and by Rényi divergences.
ledger() {
    sed -nE 's/^  "(epsilon|renyiEpsilon)": ([0-9.eE+-]+),?$/\2/p' "$work/$1/privacy.json" | awk '{ printf "%s%.2f", (NR > 1 ? " / " : ""), $1 }'
}

# attack RUN: the AUROC of the likelihood attack, and what it proves of ε.
attack() {
    ./likeness audit "$work/$1" --limit 2000 --samples 500 --seed 1 --json 2>/dev/null |
        sed -E 's/.*"name":"(likelihood|density|bound)","auroc":([0-9.]+),"standardError":([0-9.]+),"epsilonAtLeast":([0-9.eE-]+),.*/\2 \3 \4/' | awk '{ printf "%.3f ± %.3f | %.2f", $1, $2, $3 }'
}

# budget SECTION NAME EPSILON RUN COMMAND…: trains, scores and attacks; writes the line and keeps the point of the plot.
budget() {
    local section=$1 name=$2 epsilon=$3 run=$4
    shift 4
    train "$run" "$@"
    local scored spent=–
    scored=$(score "$run")
    [ -f "$work/$run/privacy.json" ] && spent=$(ledger "$run")
    # shellcheck disable=SC2086 # value and error
    printf '| %s | %s | %s | %.2f ± %.2f | %s | %s s | `train %s` |\n' "$name" "$epsilon" "$spent" $scored "$(attack "$run")" "$seconds" "$*" | tee -a "$parts/$section.new" >&2
    # shellcheck disable=SC2086
    echo "$epsilon" $scored >>"$parts/$section.points"
}

# plot SECTION TITLE: bench/results/quality-privacy-SECTION.svg, of the points: a score against ε, the plain model as a line.
plot() {
    awk -v title="$2" '
        NR == 1 || $2 > high { high = $2 }
        NR == 1 || $2 < low { low = $2 }
        $1 == "∞" { plain = $2; next }
        { n++; e[n] = log($1); v[n] = $2 }
        END {
            span = high - low; digits = span < 5 ? "%.2f" : "%.1f"; low -= span * 0.08; high += span * 0.08
            print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"480\" height=\"300\" font-family=\"sans-serif\" font-size=\"12\"><rect width=\"480\" height=\"300\" fill=\"white\"/>"
            printf "<text x=\"240\" y=\"20\" text-anchor=\"middle\">%s</text>\n", title
            left = log(0.8); right = log(12.5)
            for (i = 1; i <= n; i++) {
                x = 60 + 390 * (e[i] - left) / (right - left); y = 255 - 220 * (v[i] - low) / (high - low)
                path = path (i > 1 ? " L" : "M") x " " y
                printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#1f77b4\"/><text x=\"%.1f\" y=\"%.1f\">" digits "</text><text x=\"%.1f\" y=\"272\" text-anchor=\"middle\">%g</text>\n", x, y, x + 8, y - 6, v[i], x, exp(e[i])
            }
            printf "<path d=\"%s\" fill=\"none\" stroke=\"#1f77b4\"/>\n", path
            y = 255 - 220 * (plain - low) / (high - low)
            printf "<line x1=\"60\" x2=\"450\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#d62728\" stroke-dasharray=\"5 4\"/><text x=\"450\" y=\"%.1f\" text-anchor=\"end\" fill=\"#d62728\">without privacy " digits "</text>\n", y, y, y - 6, plain
            print "<line x1=\"60\" x2=\"450\" y1=\"255\" y2=\"255\" stroke=\"black\"/><line x1=\"60\" x2=\"60\" y1=\"35\" y2=\"255\" stroke=\"black\"/><text x=\"255\" y=\"292\" text-anchor=\"middle\">ε</text></svg>"
        }' "$parts/$1.points" >"bench/results/quality-privacy-$1.svg"
    printf '\n![%s](quality-privacy-%s.svg)\n' "$2" "$1" >>"$parts/$1.new"
}

# table SECTION TITLE TEXT SCORE: starts one.
table() {
    echo "$2 …" >&2
    printf '## %s\n\n%s\n\n| model | ε asked | ledger, tight / Rényi | ours, test %s in nats | AUROC of the likelihood attack | proves ε ≥ | training, CPU time | command |\n|---|---|---|---|---|---|---|---|\n' "$2" "$3" "$4" >"$parts/$1.new"
    : >"$parts/$1.points"
}

section_digits() {
    local metric=elbo epsilon
    table digits "A VAE of digits" "MNIST, bits above one half; 50,000 training images, batches of 2000 on average, 400 steps of Adam at a rate of 0.002; one hidden layer of 100, 20 latents. The attack compares 2000 training images with 2000 test images. These test images are a little likelier than training images under any model, so an attack that finds nothing ends below one half." "nll bound"
    for epsilon in 1 3 10; do
        budget digits vae "$epsilon" "vae-$epsilon" vae --data mnist "${vae[@]}" --privacy "epsilon=$epsilon,delta=$delta"
    done
    budget digits vae ∞ vae-plain vae --data mnist "${vae[@]}"
    plot digits "VAE of digits: bound on the negative log-likelihood, nats"
    end digits
}

section_census() {
    local metric=nll epsilon
    table census "A tree of census answers" "\`debd/adult\`: 123 bits of 5000 people, which is few for 7503 pairs of them; published without privacy (Chow and Liu): 18.516. The file of test rows is in another order than that of training rows, and the first 2000 of each differ by more than whether they were learned from: the trees without privacy and with it are told apart equally badly." nll
    for epsilon in 1 3 10; do
        budget census private-tree "$epsilon" "tree-$epsilon" private-tree --data debd/adult --set "epsilon=$epsilon" "delta=$delta"
    done
    budget census chow-liu ∞ tree-plain chow-liu --data debd/adult
    plot census "Tree of census answers: negative log-likelihood, nats"
    end census
}

# rows EPSILON RUN COMMAND…: trains on the census extract, draws rows, and writes what classifiers learn from them.
rows() {
    local epsilon=$1 run=$2 scores=$work/$2.scores spent=–
    shift 2
    train "$run" "$@"
    [ -f "$scores" ] || ./likeness evaluate "$work/$run" --metric table sdgym-efficacy --json >"$scores" 2>/dev/null
    [ -f "$work/$run/privacy.json" ] && spent=$(ledger "$run")
    value() { grep "\"name\":\"$1\"" "$scores" | head -n 1 | sed -E 's/.*"value":([-0-9.eE]*),.*/\1/' | awk '{ printf "%.3f", $1 }'; }
    printf '| %s | %s | %s / %s | %s / %s | %s | %s | %s | %s s | `train %s` |\n' "$epsilon" "$spent" "$(value sdgym-accuracy)" "$(value sdgym-f1)" "$(value efficacy-accuracy)" "$(value efficacy-f1)" \
        "$(value column-shapes)" "$(value column-pairs)" "$(value detection-auroc)" "$seconds" "$*" | tee -a "$parts/rows.new" >&2
    echo "$epsilon" "$(value sdgym-f1)" >>"$parts/rows.points"
}

section_rows() {
    local epsilon settings=(--set latent=16 'hidden=[128]' reconstructionWeight=5)
    local tvae=(--data adult-income --steps "${LIKENESS_ROWS_STEPS:-3000}" --batch 1000 --threads 1 --seed 0)
    echo "Rows of the census extract …" >&2
    printf '## Rows of the census extract\n\n%s\n\n| ε asked | ledger, tight / Rényi | SDGym accuracy / F1 | LightGBM accuracy / F1 | columns | pairs | detection AUROC | training, CPU time | command |\n|---|---|---|---|---|---|---|---|---|\n' \
        "\`tvae\` on \`adult-income\` (32561 rows): what classifiers that learned from made rows know of real ones, and how alike the tables are, as in [quality-tables](quality-tables.md). Real rows learned from: .828 / .663 and .870 / .701. The last line has the default network, which no budget here can afford: its codes then say nothing of the row (F1 0.12 at ε = 1 and 0.10 at 10)." >"$parts/rows.new"
    : >"$parts/rows.points"
    for epsilon in 1 3 10; do
        rows "$epsilon" "tvae-$epsilon" tvae "${tvae[@]}" --privacy "epsilon=$epsilon,delta=$delta" "${settings[@]}"
    done
    rows ∞ tvae-small tvae "${tvae[@]}" "${settings[@]}"
    cp "$parts/rows.points" "$parts/rows.small"
    rows ∞ tvae-plain tvae "${tvae[@]}"
    mv "$parts/rows.small" "$parts/rows.points"
    plot rows "Rows of the census extract: SDGym's F1"
    end rows
}
