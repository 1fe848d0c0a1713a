using System.Text.Json.Nodes;

namespace Likeness.Laws;

/// <summary>What every recipe says of itself.</summary>
public sealed class OptionLaws
{
    public static TheoryData<string> Recipes => [.. Zoo.BuiltIn.Recipes.Select(r => r.Name)];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_model_is_built_from_its_default_options_on_small_data(string name)
    {
        using var scope = torch.NewDisposeScope();
        var recipe = Zoo.BuiltIn.Find(name);
        DataSpec[] small =
        [
            new([1, 8, 8], new Domain.Binary()), new([1, 8, 8], new Domain.Byte()), new([2], new Domain.Real()), new([6], new Domain.Binary()),
            new([1, 8, 8], new Domain.Binary(), Classes: 10), new([1, 8, 8], new Domain.Byte(), Classes: 2), new([4, 2], new Domain.Real()), new([3], new Domain.Mixed([0, 3, 2])),
        ];
        var accepted = small.Where(s => Cases.Takes(recipe, s, [])).ToArray();
        Assert.NotEmpty(accepted);
        foreach (var spec in accepted)
        {
            var model = recipe.CreateModel(spec, [], new Rng(1));
            Assert.IsType(recipe.ModelType, model);
            Assert.True(model.ParameterCount > 0);
            if (model is IFreeParameters counted && recipe.FreeParameters(spec, []) is { } expected)
            {
                Assert.Equal(expected, counted.FreeParameters);
            }

            var names = model.Parameters().Concat(model.Buffers()).Select(p => p.Name).ToArray();
            Assert.Equal(names.Length, names.Distinct().Count());
        }
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Options_survive_JSON(string name)
    {
        var recipe = Zoo.BuiltIn.Find(name);
        foreach (var options in new[] { recipe.DefaultOptions, recipe.SmallestOptions, recipe.Complete([]) })
        {
            var once = recipe.Complete((JsonObject)JsonNode.Parse(options.ToJsonString())!);
            Assert.Equal(options.ToJsonString(), once.ToJsonString());
            Assert.Equal(once.ToJsonString(), recipe.Complete(once).ToJsonString());
        }

        Assert.Equal(recipe.DefaultOptions.ToJsonString(), recipe.Complete([]).ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void An_unknown_key_is_refused_and_the_near_ones_are_named(string name)
    {
        var recipe = Zoo.BuiltIn.Find(name);
        foreach (var key in recipe.DefaultOptions.Select(p => p.Key))
        {
            var e = Assert.Throws<UsageException>(() => recipe.Complete(new JsonObject { [key + "z"] = 1 }));
            Assert.Contains($"'{key}z'", e.Message, StringComparison.Ordinal);
            Assert.Contains($"Did you mean '{key}'", e.Message, StringComparison.Ordinal);
        }

        Assert.Throws<UsageException>(() => recipe.CreateModel(Accepted(recipe), new JsonObject { ["nonsense"] = 1 }, new Rng(1)));
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Data_of_another_kind_is_refused_with_what_is_needed(string name)
    {
        var recipe = Zoo.BuiltIn.Find(name);
        DataSpec[] kinds = [new([4], new Domain.Categorical(3)), new([2], new Domain.Real()), new([6], new Domain.Binary()), new([1, 8, 8], new Domain.Byte())];
        foreach (var spec in kinds.Where(s => !recipe.Need.Accepts(s)))
        {
            var e = Assert.Throws<UsageException>(() => recipe.CreateModel(spec, [], new Rng(1)));
            Assert.Contains(recipe.Need.Description, e.Message, StringComparison.Ordinal);
            Assert.Contains(spec.ToString(), e.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Recipes))]
    public void A_recipe_cites_its_paper(string name)
    {
        var recipe = Zoo.BuiltIn.Find(name);
        Assert.Same(recipe, Zoo.BuiltIn.Find(name));
        Assert.InRange(recipe.Paper.Year, 1900, 2100);
        var (entry, place) = Published(recipe.Paper.Venue);
        Assert.StartsWith($"@{entry}{{{recipe.Paper.Key},", recipe.Paper.BibTeX(), StringComparison.Ordinal);
        Assert.Contains($"  {place} = {{{recipe.Paper.Venue}}},", recipe.Paper.BibTeX(), StringComparison.Ordinal);
        Assert.EndsWith(".", recipe.Summary, StringComparison.Ordinal);
        Assert.True(recipe.Defaults is { Steps: > 0, BatchSize: >= 0 });
        Assert.NotEmpty(Capabilities.Of(recipe.ModelType));
    }

    // A conference is listed here before a paper of it is cited; what has neither its name nor a journal's is a mistake.
    private static (string Entry, string Place) Published(string venue) => venue switch
    {
        "AISTATS" or "CVPR" or "DSAA" or "ECCV" or "ICCV" or "ICLR" or "ICLR Workshop" or "ICML" or "NIPS" or "NeurIPS" => ("inproceedings", "booktitle"),
        "JMLR" or "Neural Computation" or "Information and Control" or "Proceedings of the IEEE" => ("article", "journal"),
        "Springer" => ("book", "publisher"),
        "arXiv" => ("misc", "howpublished"),
        _ => venue.Contains("Journal", StringComparison.Ordinal) || venue.Contains("Transactions", StringComparison.Ordinal) || venue.Contains("Bulletin", StringComparison.Ordinal)
            ? ("article", "journal")
            : throw new Xunit.Sdk.XunitException($"It is not known how '{venue}' publishes."),
    };

    [Fact]
    public void Names_are_told_apart()
    {
        Assert.Equal(Zoo.BuiltIn.Recipes.Count, Zoo.BuiltIn.Recipes.Select(r => r.Name).Distinct().Count());

        // Recipes may share a paper, but no key stands for two.
        Assert.All(Zoo.BuiltIn.Recipes.Select(r => r.Paper).GroupBy(p => p.Key), papers => Assert.Single(papers.Distinct()));
        Assert.All(Zoo.BuiltIn.Recipes.Select(r => r.Paper).GroupBy(p => (p.Title, p.Year)), papers => Assert.Single(papers.Distinct()));
    }

    private static DataSpec Accepted(IRecipe recipe) =>
        new DataSpec[] { new([1, 8, 8], new Domain.Binary()), new([2], new Domain.Real()), new([6], new Domain.Binary(), Classes: 2), new([4, 2], new Domain.Real()), new([1, 2, 3], new Domain.Binary(), Classes: 2), new([3], new Domain.Mixed([0, 3, 2])) }.First(recipe.Need.Accepts);
}
