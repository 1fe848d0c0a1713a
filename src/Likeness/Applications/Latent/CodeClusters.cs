using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>Sorting codes into clusters, by their means or by any model that clusters.</summary>
public static class CodeClusters
{
    /// <summary>A recipe whose models cluster.</summary>
    /// <exception cref="UsageException">There is no such model, or it does not cluster.</exception>
    public static IRecipe Find(string name, Zoo zoo)
    {
        var clustering = zoo.Recipes.Where(r => typeof(IClustering).IsAssignableFrom(r.ModelType));
        var recipe = zoo.Find(name);
        return typeof(IClustering).IsAssignableFrom(recipe.ModelType)
            ? recipe
            : throw new UsageException($"A {name} does not cluster: use one of {string.Join(", ", clustering.Select(r => r.Name))}.");
    }

    /// <summary>The codes of several splits together, as the papers on clustering take them.</summary>
    public static Codes Join(IReadOnlyList<Codes> parts) => parts.Count == 1 ? parts[0] : new(
        [.. parts.SelectMany(p => p.Values)],
        parts[0].Width,
        parts.All(p => p.Labels is not null) ? [.. parts.SelectMany(p => p.Labels!)] : null);

    /// <summary>The cluster of each code, by the best of twenty clusterings around means.</summary>
    public static int[] ByMeans(Codes codes, int clusters, Rng rng, Action<double>? progress)
    {
        return Chain.Value(() => KMeans.Fit(codes.Points, clusters, ClusterQuality.Restarts, rng, progress).Members);
    }

    /// <summary>The most probable cluster of each code, by a model that is fitted to the codes.</summary>
    /// <param name="codes">What is clustered.</param>
    /// <param name="recipe">A model that clusters real numbers.</param>
    /// <param name="options">Its options.</param>
    /// <param name="rng">Where its beginning comes from.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    public static int[] ByModel(Codes codes, IRecipe recipe, JsonObject options, Rng rng, Action<double>? progress)
    {
        var data = MemoryDataset.Of("codes", Protocols.Reals, new([codes.Width], new Domain.Real()), codes.Values);
        return Chain.Value(() =>
        {
            var model = recipe.CreateModel(data.Spec, options, rng.Fork("model"));
            using var training = recipe.CreateTraining(model, options, data, recipe.Defaults, rng.Fork("training"));
            foreach (var report in training.Run())
            {
                progress?.Invoke((double)report.Step / training.Steps);
            }

            var found = Codes.Of(data, new MeasureOptions(Split.Train), model.Device, x => ((IClustering)model).Responsibilities(x).topk(1).indexes);
            return Array.ConvertAll(found.Values, v => (int)v);
        });
    }
}
