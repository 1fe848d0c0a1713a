namespace Likeness;

/// <summary>What a learned variance descends.</summary>
/// <param name="Name">The name in options.</param>
/// <param name="Bound">The weight of the bound, in bits per dimension.</param>
/// <param name="Simple">The weight of the squared error.</param>
[JsonConverter(typeof(VarianceLossChoice))]
public sealed record VarianceLoss(string Name, double Bound, double Simple)
{
    /// <summary>L_simple + 0.001·L_vlb, the bound over all steps (Nichol and Dhariwal 2021, equation 16); its gradient does not reach the mean.</summary>
    public static VarianceLoss Hybrid { get; } = new("hybrid", 0.001, 1);

    /// <summary>The bound alone, at steps that are drawn in proportion to √E[L_t²] over the last ten losses of each (equation 18).</summary>
    public static VarianceLoss Vlb { get; } = new("vlb", 1, 0);

    public override string ToString() => Name;
}

internal sealed class VarianceLossChoice() : NamedChoice<VarianceLoss>("loss of a learned variance", l => l.Name, VarianceLoss.Hybrid, VarianceLoss.Vlb);

/// <summary>Algorithm 1 of Ho et al. 2020: L_simple, the squared error of the prediction at a random step; and the bound where variances are learned.</summary>
internal sealed class DdpmObjective : ExampleObjective<Batch>
{
    private readonly Ddpm _model;
    private readonly DdpmOptions _options;
    private readonly StepImportance? _importance;

    public DdpmObjective(Ddpm model, OptimizerOptions optimizer)
        : base(model, new("denoiser", optimizer, model.Live))
    {
        (_model, _options) = (model, model.Options);
        _importance = Learns && _options.VarianceLoss.Simple == 0 ? Include("importance", new StepImportance(_options.Steps)) : null;
    }

    private bool Learns => _options.Variance.Blend is null;

    public override string? Coupling => _importance is null ? null : "the steps of an example are drawn by the losses of examples before it; choose varianceLoss=hybrid";

    public override IReadOnlyList<Term> Losses(Batch batch, Rng examples, Rng round)
    {
        var x = batch.X;
        var x0 = _model.Spec.Normalise(x);
        var n = (int)x0.shape[0];
        var (steps, weights) = _importance?.Draw(n, examples) ?? (examples.Integers(0, _options.Steps, n).ToArray<long>(), default(double[]?));
        var (levels, eps, output, target) = _model.Learn(x0, _model.SigmaOf(steps), null, examples);
        if (!Learns)
        {
            return [("simple", Squares(output, target))];
        }

        // Only a variance is learned from the bound where the mean has the squared error.
        var noisy = x0 + levels.Of((_, s) => s) * eps;
        var mean = output.narrow(1, 0, x0.shape[1]);
        var simple = _options.VarianceLoss.Simple;
        var read = simple > 0 ? torch.cat([mean.detach(), output.narrow(1, x0.shape[1], x0.shape[1])], 1) : output;
        var perStep = _model.Term(x, x0, steps, noisy, _model.Read(levels, noisy, read)) / (_model.Spec.Dimensions * Math.Log(2));
        _importance?.Note(steps, perStep);
        var each = weights is null ? perStep : perStep * Tensor.From(weights, n).to(x0.dtype).to(x0.device);
        Term bound = ("vlb", each * (_options.VarianceLoss.Bound * _options.Steps));
        return simple > 0 ? [("simple", simple * Squares(mean, target)), bound] : [bound];
    }

    public override void Follow() => _model.Average();

    private static Tensor Squares(Tensor output, Tensor target) => (output.to(target.dtype) - target).square().flatten(1).mean([1]);

    /// <summary>Draws steps in proportion to √E[L_t²] (Nichol and Dhariwal 2021, section 3.3), once each has been seen ten times; uniformly before that.</summary>
    private sealed class StepImportance : Module
    {
        private const int Kept = 10;

        private readonly Tensor _losses, _seen; // the last ten losses of each step, [steps, 10], and how many there have been, [steps]

        public StepImportance(int steps)
        {
            _losses = Buffer("losses", torch.zeros([steps, Kept], ScalarType.Float64));
            _seen = Buffer("seen", torch.zeros([steps], ScalarType.Float64));
        }

        /// <summary>Steps, and the weights 1/(T·p_t) that leave the expectation as it is.</summary>
        public (long[] Steps, double[]? Weights) Draw(int count, Rng rng)
        {
            using var noGrad = torch.no_grad();
            var size = _seen.shape[0];
            var ready = _seen.min().ToDouble() >= Kept;
            var p = ready ? _losses.square().mean([1]).sqrt() : torch.ones_like(_seen);

            // A thousandth of uniform keeps any step possible, as in the authors' program.
            p = p / p.sum() * 0.999 + 0.001 / size;
            var steps = rng.Choice(p, count).ToArray<long>();
            var values = p.ToArray<double>();
            return (steps, Array.ConvertAll(steps, t => 1 / (size * values[t])));
        }

        public void Note(long[] steps, Tensor losses)
        {
            using var noGrad = torch.no_grad();
            var values = losses.detach().ToArray<double>();
            for (var i = 0; i < steps.Length; i++)
            {
                var row = _losses.select(0, steps[i]);
                row.copy_(torch.cat([row.narrow(0, 1, Kept - 1), torch.full([1], values[i], ScalarType.Float64)]));
                _seen.select(0, steps[i]).add_(1);
            }
        }
    }
}
