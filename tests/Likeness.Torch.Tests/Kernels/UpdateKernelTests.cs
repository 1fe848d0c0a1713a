using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Likeness.Torch.Kernels;

namespace Likeness.Torch.Tests.Kernels;

public sealed unsafe class UpdateKernelTests
{
    private const int Steps = 5;

    // Odd lengths around vector widths, and one of several blocks that is worth several threads.
    public static TheoryData<int> Lengths => [1, 7, 15, 16, 17, 1000, 100_003];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void SgdIsPyTorchs(int length)
    {
        foreach (var (momentum, nesterov, decay) in new[] { (0.0, false, 0.0), (0.0, false, 0.1), (0.9, false, 0.0), (0.9, true, 0.01) })
        {
            Compare(length, _ => new SgdUpdate(0.1, momentum, nesterov, decay, 0.5), (t, p, g, s) =>
            {
                g = (0.5 * g) + (decay * p);
                s[0] = (momentum * s[0]) + g;
                return p - (0.1 * (momentum == 0 ? g : nesterov ? g + (momentum * s[0]) : s[0]));
            });
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void AdamIsPyTorchs(int length)
    {
        foreach (var (decay, decoupled) in new[] { (0.0, false), (0.1, false), (0.1, true) })
        {
            Compare(length, t => new AdamUpdate(t, 1e-2, 0.9, 0.999, 1e-8, decay, decoupled, 2), (t, p, g, s) =>
            {
                g *= 2;
                if (decoupled) p *= 1 - (1e-2 * decay);
                else g += decay * p;
                s[0] = (0.9 * s[0]) + (0.1 * g);
                s[1] = (0.999 * s[1]) + (0.001 * g * g);
                var denominator = (Math.Sqrt(s[1]) / Math.Sqrt(1 - Math.Pow(0.999, t))) + 1e-8;
                return p - (1e-2 / (1 - Math.Pow(0.9, t)) * s[0] / denominator);
            });
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void RmsPropIsPyTorchs(int length)
    {
        foreach (var (momentum, decay) in new[] { (0.0, 0.0), (0.0, 0.1), (0.9, 0.0) })
        {
            Compare(length, _ => new RmsPropUpdate(1e-2, 0.99, 1e-8, momentum, decay, 1), (t, p, g, s) =>
            {
                g += decay * p;
                s[0] = (0.99 * s[0]) + (0.01 * g * g);
                var u = g / (Math.Sqrt(s[0]) + 1e-8);
                s[1] = (momentum * s[1]) + u;
                return p - (1e-2 * (momentum == 0 ? u : s[1]));
            });
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void EmaMovesTowardsTheWeights(int length) =>
        Compare(length, _ => new EmaUpdate(0.999), (t, shadow, p, s) => shadow + (0.001 * (p - shadow)));

    [Fact]
    public void ANanGradientReachesItsParameterOnly()
    {
        foreach (var at in new[] { 0, 9, 16, 20 })
        {
            var p = new float[21];
            var g = new float[21];
            g[at] = float.NaN;
            Run([p], [g], [new float[21]], [new float[21]], new AdamUpdate(1, 0.1, 0.9, 0.999, 1e-8, 0, false, 1), 1, 0);
            for (var i = 0; i < p.Length; i++) Assert.Equal(i == at, float.IsNaN(p[i]));
        }
    }

    [Fact]
    public void ManyArraysOfOneCallAreUpdatedAsOneByOneAndWithAnyNumberOfThreads()
    {
        var lengths = new[] { 3, 0, 50_000, 1, 16_384, 16_385, 7, 120_001, 5 };
        var random = new Numbers(1);
        var g = lengths.Select(n => random.Symmetric(n, 1)).ToArray();
        var start = lengths.Select(n => random.Symmetric(n, 1)).ToArray();
        var update = new AdamUpdate(1, 0.1, 0.9, 0.999, 1e-8, 0.1, false, 1);
        var expected = start.Select(p => (float[])p.Clone()).ToArray();
        for (var i = 0; i < lengths.Length; i++)
            Run([expected[i]], [g[i]], [new float[lengths[i]]], [new float[lengths[i]]], update, 1, 0);
        for (var threads = 1; threads <= 5; threads++)
        {
            var p = start.Select(v => (float[])v.Clone()).ToArray();
            Run(p, g, Zeros(), Zeros(), update, threads, 0);
            for (var i = 0; i < p.Length; i++) Assert.Equal(expected[i], p[i]);
        }

        float[][] Zeros() => [.. lengths.Select(n => new float[n])];
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void SquaredNormIsExactInDouble(int length)
    {
        var random = new Numbers((ulong)length);
        float[][] g = [random.Symmetric(length, 1e25f), random.Symmetric(13, 1f), random.Symmetric(length, 1e-3f)];
        var expected = g.Sum(a => a.Sum(v => (double)v * v));
        var norm = Norm(g, 1);

        // Only the order of the double sum differs.
        Assert.Equal(1, norm / expected, 1e-12);
        for (var threads = 2; threads <= 5; threads++) Assert.Equal(norm, Norm(g, threads));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void SquaredNormIsNotFiniteExactlyIfAGradientIsNot(float bad)
    {
        foreach (var at in new[] { 0, 8, 70_000, 100_002 })
        {
            var g = Enumerable.Repeat(float.MaxValue, 100_003).ToArray();
            Assert.True(double.IsFinite(Norm([g], 2)));
            g[at] = bad;
            Assert.False(double.IsFinite(Norm([g], 2)));
        }
    }

    // Several steps of the kernel at every width against the scalar rule in double precision.
    private static void Compare<TUpdate>(int length, Func<int, TUpdate> update, Func<int, double, double, double[], double> rule)
        where TUpdate : struct, IUpdate
    {
        var random = new Numbers((ulong)length);
        var start = random.Symmetric(length, 1);
        var gradients = Enumerable.Range(0, Steps).Select(_ => random.Symmetric(length, 1)).ToArray();
        var expected = start.Select(v => (double)v).ToArray();
        for (var i = 0; i < length; i++)
        {
            var states = new double[2];
            for (var t = 1; t <= Steps; t++) expected[i] = rule(t, expected[i], gradients[t - 1][i], states);
        }

        foreach (var width in new[] { 0, 512, 256, 128 })
        {
            var p = (float[])start.Clone();
            var first = new float[length];
            var second = new float[length];
            for (var t = 1; t <= Steps; t++) Run([p], [gradients[t - 1]], [first], [second], update(t), 2, width);

            // Parameters are of order 1 and each step rounds by 6e-8.
            for (var i = 0; i < length; i++) Assert.Equal(expected[i], p[i], 1e-6);
        }
    }

    private static void Run<TUpdate>(
        float[][] p, float[][] g, float[][] first, float[][] second, TUpdate update, int threads, int width)
        where TUpdate : struct, IUpdate
    {
        using var arrays = new Pinned(p, g, first, second);
        if (width == 0) UpdateKernel.Step(arrays.All, update, threads);
        else if (width == 512) UpdateKernel.Step<TUpdate, Lanes512, Vector512<float>>(arrays.All, update, threads);
        else if (width == 256) UpdateKernel.Step<TUpdate, Lanes256, Vector256<float>>(arrays.All, update, threads);
        else UpdateKernel.Step<TUpdate, Lanes128, Vector128<float>>(arrays.All, update, threads);
    }

    private static double Norm(float[][] g, int threads)
    {
        using var arrays = new Pinned(g, g, g, g);
        return UpdateKernel.SquaredGradientNorm(arrays.All, threads);
    }

    private sealed class Pinned : IDisposable
    {
        private readonly List<GCHandle> _handles = [];

        public Pinned(float[][] p, float[][] g, float[][] first, float[][] second)
        {
            All = new UpdateArray[p.Length];
            for (var i = 0; i < p.Length; i++) All[i] = new(At(p[i]), At(g[i]), At(first[i]), At(second[i]), p[i].Length);
        }

        public UpdateArray[] All { get; }

        public void Dispose()
        {
            foreach (var handle in _handles) handle.Free();
        }

        private float* At(float[] array)
        {
            var handle = GCHandle.Alloc(array, GCHandleType.Pinned);
            _handles.Add(handle);
            return (float*)handle.AddrOfPinnedObject();
        }
    }
}
