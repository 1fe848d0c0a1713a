# shellcheck shell=bash
# Generators against critics.

section_adversarial() {
    title "Generators against critics" "They sample in a single network pass, and have no likelihood."
    learn dcgan dcgan --data fashion-mnist --steps 7000 --seed 1 --batch 64 --set width=32
    show dcgan "Fashion-MNIST images sampled from a DCGAN" sample @dcgan -n 64 -o %
    learn dcgan-digits dcgan --data mnist --seed 1 --steps 1600 --batch 64 --grids 16 --set width=32 noise=normal
    keep dcgan-film "A DCGAN learns to draw digits: samples from the same 64 noise vectors after every hundred steps (animated)" @dcgan-digits/animation.png
    learn class-dcgan class-dcgan --data usps --seed 1 --steps 1500 --batch 64 --set width=16 noise=normal
    show class-dcgan "USPS fives sampled from a class-conditional DCGAN" sample @class-dcgan --class 5 -n 36 -o %
    learn infogan infogan --data usps --seed 1 --steps 1500 --batch 64 --set width=16 hidden=128
    show infogan "What each part of an InfoGAN's code controls, learned without labels: along each row the noise is fixed and only the category, or one of two continuous codes, changes" latent sweep @infogan -o %
    learn progressive-gan progressive-gan --data usps --seed 1 --size 16 --steps 3500 --batch 64 --set latent=64 width=256 cap=32 'batches=[1,1]' phaseImages=9600 emaDecay=0.99 loss=non-saturating \
        'penalty={"kind":"r1","gamma":1}' generator.learningRate=2e-3 critic.learningRate=2e-3
    show progressive-gan "Postal digits by a GAN that has grown from 4×4 to 16×16 pixels" sample @progressive-gan -n 64 -o %
    learn puzzle-gan puzzle-gan --data fashion-mnist --seed 1 --steps 500 --set width=24 finalWeight=1e-3 generator.learningRate=1e-3
    show puzzle-gan "Three patches of a test image, their predicted positions, the image reconstructed from them, and the original" restore @puzzle-gan --count 8 -o %
    learn text-to-image text-to-image --data shapes --seed 1 --size 24 --steps 14000 --set width=16 interpolation=0 average=0.999 generator.learningRate=5e-4 critic.learningRate=5e-4 text.steps=3000 \
        'encoder.network={"length":100}'
    show text-to-image "From one caption to another: a small red circle on white, a large blue square on black" sample @text-to-image --text 'a small red circle on a white background' --to 'a large blue square on a black background' -o %
}
