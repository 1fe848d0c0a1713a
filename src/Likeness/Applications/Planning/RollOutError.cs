namespace Likeness;

/// <summary>How far a model's futures are from what came, after so many steps.</summary>
/// <param name="Steps">How many steps ahead.</param>
/// <param name="Error">The root of the mean square of the futures' mean less the truth, over all values in units of their deviation in the training data.</param>
/// <param name="Spread">The root of the futures' mean variance in the same units: what the error would be if the model knew how well it knows.</param>
/// <param name="Coverage">The share of true values in the middle 90 % of the futures; 0.9 where the model is calibrated.</param>
/// <param name="Count">Values that were compared.</param>
public sealed record RollOutError(int Steps, double Error, double Spread, double Coverage, int Count)
{
    /// <summary>Rolls out from the first rows of windows, along the actions that were really done.</summary>
    /// <param name="trained">A model of series.</param>
    /// <param name="data">Windows of at least one step more than are given.</param>
    /// <param name="split">Which of its windows.</param>
    /// <param name="given">Steps of each window that the model is given.</param>
    /// <param name="draws">Futures of each window.</param>
    /// <param name="limit">Windows to measure at most.</param>
    /// <param name="rng">Where the draws come from.</param>
    public static IReadOnlyList<RollOutError> Measure(TrainedModel trained, IDataset data, Split split, int given, int draws, int limit, Rng rng)
    {
        var model = trained.Require<IForecaster>();
        var (spec, ahead) = (data.Spec, data.Spec.Shape[0] - given);
        if (ahead < 1)
        {
            throw new UsageException($"Windows of {Counted.Of(spec.Shape[0], "step")} do not go on after {given}: give fewer, or longer windows.");
        }

        var values = spec.Shape[1] - spec.Actions;
        var (square, variance, inside, count) = (new double[ahead], new double[ahead], new double[ahead], 0);
        // Values of another unit than the deviation count in it, too.
        var units = UnitsOf(trained.Fit, data, values);
        Chain.Each(data.As<Batch>().Read(split, 64, limit), batch =>
        {
            var x = batch.X.to(rng.Device);
            var (truth, actions) = (x.narrow(1, given, ahead).narrow(2, 0, values), x.narrow(1, given, ahead).narrow(2, values, spec.Actions));
            var all = model.RollOut(x.narrow(1, 0, given).repeat(draws, 1, 1), ahead, rng, spec.Actions > 0 ? actions.repeat(draws, 1, 1) : null).reshape(draws, -1, ahead, values);
            var (mean, spread) = (all.mean([0]), all.var(0, unbiased: true));
            var (low, high) = (all.quantile(Tensor.From([0.05f], 1), 0).squeeze(0), all.quantile(Tensor.From([0.95f], 1), 0).squeeze(0));
            var hit = (truth.ge(low) & truth.le(high)).to(ScalarType.Float32);
            Add(square, ((mean - truth) / units).square().sum([0, 2]));
            Add(variance, (spread / units.square()).sum([0, 2]));
            Add(inside, hit.sum([0, 2]));
            count += (int)x.shape[0] * values;
        });
        return [.. Enumerable.Range(0, ahead).Select(t => new RollOutError(t + 1, Math.Sqrt(square[t] / count), Math.Sqrt(variance[t] / count), inside[t] / count, count))];

        static void Add(double[] sums, Tensor parts)
        {
            var more = parts.ToArray<float>();
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += more[i];
            }
        }
    }

    // The deviations of the values in the model's units: 1 for those that were standardised.
    private static Tensor UnitsOf(DataFit fit, IDataset data, int values)
    {
        if (data.Protocol is Protocols.Windows or Protocols.LogWindows or Protocols.RootWindows && fit.Columns.Count >= values)
        {
            return torch.ones([values]);
        }

        var rows = data.As<Batch>().Read(data.Count(Split.Train) > 0 ? Split.Train : Split.Test, 1024, 1024).First().X.flatten(0, 1).narrow(1, 0, values);
        return rows.std([0], false).clamp_min(1e-6);
    }
}
