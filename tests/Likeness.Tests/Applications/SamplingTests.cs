namespace Likeness.Tests;

public sealed class SamplingTests : IDisposable
{
    private static readonly DataSpec s_bits = new([1, 28, 28], new Domain.Binary());
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_grid_is_near_square_enlarged_by_whole_factors_with_gaps()
    {
        var x = torch.zeros([5, 1, 28, 28]);
        x.select(0, 4).fill_(1);
        var image = ImageGrid.Draw(x, s_bits);

        // 3 columns and 2 rows of 56 pixels, gaps of 2 between and around.
        Assert.Equal(((3 * 58) + 2, (2 * 58) + 2, 1), (image.Width, image.Height, image.Channels));
        Assert.Equal(255, At(image, 0, 0));            // gap
        Assert.Equal(0, At(image, 2, 2));              // first pixel of the first image
        Assert.Equal(0, At(image, 57, 57));            // its last
        Assert.Equal(255, At(image, 58, 57));          // gap
        Assert.Equal(255, At(image, 60 + 10, 60 + 10)); // the fifth image, white
        Assert.Equal(255, At(image, 2 + (2 * 58), 62)); // no sixth image
    }

    [Fact]
    public void Colours_stay_in_their_channels()
    {
        var x = torch.zeros([1, 3, 64, 64]);
        x.select(1, 1).fill_(200);
        var image = ImageGrid.Draw(x, new([3, 64, 64], new Domain.Byte()));
        Assert.Equal([0, 200, 0], image.Pixels.AsSpan(((2 * image.Width) + 2) * 3, 3).ToArray());
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        Assert.Throws<UsageException>(() => ImageGrid.Draw(torch.zeros([2, 5]), new([5], new Domain.Real())));
        Assert.Throws<UsageException>(() => ImageGrid.Draw(torch.zeros([30_000, 1, 28, 28]), s_bits));
        Assert.Throws<UsageException>(() => ScatterPlot.Draw(torch.zeros([2, 3])));
        Assert.Throws<UsageException>(() => Sampling.Write(_folder["x.gif"], torch.zeros([1, 1, 28, 28]), s_bits));
    }

    [Fact]
    public void Points_are_drawn_on_white_and_upright_between_axes()
    {
        var image = ScatterPlot.Draw(Tensor.From([0f, 0f, 1f, 1f, 0f, 1f], 3, 2), new("A title", "across", "up"));
        var blue = Enumerable.Range(0, image.Width * image.Height).Where(i => image.Pixels[3 * i] + 60 < image.Pixels[(3 * i) + 2]).Select(i => (X: i % image.Width, Y: i / image.Width)).ToArray();
        var (left, right, top, bottom) = (blue.Min(p => p.X), blue.Max(p => p.X), blue.Min(p => p.Y), blue.Max(p => p.Y));
        const int dot = 14;
        Assert.Contains(blue, p => p.X < left + dot && p.Y > bottom - dot);           // (0, 0) is bottom left
        Assert.Contains(blue, p => p.X > right - dot && p.Y < top + dot);             // (1, 1) is top right
        Assert.Contains(blue, p => p.X < left + dot && p.Y < top + dot);              // (0, 1) is top left
        Assert.DoesNotContain(blue, p => p.X > right - dot && p.Y > bottom - dot);    // nothing at (1, 0)
        Assert.Equal(255, At(image, image.Width - 1, image.Height - 1));
        // One scale for both axes.
        Assert.InRange(right - left, bottom - top - 2, bottom - top + 2);
        // There is a title, and numbers stand left of the axis and below it.
        Assert.NotEqual(ScatterPlot.Draw(Tensor.From([0f, 0f, 1f, 1f, 0f, 1f], 3, 2)).Pixels, image.Pixels);
        Assert.True(Dark(image, 0, left - 30, top, bottom) > 100);
        Assert.True(Dark(image, left, right, bottom + 30, image.Height) > 100);
        // The same picture every time.
        Assert.Equal(image.Pixels, ScatterPlot.Draw(Tensor.From([0f, 0f, 1f, 1f, 0f, 1f], 3, 2), new("A title", "across", "up")).Pixels);
    }

    [Theory]
    [InlineData(new float[0])]
    [InlineData(new[] { 3f, 4f })]
    [InlineData(new[] { 1e30f, -1e30f, 1e30f, -1e30f })]
    [InlineData(new[] { float.NaN, 0f, 1f, float.PositiveInfinity, 1f, 1f })]
    public void Few_and_odd_points_are_drawn_too(float[] points) => Assert.Equal(3, ScatterPlot.Draw(Tensor.From(points, points.Length / 2, 2)).Channels);

    [Fact]
    public void Forecasts_show_the_past_the_draws_and_what_came()
    {
        var past = Tensor.From([0f, 10f, 1f, 11f, 2f, 12f], 3, 2);
        var draws = new Rng(1).Normal(50, 4, 2);
        var truth = torch.zeros([4, 2]);
        var (one, both) = (FanChart.Draw(past.narrow(1, 0, 1), draws.narrow(2, 0, 1)), FanChart.Draw(past, draws, truth, ["speed", "height"], "50 futures"));
        Assert.True(both.Height > 1.5 * one.Height);
        Assert.Equal(one.Width, both.Width);
        Assert.DoesNotContain((217, 102, 10), Colours(one));
        Assert.Contains((217, 102, 10), Colours(both));  // what came
        Assert.Contains((31, 111, 180), Colours(both));  // the median
        Assert.Contains((51, 51, 51), Colours(both));    // the past
        Assert.NotNull(FanChart.Draw(past.narrow(0, 0, 1), draws.narrow(1, 0, 1), truth.narrow(0, 0, 1)));
        Assert.Throws<UsageException>(() => FanChart.Draw(torch.zeros([2, 2000]), torch.zeros([1, 1, 2000])));

        static HashSet<(int, int, int)> Colours(Image image) => [.. image.Pixels.Chunk(3).Select(p => ((int)p[0], (int)p[1], (int)p[2]))];
    }

    [Fact]
    public void Tables_and_arrays_hold_the_very_numbers()
    {
        var x = new Rng(1).Normal(3, 4);
        var spec = new DataSpec([4], new Domain.Real());
        Sampling.Write(_folder["x.npy"], x, spec);
        Sampling.Write(_folder["x.csv"], x, spec);

        var array = Npy.Read(_folder["x.npy"]);
        Assert.Equal([3, 4], array.Shape);
        Assert.Equal(x.ToArray<float>(), array.Values);
        Assert.Equal(x.ToArray<float>(), File.ReadAllLines(_folder["x.csv"]).Skip(1).SelectMany(l => l.Split(',')).Select(float.Parse));
    }

    [Fact]
    public void Pictures_are_written_as_their_ending_says()
    {
        Sampling.Write(_folder["x.png"], torch.zeros([1, 1, 28, 28]), s_bits);
        Sampling.Write(_folder["x.jpg"], torch.zeros([1, 1, 28, 28]), s_bits);
        Assert.Equal(60, ImageCodec.Decode(File.ReadAllBytes(_folder["x.png"])).Width);
        Assert.Equal([0xFF, 0xD8], File.ReadAllBytes(_folder["x.jpg"])[..2]);
    }

    [Fact]
    public void Many_examples_are_drawn_in_parts_with_progress()
    {
        var shares = new List<double>();
        var model = new Counting();
        var x = Sampling.Draw(model, 150, new Rng(0), shares.Add);
        Assert.Equal([150, 1], x.shape);
        Assert.Equal([64, 64, 22], model.Asked);
        Assert.Equal(1, shares[^1]);
        Assert.Throws<UsageException>(() => Sampling.Draw(model, 0, new Rng(0)));
        Assert.Throws<UsageException>(() => Sampling.Draw(new Mute(), 1, new Rng(0)));
    }

    [Fact]
    public void A_class_is_asked_for_by_its_number()
    {
        var model = new Counting();
        var x = Sampling.DrawClass(model, 2, 3, 70, new Rng(0));
        Assert.Equal([64, 6], model.Asked);
        Assert.All(x.ToArray<float>(), v => Assert.Equal(2, v));
        Assert.Contains("0 … 2", Assert.Throws<UsageException>(() => Sampling.DrawClass(model, 3, 3, 1, new Rng(0))).Message, StringComparison.Ordinal);
        Assert.Throws<UsageException>(() => Sampling.DrawClass(new Mute(), 0, 3, 1, new Rng(0)));
    }

    [Fact]
    public void Flat_images_are_simple_and_noise_is_not()
    {
        var x = torch.cat([torch.zeros([1, 1, 28, 28]), new Rng(0).Bernoulli(torch.full([1, 1, 28, 28], 0.5))], 0);
        var nats = Complexity.Nats(x, s_bits);

        // One context, n zeros: Σ −log((i + ½)/(i + 1)) = log(Γ(n+1)√π/Γ(n+½)) ≈ ½ log(πn).
        Assert.Equal(0.5 * Math.Log(Math.PI * 784), nats[0], 2);
        // Fair bits cost log 2 each, and learning sixteen contexts a little more.
        Assert.InRange(nats[1], 784 * Math.Log(2) * 0.97, (784 * Math.Log(2)) + (16 * 0.5 * Math.Log(784)));

        var bytes = Complexity.Nats(x * 255.0, s_bits with { Domain = new Domain.Byte() });
        Assert.True(bytes[0] < bytes[1]);
        Assert.Throws<UsageException>(() => Complexity.Nats(torch.zeros([2, 2]), new([2], new Domain.Real())));
    }

    private static int Dark(Image image, int left, int right, int top, int bottom) => Enumerable.Range(0, image.Width * image.Height)
        .Count(i => i % image.Width >= left && i % image.Width < right && i / image.Width >= top && i / image.Width < bottom && image.Pixels[3 * i] < 128);

    private static int At(Image image, int x, int y) => image.Pixels[((y * image.Width) + x) * image.Channels];

    private sealed class Counting : Module, IGenerative, IGenerative<ClassCondition>
    {
        public Tensor Sample(ClassCondition condition, int count, Rng rng)
        {
            Asked.Add(count);
            return condition.Labels.unsqueeze(1).to(ScalarType.Float32);
        }

        public List<int> Asked { get; } = [];

        public Tensor Sample(int count, Rng rng)
        {
            Asked.Add(count);
            return torch.zeros([count, 1]);
        }
    }

    private sealed class Mute : Module;
}
