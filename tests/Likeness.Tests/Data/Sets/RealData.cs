namespace Likeness.Tests.Data;

/// <summary>Opens real data sets, or skips the test and says which set it misses.</summary>
internal static class RealData
{
    public static IDataset Require(string name, DataOptions? options = null)
    {
        try
        {
            return DatasetCatalog.Open(name, options);
        }
        catch (DataException e) when (e.Message.Contains("was not found", StringComparison.Ordinal))
        {
            Skip.If(true, $"needs the data set '{name}' (set LIKENESS_DATA)");
            throw;
        }
    }

    /// <summary>The path of a file of a data root, such as "adbench/20_letter.npz".</summary>
    public static string RequireFile(string relative)
    {
        foreach (var root in DataFiles.Roots(DataOptions.Default))
        {
            if (Path.Combine(root, relative) is var path && File.Exists(path))
            {
                return path;
            }
        }

        Skip.If(true, $"needs the file '{relative}' (set LIKENESS_DATA)");
        throw new InvalidOperationException();
    }

    /// <summary>The mean over a split of the sum of each example's values.</summary>
    public static double MeanSum(IDataset<Batch> data, Split split)
    {
        double sum = 0;
        using var batches = data.Read(split, 1000).GetEnumerator();
        while (true)
        {
            using var scope = torch.NewDisposeScope();
            if (!batches.MoveNext())
            {
                break;
            }

            foreach (var value in batches.Current.X.AsSpan<float>())
            {
                sum += value;
            }
        }

        return sum / data.Count(split);
    }
}
