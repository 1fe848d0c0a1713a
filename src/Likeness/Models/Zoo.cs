namespace Likeness;

/// <summary>An explicit list of recipes: the only registry there is.</summary>
public sealed class Zoo(params IReadOnlyList<IRecipe> recipes)
{
    /// <summary>Every model that comes with the library.</summary>
    public static Zoo BuiltIn { get; } = new(
        JointTable.Recipe,
        Independent.Recipe,
        ClassConditional.Recipe,
        MarkovChain.Recipe,
        ArTable.Recipe,
        ChowLiu.Recipe,
        PrivateTree.Recipe,
        Gaussian.Recipe,
        GaussianMixture.Recipe,
        BernoulliMixture.Recipe,
        Nade.Recipe,
        Made.Recipe,
        OrderAgnosticMade.Recipe,
        OrderlessNade.Recipe,
        PixelCnn.Recipe,
        GatedPixelCnn.Recipe,
        ClassPixelCnn.Recipe,
        RowLstm.Recipe,
        DiagonalBiLstm.Recipe,
        CategoricalNade.Recipe,
        Rnade.Recipe,
        Fvbn.Recipe,
        LinearAutoregression.Recipe,
        RecurrentDensity.Recipe,
        Pets.Recipe,
        TimeGan.Recipe,
        RealNvp.Recipe,
        Maf.Recipe,
        NeuralSpline.Recipe,
        Vae.Recipe,
        ConditionalVae.Recipe,
        VqVae.Recipe,
        Autoencoder.Recipe,
        WassersteinAutoencoder.Recipe,
        AdversarialAutoencoder.Recipe,
        AdversarialClustering.Recipe,
        AdversarialClassifier.Recipe,
        Gan.Recipe,
        Dcgan.Recipe,
        ProgressiveGan.Recipe,
        TextEncoder.Recipe,
        TextToImage.Recipe,
        ClassDcgan.Recipe,
        InfoGan.Recipe,
        PuzzleGan.Recipe,
        CycleGan.Recipe,
        StarGan.Recipe,
        Pix2Pix.Recipe,
        Edm.Recipe,
        Ddpm.Recipe,
        FlowMatching.Recipe,
        VectorDiffusion.Recipe,
        ClassDiffusion.Recipe,
        TextDiffusion.Recipe,
        LatentDiffusion.RecipeFor(name => BuiltIn!.Find(name)),
        GaussianCopula.Recipe,
        TableVae.Recipe,
        Ctgan.Recipe,
        TableDiffusion.Recipe,
        Classifier.Recipe);

    public IReadOnlyList<IRecipe> Recipes => recipes;

    /// <exception cref="UsageException">There is no such model.</exception>
    public IRecipe Find(string name) =>
        recipes.FirstOrDefault(r => r.Name == name) ?? throw UsageException.Unknown("model", name, recipes.Select(r => r.Name));
}
