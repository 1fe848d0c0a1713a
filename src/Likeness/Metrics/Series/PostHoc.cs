namespace Likeness;

/// <summary>
/// The recurrent networks that windows of series are judged by after the fact (Yoon et al. 2019), as in the authors' program: one layer of gated recurrent units, as
/// many as half of the values of a step, learning with Adam from batches of 128 windows that are scaled to 0 … 1 by the smallest and greatest real values.
/// </summary>
internal static class PostHoc
{
    public const int Batch = 128;

    /// <summary>Why windows cannot be judged so; null where they can.</summary>
    public static string? Missing(Comparison samples) =>
        !samples.Spec.IsSeries || samples.Spec.Domain is not Domain.Real ? "it is for windows of series of numbers: take data under the protocol windows or shuffled-windows"
        : samples.Spec.Shape[0] < 2 ? "windows of one step have no next one: take longer windows"
        : Math.Min(samples.Generated.Count, samples.Real.Count) < 10 ? "there are fewer than 10 windows on a side: take more"
        : null;

    public static GatedRecurrent Network(DataSpec spec, int inputs, Rng rng) => new(inputs, Math.Max(1, spec.Shape[1] / 2), 1, 1, rng);

    /// <summary>Windows [n, steps, values] in units of the real ones' range.</summary>
    public static Tensor Scaled(Comparison samples, ExampleSet windows)
    {
        var real = samples.Real.Values;
        var values = samples.Spec.Shape[1];
        var rows = Tensor.From(real, real.Length / values, values);
        var (low, high) = (rows.amin([0]), rows.amax([0]));
        var range = torch.where(high > low, high - low, torch.ones_like(high));
        return (Tensor.From(windows.Values, samples.Spec.BatchShape(windows.Count)) - low) / range;
    }

    /// <summary>Descends a loss of batches, which draws them itself.</summary>
    public static void Train(Module network, int steps, Func<Rng, Tensor> loss, Rng rng)
    {
        using var training = new Trainer<int>(new Descent(network, loss), new NoFeed(), rng, new(steps, Batch));
        foreach (var _ in training.Run())
        {
        }
    }

    private sealed class Descent : Objective<int>
    {
        private readonly Player _player;
        private readonly Func<Rng, Tensor> _loss;

        public Descent(Module network, Func<Rng, Tensor> loss) => (_player, _loss) = (new("network", new Adam(1e-3), Add("network", network)), loss);

        public override IReadOnlyList<Player> Players => [_player];

        public override IEnumerable<Turn> Round(IFeed<int> feed, Rng rng)
        {
            yield return _player.Minimise(("loss", _loss(rng)));
        }
    }

    private sealed class NoFeed : IFeed<int>
    {
        public int BatchSize => Batch;

        public int Next() => 0;

        public void State(IStateCursor cursor)
        {
        }

        public void Dispose()
        {
        }
    }
}
