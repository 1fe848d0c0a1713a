using System.Numerics;

namespace Likeness;

/// <summary>Discrete examples as whole numbers, and tables that are indexed by them.</summary>
internal static class Levels
{
    /// <summary>Numbers in the largest table: 16 MiB in single precision.</summary>
    public const int LargestTable = 1 << 22;

    // Numbers that a part of a batch may take at a time.
    private const long Working = 1 << 22;

    /// <summary>The number of values k of each variable.</summary>
    public static int Count(DataSpec spec) => spec.Domain.LevelCount
        ?? throw new UsageException($"A table needs discrete values, and the data is {spec}: choose binary, categorical or byte data.");

    /// <summary>Refuses a table that is too large to keep.</summary>
    /// <exception cref="UsageException">It has more than <see cref="LargestTable"/> free parameters.</exception>
    public static int Fit(BigInteger parameters, DataSpec spec, string table, string remedy) => parameters <= LargestTable
        ? (int)parameters
        : throw new UsageException($"{table} over {spec} values has {LargeNumber.Text(parameters)} free parameters, more than the {LargestTable:N0} that are kept: {remedy}.");

    /// <summary>Examples [n, …] as whole numbers, int64 [n, d].</summary>
    /// <exception cref="DataException">A value is not one of 0 … k − 1.</exception>
    public static Tensor Read(DataSpec spec, Tensor x) => Whole(spec, spec.Flat(x));

    /// <summary>The same where values are missing: they become 0, whatever they were.</summary>
    public static Tensor Read(DataSpec spec, Tensor x, bool[] given)
    {
        var mask = Tensor.From<bool>(given, 1, given.Length).to(x.device);
        return Whole(spec, torch.where(mask, spec.Flat(x), 0.0));
    }

    /// <summary>0 … count − 1, int64.</summary>
    public static Tensor Range(long count, Device device) => torch.arange(0, count, ScalarType.Int64, device);

    /// <summary>How often each index 0 … count − 1 occurs, int64 [count].</summary>
    public static Tensor Histogram(Tensor indices, long count) => torch.bincount(indices.reshape(-1), minlength: count);

    /// <summary>Evaluates parts of a batch of n examples one after the other, so what each takes stays in bounds, and joins them.</summary>
    public static Tensor InParts(Tensor x, long numbersPerExample, Func<Tensor, Tensor> part) =>
        Chain.Concat(Parts(x.shape[0], numbersPerExample), p => part(x.narrow(0, p.From, p.Count)));

    /// <summary>Adds up what parts of a batch of n examples have counted, int64 [cells].</summary>
    public static Tensor AddParts(Tensor x, long numbersPerExample, long cells, Func<Tensor, Tensor> count) =>
        Chain.Run(torch.zeros([cells], ScalarType.Int64, x.device), Parts(x.shape[0], numbersPerExample),
            (sum, p) => sum.add_(count(x.narrow(0, p.From, p.Count))));

    private static IEnumerable<(long From, long Count)> Parts(long examples, long numbersPerExample)
    {
        var size = Math.Max(1, Working / Math.Max(1, numbersPerExample));
        for (var from = 0L; from < examples; from += size)
        {
            yield return (from, Math.Min(size, examples - from));
        }
    }

    private static Tensor Whole(DataSpec spec, Tensor flat)
    {
        var (least, most, k) = (flat.min().ToDouble(), flat.max().ToDouble(), Count(spec));
        // Negated, so it also refuses what is not a number.
        return !(least >= 0 && most <= k - 1)
            ? throw new DataException($"The examples have values from {least} to {most}, and {spec.Domain} values are 0 to {k - 1}: give data of the model's own domain.")
            : flat.to(ScalarType.Int64);
    }
}
