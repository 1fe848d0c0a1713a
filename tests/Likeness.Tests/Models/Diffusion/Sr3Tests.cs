namespace Likeness.Tests.Models;

/// <summary>What makes SR3 one (Saharia et al. 2022): its draws follow the law of whole images given what is seen, where a regression would answer with their mean.</summary>
public sealed class Sr3Tests
{
    private static readonly DataSpec s_spec = new([1, 8, 8], new Domain.Binary());

    // Of images with a white upper half the lower half is white, too; of those with a black one it is white or black, as a fair coin says.
    [Fact]
    public void What_is_not_seen_is_drawn_from_its_law_given_what_is_seen()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        const int steps = 400, draws = 100;
        var options = new Sr3Options
        {
            Degrade = "mask:half",
            Network = new(8) { Multipliers = [1, 2], ResidualBlocks = 1, Groups = 4, Dropout = 0 },
            EmaDecay = 0.98,
            Optimizer = new Adam(4e-3) { ClipNorm = 1, Schedule = new Schedule.Linear() },
        };
        var model = new Sr3(s_spec, options, new Rng(1));
        using var training = new Trainer<SourcedBatch>(Sr3.Recipe.Objective(model, options, new Rng(2)), new Coins(32, new Rng(3)), new Rng(4), new(steps, 32));
        Assert.Equal(steps, training.Run().Count());

        using var noGrad = torch.no_grad();
        double[] White(double upper)
        {
            var seen = model.Measurement!.Measure(torch.full([draws, 1, 8, 8], upper));
            var x = model.Reconstruct(seen, new Rng(5));
            return x.narrow(2, 4, 4).flatten(1).mean([1]).ToArray<double>();
        }

        // A draw is one image and not the mean of two; the share of a fair coin in 100 throws has a deviation of 0.05, and the network learned for seconds.
        var (known, open) = (White(1), White(0));
        Assert.InRange(known.Average(), 0.95, 1);
        Assert.InRange(open.Average(), 0.3, 0.7);
        Assert.InRange(open.Count(w => w is < 0.1 or > 0.9), 90, draws);
    }

    [Fact]
    public void A_measurement_or_pairs_are_needed()
    {
        var wrong = Assert.Throws<UsageException>(() => new Sr3(s_spec, new(), new Rng(1)));
        Assert.Contains("An SR3 learns from pairs", wrong.Message, StringComparison.Ordinal);
    }

    private sealed class Coins(int batchSize, Rng rng) : IFeed<SourcedBatch>
    {
        public int BatchSize => batchSize;

        public SourcedBatch Next()
        {
            var upper = rng.Uniform(batchSize, 1, 1, 1).lt(0.5);
            var lower = upper.logical_or(rng.Uniform(batchSize, 1, 1, 1).lt(0.5));
            return new(torch.cat([upper.expand(batchSize, 1, 4, 8), lower.expand(batchSize, 1, 4, 8)], 2).to(ScalarType.Float32), null);
        }

        public void State(IStateCursor cursor)
        {
        }

        public void Dispose()
        {
        }
    }
}
