# Real-valued tables: RNADE and flows over ten folds, beside the Gaussian.

section_real() {
    begin real "Small real-valued sets" "Densities in each fold's standardised space; the Gaussian of the same folds has 13.18 and 10.85. Published: Uria, Murray and Larochelle 2013 (RNADE)."
    folds real 9.36 rnade uci/red-wine --steps 1500 --validate-every 25 --patience 20 --set hidden=500 decay=0.01 background=0.001 emaDecay=0.99
    folds real 0.90 rnade uci/parkinsons --steps 10000 --validate-every 100 --patience 12 --set hidden=200 decay=0.03 background=0.001 emaDecay=0.99
    for flow in realnvp maf neural-spline; do
        folds real – "$flow" uci/red-wine --steps 3000 --validate-every 50 --patience 15
        folds real – "$flow" uci/parkinsons --steps 6000 --validate-every 200 --patience 8
    done
    for flow in realnvp maf neural-spline; do
        measure real – "$flow" checkerboard --steps 3000
        ./likeness sample "$work/$flow-checkerboard" -n 5000 -o "$work/$flow-checkerboard.png" >/dev/null
    done
    end real
}
