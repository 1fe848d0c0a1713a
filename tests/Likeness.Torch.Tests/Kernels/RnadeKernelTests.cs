using System.Runtime.Intrinsics;
using Likeness.Torch.Kernels;

namespace Likeness.Torch.Tests.Kernels;

/// <summary>The kernel's densities and gradients are those of the libtorch twin in double precision, at every vector width.</summary>
public sealed unsafe class RnadeKernelTests
{
    private const int Parameters = 5;
    private static readonly string[] s_names = ["W", "c", "rho", "V", "b"];

    // Sizes around vector widths, threes and sixes of outputs, fours of examples, groups and parts; the last needs several groups.
    public static TheoryData<int, int, int, int, bool, int> Shapes => new()
    {
        { 1, 1, 1, 1, false, 1 },
        { 1, 5, 2, 3, true, 2 },
        { 3, 17, 1, 7, false, 2 },
        { 5, 33, 3, 16, true, 3 },
        { 11, 50, 10, 37, false, 2 },
        { 63, 70, 4, 150, false, 2 },
        { 15, 64, 5, 65, true, 4 },
        { 200, 16, 2, 90, false, 1 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void DensitiesAndGradientsAgreeWithTheTwin(int inputs, int hidden, int components, int count, bool laplace, int threads)
    {
        using var scope = torch.NewDisposeScope();
        var (x, weights, parameters) = Make(inputs, hidden, components, count);
        var exact = parameters.Select(p => p.to(ScalarType.Float64).requires_grad_()).ToArray();
        var expected = RnadeFunction.Twin(x.to(ScalarType.Float64), exact[0], exact[1], exact[2], exact[3], exact[4], laplace);
        Check(expected, null);

        // A background that takes over where values are far from the components, and one that is nowhere to be seen.
        var background = Background(x);
        Check(RnadeFunction.Twin(x.to(ScalarType.Float64), exact[0], exact[1], exact[2], exact[3], exact[4], laplace, background.to(ScalarType.Float64)), background);
        Check(expected, torch.full(x.shape, -1e6f, ScalarType.Float32));

        void Check(Tensor expected, Tensor? background)
        {
            var slopes = Autograd.Grad([(expected * weights.to(ScalarType.Float64)).sum()], exact, retainGraph: true, allowUnused: true);
            foreach (var width in new[] { 0, 512, 256, 128 })
            {
                var (logProb, gradients) = Run(x, weights, parameters, laplace, threads, width, background);

                // fp32 rounds each of some hundred terms by 6e-8, and standardised distances are squared: 2e-5 of the largest value.
                Assert.InRange(Numbers.Error(expected.ToArray<double>(), logProb), 0, 2e-5);
                for (var i = 0; i < Parameters; i++)
                {
                    Assert.True(Numbers.Error((slopes[i] ?? exact[i].zeros_like()).ToArray<double>(), gradients[i]) < 5e-5, $"{s_names[i]} at {width} bits");
                }
            }
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void TheFunctionIsTheKernelAndItsGradient(bool laplace, bool backed)
    {
        using var scope = torch.NewDisposeScope();
        var (x, weights, parameters) = Make(7, 20, 4, 30);
        var learned = Array.ConvertAll(parameters, p => p.requires_grad_());
        var background = backed ? Background(x) : null;
        var logProb = RnadeFunction.LogProb(x, learned[0], learned[1], learned[2], learned[3], learned[4], laplace, background);
        var gradients = Autograd.Grad([(logProb * weights).sum()], learned, retainGraph: true);
        var (expected, slopes) = Run(x, weights, parameters, laplace, TorchRuntime.Threads, 0, background);
        Assert.Equal(expected, logProb.ToArray<float>());
        for (var i = 0; i < Parameters - 1; i++)
        {
            Assert.Equal(slopes[i], gradients[i]!.ToArray<float>());
        }

        Assert.InRange(Numbers.Error([.. slopes[4].Select(v => (double)v)], gradients[4]!.ToArray<float>()), 0, 1e-6);

        // A gradient that is differentiated again is the twin's.
        var again = Autograd.Grad([(logProb * weights).sum()], learned, createGraph: true);
        Assert.InRange(Numbers.Error(gradients[3]!.ToArray<double>(), again[3]!.ToArray<float>()), 0, 5e-5);
        Assert.NotNull(Autograd.Grad([again[3]!.square().sum()], learned, allowUnused: true)[0]);

        // Without gradients the same densities come out.
        using var noGrad = torch.no_grad();
        Assert.Equal(expected, RnadeFunction.LogProb(x, learned[0], learned[1], learned[2], learned[3], learned[4], laplace, background).ToArray<float>());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheTwinsGradientIsTheCentralDifference(bool laplace)
    {
        using var scope = torch.NewDisposeScope();
        var (x, weights, single) = Make(3, 4, 2, 5);
        var (data, w) = (x.to(ScalarType.Float64), weights.to(ScalarType.Float64));
        var p = Array.ConvertAll(single, t => t.to(ScalarType.Float64).requires_grad_());
        Tensor Objective() => (RnadeFunction.Twin(data, p[0], p[1], p[2], p[3], p[4], laplace) * w).sum();
        var gradients = Autograd.Grad([Objective()], p);
        using var noGrad = torch.no_grad();
        for (var k = 0; k < Parameters; k++)
        {
            var values = p[k].AsSpan<double>();
            var slopes = gradients[k]!.ToArray<double>();
            for (var i = 0; i < values.Length; i++)
            {
                const double step = 1e-6;
                var at = values[i];
                values[i] = at + step;
                var above = Objective().ToDouble();
                values[i] = at - step;
                var below = Objective().ToDouble();
                values[i] = at;

                // A kink lies within 1e-6 of none of these values: the error is step² times a third derivative, plus 1e-14/step.
                Assert.Equal(slopes[i], (above - below) / (2 * step), 1e-6);
            }
        }
    }

    [Fact]
    public void ResultsDoNotDependOnTheNumberOfThreads()
    {
        using var scope = torch.NewDisposeScope();
        var (x, weights, parameters) = Make(20, 150, 5, 123);
        var (logProb, gradients) = Run(x, weights, parameters, false, 1, 512);
        for (var threads = 2; threads <= 5; threads++)
        {
            var again = Run(x, weights, parameters, false, threads, 512);
            Assert.Equal(logProb, again.LogProb);
            Assert.Equal(gradients, again.Gradients);
        }
    }

    [Fact]
    public void NoExamplesGiveNoGradient()
    {
        using var scope = torch.NewDisposeScope();
        var (x, weights, parameters) = Make(4, 6, 2, 0);
        var (logProb, gradients) = Run(x, weights, parameters, false, 2, 0);
        Assert.Empty(logProb);
        Assert.All(gradients.SelectMany(g => g), v => Assert.Equal(0f, v));
    }

    [Fact]
    public void ANanInOneExampleStaysInThatExample()
    {
        using var scope = torch.NewDisposeScope();
        var (x, weights, parameters) = Make(6, 9, 3, 20);
        x.AsSpan<float>()[(7 * 6) + 2] = float.NaN;
        var (logProb, _) = Run(x, weights, parameters, false, 2, 0);
        Assert.All(Enumerable.Range(0, 20), n => Assert.Equal(n == 7, float.IsNaN(logProb[n])));
    }

    [Fact]
    public void FarValuesAndNarrowComponentsStayFinite()
    {
        using var scope = torch.NewDisposeScope();
        var (x, weights, parameters) = Make(4, 8, 3, 16);
        parameters[4].AsSpan<float>()[^1] = -12;
        foreach (ref var value in x.AsSpan<float>())
        {
            value *= 10;
        }

        var (logProb, gradients) = Run(x, weights, parameters, false, 1, 0);
        Assert.All(logProb, v => Assert.True(float.IsFinite(v)));
        Assert.All(gradients.SelectMany(g => g), v => Assert.True(float.IsFinite(v)));
    }

    private static (Tensor X, Tensor Weights, Tensor[] Parameters) Make(int inputs, int hidden, int components, int count)
    {
        var random = new Numbers(3);
        var outputs = 3 * components;
        Tensor Of(float scale, params long[] shape) => Tensor.From(random.Symmetric((int)shape.Aggregate(1L, (a, b) => a * b), scale), shape);
        return (Of(1.5f, count, inputs), Of(1, count),
            [Of(0.7f, inputs, hidden), Of(0.5f, hidden), Of(1, inputs), Of(1 / MathF.Sqrt(hidden), inputs, outputs, hidden), Of(1, inputs, outputs)]);
    }

    // log of a tenth of a Normal of deviation 3.
    private static Tensor Background(Tensor x) => x.square() * (-0.5 / 9) + (Math.Log(0.1) - Math.Log(3) - (0.5 * Math.Log(2 * Math.PI)));

    private static (float[] LogProb, float[][] Gradients) Run(Tensor x, Tensor weights, Tensor[] parameters, bool laplace, int threads, int width, Tensor? background = null)
    {
        var (inputs, hidden, outputs) = ((int)parameters[0].shape[0], (int)parameters[0].shape[1], (int)parameters[3].shape[1]);
        var count = (int)x.shape[0];
        var stride = RnadeKernel.Stride(count);
        var logProb = new float[count];
        var slopes = torch.full([inputs, outputs, stride], float.NaN, ScalarType.Float32);

        // Gradients are overwritten, so what is there before must not matter.
        var g = Array.ConvertAll(parameters, p => torch.full(p.shape, float.NaN, ScalarType.Float32));
        var (p, q) = (Of(parameters), Of(g));
        fixed (float* pl = logProb)
        {
            var px = (float*)x.DataPointer();
            var pb = background is null ? null : (float*)background.DataPointer();
            var ps = (float*)slopes.DataPointer();
            if (width == 0) RnadeKernel.Forward(p, laplace, px, pb, count, pl, ps, threads);
            else if (width == 512) RnadeForward<Lanes512, Vector512<float>>.Run(p, laplace, px, pb, count, pl, ps, threads);
            else if (width == 256) RnadeForward<Lanes256, Vector256<float>>.Run(p, laplace, px, pb, count, pl, ps, threads);
            else RnadeForward<Lanes128, Vector128<float>>.Run(p, laplace, px, pb, count, pl, ps, threads);
            var gradZ = (slopes.narrow(2, 0, count) * weights).contiguous();
            var pz = (float*)gradZ.DataPointer();
            if (width == 0) RnadeKernel.Backward(p, px, count, pz, q, threads);
            else if (width == 512) RnadeBackward<Lanes512, Vector512<float>>.Run(p, px, count, pz, q, threads);
            else if (width == 256) RnadeBackward<Lanes256, Vector256<float>>.Run(p, px, count, pz, q, threads);
            else RnadeBackward<Lanes128, Vector128<float>>.Run(p, px, count, pz, q, threads);
            g[4] = gradZ.sum([2]);
        }

        return (logProb, Array.ConvertAll(g, t => t.ToArray<float>()));

        RnadeParameters Of(Tensor[] t)
        {
            float* At(int i) => (float*)t[i].DataPointer();
            return new(inputs, hidden, outputs / 3, At(0), At(1), At(2), At(3), At(4));
        }
    }
}
