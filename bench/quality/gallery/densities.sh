# shellcheck shell=bash
# Densities: of images, pixel by pixel, and of points of the plane.

section_densities() {
    local bits=(--data mnist-binarized --seed 1) postal=(--data usps --protocol threshold --seed 1) fast=optimizer.learningRate=0.005
    title "Exact densities of images" "Each knows the probability of every image. Binarised digits, drawn pixel by pixel unless said."
    learn fvbn fvbn "${bits[@]}" --steps 5000
    show fvbn "Digits drawn by a fully visible belief network: each pixel by a logistic regression on those before it" sample @fvbn -n 64 -o %
    learn nade nade "${postal[@]}" --steps 2500 --set hidden=200
    show nade "Postal digits drawn by a NADE" sample @nade -n 64 -o %
    learn made made "${postal[@]}" --steps 2500
    show made "Postal digits drawn by a masked autoencoder" sample @made -n 64 -o %
    learn order-agnostic-made order-agnostic-made "${postal[@]}" --steps 5000 --set masks=4
    show order-agnostic-made "Postal digits drawn by a masked autoencoder in four orders at once" sample @order-agnostic-made -n 64 -o %
    learn orderless-nade orderless-nade "${postal[@]}" --steps 4000
    show orderless-nade "The middle of postal digits, completed: the original, what was given, and six completions" complete @orderless-nade --data usps --given box --count 8 -n 6 -o %
    learn pixel-cnn pixel-cnn "${postal[@]}" --steps 800 --set "$fast"
    show pixel-cnn "Postal digits drawn by a PixelCNN" sample @pixel-cnn -n 64 -o %
    show completed-halves "Lower halves of postal digits, drawn from the exact conditional distribution of a PixelCNN: the original, the upper half, and six completions" complete @pixel-cnn --data usps --given top --count 8 -n 6 -o %
    learn gated-pixel-cnn gated-pixel-cnn "${postal[@]}" --steps 800 --set layers=6 hidden=16 "$fast"
    show gated-pixel-cnn "Postal digits drawn by a gated PixelCNN" sample @gated-pixel-cnn -n 64 -o %
    learn row-lstm row-lstm "${postal[@]}" --steps 600 --set "$fast"
    show row-lstm "Postal digits drawn by a Row LSTM" sample @row-lstm -n 64 -o %
    learn diagonal-bilstm diagonal-bilstm "${postal[@]}" --steps 600 --set "$fast"
    show diagonal-bilstm "Postal digits drawn by a Diagonal BiLSTM" sample @diagonal-bilstm -n 64 -o %
    learn class-pixel-cnn class-pixel-cnn "${postal[@]}" --steps 1500 --set layers=6 hidden=16 "$fast"
    show class-pixel-cnn "Postal sevens drawn by a class-conditional PixelCNN" sample @class-pixel-cnn --class 7 -n 36 -o %
}

section_points() {
    title "Densities of points" "Points of the plane, of a known density: what the model draws."
    learn gaussian-mixture gaussian-mixture --data pinwheel --seed 1 --set components=15
    show gaussian-mixture "A pinwheel by a mixture of fifteen Normal distributions" sample @gaussian-mixture -n 1500 -o %
    learn rnade rnade --data swiss-roll --seed 1 --steps 4000
    show rnade "A spiral by RNADE" sample @rnade -n 1500 -o %
    learn realnvp realnvp --data two-moons --seed 1 --steps 2500
    show realnvp "Two moons by RealNVP" sample @realnvp -n 1500 -o %
    learn maf maf --data two-moons --seed 1 --steps 6000 --set layers=10 'hidden=[128,128]'
    show maf "Two moons by a masked autoregressive flow" sample @maf -n 1500 -o %
    learn neural-spline neural-spline --data checkerboard --seed 1 --steps 3000
    show neural-spline "A checkerboard by a spline flow" sample @neural-spline -n 1500 -o %
    learn gan gan --data 8gaussians --seed 1 --steps 10000 --batch 256 --set latent=16 'generatorHidden=[128,128,128]' 'criticHidden=[128,128,128]' average=0.999 \
        'generator={"kind":"adam","learningRate":0.001,"beta1":0,"beta2":0.9,"schedule":{"kind":"linear"}}' 'critic={"kind":"adam","learningRate":0.001,"beta1":0,"beta2":0.9,"schedule":{"kind":"linear"}}' 'penalty={"kind":"r1","gamma":0.1}'
    show gan "Eight Gaussians by a GAN with an R1 penalty: none is lost" sample @gan -n 1500 -o %
    learn diffusion diffusion --data pinwheel --seed 1 --steps 12000
    show diffusion "A pinwheel by diffusion" sample @diffusion -n 1500 -o %
}
