namespace Likeness.Torch.Tests;

/// <summary>Numbers too small for fp32's full precision, in and out of a scope that takes them for zero.</summary>
public sealed class DenormalScopeTests
{
    // Long enough for libtorch to split it among its threads, each of which has a mode of its own.
    private const int Many = 1 << 20;

    [Fact]
    public void Tiny_products_are_zero_on_every_thread_in_the_scope_only()
    {
        using var scope = torch.NewDisposeScope();
        var (small, factor) = (torch.full([Many], 1e-30f), torch.full([Many], 1e-10f));
        Assert.Equal(Many, NonZero());
        using (DenormalScope.Flush())
        {
            Assert.Equal(0, NonZero());
            using (DenormalScope.Flush())
            {
            }

            Assert.Equal(0, NonZero());
        }

        Assert.Equal(Many, NonZero());

        // 1e-40 has 17 bits left of its 24: more than enough to be seen.
        double NonZero() => (small * factor).ToArray<float>().Count(x => x > 0);
    }

    [Fact]
    public void Normal_numbers_are_left_alone()
    {
        using var scope = torch.NewDisposeScope();
        using var denormals = DenormalScope.Flush();
        Assert.Equal(1.2e-38f, (torch.full([1], 1.2e-30f) * 1e-8).ToArray<float>()[0], 1e-44f);
    }
}
