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
        TransitionTable.Recipe,
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
        Sr3.Recipe,
        LatentDiffusion.RecipeFor(name => BuiltIn!.Find(name)),
        GaussianCopula.Recipe,
        TableVae.Recipe,
        Ctgan.Recipe,
        TableDiffusion.Recipe,
        Classifier.Recipe,
        ProbeClassifier.RecipeFor(name => BuiltIn!.Find(name)));

    public IReadOnlyList<IRecipe> Recipes => recipes;

    /// <summary>The model of a name; case, hyphens and underscores do not matter.</summary>
    /// <exception cref="UsageException">There is no such model.</exception>
    public IRecipe Find(string name) =>
        recipes.FirstOrDefault(r => r.Name == name) ?? recipes.FirstOrDefault(r => NearNames.Plain(r.Name) == NearNames.Plain(name)) ?? throw Unknown(name);

    /// <summary>The models that words are about, best first: by their name, by what else they are called, by their summary, by what they need, or by their paper.</summary>
    /// <param name="words">All of them must be found.</param>
    public IReadOnlyList<IRecipe> Search(params IReadOnlyList<string> words)
    {
        var called = words.SelectMany(w => OtherNames.Of(w)).Concat(OtherNames.Of(string.Concat(words))).ToHashSet();
        return [.. recipes.Select((r, place) => (r, place, rank: Exact(r, words) ? -1 : called.Contains(r.Name) ? 0 : words.Max(w => Rank(r, w))))
            .Where(f => f.rank < Nowhere).OrderBy(f => f.rank).ThenBy(f => f.place).Select(f => f.r)];
    }

    private const int Nowhere = 4;

    private static bool Exact(IRecipe recipe, IReadOnlyList<string> words) => NearNames.Plain(recipe.Name) == NearNames.Plain(string.Concat(words));

    private static int Rank(IRecipe recipe, string word)
    {
        bool In(string text) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
        return In(recipe.Name) ? 1 : In(recipe.Summary) ? 2 : In(recipe.Need.Description) || In(recipe.Paper.Title) || In(recipe.Paper.ToString()) ? 3 : Nowhere;
    }

    private UsageException Unknown(string name)
    {
        var list = new Remedy.Deed(Work.ListModels);
        var called = OtherNames.Of(name).Where(n => recipes.Any(r => r.Name == n)).Select(n => $"'{n}'").ToList();
        return called.Count > 0 ? new($"There is no model named '{name}' here. Did you mean {NearNames.Or(called)}? {list} shows all {recipes.Count}.")
            : UsageException.Unknown("model", name, recipes.Select(r => r.Name), list);
    }
}
