namespace Likeness.Tests.Samples;

/// <summary>
/// Pyramids and structural similarity against numpy 1.24 (sums over sliding windows, numpy.pad with mode "reflect"), on images ⌊127.5 + 60·points⌋.
/// </summary>
public sealed class ImageMetricTests
{
    private static Tensor X => Image(0.1);

    [Fact]
    public void The_pyramid_is_that_of_numpy_and_adds_up_to_the_image()
    {
        using var scope = torch.NewDisposeScope();
        var levels = LaplacianPyramid.Of(X, 2);
        var fine = levels[0].ToArray<double>();
        Assert.Equal(11.737548828125, fine[0], 1e-9);
        Assert.Equal(10.6884765625, fine[(5 * 16) + 7], 1e-9);
        Assert.Equal(18.60546875, fine[^1], 1e-9);
        Assert.Equal(9723.527526855469, fine.Sum(Math.Abs), 1e-6);
        Assert.Equal(8738.0, levels[1].sum().ToDouble(), 1e-6);
        Assert.Throws<ArgumentException>(() => LaplacianPyramid.Of(X.narrow(2, 0, 15), 2));
    }

    [Fact]
    public void Structural_similarity_is_that_of_numpy()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal(0.8893379747633248, StructuralSimilarity.Of(X, Image(0.6), 255).Single(), 1e-9);
        Assert.Equal(1, StructuralSimilarity.Of(X, X, 255).Single(), 1e-12);
    }

    [Fact]
    public void Patches_of_one_distribution_are_near_and_blurred_ones_far_at_the_finest_level()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([1, 32, 32], new Domain.Byte());
        Assert.Equal((2, 1, 3), (PatchDistance.Levels(spec), PatchDistance.Levels(new([1, 28, 28], new Domain.Byte())), PatchDistance.Levels(new([3, 64, 64], new Domain.Byte()))));
        var (real, same, smooth) = (Noise(1), Noise(2), torch.nn.functional.avg_pool2d(torch.nn.functional.pad(Noise(3), [1, 1, 1, 1], PaddingModes.Reflect), [3, 3], [1, 1]));
        var near = SampleMetricTests.Compare<PatchDistance>(spec, same, real);
        var far = SampleMetricTests.Compare<PatchDistance>(spec, smooth, real);
        Assert.Equal(["patch-swd", "patch-swd-32", "patch-swd-16"], near.Select(s => s.Name));

        // Normalised white noise against white noise: only the finite number of patches tells them apart.
        Assert.InRange(near[0].Score.Value, 0, 50);
        Assert.True(far[1].Score.Value > 2.5 * near[1].Score.Value, $"{far[1].Score.Value} and {near[1].Score.Value}");

        static Tensor Noise(ulong seed) => new Rng(seed).Uniform(40, 1, 32, 32) * 255;
    }

    [Fact]
    public void A_collapsed_model_has_similarity_one_and_real_noise_none()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([1, 16, 16], new Domain.Byte());
        var scores = SampleMetricTests.Compare<StructuralSimilarity>(spec, (new Rng(1).Uniform(1, 1, 16, 16) * 255).repeat(20, 1, 1, 1), new Rng(2).Uniform(20, 1, 16, 16) * 255);
        Assert.Equal(1, scores[0].Score.Value, 1e-6);
        Assert.InRange(scores[1].Score.Value, 0, 0.3);
    }

    private static Tensor Image(double shift) =>
        Tensor.From(SampleMetricTests.Points(256, 0.05, shift, 0).Select(v => Math.Floor(127.5 + (60 * v))).ToArray(), 1, 1, 16, 16);
}
