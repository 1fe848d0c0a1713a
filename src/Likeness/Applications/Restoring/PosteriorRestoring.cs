namespace Likeness;

/// <summary>How codes are searched.</summary>
/// <param name="Noise">Standard deviation σ of y about A g(z), in units of which values have 2 (−1 … 1).</param>
/// <param name="Moves">Transitions of each code.</param>
/// <param name="Leapfrogs">Steps of each transition.</param>
/// <param name="Starts">Codes from the prior, of which each search starts at the best.</param>
public sealed record CodeSearch(double Noise = 0.1, int Moves = 80, int Leapfrogs = 4, int Starts = 64);

/// <summary>
/// By a decoder g whose codes have a prior: Hamiltonian Monte Carlo on log p(z) + log N(y; A g(z), σ²), which starts at the best of some draws from the prior and
/// goes over to σ from a larger one. Where a prior is only drawn from, a Normal with the mean and the deviation of each of its coordinates takes its place. Real images that
/// have a density themselves (flows) are their own codes: log p(x) + log N(y; A x, σ²).
/// </summary>
internal sealed class PosteriorRestoring : IRestoringMethod
{
    private const int PriorDraws = 2048;
    private const double FirstStep = 0.1, TargetAcceptance = 0.7, Adaptation = 0.3;

    // How far the likelihood's power has come after the first transitions; 1 after this share of them.
    private const double FirstPower = 0.01, Warming = 0.5;

    private readonly DataSpec _spec;
    private readonly LinearMeasurement _measurement;
    private readonly CodeSearch _search;
    private readonly Func<Tensor, Tensor> _decode, _logPrior;
    private readonly Func<int, Rng, Tensor> _draw;

    /// <exception cref="UsageException">The codes are choices, between which there is no way.</exception>
    public PosteriorRestoring(ILatentPrior model, DataSpec spec, LinearMeasurement measurement, CodeSearch search, Device device)
    {
        (_spec, _measurement, _search) = (spec, measurement, search);
        if (model is IDensity density and IGenerative images && spec.Domain is Domain.Real)
        {
            _decode = z => z.reshape(spec.BatchShape(z.size(0)));
            _logPrior = z => density.LogProb(_decode(z));
            _draw = (count, rng) => images.Sample(count, rng).flatten(1);
        }
        else
        {
            (_decode, _draw) = (model.Decode, model.SampleLatent);
            _logPrior = model is ILatentVariable known ? known.LogPrior : Normal(model, device);
        }
    }

    public string Name => "posterior";

    public bool IsRandom => true;

    public Tensor Restore(Tensor y, Rng rng, Action<double>? progress = null)
    {
        rng = rng.PerExample();
        var target = ValueRange.Of(_spec).ToModel(y);
        var count = (int)y.shape[0];
        var hmc = new HamiltonianMonteCarlo(z => (_logPrior(z), LogLikelihood(z, target)), _search.Leapfrogs, rng);
        var lengths = Enumerable.Repeat(FirstStep, count).ToArray();
        var best = Start(target, rng);
        var found = Chain.Run(hmc.At(best).Rows, Enumerable.Range(0, _search.Moves), (rows, t) =>
        {
            // The power of the likelihood grows by a constant factor up to 1.
            var power = Math.Pow(FirstPower, Math.Max(0, 1 - (t / (Warming * _search.Moves))));
            var (to, acceptance) = hmc.Move(new(rows), power, Tensor.From(lengths, count, 1).to(rows.dtype).to(rows.device));
            var accepted = acceptance.ToArray<double>();
            for (var i = 0; i < count; i++)
            {
                lengths[i] *= Math.Exp(Adaptation * (accepted[i] - TargetAcceptance));
            }

            progress?.Invoke((t + 1.0) / _search.Moves);
            return to.Rows;
        });
        using var noGrad = torch.no_grad();
        return _decode(new LatentPoint(found).Z);
    }

    // log N(y; A g(z), σ²) but for a constant, [n].
    private Tensor LogLikelihood(Tensor z, Tensor target)
    {
        var seen = _measurement.Measure(ValueRange.Of(_spec).ToModel(_decode(z)));
        return (seen - target).square().flatten(1).sum([1]) * (-0.5 / (_search.Noise * _search.Noise));
    }

    private Tensor Start(Tensor target, Rng rng)
    {
        var seen = Chain.Kept(() => _measurement.Measure(ValueRange.Of(_spec).ToModel(_decode(_draw(_search.Starts, rng.Fork("starts"))))).flatten(1));
        var nearest = torch.cdist(target.flatten(1).to(seen.dtype), seen).argmin(1);
        return _draw(_search.Starts, rng.Fork("starts")).index_select(0, nearest);
    }

    private static Func<Tensor, Tensor> Normal(ILatentPrior model, Device device)
    {
        var z = model.SampleLatent(PriorDraws, new Rng(0, device)).flatten(1);
        var values = Enumerable.Range(0, (int)z.shape[1]).Min(i => z.select(1, i).ToArray<float>().Distinct().Count());
        if (values < PriorDraws / 4)
        {
            throw Capabilities.Unable(model, null, "restore by its codes", "denoises or has other codes", "use it for something else, as its codes are choices between which there is no way");
        }

        var (mean, deviation) = (z.mean([0], keepdim: true), z.std([0], keepdim: true));
        return codes => (((codes - mean) / deviation).square() * -0.5).sum([1]);
    }
}
