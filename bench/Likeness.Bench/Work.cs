using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Likeness.Bench;

/// <summary>Our side of a row.</summary>
internal static class Work
{
    /// <summary>The zoo's name for the model where the row's is that of a setting of it.</summary>
    private static readonly Dictionary<string, string> s_models = new() { ["iwae"] = "vae", ["wgan-gp"] = "gan" };

    /// <returns>Seconds for so many steps, or for so many samples.</returns>
    public static Func<int, double> Start(Row row) => row.Draws ? Sampling(row) : Training(row);

    private static Func<int, double> Training(Row row)
    {
        var (recipe, options, network) = Build(row);
        var training = recipe.CreateTraining(network, options, new Synthetic(row.Spec), new(1_000_000, row.Batch, row.Precision), new Rng(1)).Run().GetEnumerator();
        return count => Timed(() =>
        {
            for (var i = 0; i < count; i++)
            {
                training.MoveNext();
            }
        });
    }

    private static Func<int, double> Sampling(Row row)
    {
        var (recipe, options, network) = Build(row);
        var rng = new Rng(1);
        // One step, so samples have as many ones as the data and not half of them.
        using (var training = recipe.CreateTraining(network, options, new Synthetic(row.Spec), new(1, 100), rng))
        {
            _ = training.Run().Last();
        }

        return count => Timed(() =>
        {
            using var scope = torch.NewDisposeScope();
            ((IGenerative)network).Sample(count, rng);
        });
    }

    private static double Timed(Action action)
    {
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static (IRecipe Recipe, JsonObject Options, Module Model) Build(Row row)
    {
        var recipe = Zoo.BuiltIn.Find(s_models.GetValueOrDefault(row.Model, row.Model));
        var options = new JsonObject();
        foreach (var setting in row.Settings)
        {
            OptionsJson.Set(options, setting);
        }

        options = recipe.Complete(options);
        return (recipe, options, recipe.CreateModel(row.Spec, options, new Rng(1)));
    }
}
