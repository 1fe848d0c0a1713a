namespace Likeness.Tests.Data;

public sealed class ToyTests
{
    public static TheoryData<string> Names => ["8gaussians", "two-moons", "swiss-roll", "checkerboard", "pinwheel"];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_density_integrates_to_one(string name)
    {
        // The midpoint rule converges faster than any power of the step for smooth densities that vanish at the edge. The
        // pinwheel's far ends turn fastest and need the finest grid; the checkerboard's fields are whole cells of any.
        const double edge = 8;
        var step = name == "pinwheel" ? 1.0 / 64 : 1.0 / 16;
        var density = (IKnownDensity)DatasetCatalog.Open(name);
        double sum = 0;
        Span<float> x = stackalloc float[2];
        for (var i = (0.5 * step) - edge; i < edge; i += step)
        {
            for (var j = (0.5 * step) - edge; j < edge; j += step)
            {
                (x[0], x[1]) = ((float)i, (float)j);
                sum += step * step * Math.Exp(density.LogProb(x));
            }
        }

        Assert.Equal(1, sum, 1e-5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_points_have_the_density(string name)
    {
        var data = DatasetCatalog.Open(name);
        Assert.Equal((20_000, 5_000, 5_000), (data.Count(Split.Train), data.Count(Split.Validation), data.Count(Split.Test)));
        const int cells = 16, within = 16;
        const double edge = 6, width = 2 * edge / cells;
        var counts = new double[cells * cells];
        foreach (var batch in data.As<Batch>().Read(Split.Train, 1000))
        {
            var points = batch.X.ToArray<float>();
            for (var i = 0; i < points.Length; i += 2)
            {
                counts[(Cell(points[i]) * cells) + Cell(points[i + 1])]++;
            }
        }

        // The probability of each cell by the midpoint rule; cells with fewer than 5 expected points are taken together.
        var density = (IKnownDensity)data;
        var (chi, degrees, restExpected, restCount) = (0.0, -1, 0.0, 0.0);
        Span<float> x = stackalloc float[2];
        for (var cell = 0; cell < counts.Length; cell++)
        {
            double p = 0;
            for (var k = 0; k < within * within; k++)
            {
                x[0] = (float)(-edge + (width * ((cell / cells) + (((k / within) + 0.5) / within))));
                x[1] = (float)(-edge + (width * ((cell % cells) + (((k % within) + 0.5) / within))));
                p += Math.Exp(density.LogProb(x));
            }

            var expected = 20_000 * p * width * width / (within * within);
            if (expected < 5)
            {
                (restExpected, restCount) = (restExpected + expected, restCount + counts[cell]);
                continue;
            }

            chi += (counts[cell] - expected) * (counts[cell] - expected) / expected;
            degrees++;
        }

        if (restExpected >= 1)
        {
            chi += (restCount - restExpected) * (restCount - restExpected) / restExpected;
            degrees++;
        }

        // chi² has mean d and variance 2d: four deviations above the mean are exceeded once in some thousand seeds.
        Assert.InRange(chi, 0, degrees + (4 * Math.Sqrt(2 * degrees)));

        static int Cell(float v) => Math.Clamp((int)Math.Floor((v + edge) / width), 0, cells - 1);
    }

    [Fact]
    public void Curves_agree_with_a_far_finer_quadrature()
    {
        // The spiral's integral as a sum over 100000 midpoints, near the curve, between its arms and far away.
        var density = (IKnownDensity)DatasetCatalog.Open("swiss-roll");
        foreach (var (x, y) in new[] { (0.3, -0.4), (1.5, 2.0), (9.0, -7.0) })
        {
            const int points = 100_000;
            var (nearest, sum) = (double.PositiveInfinity, 0.0);
            var distances = new double[points];
            for (var i = 0; i < points; i++)
            {
                var t = 1.5 * Math.PI * (1 + (2 * (i + 0.5) / points));
                var (dx, dy) = ((float)x - (t * Math.Cos(t) / 5), (float)y - (t * Math.Sin(t) / 5));
                distances[i] = ((dx * dx) + (dy * dy)) / 0.08;
                nearest = Math.Min(nearest, distances[i]);
            }

            foreach (var distance in distances)
            {
                sum += Math.Exp(nearest - distance);
            }

            var expected = Math.Log(sum / points) - nearest - Math.Log(2 * Math.PI * 0.04);
            // The density's promised relative error.
            Assert.Equal(expected, density.LogProb([(float)x, (float)y]), 1e-6);
        }
    }
}
