namespace Likeness.Tests;

public sealed class RecipeTests
{
    private static readonly DataSpec s_spec = new([2], new Domain.Real());

    [Fact]
    public void A_model_without_the_usual_constructor_is_refused_in_a_sentence_unless_the_recipe_makes_it()
    {
        var recipe = new Recipe<ChowLiuOptions, Bare, Batch>(
            "bare", "A model that is nothing.", ChowLiu.Recipe.Paper, (_, _, _) => throw new InvalidOperationException(), new(1, 0), DataNeed.Anything) { Smallest = new() };
        Assert.Contains("Bare has no constructor of DataSpec, ChowLiuOptions and Rng", Assert.Throws<InvalidOperationException>(() => recipe.CreateModel(s_spec, [], new Rng(0))).Message, StringComparison.Ordinal);
        Assert.IsType<Bare>((recipe with { Model = (_, _, _) => new() }).CreateModel(s_spec, [], new Rng(0)));
    }

    [Fact]
    public void What_a_constructor_refuses_arrives_as_it_is() =>
        Assert.Throws<UsageException>(() => Vae.Recipe.Model(s_spec, new() { Latent = 0 }, new Rng(0)));

    private sealed class Bare : Module;
}
