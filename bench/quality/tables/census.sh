# shellcheck shell=bash disable=SC2154 # sourced by tables.sh
# The census extract adult: what classifiers learn from made rows (SDGym's protocol and LightGBM), and how alike the tables are.

# value NAME FILE: a score of an evaluation in JSON lines, to three places.
value() {
    grep "\"name\":\"$1\"" "$2" | head -n 1 | sed -E 's/.*"value":([-0-9.eE]*),.*/\1/' | awk '{ printf "%.3f", $1 }'
}

section_census() {
    local part=$parts/census.new model steps run
    {
        printf '## The census extract, 32561 rows to learn from, 16281 to judge by\n\n'
        printf 'SDGym: means of four classifiers that learned from made rows and are asked about real ones (`--metric sdgym-efficacy`), published with SDGym 0.2.2 in October 2020. The other columns are of `--metric table`: '
        printf 'LightGBM that learned from made rows, columns and pairs (1 is equal), detection (0.5 is ideal) and the share of rows that copy no training row. Real rows learned from give the last line.\n\n'
        printf '| model | published accuracy / F1 | SDGym accuracy / F1 | LightGBM accuracy / F1 | columns | pairs | detection AUROC | new rows | training, CPU time | command |\n|---|---|---|---|---|---|---|---|---|---|\n'
    } >"$part"
    while read -r model published steps; do
        run=$model-census
        train "$run" "$model" --data adult-income --steps "$steps" --threads 1 --seed 0
        ./likeness evaluate "$work/$run" --metric table sdgym-efficacy --json >"$work/$run.scores" 2>/dev/null
        printf '| %s | %s | %s / %s | %s / %s | %s | %s | %s | %s | %s s | `train %s --data adult-income --steps %s --threads 1 --seed 0` |\n' "$model" "$published" \
            "$(value sdgym-accuracy "$work/$run.scores")" "$(value sdgym-f1 "$work/$run.scores")" "$(value efficacy-accuracy "$work/$run.scores")" "$(value efficacy-f1 "$work/$run.scores")" \
            "$(value column-shapes "$work/$run.scores")" "$(value column-pairs "$work/$run.scores")" "$(value detection-auroc "$work/$run.scores")" "$(value new-rows "$work/$run.scores")" \
            "$seconds" "$model" "$steps" | tee -a "$part" >&2
    done <<'MODELS'
gaussian-copula .780/.198 1
tvae .803/.619 19500
ctgan .798/.602 19500
table-diffusion – 10000
MODELS
    run=gaussian-copula-census
    printf '| real rows | .824/.663 | %s / %s | %s / %s | | | | | | |\n' "$(value sdgym-real-accuracy "$work/$run.scores")" "$(value sdgym-real-f1 "$work/$run.scores")" \
        "$(value efficacy-of-real-accuracy "$work/$run.scores")" "$(value efficacy-of-real-f1 "$work/$run.scores")" >>"$part"
    printf '\n' >>"$part"
    end census
}
