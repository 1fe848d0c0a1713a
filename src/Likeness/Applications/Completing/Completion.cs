namespace Likeness;

/// <summary>Examples with what was missing drawn.</summary>
/// <param name="X">[n · copies, …] in main memory: the completions of the first example, then those of the second, and so on.</param>
/// <param name="Evidence">Exact draws from p(missing | given), or an estimate.</param>
/// <param name="EffectiveSizes">
/// For estimates, of each completion: how many equally weighted draws its weighted ones are worth, 1 … particles.
/// </param>
public sealed record Completions(Tensor X, Evidence Evidence, double[] EffectiveSizes);

/// <summary>
/// Draws what is missing of examples from p(missing | given): exactly where the model can complete any part, or where it predicts the given
/// variables first; else, with particles, approximately.
/// </summary>
public sealed class Completion
{
    // Values of rows that are walked at once, and rows: bounds the memory.
    private const int ValuesAtOnce = 1 << 16;
    private const int FewestRows = 64;

    private readonly Module _model;
    private readonly DataSpec _spec;
    private readonly int _particles;

    /// <param name="model">What draws.</param>
    /// <param name="spec">What it knows.</param>
    /// <param name="particles">Weighted draws behind each completion where the model cannot complete a part exactly; 0 refuses such parts.</param>
    /// <exception cref="UsageException">The model can complete nothing.</exception>
    public Completion(Module model, DataSpec spec, int particles = 0)
    {
        if (model is not (ICompleter or IStepwise))
        {
            throw Capabilities.Unable(model, null, "complete", "completes any part or predicts variable by variable");
        }

        (_model, _spec, _particles) = (model, spec, particles);
    }

    /// <summary>Draws completions.</summary>
    /// <param name="x">Examples [n, …]; the values of missing variables are ignored, and need not be finite.</param>
    /// <param name="given">For each variable of the flattened example, whether it is given.</param>
    /// <param name="copies">Completions of each example.</param>
    /// <param name="rng">Where the draws come from.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <exception cref="UsageException">The model completes other parts only, and no particles were allowed.</exception>
    public Completions Draw(Tensor x, bool[] given, int copies, Rng rng, Action<double>? progress = null)
    {
        if (copies < 1)
        {
            throw new UsageException($"{copies} completions cannot be drawn: ask for at least 1.");
        }

        var exact = IsExact(given);
        if (!exact && _particles < 1)
        {
            throw new UsageException(
                $"The model predicts some of the missing variables before given ones, so it cannot draw them exactly: give the first variables of its order, allow weighted draws (such as {new Remedy.Option("Particles", 64)}), or use a model that completes any part.");
        }

        var n = (int)x.shape[0];
        var each = Math.Max(1, Math.Max(FewestRows, ValuesAtOnce / _spec.Dimensions) / (exact ? 1 : _particles));
        var sizes = new List<double>();
        // Missing values may be NaN, which no arithmetic on whole rows survives.
        var rows = torch.where(Mask(given), Repeated(_spec.Flat(x), copies), 0.0);
        var drawn = Chain.Concat(Starts(), from => Part(rows.narrow(0, from, Math.Min(each, (n * copies) - from)).to(_model.Device)).to(torch.CPU));
        return new(drawn.reshape(_spec.BatchShape(n * copies)), exact ? Evidence.Exact : Evidence.Estimate, [.. sizes]);

        IEnumerable<int> Starts()
        {
            for (var from = 0; from < n * copies; from += each)
            {
                progress?.Invoke((double)from / (n * copies));
                yield return from;
            }

            progress?.Invoke(1);
        }

        Tensor Part(Tensor part) => !exact ? Resampled((IStepwise)_model, part, given, rng, sizes)
            : _model is ICompleter completer ? _spec.Flat(completer.Complete(part.reshape(_spec.BatchShape(part.shape[0])), given, rng))
            : ((IStepwise)_model).Complete(part, given, rng);
    }

    /// <summary>log p(missing | given) of whole examples [n, …], in nats each; null where the model does not know it exactly.</summary>
    public double[]? LogProb(Tensor x, bool[] given)
    {
        using var noGrad = torch.no_grad();
        return Chain.Value<double[]?>(() =>
        {
            x = x.to(_model.Device);
            var marginal = _model switch
            {
                IMarginal any => any.LogMarginal(x, given),
                IStepwise stepwise when IsLeading(stepwise, given) => stepwise.LogMarginal(_spec.Flat(x), given),
                _ => null,
            };
            return marginal is null ? null : [.. ((IDensity)_model).LogProb(x).ToArray<double>().Zip(marginal.ToArray<double>(), (whole, part) => whole - part)];
        });
    }

    private bool IsExact(bool[] given) => _model is ICompleter || IsLeading((IStepwise)_model, given);

    // Whether no missing variable comes before a given one.
    private static bool IsLeading(IStepwise model, bool[] given)
    {
        if (given.Length != model.Order.Count)
        {
            return model.Leading(given) >= 0; // says so
        }

        return model.Order.SkipWhile(i => given[i]).All(i => !given[i]);
    }

    private static Tensor Mask(bool[] given) => Tensor.From(Array.ConvertAll(given, g => g ? 1f : 0f), 1, given.Length).gt(0);

    private static Tensor Repeated(Tensor rows, int times) =>
        rows.unsqueeze(1).repeat(1, times, 1).reshape(rows.shape[0] * times, rows.shape[1]);

    /// <summary>
    /// Likelihood weighting (Fung and Chang 1990) and one draw by weight: particles take given values as they are and draw missing ones in the
    /// model's order, each weighted by the probability of the given values along its way. Exact as the particles grow many.
    /// </summary>
    private Tensor Resampled(IStepwise model, Tensor x, bool[] given, Rng rng, List<double> sizes)
    {
        var count = (int)x.shape[0];
        var particles = Repeated(x, _particles);
        var walk = model.Walk(count * _particles);
        var logWeights = Chain.Run(torch.zeros([count * _particles], device: x.device), model.Order, (sum, i) =>
        {
            var column = particles.select(1, i);
            var next = walk.Next();
            if (given[i])
            {
                sum = sum + next.LogProb(column);
            }
            else
            {
                column.copy_(next.Sample(rng));
            }

            walk.Observe(column);
            return sum;
        }).ToArray<double>();

        var uniform = rng.Uniform(count).ToArray<double>();
        var chosen = new long[count];
        for (var n = 0; n < count; n++)
        {
            var (place, size) = Choose(logWeights.AsSpan(n * _particles, _particles), uniform[n]);
            chosen[n] = (n * _particles) + place;
            sizes.Add(size);
        }

        return particles.index_select(0, Tensor.From(chosen, count).to(x.device));
    }

    // One place by its weight, and the effective sample size (Σw)² / Σw² (Kish 1965).
    private static (int Place, double Size) Choose(ReadOnlySpan<double> logWeights, double uniform)
    {
        var most = double.NegativeInfinity;
        foreach (var w in logWeights)
        {
            most = Math.Max(most, w);
        }

        if (!double.IsFinite(most))
        {
            throw new DataException("The model calls the given values impossible, so nothing can be drawn from them: change them.");
        }

        var (sum, squares) = (0.0, 0.0);
        foreach (var w in logWeights)
        {
            sum += Math.Exp(w - most);
            squares += Math.Exp(2 * (w - most));
        }

        var left = uniform * sum;
        var place = 0;
        while (place < logWeights.Length - 1 && (left -= Math.Exp(logWeights[place] - most)) >= 0)
        {
            place++;
        }

        return (place, sum * sum / squares);
    }
}
