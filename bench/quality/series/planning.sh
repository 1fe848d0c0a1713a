# shellcheck shell=bash disable=SC2154 # what is shared is in bench/quality/common.sh
# Learned worlds: returns of planning through them beside planning by the true equations, and the error of their futures.

episodes=${LIKENESS_PLANNING_EPISODES:-5}
small=(--set hidden=64 layers=2 --threads 1 --seed 1)

# acted WHO ARGUMENTS…: a line of the table of returns, by `likeness plan`.
acted() {
    local who=$1
    shift
    ./likeness plan "$@" --json 2>/dev/null | grep '"mean"' |
        sed -E 's/.*"episodes":([^,]*),"mean":([^,]*),"least":([^,]*),.*/\1 \2 \3/' |
        awk -v who="$who" -v line="plan ${*//$work\//}" '{ printf "| %s | %.1f | %.1f | %d | `%s` |\n", who, $2, $3, $1, line }' | tee -a "$parts/planning.new" >&2
}

section_planning() {
    echo "Planning …" >&2
    # shellcheck disable=SC2016 # code in the report
    printf '## Planning\n\n%s\n\n| by | mean return | least | episodes | command |\n|---|---|---|---|---|\n' \
        'Ten episodes of actions at random are all that each world was learned from (a hundred on the board). The bars: 475 of 500 steps on the cart-pole, within a tenth of the true equations on the pendulum, and exactly the value of value iteration on the board.' >"$parts/planning.new"
    train cart pets --data cart-pole "${small[@]}" --steps 3000
    train pendulum pets --data pendulum "${small[@]}" --steps 6000
    train table transition-table --data grid-world
    train board pets --data grid-world "${small[@]}" --set bootstrap=false --steps 8000 --batch 128
    # As good as all of 400, 40 and 5 where the pole is concerned, and quicker.
    local few=(--population 200 --elites 20 --iterations 2 --particles 5 --threads 1 --seed 0) look=(--particles 5 --threads 1 --seed 0)
    acted 'cart-pole, at random' --environment cart-pole --by random --episodes 20
    acted 'cart-pole, true equations' --environment cart-pole --by equations --episodes "$episodes"
    acted 'cart-pole, learned' "$work/cart" --environment cart-pole --episodes "$episodes" "${few[@]}"
    acted 'pendulum, at random' --environment pendulum --by random --episodes 20
    acted 'pendulum, true equations' --environment pendulum --by equations --episodes "$episodes"
    acted 'pendulum, learned' "$work/pendulum" --environment pendulum --episodes "$episodes" "${look[@]}"
    acted 'board, value iteration on the true table' --environment grid-world --by value-iteration
    acted 'board, value iteration on the counted table' "$work/table" --environment grid-world --by value-iteration --particles 50 --threads 1
    acted 'board, value iteration on the table of PETS' "$work/board" --environment grid-world --by value-iteration --particles 50 --threads 1
    mv "$parts/planning.new" "$parts/planning.md"
}

# futures WORLD RUN: lines of the table of errors.
futures() {
    ./likeness simulate "$work/$2" --calibration --steps 20 --limit 256 -n 200 --json 2>/dev/null |
        sed -E 's/.*"steps":([^,]*),"error":([^,]*),"spread":([^,]*),"coverage":([^,]*),"count":([^}]*)}/\1 \2 \3 \4 \5/' |
        awk -v world="$1" '$1 == 1 || $1 % 5 == 0 { printf "| %s | %d | %.4f | %.4f | %.1f %% | %d |\n", world, $1, $2, $3, 100 * $4, $5 }' | tee -a "$parts/rollouts.new" >&2
}

section_rollouts() {
    echo "Futures …" >&2
    # shellcheck disable=SC2016 # code in the report
    printf '## Futures after n steps\n\n%s\n\n| world | steps | error | spread | in the middle 90 %% | values |\n|---|---|---|---|---|---|\n' \
        'Test episodes, 200 futures each, by `simulate RUN --calibration --steps 20`; error and spread in deviations of the training data. A calibrated model has 90 % of the truth inside; more says that it knows better than it claims.' >"$parts/rollouts.new"
    futures cart-pole cart
    futures pendulum pendulum
    mv "$parts/rollouts.new" "$parts/rollouts.md"
}
