using System.Diagnostics;

namespace Likeness.Bench;

/// <summary>The same images drawn from the same noise in two ways.</summary>
/// <param name="Name">The model and what it drew.</param>
/// <param name="Walk">Median seconds of drawing them pixel by pixel, each at the cost of a pixel.</param>
/// <param name="Naive">Seconds of drawing them by a pass over the whole image for each pixel.</param>
internal sealed record SamplingResult(string Name, double Walk, double Naive);

/// <summary>Sampling by a walk beside the naive sampler, which computes every pixel again for each one that it draws.</summary>
internal static class Samplers
{
    private const ulong Noise = 9;
    private static readonly DataSpec s_bits = new([1, 28, 28], new Domain.Binary());

    /// <summary>64 images of 28×28 bits by a model of random weights; what they show does not matter for speed.</summary>
    /// <exception cref="InvalidOperationException">The two ways drew different images, more than rounding explains.</exception>
    public static SamplingResult Measure(string model, int rounds, Action<string> say)
    {
        const int Count = 64;
        var recipe = Zoo.BuiltIn.Find(model);
        var network = recipe.CreateModel(s_bits, recipe.Complete([]), new Rng(1));
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();

        var walks = new List<double>();
        float[] drawn = [];
        for (var i = 0; i <= rounds; i++)
        {
            var (seconds, images) = Timed(() => ((IStepwise)network).Draw(Count, new Rng(Noise)));
            drawn = images;
            say($"walk: {seconds * 1e3:0} ms");

            // The first time the code is compiled.
            if (i > 0)
            {
                walks.Add(seconds);
            }
        }

        _ = ((IAutoregressive)network).Conditionals(torch.zeros(s_bits.BatchShape(Count)));
        var (whole, expected) = Timed(() => Naive((IAutoregressive)network, Count));
        say($"a pass for each pixel: {whole * 1e3:0} ms");
        // A probability that is rounded in another way can turn one of fifty thousand draws, and with it the rest of its image.
        var pixels = s_bits.Dimensions;
        var different = Enumerable.Range(0, Count).Count(i => !drawn.AsSpan(i * pixels, pixels).SequenceEqual(expected.AsSpan(i * pixels, pixels)));
        say($"{different} of {Count} images differ");
        return different <= Count / 10
            ? new($"{model}, {Count} images of 28×28", Duel.Median(walks), whole)
            : throw new InvalidOperationException($"The walk of {model} and its naive sampler drew {different} different images of {Count} from the same noise: run the tests of its walk.");
    }

    private static Tensor Naive(IAutoregressive model, int count)
    {
        var rng = new Rng(Noise).PerExample();
        return Chain.Run(torch.zeros([count, s_bits.Dimensions]), model.Order, (x, i) =>
        {
            var next = new Bernoulli(model.Conditionals(x.reshape(s_bits.BatchShape(count))).select(1, i).squeeze(1));
            x.select(1, i).copy_(next.Sample(rng));
            return x;
        });
    }

    private static (double Seconds, float[] Images) Timed(Func<Tensor> draw)
    {
        using var scope = torch.NewDisposeScope();
        var start = Stopwatch.GetTimestamp();
        var images = draw();
        return (Stopwatch.GetElapsedTime(start).TotalSeconds, images.ToArray<float>());
    }
}
