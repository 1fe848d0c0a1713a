# Networks on the small binary sets of Larochelle and Murray 2011. The validation split chooses the step that is kept.

section_small() {
    begin small "Small binary sets" "Published: Larochelle and Murray 2011, Uria et al. 2014 (16 orders), Germain et al. 2015 (one mask, and mask sampling)."
    measure small 13.17 fvbn debd/adult --steps 12000 --validate-every 200 --set decay=0.00003
    measure small 12.39 fvbn debd/connect4 --steps 5000 --validate-every 50 --patience 40
    measure small 10.27 fvbn debd/mushrooms --steps 8000 --validate-every 100 --patience 30 --set optimizer.learningRate=0.02
    measure small 276.88 fvbn debd/nips --steps 2000 --validate-every 100 --patience 30 --set decay=0.01 --set optimizer.learningRate=0.001
    local gentle=(--set optimizer.kind=adamw --set optimizer.weightDecay=0.01 --set optimizer.learningRate=0.0003)
    measure small 13.19 nade debd/adult --steps 20000 --validate-every 100 --patience 15 "${gentle[@]}"
    measure small 11.99 nade debd/connect4 --steps 20000 --validate-every 400 --patience 15
    measure small 9.81 nade debd/mushrooms --steps 20000 --validate-every 100 --patience 15 "${gentle[@]}"
    measure small 273.08 nade debd/nips --steps 20000 --batch 20 --validate-every 20 --patience 15 "${gentle[@]}"
    masked small 13.12 debd/adult 0.15 --steps 10000 --validate-every 100 --patience 10 --set 'hidden=[500]'
    measure small 11.90 made debd/connect4 --steps 8000 --validate-every 250 --patience 8
    masked small 9.68 debd/mushrooms 0.4 --steps 10000 --validate-every 50 --patience 15 --set 'hidden=[1000]'
    measure small 280.25 made debd/nips --steps 1000 --validate-every 20 --patience 8 --set optimizer.weightDecay=0.001
    end small
}

# masked SECTION PAPER DATA DECAY ARGUMENTS…: MADE with decoupled weight decay in a random order.
masked() {
    local section=$1 paper=$2 data=$3 decay=$4
    shift 4
    measure "$section" "$paper" made "$data" "$@" --set order.kind=random --set optimizer.kind=adamw --set optimizer.learningRate=0.0005 --set "optimizer.weightDecay=$decay"
}

section_orderless() {
    begin orderless "One network for every order" "The orderless NADE as an ensemble of orders (EoNADE), one hidden layer of 500. Published: Uria, Murray and Larochelle 2014."
    for data in adult:13.19:60000 connect4:12.58:100000 mushrooms:9.69:60000; do
        IFS=: read -r name paper steps <<<"$data"
        measure orderless "$paper" orderless-nade "debd/$name" --steps "$steps" --validate-every $((steps / 20)) --validate-on 500 --set orders=16
    done
    measure orderless 272.39 orderless-nade debd/nips --steps 3000 --validate-every 100 --patience 8 --set orders=16 --set optimizer.kind=adamw --set optimizer.weightDecay=0.1
    train orderless-nade-mnist-binarized orderless-nade --data mnist-binarized --steps 50000 --validate-every 5000 --validate-on 500 --set orders=2
    # shellcheck disable=SC2046 # value and error
    row orderless orderless-nade "mnist-binarized, 2 orders" 90.69 $(score orderless-nade-mnist-binarized) "train $(cat "$work/orderless-nade-mnist-binarized.command")"
    end orderless
}
