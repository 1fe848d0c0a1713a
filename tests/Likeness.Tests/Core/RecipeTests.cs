using System.Text.Json.Nodes;

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

    /// <summary>Runs from before words could be read by themselves go on reading characters in a row.</summary>
    [Fact]
    public void What_records_of_earlier_versions_do_not_name_is_what_was_done_inside_of_groups_as_well()
    {
        static string Recorded(string options) => TextDiffusion.Recipe.Recorded(JsonNode.Parse(options)!.AsObject()).ToJsonString();
        Assert.Equal("""{"text":{"length":5,"byWord":false}}""", Recorded("""{"text":{"length":5}}"""));
        Assert.Equal("""{"text":{"byWord":true}}""", Recorded("""{"text":{"byWord":true}}"""));
        Assert.Equal("""{"guidance":2}""", Recorded("""{"guidance":2}"""));
    }

    private sealed class Bare : Module;
}
