namespace Likeness;

/// <summary>What models are called elsewhere: in papers, in other programs, and where a model is another one with some option set.</summary>
internal static class OtherNames
{
    private static readonly (string[] Others, string[] Names)[] s_all =
    [
        (["diffusion", "score-based", "sde", "noise-prediction"], ["edm", "ddpm", "flow-matching", "diffusion", "class-diffusion", "text-diffusion", "latent-diffusion"]),
        (["stable-diffusion", "imagen", "glide", "dall-e"], ["text-diffusion", "latent-diffusion"]),
        (["ddim", "improved-diffusion"], ["ddpm"]),
        (["classifier-free-guidance", "cfg", "conditional-diffusion"], ["class-diffusion", "text-diffusion"]),
        (["rectified-flow", "cnf"], ["flow-matching"]),
        (["gan", "adversarial"], ["gan", "dcgan", "progressive-gan", "class-dcgan", "infogan", "text-to-image", "cycle-gan", "star-gan", "pix2pix", "puzzle-gan"]),
        (["wgan", "wgan-gp", "lsgan", "hinge-gan", "sngan", "sagan", "r1-gan", "stylegan", "biggan"], ["dcgan", "gan"]),
        (["cgan", "conditional-gan", "acgan"], ["class-dcgan"]),
        (["pggan", "progan"], ["progressive-gan"]),
        (["image-to-image", "unpaired", "style-transfer"], ["cycle-gan", "star-gan", "pix2pix"]),
        (["iwae", "beta-vae", "ladder-vae", "tvae", "variational-autoencoder"], ["vae"]),
        (["cvae"], ["conditional-vae"]),
        (["vqvae2", "vqgan"], ["vq-vae"]),
        (["ae", "denoising-autoencoder", "dae", "pca", "sae", "contractive-autoencoder"], ["autoencoder"]),
        (["wasserstein-autoencoder", "wae-mmd"], ["wae"]),
        (["adversarial-autoencoder"], ["aae", "aae-clustering", "aae-classifier"]),
        (["flow", "normalizing-flow", "normalising-flow", "glow", "nice", "inn"], ["realnvp", "maf", "neural-spline"]),
        (["iaf"], ["maf"]),
        (["nsf", "rq-nsf", "spline-flow"], ["neural-spline"]),
        (["gmm", "mixture", "mog", "kmeans", "em"], ["gaussian-mixture", "bernoulli-mixture"]),
        (["mvn", "multivariate-normal", "normal"], ["gaussian"]),
        (["naive-bayes"], ["class-conditional"]),
        (["bayesian-network", "bayes-net", "tree"], ["chow-liu"]),
        (["pixelcnn++", "pixel-snail", "image-gpt"], ["gated-pixel-cnn"]),
        (["pixelrnn", "pixel-rnn"], ["row-lstm", "diagonal-bilstm"]),
        (["transformer", "gpt", "autoregressive"], ["made", "nade", "gated-pixel-cnn", "recurrent"]),
        (["lstm", "gru", "rnn", "time-series", "mdn"], ["recurrent", "linear-ar"]),
        (["var", "arima", "ar", "arma"], ["linear-ar"]),
        (["rbm", "dbn", "sigmoid-belief-network"], ["fvbn", "nade"]),
        (["kde", "ctgan", "copula", "synthesizer", "tabular", "table"], ["gaussian-mixture", "diffusion", "vae"]),
        (["cnn", "resnet", "lenet"], ["classifier"]),
        (["linear-probe", "logistic-regression", "linear-classifier"], ["probe-classifier"]),
        (["clip"], ["text-encoder"]),
        (["inpainting", "super-resolution", "deblurring"], ["pix2pix", "ddpm", "edm"]),
        (["jigsaw", "puzzle"], ["puzzle-gan"]),
    ];

    /// <summary>The models that someone means by another name; none where nobody is known to call any so.</summary>
    public static IReadOnlyList<string> Of(string other) =>
        [.. s_all.Where(a => a.Others.Any(o => NearNames.Plain(o) == NearNames.Plain(other))).SelectMany(a => a.Names).Distinct()];
}
