using System.Diagnostics;

namespace Likeness;

/// <summary>
/// All that a model can say of −log p(x), from the loosest bound to the tightest: the variational bound, importance-weighted bounds of more and more draws,
/// annealed importance sampling, and the exact value where it is known. Then how far the variational bound is from the tightest rung, how far annealing is
/// from the truth on examples that the model made up, and how many latents are in use.
/// </summary>
/// <param name="annealing">How the annealing goes; the defaults where null.</param>
public sealed class LikelihoodLadder(AnnealedImportanceSampling? annealing = null) : Metric("likelihood",
    "ever tighter bounds on the negative log-likelihood: importance-weighted with up to 5000 samples unless more are requested, then annealed importance sampling; also the number of active latent units. Takes minutes, so it is computed only when asked for by name")
{
    // Rungs that are costly look at the first so many examples, unless there is a limit of the user's own.
    private const int ExamplesOfManyDraws = 1000;
    private const int ExamplesOfAnnealing = 100;
    private const int ManyDraws = 5000;

    // Burda et al. 2016, section 5.2: a latent is in use where the variance of its posterior mean over the data exceeds this.
    private const double ActiveVariance = 0.01;

    private static readonly int[] s_fewDraws = [1, 5, 50];

    private readonly AnnealedImportanceSampling _annealing = annealing ?? new();

    public override bool OnRequest => true;

    public override bool Applies(Module model, IDataset data) => model is IDensity or IBound && data.Has<Batch>();

    protected override IReadOnlyList<NamedScore> Compute(Module model, IDataset data, MeasureOptions options, Rng rng)
    {
        var source = data.As<Batch>();
        var rungs = Rungs(model, source, options, rng).ToList();
        var simulated = model is ILatentVariable ? Count(source, options, ExamplesOfAnnealing) : 0;
        var (done, total) = (0.0, rungs.Sum(r => r.Cost) + AnnealingCost(2 * simulated));
        var scores = new List<NamedScore>();
        var values = new Dictionary<Rung, double[]>();
        foreach (var rung in rungs)
        {
            var start = Stopwatch.GetTimestamp();
            values[rung] = rung.LogLikelihoods(options with { Limit = rung.Examples, Progress = share => options.Progress?.Invoke((done + (share * rung.Cost)) / total) });
            if (values.FirstOrDefault(v => v.Key.Name == "elbo").Value is { } whole && values[rung].Length < whole.Length)
            {
                // The first examples may be harder or easier than the rest: the loosest rung on the same ones shows it.
                var n = values[rung].Length;
                scores.Add(new($"elbo-first-{n}", Score.Mean([.. whole.Take(n).Select(v => -v)], "nats", Evidence.UpperBound)));
            }

            scores.Add(new(rung.Name, Score.Mean([.. values[rung].Select(v => -v)], "nats", rung.Evidence)) { Draws = rung.Draws, Time = Stopwatch.GetElapsedTime(start) });
            done += rung.Cost;
        }

        if (values.FirstOrDefault(v => v.Key.Name == "elbo") is { Key: not null } elbo && Tightest(values, elbo.Value) is { } gap)
        {
            scores.Add(new("variational-gap", gap));
        }

        if (model is ILatentVariable latent)
        {
            scores.AddRange(Sandwich(latent, data.Spec, simulated, rng, share => options.Progress?.Invoke((done + (share * (total - done))) / total)));
        }

        if (model is ILatentVariable and IEncoder encoder)
        {
            scores.Add(new("active-units", ActiveUnits(encoder, source, options, model.Device)));
        }

        return scores;
    }

    private IEnumerable<Rung> Rungs(Module model, IDataset<Batch> data, MeasureOptions options, Rng rng)
    {
        var all = Count(data, options, int.MaxValue);
        if (model is IBound bound)
        {
            yield return new("elbo", Evidence.UpperBound, all, all, how => PerExample.Measure(data, how, model.Device, x => bound.LogProbBound(x, rng)));
        }

        if (model is IImportanceWeighted weighted)
        {
            var most = options.Samples ?? ManyDraws;
            foreach (var k in s_fewDraws.Where(k => k < most).Append(most))
            {
                var n = k > s_fewDraws[^1] ? Count(data, options, ExamplesOfManyDraws) : all;
                yield return new($"iwae-{k}", Evidence.UpperBound, n, (double)n * k, how => PerExample.MeasureEach(data, how, model.Device, x => ImportanceWeightedBound.LogMeanWeights(weighted, x, k, rng))) { Draws = k };
            }
        }

        if (model is ILatentVariable latent)
        {
            var n = Count(data, options, ExamplesOfAnnealing);
            yield return new($"ais-{_annealing.Steps}", Evidence.UpperBound, n, AnnealingCost(n), how => Annealed(latent, data, how, model.Device, rng)) { Draws = _annealing.Chains };
        }

        if (model is IDensity density)
        {
            yield return new("nll", Evidence.Exact, all, all, how => PerExample.Measure(data, how, model.Device, density.LogProb));
        }
    }

    // In passes of one example and one draw through the decoder; a gradient takes about as long as two more, and the trial run a tenth.
    private double AnnealingCost(int examples) => 3.3 * examples * _annealing.Chains * _annealing.Steps * _annealing.Leapfrogs;

    private static int Count(IDataset data, MeasureOptions options, int usual) =>
        Math.Min(options.Limit == int.MaxValue ? usual : options.Limit, data.Count(options.Split));

    private double[] Annealed(ILatentVariable model, IDataset<Batch> data, MeasureOptions how, Device device, Rng rng)
    {
        var done = 0;
        return PerExample.MeasureEach(data, how with { Progress = null }, device, x =>
        {
            var before = done;
            done += (int)x.shape[0];
            return _annealing.LowerBounds(model, x, rng, share => how.Progress?.Invoke((before + (share * (done - before))) / how.Limit));
        });
    }

    // By how much the tightest rung is above the variational bound of the same examples.
    private static Score? Tightest(Dictionary<Rung, double[]> values, double[] elbo) => values.Where(v => v.Key.Draws is not 1 && v.Value != elbo)
        .Select(v => Score.Mean([.. v.Value.Zip(elbo, (a, b) => a - b)], "nats", v.Key.Evidence == Evidence.Exact ? Evidence.Exact : Evidence.LowerBound))
        .OrderByDescending(s => s.Value).Cast<Score?>().FirstOrDefault();

    private IEnumerable<NamedScore> Sandwich(ILatentVariable model, DataSpec spec, int count, Rng rng, Action<double> progress)
    {
        var start = Stopwatch.GetTimestamp();
        var (lower, upper) = _annealing.Sandwich(model, spec, count, rng, progress);
        NamedScore Of(string name, IEnumerable<double> nats, Evidence evidence) =>
            new($"{name}-{_annealing.Steps}-simulated", Score.Mean([.. nats], "nats", evidence)) { Draws = _annealing.Chains };
        yield return Of("ais", lower.Select(v => -v), Evidence.UpperBound);
        yield return Of("reverse-ais", upper.Select(v => -v), Evidence.LowerBound);
        yield return Of("sandwich", upper.Zip(lower, (a, b) => a - b), Evidence.UpperBound) with { Time = Stopwatch.GetElapsedTime(start) };
    }

    private static Score ActiveUnits(IEncoder model, IDataset<Batch> data, MeasureOptions options, Device device)
    {
        var (count, sums, squares) = (0, Array.Empty<double>(), Array.Empty<double>());
        PerExample.MeasureEach(data, options with { Progress = null }, device, x =>
        {
            var means = model.Encode(x).ToArray<double>();
            var n = (int)x.shape[0];
            var latent = means.Length / n;
            Array.Resize(ref sums, latent);
            Array.Resize(ref squares, latent);
            for (var i = 0; i < means.Length; i++)
            {
                sums[i % latent] += means[i];
                squares[i % latent] += means[i] * means[i];
            }

            count += n;
            return new double[n];
        });
        return new(sums.Zip(squares, (s, q) => (q / count) - (s / count * (s / count))).Count(v => v > ActiveVariance), double.NaN, $"of {sums.Length} latents", Evidence.Exact, count);
    }

    /// <summary>One way to know of log p(x).</summary>
    /// <param name="Name">As a score.</param>
    /// <param name="Evidence">Of the negative log-likelihood.</param>
    /// <param name="Examples">How many are looked at.</param>
    /// <param name="Cost">Passes of one example through the decoder.</param>
    /// <param name="LogLikelihoods">Nats, one per example.</param>
    private sealed record Rung(string Name, Evidence Evidence, int Examples, double Cost, Func<MeasureOptions, double[]> LogLikelihoods)
    {
        public int? Draws { get; init; }
    }
}
