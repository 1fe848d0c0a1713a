using Likeness.Applications;
using Likeness.Core;
using Likeness.Data.Formats;
using Likeness.Nn;
using Likeness.Torch;

namespace Likeness.Tests;

public sealed class SamplingTests : IDisposable
{
    private static readonly DataSpec s_bits = new([1, 28, 28], new Domain.Binary());
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_grid_is_near_square_enlarged_by_whole_factors_with_gaps()
    {
        var x = Ops.Zeros([5, 1, 28, 28]);
        x.Select(0, 4).FillInPlace(1);
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
        var x = Ops.Zeros([1, 3, 64, 64]);
        x.Select(1, 1).FillInPlace(200);
        var image = ImageGrid.Draw(x, new([3, 64, 64], new Domain.Byte()));
        Assert.Equal([0, 200, 0], image.Pixels.AsSpan(((2 * image.Width) + 2) * 3, 3).ToArray());
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        Assert.Throws<UsageException>(() => ImageGrid.Draw(Ops.Zeros([2, 5]), new([5], new Domain.Real())));
        Assert.Throws<UsageException>(() => ImageGrid.Draw(Ops.Zeros([30_000, 1, 28, 28]), s_bits));
        Assert.Throws<UsageException>(() => ScatterPlot.Draw(Ops.Zeros([2, 3])));
        Assert.Throws<UsageException>(() => Sampling.Write(_folder["x.gif"], Ops.Zeros([1, 1, 28, 28]), s_bits));
    }

    [Fact]
    public void Points_are_drawn_dark_on_white_and_upright()
    {
        var image = ScatterPlot.Draw(Tensor.From([0f, 0f, 1f, 1f, 0f, 1f], 3, 2));
        var (low, high) = (16, image.Width - 16);
        Assert.True(At(image, low, high) < 128);  // (0, 0) is bottom left
        Assert.True(At(image, high, low) < 128);  // (1, 1) is top right
        Assert.True(At(image, low, low) < 128);   // (0, 1) is top left
        Assert.Equal(255, At(image, high, high)); // nothing at (1, 0)
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
        Sampling.Write(_folder["x.png"], Ops.Zeros([1, 1, 28, 28]), s_bits);
        Sampling.Write(_folder["x.jpg"], Ops.Zeros([1, 1, 28, 28]), s_bits);
        Assert.Equal(60, ImageCodec.Decode(File.ReadAllBytes(_folder["x.png"])).Width);
        Assert.Equal([0xFF, 0xD8], File.ReadAllBytes(_folder["x.jpg"])[..2]);
    }

    [Fact]
    public void Many_examples_are_drawn_in_parts_with_progress()
    {
        var shares = new List<double>();
        var model = new Counting();
        var x = Sampling.Draw(model, 150, new Rng(0), shares.Add);
        Assert.Equal([150, 1], x.Shape.ToArray());
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
        var x = Ops.Cat([Ops.Zeros([1, 1, 28, 28]), new Rng(0).Bernoulli(Ops.Full([1, 1, 28, 28], 0.5))], 0);
        var nats = Complexity.Nats(x, s_bits);

        // One context, n zeros: Σ −log((i + ½)/(i + 1)) = log(Γ(n+1)√π/Γ(n+½)) ≈ ½ log(πn).
        Assert.Equal(0.5 * Math.Log(Math.PI * 784), nats[0], 2);
        // Fair bits cost log 2 each, and learning sixteen contexts a little more.
        Assert.InRange(nats[1], 784 * Math.Log(2) * 0.97, (784 * Math.Log(2)) + (16 * 0.5 * Math.Log(784)));

        var bytes = Complexity.Nats(x * 255.0, s_bits with { Domain = new Domain.Byte() });
        Assert.True(bytes[0] < bytes[1]);
        Assert.Throws<UsageException>(() => Complexity.Nats(Ops.Zeros([2, 2]), new([2], new Domain.Real())));
    }

    private static int At(Image image, int x, int y) => image.Pixels[((y * image.Width) + x) * image.Channels];

    private sealed class Counting : Module, IGenerative, IGenerative<ClassCondition>
    {
        public Tensor Sample(ClassCondition condition, int count, Rng rng)
        {
            Asked.Add(count);
            return condition.Labels.Unsqueeze(1).To(ScalarType.Float32);
        }

        public List<int> Asked { get; } = [];

        public Tensor Sample(int count, Rng rng)
        {
            Asked.Add(count);
            return Ops.Zeros([count, 1]);
        }
    }

    private sealed class Mute : Module;
}
