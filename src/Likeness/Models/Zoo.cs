using Likeness.Core;

namespace Likeness.Models;

/// <summary>An explicit list of recipes: the only registry there is.</summary>
public sealed class Zoo(params IReadOnlyList<IRecipe> recipes)
{
    /// <summary>Every model that comes with the library.</summary>
    public static Zoo BuiltIn { get; } = new(
        Autoregressive.Nade.Recipe,
        Latent.Vae.Recipe,
        Adversarial.Dcgan.Recipe,
        Diffusion.Ddpm.Recipe);

    public IReadOnlyList<IRecipe> Recipes => recipes;

    /// <exception cref="UsageException">There is no such model.</exception>
    public IRecipe Find(string name) =>
        recipes.FirstOrDefault(r => r.Name == name) ?? throw UsageException.Unknown("model", name, recipes.Select(r => r.Name));
}
