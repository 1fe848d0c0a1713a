# shellcheck shell=bash
# Diffusion: noise taken away step by step.

section_diffusion() {
    local small=(network.baseWidth=24 network.residualBlocks=1 network.dropout=0 optimizer.schedule.kind=linear)
    local tiny=(network.baseWidth=16 network.residualBlocks=1 network.dropout=0 optimizer.schedule.kind=linear)
    title "Diffusion" "Sampling removes noise step by step."
    learn edm edm --data fashion-mnist --steps 2500 --seed 1 --set "${small[@]}"
    show edm "Fashion-MNIST images sampled from an EDM" sample @edm -n 64 --seed 1 -o %
    local emoji=${LIKENESS_DATA:-}
    emoji=${emoji%%:*}/emoji/noto.zip
    learn emoji-codes autoencoder --data "$emoji" --size 64 --seed 1 --batch 16 --steps 3000 --set latent=1024 network.kind=grid network.width=48
    learn latent-diffusion latent-diffusion --data "$emoji" --size 64 --seed 1 --batch 32 --steps 5000 --set coder.kind=run coder.path="$work/emoji-codes" network.baseWidth=32 network.residualBlocks=1 network.dropout=0
    show latent-diffusion "64×64 emoji from diffusion in the latent space of an autoencoder, whose codes are maps of 16×16 places" sample @latent-diffusion -n 36 -o %
    learn ddpm ddpm --data mnist --seed 1 --size 16 --steps 1000 --batch 32 --set "${tiny[@]}" optimizer.learningRate=1e-3 emaDecay=0.995 sampler.kind=ddim sampler.steps=50
    show ddpm "Digits sampled from a DDPM in 100 stochastic steps" sample @ddpm -n 64 --set sampler.kind=ddim sampler.steps=100 sampler.eta=1 -o %
    learn flow-matching flow-matching --data usps --seed 1 --steps 1500 --batch 32 --set "${tiny[@]}" emaDecay=0.995
    show flow-matching "USPS digits sampled by flow matching" sample @flow-matching -n 64 -o %
    learn class-diffusion class-diffusion --data fashion-mnist --seed 1 --size 16 --steps 1000 --batch 32 --set "${tiny[@]}" emaDecay=0.995
    show class-diffusion "Trousers from class-conditional diffusion with classifier-free guidance" sample @class-diffusion --class trouser -n 36 --set guidance=1 -o %
    learn text-diffusion text-diffusion --data shapes-zeroshot --seed 1 --steps 26000 --batch 16 --set network.baseWidth=32 network.patch=2 network.residualBlocks=1 network.dropout=0 \
        optimizer.schedule.kind=warmup optimizer.schedule.steps=500 'optimizer.schedule.then={"kind":"linear"}'
    show text-diffusion "Large blue stars on black, as the caption asks: no training picture shows a blue star" sample @text-diffusion --text 'a large blue star on a black background' -n 32 --seed 1 -o %
}
