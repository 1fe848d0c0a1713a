namespace Likeness.Tests.Applications;

public sealed class RestorationJudgeTests
{
    [Fact]
    public void Structural_similarity_is_that_of_the_definition()
    {
        using var scope = torch.NewDisposeScope();
        const int side = 13;
        var a = (new Rng(1).Uniform(2, 1, side, side) * 255).round();
        var b = (a + (new Rng(2).Normal(2, 1, side, side) * 30)).round().clamp(0, 255);
        var found = StructuralSimilarity.OfOneScale(a, b, 255);
        var (p, q) = (a.ToArray<float>(), b.ToArray<float>());
        for (var n = 0; n < 2; n++)
        {
            Assert.Equal(Reference(p[(n * side * side)..], q[(n * side * side)..], side), found[n], 1e-9);
        }

        Assert.All(StructuralSimilarity.OfOneScale(a, a, 255), s => Assert.Equal(1, s, 1e-12));
    }

    // Wang et al. 2004: every window of 11×11 for itself, weighed by a Normal of deviation 1.5, K₁ = 0.01 and K₂ = 0.03.
    private static double Reference(float[] a, float[] b, int side)
    {
        var (sum, windows) = (0.0, 0);
        for (var top = 0; top + 11 <= side; top++)
        {
            for (var left = 0; left + 11 <= side; left++, windows++)
            {
                var (total, ma, mb, aa, bb, ab) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
                for (var y = 0; y < 11; y++)
                {
                    for (var x = 0; x < 11; x++)
                    {
                        var w = Math.Exp(-(((y - 5) * (y - 5)) + ((x - 5) * (x - 5))) / (2 * 1.5 * 1.5));
                        var (u, v) = ((double)a[((top + y) * side) + left + x], (double)b[((top + y) * side) + left + x]);
                        (total, ma, mb, aa, bb, ab) = (total + w, ma + (w * u), mb + (w * v), aa + (w * u * u), bb + (w * v * v), ab + (w * u * v));
                    }
                }

                (ma, mb) = (ma / total, mb / total);
                var (va, vb, cov) = ((aa / total) - (ma * ma), (bb / total) - (mb * mb), (ab / total) - (ma * mb));
                var (c1, c2) = (Math.Pow(0.01 * 255, 2), Math.Pow(0.03 * 255, 2));
                sum += ((2 * ma * mb) + c1) * ((2 * cov) + c2) / (((ma * ma) + (mb * mb) + c1) * (va + vb + c2));
            }
        }

        return sum / windows;
    }

    [Fact]
    public void Every_number_of_the_table_is_what_it_says()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([1, 8, 8], new Domain.Byte());
        var truth = (new Rng(1).Uniform(40, 1, 8, 8) * 200).round();
        var measurement = Measurements.Parse("downsample:2", spec);
        var judge = new RestorationJudge(spec, measurement, truth, FeatureNetwork.Values(spec));

        // Two draws of each image: the truth with 10 more, and with 10 less.
        var draws = torch.stack([truth + 10, truth - 10], 1).flatten(0, 1);
        var score = judge.Judge("off by ten", draws, TimeSpan.FromSeconds(8));
        Assert.Equal(20 * Math.Log10(255 / 10.0), score.Psnr, 1e-4);
        Assert.Equal(100, score.PsnrOfMean, 1e-6);
        Assert.Equal(10 / 255.0, score.Disagreement, 1e-5);
        Assert.Equal(20 / 255.0, score.Diversity, 1e-5);
        Assert.Equal(0.1, score.Seconds, 1e-9);
        // 64 features of which each is off by 10/255: the mean alone is moved.
        Assert.Equal(64 * Math.Pow(10 / 255.0, 2), score.Frechet, 1e-4);

        var same = judge.Judge("the truth", truth, TimeSpan.Zero);
        Assert.Equal((1.0, 0.0, 0.0), (Math.Round(same.Similarity, 9), same.Disagreement, Math.Round(same.FeatureDistance, 9)));
        Assert.True(double.IsNaN(same.Diversity));

        var baselines = judge.WithoutModel(truth.mean([0], keepdim: true)).ToDictionary(b => b.Method, b => b.Restored);
        Assert.Equal(["bicubic", "nearest", "mean fill"], baselines.Keys);
        Assert.All(baselines.Values, b => Assert.Equal(truth.shape, b.shape));
        Assert.Equal(["nearest"], new RestorationJudge(spec, Measurements.Parse("mask:half", spec), truth, FeatureNetwork.Values(spec)).WithoutModel(null).Select(b => b.Method));
    }

    [Fact]
    public void Nearest_takes_the_pixel_next_to_a_missing_one()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([1, 4, 2], new Domain.Byte());
        var judge = new RestorationJudge(spec, Measurements.Parse("mask:half", spec), Tensor.From([1f, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18], 2, 1, 4, 2), FeatureNetwork.Values(spec));
        Assert.Equal([1f, 2, 3, 4, 3, 4, 3, 4, 11, 12, 13, 14, 13, 14, 13, 14], judge.WithoutModel(null).Single().Restored.ToArray<float>());
    }
}
