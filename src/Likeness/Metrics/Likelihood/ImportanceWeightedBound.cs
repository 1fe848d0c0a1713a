namespace Likeness;

/// <summary>
/// −log 1/k Σ w with w = p(x, z)/q(z|x), k draws per example (Burda et al. 2016, equation 8): an upper bound on the negative
/// log-likelihood that tightens with k.
/// </summary>
public sealed class ImportanceWeightedBound() : Metric<IImportanceWeighted>("iwae",
    "upper bound on the negative log-likelihood from importance-weighted samples; tighter with more samples")
{
    // Rows (examples times draws) that go through the decoder at once: tens of megabytes for images of 28×28.
    private const int RowsAtOnce = 10_000;

    protected override IReadOnlyList<NamedScore> Compute(IImportanceWeighted model, IDataset<Batch> data, MeasureOptions options, Rng rng)
    {
        var samples = options.Samples ?? MeasureOptions.UsualSamples;
        var nats = PerExample.MeasureEach(data, options, ((Module)model).Device, x => LogMeanWeights(model, x, samples, rng).Select(v => -v));
        return PerExample.Likelihood($"{Name}-{samples}", nats, Evidence.UpperBound, data.Spec);
    }

    /// <summary>log 1/k Σ w per example, in double precision, a part of the draws at a time.</summary>
    internal static double[] LogMeanWeights(IImportanceWeighted model, Tensor x, int samples, Rng rng)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samples, 1);
        var sums = new RunningLogSumExp[x.shape[0]];
        Array.Fill(sums, RunningLogSumExp.Empty);
        var atOnce = (int)Math.Clamp(RowsAtOnce / x.shape[0], 1, samples);
        Chain.Parts(samples, atOnce, (_, count) =>
        {
            var weights = model.LogWeights(x, count, rng).ToArray<double>();
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] = sums[i].Add(weights.AsSpan(i * count, count));
            }
        });

        return Array.ConvertAll(sums, s => s.Value - Math.Log(samples));
    }

    // log Σ exp of values that come in parts: the largest so far, and the sum relative to it.
    private readonly record struct RunningLogSumExp(double Largest, double Sum)
    {
        public static RunningLogSumExp Empty => new(double.NegativeInfinity, 0);

        public double Value => Largest + Math.Log(Sum);

        public RunningLogSumExp Add(ReadOnlySpan<double> values)
        {
            var (largest, sum) = (Largest, Sum);
            foreach (var value in values)
            {
                if (value > largest)
                {
                    sum = (sum * Math.Exp(largest - value)) + 1;
                    largest = value;
                }
                else if (!double.IsNegativeInfinity(value))
                {
                    sum += Math.Exp(value - largest);
                }
            }

            return new(largest, sum);
        }
    }
}
