# shellcheck shell=bash
# Densities: of images, pixel by pixel, and of points of the plane.

section_densities() {
    local bits=(--data mnist-binarized --seed 1) postal=(--data usps --protocol threshold --seed 1) fast=optimizer.learningRate=0.005
    title "Exact densities of images" "Each gives the exact probability of every image. The data is binarised, and images are sampled pixel by pixel, unless stated otherwise."
    learn fvbn fvbn "${bits[@]}" --steps 5000
    show fvbn "Digits sampled from a fully visible belief network: each pixel by a logistic regression on those before it" sample @fvbn -n 64 -o %
    learn nade nade "${postal[@]}" --steps 2500 --set hidden=200
    show nade "USPS digits sampled from a NADE" sample @nade -n 64 -o %
    learn made made "${postal[@]}" --steps 2500
    show made "USPS digits sampled from a masked autoencoder (MADE)" sample @made -n 64 -o %
    learn order-agnostic-made order-agnostic-made "${postal[@]}" --steps 5000 --set masks=4
    show order-agnostic-made "USPS digits sampled from a masked autoencoder trained on four orders of the pixels" sample @order-agnostic-made -n 64 -o %
    learn orderless-nade orderless-nade "${postal[@]}" --steps 4000
    show orderless-nade "The middle of USPS digits, completed: the original, the given part, and six completions" complete @orderless-nade --data usps --given box --count 8 -n 6 -o %
    learn pixel-cnn pixel-cnn "${postal[@]}" --steps 800 --set "$fast"
    show pixel-cnn "USPS digits sampled from a PixelCNN" sample @pixel-cnn -n 64 -o %
    show completed-halves "Lower halves of USPS digits, sampled from the exact conditional distribution of a PixelCNN: the original, the upper half, and six completions" complete @pixel-cnn --data usps --given top --count 8 -n 6 -o %
    learn gated-pixel-cnn gated-pixel-cnn "${postal[@]}" --steps 800 --set layers=6 hidden=16 "$fast"
    show gated-pixel-cnn "USPS digits sampled from a gated PixelCNN" sample @gated-pixel-cnn -n 64 -o %
    learn row-lstm row-lstm "${postal[@]}" --steps 600 --set "$fast"
    show row-lstm "USPS digits sampled from a Row LSTM" sample @row-lstm -n 64 -o %
    learn diagonal-bilstm diagonal-bilstm "${postal[@]}" --steps 600 --set "$fast"
    show diagonal-bilstm "USPS digits sampled from a Diagonal BiLSTM" sample @diagonal-bilstm -n 64 -o %
    learn class-pixel-cnn class-pixel-cnn "${postal[@]}" --steps 1500 --set layers=6 hidden=16 "$fast"
    show class-pixel-cnn "USPS sevens sampled from a class-conditional PixelCNN" sample @class-pixel-cnn --class 7 -n 36 -o %
}

section_points() {
    title "Densities of points" "Samples of models trained on points in the plane whose true density is known."
    learn gaussian-mixture gaussian-mixture --data pinwheel --seed 1 --set components=15
    show gaussian-mixture "A pinwheel, sampled from a mixture of fifteen Normal distributions" sample @gaussian-mixture -n 1500 -o %
    learn rnade rnade --data swiss-roll --seed 1 --steps 4000
    show rnade "A spiral, sampled from an RNADE" sample @rnade -n 1500 -o %
    learn realnvp realnvp --data two-moons --seed 1 --steps 2500
    show realnvp "Two moons, sampled from a RealNVP" sample @realnvp -n 1500 -o %
    learn maf maf --data two-moons --seed 1 --steps 6000 --set layers=10 'hidden=[128,128]'
    show maf "Two moons, sampled from a masked autoregressive flow" sample @maf -n 1500 -o %
    learn neural-spline neural-spline --data checkerboard --seed 1 --steps 3000
    show neural-spline "A checkerboard, sampled from a neural spline flow" sample @neural-spline -n 1500 -o %
    learn gan gan --data 8gaussians --seed 1 --steps 10000 --batch 256 --set latent=16 'generatorHidden=[128,128,128]' 'criticHidden=[128,128,128]' average=0.999 \
        'generator={"kind":"adam","learningRate":0.001,"beta1":0,"beta2":0.9,"schedule":{"kind":"linear"}}' 'critic={"kind":"adam","learningRate":0.001,"beta1":0,"beta2":0.9,"schedule":{"kind":"linear"}}' 'penalty={"kind":"r1","gamma":0.1}'
    show gan "Eight Gaussians, sampled from a GAN with an R1 penalty: no mode is lost" sample @gan -n 1500 -o %
    learn diffusion diffusion --data pinwheel --seed 1 --steps 12000
    show diffusion "A pinwheel, sampled from a diffusion model" sample @diffusion -n 1500 -o %
}
