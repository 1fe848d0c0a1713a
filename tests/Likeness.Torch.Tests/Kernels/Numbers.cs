namespace Likeness.Torch.Tests.Kernels;

/// <summary>Reproducible numbers for kernel tests (SplitMix64), and comparison of fp32 with double.</summary>
internal sealed class Numbers(ulong seed)
{
    private ulong _state = seed;

    /// <summary>Uniform in [0, 1), with 24 bits.</summary>
    public float Uniform()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 40) * (1f / (1 << 24));
    }

    /// <summary>Uniform in [−scale, scale).</summary>
    public float[] Symmetric(int count, float scale) => [.. Enumerable.Range(0, count).Select(_ => ((2 * Uniform()) - 1) * scale)];

    public float[] Uniforms(int count) => [.. Enumerable.Range(0, count).Select(_ => Uniform())];

    /// <summary>Ones with probability <paramref name="ones"/>, else zeros.</summary>
    public float[] Bits(int count, double ones) => [.. Enumerable.Range(0, count).Select(_ => Uniform() < ones ? 1f : 0f)];

    /// <summary>
    /// The largest difference relative to the largest magnitude in <paramref name="expected"/>: sums of terms with different
    /// signs are only as exact as their terms, so an elementwise ratio would measure cancellation.
    /// </summary>
    public static double Error(ReadOnlySpan<double> expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        var scale = 1e-30;
        var worst = 0.0;
        for (var i = 0; i < expected.Length; i++)
        {
            scale = Math.Max(scale, Math.Abs(expected[i]));
            worst = Math.Max(worst, Math.Abs(expected[i] - actual[i]));
            if (double.IsNaN(actual[i]) != double.IsNaN(expected[i])) return double.PositiveInfinity;
        }

        return worst / scale;
    }
}
