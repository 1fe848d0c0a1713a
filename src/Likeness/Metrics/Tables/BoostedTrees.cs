using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers.LightGbm;

namespace Likeness;

/// <summary>Gradient-boosted trees of LightGBM through ML.NET, with its own defaults, one thread and a seed: the judge of tables.</summary>
internal static class BoostedTrees
{
    /// <summary>What stands beside a score.</summary>
    public static string Name { get; } = $"LightGBM of Microsoft.ML {typeof(MLContext).Assembly.GetCustomAttributes(typeof(System.Reflection.AssemblyInformationalVersionAttribute), false).OfType<System.Reflection.AssemblyInformationalVersionAttribute>().First().InformationalVersion.Split('+')[0]}";

    /// <summary>Learns to tell classes, and says each test row's probabilities of them.</summary>
    /// <param name="x">Rows, not a number where a cell is missing.</param>
    /// <param name="y">The class of each, 0 … classes − 1.</param>
    /// <param name="classes">How many there are.</param>
    /// <param name="test">Rows to tell.</param>
    /// <exception cref="DataException">LightGBM cannot be loaded.</exception>
    public static float[][] Classify(float[][] x, int[] y, int classes, float[][] test)
    {
        // Of one class nothing can be learned: all are told to be of it.
        if (y.Distinct().Count() == 1)
        {
            return [.. test.Select(_ => Enumerable.Range(0, classes).Select(k => k == y[0] ? 1f : 0f).ToArray())];
        }

        var context = new MLContext(seed: 1);
        if (classes == 2)
        {
            var trainer = context.BinaryClassification.Trainers.LightGbm(new LightGbmBinaryTrainer.Options { NumberOfThreads = 1, Seed = 1, Deterministic = true, Silent = true });
            var model = Grown(() => trainer.Fit(View(context, x, Array.ConvertAll(y, k => k == 1), BooleanDataViewType.Instance)));
            return model is null ? Shares(y, classes, test.Length) : [.. model.Transform(View(context, test, new bool[test.Length], BooleanDataViewType.Instance)).GetColumn<float>("Probability").Select(p => new[] { 1 - p, p })];
        }

        var key = new KeyDataViewType(typeof(uint), classes);
        var several = context.MulticlassClassification.Trainers.LightGbm(new LightGbmMulticlassTrainer.Options { NumberOfThreads = 1, Seed = 1, Deterministic = true, Silent = true });
        // Keys count from 1.
        var fitted = Grown(() => several.Fit(View(context, x, Array.ConvertAll(y, k => (uint)(k + 1)), key)));
        return fitted is null ? Shares(y, classes, test.Length) : [.. fitted.Transform(View(context, test, Enumerable.Repeat(1u, test.Length).ToArray(), key)).GetColumn<VBuffer<float>>("Score").Select(v => v.DenseValues().ToArray())];
    }

    /// <summary>Learns a number, and says it of each test row.</summary>
    public static float[] Regress(float[][] x, float[] y, float[][] test)
    {
        var context = new MLContext(seed: 1);
        var trainer = context.Regression.Trainers.LightGbm(new LightGbmRegressionTrainer.Options { NumberOfThreads = 1, Seed = 1, Deterministic = true, Silent = true });
        var fitted = Grown(() => trainer.Fit(View(context, x, y, NumberDataViewType.Single)));
        return fitted is null ? [.. Enumerable.Repeat(y.Average(), test.Length)] : [.. fitted.Transform(View(context, test, new float[test.Length], NumberDataViewType.Single)).GetColumn<float>("Score")];
    }

    private static IDataView View<TLabel>(MLContext context, float[][] x, TLabel[] y, DataViewType label)
    {
        var schema = SchemaDefinition.Create(typeof(Row<TLabel>));
        schema["Features"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, x.Length > 0 ? x[0].Length : 1);
        schema["Label"].ColumnType = label;
        return context.Data.LoadFromEnumerable(x.Select((row, i) => new Row<TLabel> { Features = row, Label = y[i] }), schema);
    }

    // What is known of a row's class when nothing tells rows apart.
    private static float[][] Shares(int[] y, int classes, int rows) =>
        [.. Enumerable.Repeat<float[]>([.. Enumerable.Range(0, classes).Select(k => (float)y.Count(v => v == k) / y.Length)], rows)];

    // The fitted trees; null where there are none.
    private static T? Grown<T>(Func<T> fit)
        where T : class
    {
        try
        {
            return fit();
        }
        catch (ArgumentNullException e) when (e.ParamName == "items")
        {
            // Where no split leaves enough rows on both sides no tree grows, and ML.NET cannot hold a forest without trees.
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or BadImageFormatException)
        {
            throw new DataException($"LightGBM, which judges tables, cannot be loaded ({e.GetBaseException().Message.TrimEnd('.')}): install what it needs (on Linux the package libgomp1), or choose other metrics.", e);
        }
    }

    private sealed class Row<TLabel>
    {
        public float[] Features { get; set; } = [];

        public TLabel Label { get; set; } = default!;
    }
}
