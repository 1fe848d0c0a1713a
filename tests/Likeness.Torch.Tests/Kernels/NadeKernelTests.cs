using System.Runtime.Intrinsics;
using Likeness.Torch.Kernels;

namespace Likeness.Torch.Tests.Kernels;

public sealed unsafe class NadeKernelTests
{
    // fp32 rounds each of some hundred terms by 6e-8; their errors are independent, so 1e-5 of the largest value is ample.
    private const double Tolerance = 1e-5;

    // Sizes around vector widths, blocks of 8 rows, pairs of examples and parts of 64; sparse, dense and real x.
    public static TheoryData<int, int, int, double, int> Shapes => new()
    {
        { 1, 1, 1, 0.5, 1 },
        { 1, 5, 3, 1.0, 2 },
        { 7, 3, 2, 0.5, 2 },
        { 8, 64, 1, 0.0, 3 },
        { 33, 17, 5, 0.3, 2 },
        { 64, 65, 40, 0.1, 2 },
        { 100, 130, 19, 0.9, 4 },
        { 9, 10, 150, 0.5, 2 },
        { 784, 500, 9, 0.13, 2 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void LogitsAgreeWithTheReference(int inputs, int hidden, int count, double ones, int threads)
    {
        var nade = new Nade(inputs, hidden, 1);
        foreach (var x in new[] { nade.Random.Bits(count * inputs, ones), nade.Random.Symmetric(count * inputs, 2f) })
        {
            var expected = nade.Reference().Logits(x, count);
            foreach (var width in new[] { 0, 512, 256, 128 })
                Assert.InRange(Numbers.Error(expected, nade.Forward(x, count, threads, width)), 0, Tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void GradientsAgreeWithTheReference(int inputs, int hidden, int count, double ones, int threads)
    {
        var nade = new Nade(inputs, hidden, 2);
        foreach (var x in new[] { nade.Random.Bits(count * inputs, ones), nade.Random.Symmetric(count * inputs, 2f) })
        {
            var gradLogits = nade.Random.Symmetric(count * inputs, 1f);
            var expected = nade.Reference().Gradients(x, count, gradLogits);
            foreach (var width in new[] { 0, 512, 256, 128 })
            {
                var g = nade.Backward(x, count, gradLogits, threads, width);
                Assert.InRange(Numbers.Error(expected.W, g.W), 0, Tolerance);
                Assert.InRange(Numbers.Error(expected.C, g.C), 0, Tolerance);
                Assert.InRange(Numbers.Error(expected.V, g.V), 0, Tolerance);
                Assert.InRange(Numbers.Error(expected.B, g.B), 0, Tolerance);
            }
        }
    }

    [Fact]
    public void TheReferenceGradientIsTheCentralDifference()
    {
        const int inputs = 5, hidden = 4, count = 3;
        var nade = new Nade(inputs, hidden, 3);
        var x = nade.Random.Symmetric(count * inputs, 1f);
        var weights = nade.Random.Symmetric(count * inputs, 1f);
        var r = nade.Reference();
        var g = r.Gradients(x, count, weights);
        foreach (var (value, gradient) in new[] { (r.W, g.W), (r.C, g.C), (r.V, g.V), (r.B, g.B) })
        {
            for (var i = 0; i < value.Length; i++)
            {
                const double step = 1e-5;
                var at = value[i];
                value[i] = at + step;
                var above = Objective();
                value[i] = at - step;
                var below = Objective();
                value[i] = at;

                // The error of a central difference is step²/6 times a third derivative of order 0.1, plus 1e-16/step.
                Assert.Equal(gradient[i], (above - below) / (2 * step), 1e-9);
            }
        }

        double Objective() => r.Logits(x, count).Zip(weights, (logit, w) => logit * w).Sum();
    }

    [Fact]
    public void GradientsStayExactOverLongSequencesWithLargeActivations()
    {
        // Recomputing a backwards by subtraction would lose the small first activations behind the large later ones.
        const int inputs = 784, hidden = 20, count = 4;
        var nade = new Nade(inputs, hidden, 4);
        var x = nade.Random.Symmetric(count * inputs, 30f);
        var gradLogits = nade.Random.Symmetric(count * inputs, 1f);
        var expected = nade.Reference().Gradients(x, count, gradLogits);
        var g = nade.Backward(x, count, gradLogits, 2, 0);
        Assert.InRange(Numbers.Error(expected.W, g.W), 0, 1e-4);
        Assert.InRange(Numbers.Error(expected.C, g.C), 0, 1e-4);
        Assert.InRange(Numbers.Error(expected.V, g.V), 0, 1e-4);
    }

    [Fact]
    public void ResultsDoNotDependOnTheNumberOfThreads()
    {
        const int inputs = 100, hidden = 150, count = 23;
        var nade = new Nade(inputs, hidden, 5);
        var x = nade.Random.Bits(count * inputs, 0.2);
        var gradLogits = nade.Random.Symmetric(count * inputs, 1f);
        var logits = nade.Forward(x, count, 1, 0);
        var gradients = nade.Backward(x, count, gradLogits, 1, 0);
        for (var threads = 1; threads <= 5; threads++)
        {
            Assert.Equal(logits, nade.Forward(x, count, threads, 0));
            var again = nade.Backward(x, count, gradLogits, threads, 0);
            Assert.Equal(gradients.W, again.W);
            Assert.Equal(gradients.C, again.C);
            Assert.Equal(gradients.V, again.V);
            Assert.Equal(gradients.B, again.B);
        }
    }

    [Fact]
    public void NoExamplesGiveNoGradient()
    {
        var nade = new Nade(5, 4, 11);
        Assert.Empty(nade.Forward([], 0, 2, 0));
        var g = nade.Backward([], 0, [], 2, 0);
        Assert.All(g.W.Concat(g.C).Concat(g.V).Concat(g.B), v => Assert.Equal(0f, v));
    }

    [Fact]
    public void ANanInOneExampleStaysInThatExample()
    {
        const int inputs = 20, hidden = 30;
        var nade = new Nade(inputs, hidden, 6);
        var x = new float[3 * inputs];
        x[inputs + 4] = float.NaN;
        var logits = nade.Forward(x, 3, 2, 0);
        for (var i = 0; i < logits.Length; i++)
            Assert.Equal(i >= inputs + 5 && i < 2 * inputs, float.IsNaN(logits[i]));
    }

    [Fact]
    public void SaturatedUnitsGiveFiniteGradients()
    {
        const int inputs = 40, hidden = 16;
        var nade = new Nade(inputs, hidden, 7);
        var x = nade.Random.Symmetric(inputs, 1e5f);
        var g = nade.Backward(x, 1, nade.Random.Symmetric(inputs, 1f), 1, 0);
        Assert.All(nade.Forward(x, 1, 1, 0), v => Assert.True(float.IsFinite(v)));
        Assert.All(g.W.Concat(g.V).Concat(g.C), v => Assert.True(float.IsFinite(v)));
    }

    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(50, 70, 9)]
    [InlineData(784, 500, 6)]
    public void SamplesAreTheThresholdedConditionals(int inputs, int hidden, int count)
    {
        var nade = new Nade(inputs, hidden, 8);
        var u = nade.Random.Uniforms(count * inputs);
        foreach (var width in new[] { 0, 512, 256, 128 })
        {
            var x = new float[count * inputs];
            var logits = nade.Sample(u, null, x, count, 2, width);
            var expected = nade.Reference().Logits(x, count);
            Assert.InRange(Numbers.Error(expected, logits), 0, Tolerance);
            for (var i = 0; i < x.Length; i++)
            {
                var p = NadeReference.Sigmoid(expected[i]);
                if (Math.Abs(u[i] - p) > 1e-5) Assert.Equal(u[i] < p ? 1f : 0f, x[i]);
            }
        }
    }

    [Fact]
    public void KnownEntriesAreKeptAndConditionedOn()
    {
        const int inputs = 60, hidden = 33, count = 5;
        var nade = new Nade(inputs, hidden, 9);
        var u = nade.Random.Uniforms(count * inputs);
        var known = nade.Random.Bits(count * inputs, 0.5).Select(v => (byte)v).ToArray();
        var given = nade.Random.Symmetric(count * inputs, 1f);
        var x = (float[])given.Clone();
        var logits = nade.Sample(u, known, x, count, 2, 0);
        Assert.InRange(Numbers.Error(nade.Reference().Logits(x, count), logits), 0, Tolerance);
        for (var i = 0; i < x.Length; i++)
            Assert.True(known[i] != 0 ? x[i] == given[i] : x[i] is 0f or 1f);
    }

    [Fact]
    public void FrequenciesOfSamplesAgreeWithTheDensity()
    {
        const int inputs = 4, hidden = 6, count = 20_000;
        var nade = new Nade(inputs, hidden, 10);
        var x = new float[count * inputs];
        nade.Sample(nade.Random.Uniforms(count * inputs), null, x, count, 2, 0);
        var states = Enumerable.Range(0, 16).SelectMany(s => Enumerable.Range(0, 4).Select(i => (float)((s >> i) & 1))).ToArray();
        var logits = nade.Reference().Logits(states, 16);
        var observed = new int[16];
        for (var n = 0; n < count; n++)
            observed[(int)(x[4 * n] + (2 * x[(4 * n) + 1]) + (4 * x[(4 * n) + 2]) + (8 * x[(4 * n) + 3]))]++;
        var chiSquare = 0.0;
        for (var s = 0; s < 16; s++)
        {
            var p = Enumerable.Range(4 * s, 4).Aggregate(1.0, (q, i) => q * NadeReference.Sigmoid(states[i] == 1 ? logits[i] : -logits[i]));
            chiSquare += Math.Pow(observed[s] - (p * count), 2) / (p * count);
        }

        // 15 degrees of freedom: above 37.7 with probability 0.001. The seed is fixed.
        Assert.InRange(chiSquare, 0, 37.7);
    }

    /// <summary>A NADE with random parameters, called at a chosen vector width in bits (0: as dispatched).</summary>
    private sealed class Nade
    {
        private readonly int _inputs, _hidden;
        private readonly float[] _w, _c, _v, _b;

        public Nade(int inputs, int hidden, ulong seed)
        {
            (_inputs, _hidden, Random) = (inputs, hidden, new(seed));
            _w = Random.Symmetric(inputs * hidden, 0.3f);
            _c = Random.Symmetric(hidden, 1f);
            _v = Random.Symmetric(inputs * hidden, 0.3f);
            _b = Random.Symmetric(inputs, 1f);
        }

        public Numbers Random { get; }

        public NadeReference Reference()
        {
            var r = new NadeReference(_inputs, _hidden);
            for (var i = 0; i < _w.Length; i++) (r.W[i], r.V[i]) = (_w[i], _v[i]);
            for (var i = 0; i < _c.Length; i++) r.C[i] = _c[i];
            for (var i = 0; i < _b.Length; i++) r.B[i] = _b[i];
            return r;
        }

        public float[] Forward(float[] x, int count, int threads, int width)
        {
            var logits = new float[count * _inputs];
            fixed (float* w = _w, c = _c, v = _v, b = _b, px = x, pl = logits)
            {
                var p = new NadeParameters(_inputs, _hidden, w, c, v, b);
                if (width == 0) NadeKernel.Forward(p, px, count, pl, threads);
                else if (width == 512) NadeForward<Lanes512, Vector512<float>>.Run(p, px, count, pl, threads);
                else if (width == 256) NadeForward<Lanes256, Vector256<float>>.Run(p, px, count, pl, threads);
                else NadeForward<Lanes128, Vector128<float>>.Run(p, px, count, pl, threads);
            }

            return logits;
        }

        public (float[] W, float[] C, float[] V, float[] B) Backward(float[] x, int count, float[] gradLogits, int threads, int width)
        {
            // Gradients are overwritten, so what is there before must not matter.
            var g = (
                W: Random.Symmetric(_w.Length, 1), C: Random.Symmetric(_hidden, 1),
                V: Random.Symmetric(_v.Length, 1), B: Random.Symmetric(_inputs, 1));
            fixed (float* w = _w, c = _c, v = _v, b = _b, px = x, pg = gradLogits, gw = g.W, gc = g.C, gv = g.V, gb = g.B)
            {
                var p = new NadeParameters(_inputs, _hidden, w, c, v, b);
                var q = new NadeParameters(_inputs, _hidden, gw, gc, gv, gb);
                if (width == 0) NadeKernel.Backward(p, px, count, pg, q, threads);
                else if (width == 512) NadeBackward<Lanes512, Vector512<float>>.Run(p, px, count, pg, q, threads);
                else if (width == 256) NadeBackward<Lanes256, Vector256<float>>.Run(p, px, count, pg, q, threads);
                else NadeBackward<Lanes128, Vector128<float>>.Run(p, px, count, pg, q, threads);
            }

            return g;
        }

        public float[] Sample(float[] u, byte[]? known, float[] x, int count, int threads, int width)
        {
            var logits = new float[count * _inputs];
            fixed (float* w = _w, c = _c, v = _v, b = _b, px = x, pl = logits, pu = u)
            fixed (byte* pk = known)
            {
                var p = new NadeParameters(_inputs, _hidden, w, c, v, b);
                if (width == 0) NadeKernel.Sample(p, pu, pk, px, count, pl, threads);
                else if (width == 512) NadeSampling<Lanes512, Vector512<float>>.Run(p, pu, pk, px, count, pl, threads);
                else if (width == 256) NadeSampling<Lanes256, Vector256<float>>.Run(p, pu, pk, px, count, pl, threads);
                else NadeSampling<Lanes128, Vector128<float>>.Run(p, pu, pk, px, count, pl, threads);
            }

            return logits;
        }
    }
}
