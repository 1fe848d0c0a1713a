# shellcheck shell=bash
# Latent codes: what is drawn from them, and what they look like.

section_latent() {
    title "Latent codes" "An encoder compresses an image to a few numbers, and a decoder turns them back into an image."
    learn vae-clothes vae --data fashion-mnist --steps 4000 --seed 1
    show interpolation "Interpolation in code space between pairs of test images, one pair per row" latent interpolate @vae-clothes --from 0 1 2 3 4 5 --to 6 7 8 9 10 11 --steps 10 -o %
    show code-map "The codes of Fashion-MNIST test images, on their first two principal components; training used no labels" latent map @vae-clothes --limit 1000 -o %
    show code-arithmetic "Latent arithmetic: the mean codes of T-shirts and pullovers, and T-shirts shifted by the difference, which gives them sleeves" latent arithmetic @vae-clothes --start class=T-shirt --minus class=T-shirt --plus class=pullover -n 8 -o %
    learn vae-plane vae --data mnist --seed 1 --steps 6000 --set latent=2
    show vae "Digits decoded from two-dimensional codes sampled from the prior: smooth, and blurred where classes meet" sample @vae-plane -n 64 -o %
    show latent-manifold "Images decoded from a grid over the code plane of a VAE with two latents" latent manifold @vae-plane --side 16 -o %
    show latent-map "The codes of test digits in that plane; training used no labels" latent map @vae-plane --limit 2000 -o %
    learn vae-usps vae --data usps --seed 1 --steps 1500 --grids 15 --set latent=16
    show digit-interpolation "Interpolation in code space between pairs of USPS digits, one pair per row" latent interpolate @vae-usps --from 0 1 2 3 4 5 --to 6 7 8 9 10 11 --steps 10 -o %
    learn vae-film vae --data usps --seed 1 --steps 1200 --grids 12 --set latent=2
    keep vae-film "A VAE with two-dimensional codes learns digits: the same 64 codes decoded after every hundred steps (animated)" @vae-film/animation.png
    learn conditional-vae conditional-vae --data mnist --seed 1 --steps 1500 --set latent=2
    show conditional-vae "Eights sampled from a class-conditional VAE" sample @conditional-vae --class 8 -n 36 -o %
    learn vq-vae vq-vae --data usps --seed 1 --steps 8000 --set width=32 inner=16 dimension=16 codes=64 prior.hidden=64 optimizer.learningRate=0.001
    show vq-vae "Postal digits from a PixelCNN over grids of 4×4 discrete codes" sample @vq-vae -n 64 -o %
    learn autoencoder autoencoder --data usps --seed 1 --steps 1000 --set latent=16
    show autoencoder "Random codes decoded by an autoencoder (top: from a standard Normal; middle: from a Normal fitted to its own codes) and by a VAE (bottom: from its prior): only the VAE has a prior that says where its codes lie" compare @autoencoder @vae-usps -o %
    learn wae wae --data usps --seed 1 --steps 1500
    show wae "USPS digits sampled from a Wasserstein autoencoder (MMD)" sample @wae -n 64 -o %
    learn aae aae --data usps --seed 1 --steps 2000 --set 'network.hidden=[256,256]' 'game.hidden=[256,256]'
    show aae "USPS digits sampled from an adversarial autoencoder" sample @aae -n 64 -o %
    learn aae-clustering aae-clustering --data usps --seed 1 --steps 3000 --set 'code.network.hidden=[256,256]' 'code.game.hidden=[256,256]'
    show aae-clustering "Clusters that an adversarial autoencoder has found among USPS digits without labels: one in each column, one style in each row" latent sweep @aae-clustering -o %
    learn aae-classifier aae-classifier --data usps --seed 1 --labels 1000 --steps 2000 --set code.style=2 'code.network.hidden=[256,256]' 'code.game.hidden=[256,256]'
    show aae-classifier "USPS digits by an adversarial autoencoder that has learned classes and styles apart, from a thousand labels: one class in each column, one style in each row" latent sweep @aae-classifier -o %
    learn probe-classifier probe-classifier --data usps --seed 1 --steps 400 --set coder.kind=run coder.path="$work/vae-usps"
    show probe-classifier "Codes of USPS digits by a VAE trained without labels, on their first two principal components: a linear layer on all sixteen values separates the classes" latent map @probe-classifier --limit 600 -o %
    learn classifier classifier --data usps --seed 1 --steps 300 --batch 64 --set width=8
    keep classifier "The cross-entropy of a classifier of USPS digits during training" @classifier/curve.png
    learn text-encoder text-encoder --data shapes --seed 1 --size 16 --steps 2500 --set network.length=100 'network.channels=[32,48,64]' width=16
    keep text-encoder "A text encoder learns which caption belongs to which image: its losses for images and for texts during training" @text-encoder/curve.png
    learn vae-shapes vae --data shapes --seed 1 --size 24 --steps 2500 --set latent=32 network.kind=conv
    show vae-shapes "Shapes decoded from 32-dimensional codes sampled from the prior of a convolutional VAE" sample @vae-shapes -n 64 -o %
    show latent-arithmetic "Latent arithmetic: codes of red shapes, minus red, plus blue" latent arithmetic @vae-shapes --start colour=red --minus colour=red --plus colour=blue -o %
}
