using System.Text.RegularExpressions;

namespace Likeness.Tests;

/// <summary>Nothing in the documentation is typed by hand that the code can say.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] s_withCode = ["README.md", "docs/add-a-model.md"];

    public static TheoryData<string> Models => [.. Zoo.BuiltIn.Recipes.Select(r => r.Name)];

    public static TheoryData<string> Pages => [.. DocumentationPage.All];

    public static TheoryData<string> Samples =>
        [.. Directory.EnumerateFiles(Path.Combine(DocumentationPage.Root, "samples"), "*.csproj", SearchOption.AllDirectories).Select(path => Path.GetFileNameWithoutExtension(path))];

    [Fact]
    public void The_readme_lists_every_model_and_what_it_can_be_asked() => new DocumentationPage("README.md").Check("models", DocumentationPage.Table(
        ["model", "what it is", "can be asked", "learns from", "paper"],
        Zoo.BuiltIn.Recipes.Select(r => (string[])
            [$"[`{r.Name}`](docs/models/{r.Name}.md)", r.Summary, string.Join(", ", Capabilities.Of(r.ModelType)), r.Need.Description, r.Paper.ToString()])));

    [Theory]
    [MemberData(nameof(Models))]
    public void A_models_card_states_its_options_training_and_citation(string model)
    {
        var recipe = Zoo.BuiltIn.Find(model);
        var card = new DocumentationPage($"docs/models/{model}.md");
        card.Check("asked", string.Join('\n', Capabilities.Of(recipe.ModelType).Select(c => $"- {c}")));
        card.Check("options", DocumentationPage.Table(["option (`--set`)", "default", "meaning"], Options(recipe)));
        var (steps, batch) = (recipe.Defaults.Steps, recipe.Defaults.BatchSize);
        card.Check("training", $"{(steps == 1 ? "One step" : $"{steps} steps")} {(batch <= 0 ? "over all examples" : batch == 1 ? "of one example" : $"of {batch} examples")} by default. It needs {recipe.Need.Description}.");
        card.Check("picture", Picture(model));
        card.Check("citation", $"```bibtex\n{recipe.Paper.BibTeX()}\n```");
    }

    [Fact]
    public void The_index_lists_every_models_card() => new DocumentationPage("docs/index.md").Check("cards", string.Join('\n',
        Zoo.BuiltIn.Recipes.Select(r => $"- [{r.Name}](models/{r.Name}.md): {r.Summary}")));

    [Fact]
    public void The_data_page_lists_every_data_set() => new DocumentationPage("docs/data.md").Check("sets", DocumentationPage.Table(
        ["name", "what", "protocols", "published under"],
        DatasetCatalog.BuiltIn.Select(e => (string[])[$"`{e.Name}`", e.Description, string.Join(", ", e.Protocols), e.Licence])));

    [Fact]
    public void The_concepts_list_every_metric() => new DocumentationPage("docs/concepts.md").Check("metrics", DocumentationPage.Table(
        ["metric", "what it measures"], MetricCatalog.BuiltIn.Select(m => (string[])[$"`{m.Name}`", m.Summary])));

    [Fact]
    public void The_page_on_samples_lists_every_metric_of_them() => new DocumentationPage("docs/judging-samples.md").Check("metrics", DocumentationPage.Table(
        ["metric", "what it measures", "measured"],
        SampleMetricCatalog.BuiltIn.Select(m => (string[])[$"`{m.Name}`", m.Summary, m.OnRequest ? "where it is named" : "always"])));

    [Fact]
    public void Code_is_that_of_the_samples()
    {
        foreach (var name in s_withCode)
        {
            var page = new DocumentationPage(name);
            var parts = page.Parts.Where(p => p.StartsWith("samples/", StringComparison.Ordinal)).ToList();
            Assert.NotEmpty(parts);
            foreach (var part in parts)
            {
                var (file, region) = part.Split('#') is [var f, var r] ? (f, r) : throw new InvalidOperationException($"The part '{part}' is not FILE#REGION.");
                page.Check(part, DocumentationPage.Region(file, region));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Links_lead_to_files_and_headings_that_are_there(string name)
    {
        var folder = Path.GetDirectoryName(Path.Combine(DocumentationPage.Root, name))!;
        foreach (Match link in Link().Matches(new DocumentationPage(name).Text))
        {
            var (target, heading) = link.Groups[1].Value.Split('#') is [var t, var h] ? (t, h) : (link.Groups[1].Value, "");
            if (target.StartsWith("http", StringComparison.Ordinal))
            {
                continue;
            }

            var path = target.Length == 0 ? Path.Combine(DocumentationPage.Root, name) : Path.GetFullPath(Path.Combine(folder, target));
            Assert.True(Path.Exists(path), $"{name} links to '{target}', which is not there.");
            Assert.True(heading.Length == 0 || Headings(path).Contains(heading), $"{name} links to the heading '{heading}' of '{target}', which is not there.");
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_is_short_and_part_of_the_build(string sample)
    {
        // What can be read in one go.
        const int most = 100;
        var folder = Path.Combine(DocumentationPage.Root, "samples", sample);
        foreach (var file in Directory.EnumerateFiles(folder, "*.cs"))
        {
            Assert.InRange(File.ReadLines(file).Count(), 1, most);
        }

        Assert.Contains($"samples/{sample}/{sample}.csproj", File.ReadAllText(Path.Combine(DocumentationPage.Root, "Likeness.slnx")), StringComparison.Ordinal);
    }

    // What the gallery shows of a model, under its caption; nothing where it shows nothing.
    private static string Picture(string model)
    {
        var picture = $"images/gallery/{model}.png";
        var caption = Regex.Match(new DocumentationPage("docs/gallery.md").Text, $@"!\[(.+?)\]\({Regex.Escape(picture)}\)");
        return caption.Success ? $"![{caption.Groups[1].Value}](../{picture})\n\n{caption.Groups[1].Value}: [how it was made](../gallery.md#{model})." : "";
    }

    private static IEnumerable<IReadOnlyList<string>> Options(IRecipe recipe)
    {
        foreach (var option in OptionDescription.Of(recipe))
        {
            Assert.False(option.Meaning.Length == 0, $"The option {option.Name} of {recipe.Name} has no summary.");
            yield return [$"`{option.Name}`", $"`{option.Default}`", option.Text];
        }
    }

    private static IEnumerable<string> Headings(string path) => File.ReadLines(path).Where(l => l.StartsWith('#'))
        .Select(l => NotInAnchor().Replace(l.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}
