# shellcheck shell=bash
# Latent codes: what is drawn from them, and what they look like.

section_latent() {
    title "Latent codes" "An encoder makes a few numbers of an image, and a decoder an image of them."
    learn vae vae --data fashion-mnist --seed 1 --steps 15000 --set latent=16
    show vae "Clothes decoded from codes of sixteen values, drawn from the prior" sample @vae -n 64 -o %
    learn vae-clothes vae --data fashion-mnist --steps 4000 --seed 1
    show interpolation "From one test image to another, by their codes" latent interpolate @vae-clothes --from 0 1 2 3 4 5 --to 6 7 8 9 10 11 --steps 10 -o %
    show code-map "Where the codes of test clothes lie, on their first two principal components; no label was seen in training" latent map @vae-clothes --limit 1000 -o %
    show code-arithmetic "Mean codes of T-shirts and pullovers, and T-shirts moved by the difference: they get sleeves" latent arithmetic @vae-clothes --start class=T-shirt --minus class=T-shirt --plus class=pullover -n 8 -o %
    learn vae-plane vae --data mnist --seed 1 --steps 6000 --set latent=2
    show latent-manifold "What the plane of codes of a VAE with two latents stands for" latent manifold @vae-plane --side 16 -o %
    show latent-map "Where test digits lie in that plane; no label was seen in training" latent map @vae-plane --limit 2000 -o %
    learn vae-usps vae --data usps --seed 1 --steps 1500 --grids 15 --set latent=16
    show digit-interpolation "From one postal digit to another, by their codes" latent interpolate @vae-usps --from 0 1 2 3 4 5 --to 6 7 8 9 10 11 --steps 10 -o %
    learn vae-film vae --data usps --seed 1 --steps 1200 --grids 12 --set latent=2
    keep vae-film "A VAE with a plane of codes learns digits: the same 64 codes decoded after every hundred steps (animated)" @vae-film/animation.png
    learn conditional-vae conditional-vae --data mnist --seed 1 --steps 5000 --set latent=16
    show conditional-vae "Eights by a VAE that is told the class" sample @conditional-vae --class 8 -n 40 -o %
    learn vq-vae vq-vae --data fashion-mnist --seed 1 --steps 1200 --set width=32 inner=16 dimension=32 codes=128 prior.hidden=32 optimizer.learningRate=0.001
    show vq-vae "Clothes from a PixelCNN over grids of 7×7 discrete codes" sample @vq-vae -n 64 -o %
    learn autoencoder autoencoder --data mnist --seed 1 --protocol dynamic --steps 1500 --set latent=32
    learn vae-bits vae --data mnist --seed 1 --protocol dynamic --steps 1500 --set latent=32
    show autoencoder "Random codes decoded by an autoencoder (above; in the middle codes like its own) and by a VAE (below): only the VAE knows where its codes are" compare @autoencoder @vae-bits -o %
    learn wae wae --data mnist --seed 1 --steps 2000
    show wae "Digits by a Wasserstein autoencoder (MMD)" sample @wae -n 64 -o %
    learn aae aae --data mnist --seed 1 --steps 2500 --set 'network.hidden=[400,400]' 'game.hidden=[400,400]'
    show aae "Digits by an adversarial autoencoder" sample @aae -n 64 -o %
    learn aae-clustering aae-clustering --data mnist --seed 1 --steps 3000 --set 'code.network.hidden=[400,400]' 'code.game.hidden=[400,400]'
    show aae-clustering "Sixteen clusters found without labels, a column each; rows are styles" latent sweep @aae-clustering -o %
    learn aae-classifier aae-classifier --data mnist --seed 1 --labels 1000 --steps 2500 --set 'code.network.hidden=[400,400]' 'code.game.hidden=[400,400]'
    show aae-classifier "Classes and styles apart, learned from a thousand labels: a column for each class, a row for each style" latent sweep @aae-classifier -o %
    learn vae-shapes vae --data shapes --seed 1 --size 24 --steps 2500 --set latent=32 network.kind=conv
    show vae-shapes "Shapes decoded from codes of 32 values by a convolutional VAE" sample @vae-shapes -n 64 -o %
    show latent-arithmetic "Codes of red shapes, less red, plus blue" latent arithmetic @vae-shapes --start colour=red --minus colour=red --plus colour=blue -o %
}
