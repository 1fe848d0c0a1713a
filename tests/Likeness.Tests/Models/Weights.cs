namespace Likeness.Tests.Models;

/// <summary>Models with weights set by hand, and data in memory.</summary>
internal static class Weights
{
    /// <summary>Overwrites a parameter, found by its name in checkpoints.</summary>
    public static void Set(this torch.nn.Module module, string name, params double[] values)
    {
        using var noGrad = torch.no_grad();
        var parameter = module.Parameter(name);
        parameter.copy_(Tensor.From(values, parameter.shape));
    }

    public static double[] Get(this torch.nn.Module module, string name) => module.Parameter(name).ToArray<double>();

    public static Tensor Parameter(this torch.nn.Module module, string name) => module.Parameters().Single(p => p.Name == name).Value;

    /// <summary>Overwrites every parameter with standard Normal draws times a factor.</summary>
    public static void Scatter(this torch.nn.Module module, double deviation, ulong seed)
    {
        using var noGrad = torch.no_grad();
        var rng = new Rng(seed);
        foreach (var (_, value) in module.Parameters())
        {
            value.copy_(rng.Normal(value.shape) * deviation);
        }
    }

    /// <summary>Examples one after the other, the same in every split.</summary>
    public static IDataset<Batch> Data(DataSpec spec, params float[] values)
    {
        var part = new Part(new SingleExamples(values, spec.Dimensions));
        return new MemoryDataset(new Splits("by hand", "as it is", spec, part, part, part));
    }

    /// <summary>A training that is only watched.</summary>
    public static Trainer<Batch> Training(Objective<Batch> objective, IDataset<Batch> data, int batchSize, long steps = 1) =>
        new(objective, data.Open(Split.Train, batchSize, 1), new Rng(2), new(steps, batchSize));

    /// <summary>Trains a model as its recipe does.</summary>
    public static void Train<TOptions, TModel>(this Recipe<TOptions, TModel, Batch> recipe, TModel model, TOptions options, IDataset<Batch> data, int steps, int batchSize)
        where TOptions : class, new()
        where TModel : Module
    {
        using var training = Training(recipe.Objective(model, options, new Rng(3)), data, batchSize, steps);
        foreach (var _ in training.Run())
        {
        }
    }
}
