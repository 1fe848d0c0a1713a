using System.Runtime.Intrinsics;
using Likeness.Torch.Kernels;

namespace Likeness.Torch.Tests.Kernels;

public sealed class VectorMathTests
{
    [Fact]
    public void SigmoidIsAccurateInRelativeTerms()
    {
        var worst = 0.0;
        for (var x = -87f; x <= 110f; x += 0.00137f)
        {
            var expected = NadeReference.Sigmoid(x);
            foreach (var actual in Sigmoids(x)) worst = Math.Max(worst, Math.Abs((actual / expected) - 1));
        }

        // Two units in the last place.
        Assert.InRange(worst, 0, 2.5e-7);
    }

    [Theory]
    [InlineData(90f, 1f)]
    [InlineData(1e4f, 1f)]
    [InlineData(float.MaxValue, 1f)]
    [InlineData(float.PositiveInfinity, 1f)]
    [InlineData(-90f, 0f)]
    [InlineData(-1e4f, 0f)]
    [InlineData(float.NegativeInfinity, 0f)]
    public void SigmoidSaturates(float x, float expected) => Assert.All(Sigmoids(x), v => Assert.InRange(v, expected, expected + 2e-38f));

    [Fact]
    public void SigmoidOfNanIsNan()
    {
        // Also a NaN with payload bits, which integer arithmetic on the exponent could turn into a number.
        foreach (var bits in new[] { 0x7FC00000, 0x7FC00001, 0x7FFFFFFF, -4194304 })
            Assert.All(Sigmoids(BitConverter.Int32BitsToSingle(bits)), v => Assert.True(float.IsNaN(v)));
    }

    [Fact]
    public void ExpIsAccurateInRelativeTerms()
    {
        var worst = 0.0;
        for (var x = -87f; x <= 87f; x += 0.00137f)
            worst = Math.Max(worst, Math.Abs((VectorMath<Lanes128, Vector128<float>>.Exp(Vector128.Create(x))[0] / Math.Exp(x)) - 1));
        Assert.InRange(worst, 0, 2e-7);
    }

    private static float[] Sigmoids(float x) =>
    [
        VectorMath<Lanes512, Vector512<float>>.Sigmoid(Vector512.Create(x))[3],
        VectorMath<Lanes256, Vector256<float>>.Sigmoid(Vector256.Create(x))[3],
        VectorMath<Lanes128, Vector128<float>>.Sigmoid(Vector128.Create(x))[3],
    ];
}
