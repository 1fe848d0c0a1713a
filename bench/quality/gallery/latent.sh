# shellcheck shell=bash
# Latent codes: what is drawn from them, and what they look like.

section_latent() {
    title "Latent codes" "An encoder makes a few numbers of an image, and a decoder an image of them."
    learn vae-clothes vae --data fashion-mnist --steps 4000 --seed 1
    show interpolation "From one test image to another, by their codes" latent interpolate @vae-clothes --from 0 1 2 3 4 5 --to 6 7 8 9 10 11 --steps 10 -o %
    show code-map "Where the codes of test clothes lie, on their first two principal components; no label was seen in training" latent map @vae-clothes --limit 1000 -o %
    show code-arithmetic "Mean codes of T-shirts and pullovers, and T-shirts moved by the difference: they get sleeves" latent arithmetic @vae-clothes --start class=T-shirt --minus class=T-shirt --plus class=pullover -n 8 -o %
    learn vae-plane vae --data mnist --seed 1 --steps 6000 --set latent=2
    show vae "Digits decoded from codes of two values, drawn from the prior: smooth, and blurred where classes meet" sample @vae-plane -n 64 -o %
    show latent-manifold "What the plane of codes of a VAE with two latents stands for" latent manifold @vae-plane --side 16 -o %
    show latent-map "Where test digits lie in that plane; no label was seen in training" latent map @vae-plane --limit 2000 -o %
    learn vae-usps vae --data usps --seed 1 --steps 1500 --grids 15 --set latent=16
    show digit-interpolation "From one postal digit to another, by their codes" latent interpolate @vae-usps --from 0 1 2 3 4 5 --to 6 7 8 9 10 11 --steps 10 -o %
    learn vae-film vae --data usps --seed 1 --steps 1200 --grids 12 --set latent=2
    keep vae-film "A VAE with a plane of codes learns digits: the same 64 codes decoded after every hundred steps (animated)" @vae-film/animation.png
    learn conditional-vae conditional-vae --data mnist --seed 1 --steps 1500 --set latent=2
    show conditional-vae "Eights by a VAE that is told the class" sample @conditional-vae --class 8 -n 36 -o %
    learn vq-vae vq-vae --data usps --seed 1 --steps 1500 --set width=24 inner=12 dimension=16 codes=64 prior.hidden=32 optimizer.learningRate=0.001
    show vq-vae "Postal digits from a PixelCNN over grids of 4×4 discrete codes" sample @vq-vae -n 64 -o %
    learn autoencoder autoencoder --data usps --seed 1 --steps 1000 --set latent=16
    show autoencoder "Random codes decoded by an autoencoder (above; in the middle codes like its own) and by a VAE (below): only the VAE knows where its codes are" compare @autoencoder @vae-usps -o %
    learn wae wae --data usps --seed 1 --steps 1500
    show wae "Postal digits by a Wasserstein autoencoder (MMD)" sample @wae -n 64 -o %
    learn aae aae --data usps --seed 1 --steps 2000 --set 'network.hidden=[256,256]' 'game.hidden=[256,256]'
    show aae "Postal digits by an adversarial autoencoder" sample @aae -n 64 -o %
    learn aae-clustering aae-clustering --data usps --seed 1 --steps 3000 --set 'code.network.hidden=[256,256]' 'code.game.hidden=[256,256]'
    show aae-clustering "Clusters that an adversarial autoencoder has found among postal digits without labels: one in each column, one style in each row" latent sweep @aae-clustering -o %
    learn aae-classifier aae-classifier --data usps --seed 1 --labels 1000 --steps 2000 --set code.style=2 'code.network.hidden=[256,256]' 'code.game.hidden=[256,256]'
    show aae-classifier "Postal digits by an adversarial autoencoder that has learned classes and styles apart, from a thousand labels: one class in each column, one style in each row" latent sweep @aae-classifier -o %
    learn probe-classifier probe-classifier --data usps --seed 1 --steps 400 --set coder.kind=run coder.path="$work/vae-usps"
    show probe-classifier "Codes of postal digits by a VAE that has seen no label, on their first two principal components: a linear layer on all sixteen values tells the classes apart" latent map @probe-classifier --limit 600 -o %
    learn classifier classifier --data usps --seed 1 --steps 300 --batch 64 --set width=8
    keep classifier "The cross-entropy of a classifier of postal digits while it learns" @classifier/curve.png
    learn text-encoder text-encoder --data shapes --seed 1 --size 16 --steps 2500 --set network.length=100 'network.channels=[32,48,64]' width=16
    keep text-encoder "A text encoder learns which caption belongs to which image: its losses for images and for texts" @text-encoder/curve.png
    learn vae-shapes vae --data shapes --seed 1 --size 24 --steps 2500 --set latent=32 network.kind=conv
    show vae-shapes "Shapes decoded from codes of 32 values by a convolutional VAE" sample @vae-shapes -n 64 -o %
    show latent-arithmetic "Codes of red shapes, less red, plus blue" latent arithmetic @vae-shapes --start colour=red --minus colour=red --plus colour=blue -o %
}
