namespace Likeness.Torch.Kernels;

/// <summary>Splits work into a fixed number of parts, so that results depend on the thread count at most and never on timing.</summary>
internal static class Parts
{
    /// <summary>Runs <paramref name="body"/> for each part 0 … parts − 1 on up to <paramref name="threads"/> threads.</summary>
    public static void Run(int parts, int threads, Action<int> body)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        if (parts == 1 || threads == 1)
        {
            for (var part = 0; part < parts; part++) body(part);
            return;
        }

        Parallel.For(0, parts, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
    }

    /// <summary>The first of the items of a part, when <paramref name="count"/> items are split as evenly as possible.</summary>
    public static int Start(int count, int parts, int part) => (int)((long)count * part / parts);
}
