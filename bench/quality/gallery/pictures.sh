# shellcheck shell=bash
# Images into images: translation and restoration.

section_translation() {
    title "Translation" "Images of one domain translated into another. The first column is the input."
    learn cycle-gan cycle-gan --data mnist::usps --seed 1 --size 16 --batch 8 --steps 8000 --set width=24 blocks=3 criticWidth=24 criticHalvings=1 identity=0
    show cycle-gan "Digits of MNIST, in the hand of USPS, and back again, learned without a single pair" translate @cycle-gan mnist --to usps --limit 8 -o +postal --force --grid %
    learn star-gan star-gan --data shapes --seed 1 --size 32 --batch 16 --steps 12000 --precision bf16 --set width=24 blocks=1 criticWidth=16 criticTurns=2 reconstruction=35 generator.learningRate=2e-3 critic.learningRate=2e-3 \
        'attributes=["colour","shape","size","background"]'
    show star-gan "Shapes in red on their own backgrounds, and in their own colours again" translate @star-gan shapes --to colour=red --limit 8 -o +red --force --grid %
    learn pairs pix2pix --data shapes-grey-outline::shapes-grey --seed 1 --size 32 --batch 8 --steps 1000 --set width=16 criticWidth=16
    show filled-outlines "Outlines translated to filled shapes, learned from pairs" translate @pairs shapes-grey-outline --to shapes-grey --limit 8 -o +filled --force --grid %
}

section_restoring() {
    local small=(network.baseWidth=24 network.residualBlocks=1 network.dropout=0 optimizer.schedule.kind=linear)
    local tiny=(network.baseWidth=16 network.residualBlocks=1 network.dropout=0)
    title "Restoring" "A diffusion model trained only on undamaged images restores damaged ones. SR3 and the pix2pix models are trained for their task."
    learn edm edm --data fashion-mnist --steps 2500 --seed 1 --set "${small[@]}"
    show upscaled "Four times the resolution by an EDM: input, bicubic, nearest, mean fill, restored, and the original" restoration @edm --degrade downsample:4 --limit 8 --draws 1 --walk 50 --grid %
    learn pix2pix pix2pix --data fashion-mnist --degrade downsample:4 --batch 16 --steps 3000 --seed 1 --set width=32 criticWidth=32
    show pix2pix "Four times the resolution by a pix2pix trained for the task: input, bicubic, nearest, mean fill, restored, and the original" restoration @pix2pix --degrade downsample:4 --limit 8 --draws 1 --grid %
    learn sr3 sr3 --data usps --degrade downsample:4 --seed 1 --batch 32 --steps 900 --set "${tiny[@]}" emaDecay=0.995
    show sr3 "USPS digits from 4×4 pixels by an SR3 trained for the task: input, bicubic, nearest, mean fill, restored, and the original" restoration @sr3 --degrade downsample:4 --limit 8 --draws 1 --grid %
    show inpainted "Inpainting the middle: the original, the given part, and five completions" complete @edm --data fashion-mnist --given box --count 8 -n 5 --walk 50 -o %
    learn colours pix2pix --data shapes --seed 1 --size 32 --degrade luma --batch 8 --steps 1000 --set width=16 criticWidth=16
    show colorized "Colourisation: the grey input, the colourised image, and the original" colorize @colours shapes --limit 8 -o +coloured --force --grid %
}
