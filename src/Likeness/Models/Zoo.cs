using Likeness.Core;

namespace Likeness.Models;

/// <summary>An explicit list of recipes: the only registry there is.</summary>
public sealed class Zoo(params IReadOnlyList<IRecipe> recipes)
{
    /// <summary>Every model that comes with the library.</summary>
    public static Zoo BuiltIn { get; } = new(
        Explicit.JointTable.Recipe,
        Explicit.Independent.Recipe,
        Explicit.ClassConditional.Recipe,
        Explicit.MarkovChain.Recipe,
        Explicit.ArTable.Recipe,
        Explicit.ChowLiu.Recipe,
        Explicit.Gaussian.Recipe,
        Explicit.GaussianMixture.Recipe,
        Explicit.BernoulliMixture.Recipe,
        Autoregressive.Nade.Recipe,
        Autoregressive.Made.Recipe,
        Autoregressive.OrderAgnosticMade.Recipe,
        Autoregressive.OrderlessNade.Recipe,
        Autoregressive.PixelCnn.Recipe,
        Autoregressive.GatedPixelCnn.Recipe,
        Autoregressive.ClassPixelCnn.Recipe,
        Autoregressive.RowLstm.Recipe,
        Autoregressive.DiagonalBiLstm.Recipe,
        Autoregressive.CategoricalNade.Recipe,
        Autoregressive.Rnade.Recipe,
        Autoregressive.Fvbn.Recipe,
        Sequences.LinearAutoregression.Recipe,
        Sequences.RecurrentDensity.Recipe,
        Flows.RealNvp.Recipe,
        Flows.Maf.Recipe,
        Flows.NeuralSpline.Recipe,
        Latent.Vae.Recipe,
        Latent.ConditionalVae.Recipe,
        Latent.VqVae.Recipe,
        Latent.Autoencoder.Recipe,
        Latent.WassersteinAutoencoder.Recipe,
        Latent.AdversarialAutoencoder.Recipe,
        Latent.AdversarialClustering.Recipe,
        Latent.AdversarialClassifier.Recipe,
        Adversarial.Gan.Recipe,
        Adversarial.Dcgan.Recipe,
        Adversarial.ProgressiveGan.Recipe,
        Multimodal.TextEncoder.Recipe,
        Multimodal.TextToImage.Recipe,
        Adversarial.ClassDcgan.Recipe,
        Adversarial.InfoGan.Recipe,
        Adversarial.PuzzleGan.Recipe,
        Translation.CycleGan.Recipe,
        Translation.StarGan.Recipe,
        Diffusion.Ddpm.Recipe,
        Classifiers.Classifier.Recipe);

    public IReadOnlyList<IRecipe> Recipes => recipes;

    /// <exception cref="UsageException">There is no such model.</exception>
    public IRecipe Find(string name) =>
        recipes.FirstOrDefault(r => r.Name == name) ?? throw UsageException.Unknown("model", name, recipes.Select(r => r.Name));
}
