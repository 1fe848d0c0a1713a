# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# Forecasts of six series beside baselines, and generated windows of two sets by the scores of TimeGAN's paper.

# forecasts SERIES "TRAINING" "BACKTEST": lines of the table, one for each method.
forecasts() {
    local name=$1 training=$2 backtest=$3
    # shellcheck disable=SC2086 # words
    train "forecast-$name" $training
    # shellcheck disable=SC2086 # words
    ./likeness backtest "$work/forecast-$name" $backtest --json 2>/dev/null |
        sed -E 's/.*"method":"([^"]*)","crps":([^,]*),"mase":([^,]*),"coverage":([^,]*),"count":([^}]*)}/\1 \2 \3 \4 \5/' |
        awk -v name="$name" -v line="train $training; backtest … $backtest" '{ printf "| %s | %s | %.3f | %.3f | %.1f %% | %d | %s |\n", name, $1, $2, $3, 100 * $4, $5, NR == 1 ? "`" line "`" : "" }' | tee -a "$parts/forecasts.new" >&2
}

section_forecasts() {
    echo "Forecasts …" >&2
    printf '## Forecasts\n\n%s\n\n| series | forecasts | CRPS | MASE | in the middle 90 %% | values | commands |\n|---|---|---|---|---|---|---|\n' \
        'A rolling origin over the last fifth of each series, which was not trained on (of the sets of short series: the end of each test series); 200 futures. CRPS and MASE are in units of the mean absolute difference from a season before. The bar: below seasonal naive (naive, where there is no season), with 85 to 95 % inside.' >"$parts/forecasts.new"
    forecasts airline 'linear-ar --data timeseries/airline --protocol log-windows --size 14 --set lags=12' '--horizon 12 --season 12'
    forecasts temperatures 'linear-ar --data timeseries/temperatures --size 40 --set lags=20' '--horizon 14 --season 365 --lags 20'
    forecasts sunspots 'linear-ar --data timeseries/sunspots --protocol root-windows --size 60 --set lags=36' '--horizon 12 --season 132 --lags 36'
    forecasts stock 'linear-ar --data timeseries/stocks --protocol log-windows --size 24 --set lags=1' '--horizon 12 --season 5'
    forecasts gunpoint 'linear-ar --data timeseries/gunpoint --set lags=10' '--horizon 30'
    forecasts italy-power-demand 'linear-ar --data timeseries/italy-power-demand --set lags=6' '--horizon 6'
    mv "$parts/forecasts.new" "$parts/forecasts.md"
}

# generated DATA NAME BARS TRAINING…: a line of the table.
generated() {
    local data=$1 name=$2 bars=$3
    shift 3
    train "$name" "$@"
    ./likeness evaluate "$work/$name" --split train --limit 3000 --metric discriminative predictive --map "$work/$name.png" --json 2>/dev/null |
        sed -nE 's/.*"name":"([^"]*)".*"value":([^,]*),.*/\1 \2/p' |
        awk -v data="$data" -v bars="$bars" -v line="train $*" -v s="$seconds" '{ v[$1] = $2 } END { printf "| %s | %.3f | %.3f | %.3f | %s | %s s | `%s` |\n", data, v["discriminative"], v["predictive"], v["predictive-of-real"], bars, s, line }' | tee -a "$parts/generated.new" >&2
}

# A long training of TimeGAN takes hours: a third of these steps for each of its phases.
timegan=${LIKENESS_TIMEGAN_STEPS:-30000}

section_generated() {
    echo "Generated series …" >&2
    # shellcheck disable=SC2016 # code in the report
    printf '## Generated windows\n\n%s\n\n| data | discriminative | predictive | of real | paper | training | command |\n|---|---|---|---|---|---|---|\n' \
        'Windows of 24 steps beside 3000 of the training part, as the paper has it: |½ − accuracy| of a recurrent classifier, and the error on real windows of a recurrent predictor that learned from generated ones (`evaluate RUN --split train --limit 3000 --metric discriminative predictive`); “of real” is a predictor that learned from real ones. Paper: the figures of TimeGAN in Yoon et al. 2019.' >"$parts/generated.new"
    generated stocks timegan-stocks '.102, .038' timegan --data timeseries/stocks --protocol shuffled-windows --steps "$timegan" --threads 1 --seed 1
    generated sines timegan-sines '.011, .093' timegan --data sines --steps "$timegan" --threads 1 --seed 1
    generated stocks vae-stocks '–' vae --data timeseries/stocks --protocol shuffled-windows --steps 4000 --threads 1 --seed 1
    generated sines vae-sines '–' vae --data sines --steps 4000 --threads 1 --seed 1
    generated stocks diffusion-stocks '–' diffusion --data timeseries/stocks --protocol shuffled-windows --steps 6000 --threads 1 --seed 1
    generated sines diffusion-sines '–' diffusion --data sines --steps 6000 --threads 1 --seed 1
    mv "$parts/generated.new" "$parts/generated.md"
}
