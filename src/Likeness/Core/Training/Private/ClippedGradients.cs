namespace Likeness;

/// <summary>
/// Sums of the gradients of single examples, each cut to a length: all in one walk where the network's parameters are used in ways that show each example's part
/// (<see cref="ExampleGradients"/>), else one by one. Which it is is tried once, on a few examples in batches of two sizes, and both are the same up to rounding.
/// </summary>
/// <param name="losses">What is descended.</param>
/// <param name="clip">The length.</param>
internal sealed class ClippedGradients<TBatch>(IExampleLosses<TBatch> losses, double clip)
{
    // Examples of one walk: what it keeps of each grows with the network.
    private const int AtOnce = 256;

    // Two ways to sum fp32 numbers.
    private const double Tolerance = 1e-3;

    private long[]? _signature;
    private bool _decided;

    /// <summary>Whether the examples of a batch go through together; null before it was tried.</summary>
    public bool? Together => _decided ? _signature is not null : null;

    /// <summary>The sum of the cut gradients, one for each parameter, and the mean of each term; no terms where there are no examples.</summary>
    /// <param name="batch">Examples.</param>
    /// <param name="numbers">Their numbers among all.</param>
    /// <param name="each">Draws per example.</param>
    public (Term[] Terms, Tensor?[] Gradients) Sum(TBatch batch, long[] numbers, Rng each)
    {
        var sums = new Tensor?[losses.Player.Parameters.Count];
        var terms = new Dictionary<string, double>();
        if (numbers.Length > 2 && !_decided)
        {
            Decide(batch, numbers, each);
        }

        var size = _signature is null ? 1 : AtOnce;
        for (var from = 0; from < numbers.Length; from += size)
        {
            var count = Math.Min(size, numbers.Length - from);
            var (part, own) = (Part(batch, from, count), numbers[from..(from + count)]);
            if (size == 1 || !TryTogether(part, own, each, sums, terms))
            {
                for (var i = 0; i < count; i++)
                {
                    Single(Part(part, i, 1), own[i], each, sums, terms);
                }
            }
        }

        return ([.. terms.Select(t => new Term(t.Key, torch.tensor(t.Value / numbers.Length)))], sums);
    }

    /// <summary>The gradient of one example's loss, one for each parameter.</summary>
    internal Tensor?[] Of(TBatch example, long number, Rng each) =>
        losses.Player.Gradients([.. Losses(example, [number], each).Select(t => new Term(t.Name, t.Value.sum()))]);

    private static TBatch Part(TBatch batch, int from, int count) => batch is ISeparableBatch examples
        ? (TBatch)examples.Part(from, count)
        : throw new UsageException($"Examples that come as {typeof(TBatch).Name} cannot be taken apart: train without privacy.");

    private static void Add(Tensor?[] sums, Tensor?[] more, double scale)
    {
        using var noGrad = torch.no_grad();
        for (var i = 0; i < sums.Length; i++)
        {
            if (more[i] is { } gradient)
            {
                sums[i] = sums[i] is { } sum ? sum.add_(gradient, scale) : gradient * scale;
            }
        }
    }

    // The same draws for an example in whatever company, and the same draws for all in every part.
    private IReadOnlyList<Term> Losses(TBatch part, long[] numbers, Rng each) => losses.Losses(part, each.Only(numbers), new Rng(each.Fork("round").Seed, each.Device));

    private void Single(TBatch example, long number, Rng each, Tensor?[] sums, Dictionary<string, double> terms)
    {
        using var scope = torch.NewDisposeScope();
        var own = Losses(example, [number], each);
        var gradients = losses.Player.Gradients([.. own.Select(t => new Term(t.Name, t.Value.sum()))]);
        Note(own, terms);
        Add(sums, gradients, Scale(Optimizer.GradientNorm(gradients)));
        scope.MoveToOuter(sums.OfType<Tensor>());
    }

    // What is no number is left out: nothing can be said about its length.
    private double Scale(double length) => double.IsFinite(length) ? Math.Min(1, clip / Math.Max(length, 1e-12)) : 0;

    private bool TryTogether(TBatch part, long[] numbers, Rng each, Tensor?[] sums, Dictionary<string, double> terms)
    {
        using var scope = torch.NewDisposeScope();
        using var watch = new ExampleGradients(numbers.Length);
        var own = Losses(part, numbers, each);
        if (!watch.Signature.SequenceEqual(_signature!) || Walk(watch, own) is not { } taken)
        {
            return false;
        }

        using var noGrad = torch.no_grad();
        var scales = taken.SquaredLengths().sqrt().clamp_min(1e-12).reciprocal().mul_(clip).clamp_max(1);
        Note(own, terms);
        Add(sums, taken.Sum(scales), 1);
        scope.MoveToOuter(sums.OfType<Tensor>());
        return true;
    }

    private void Decide(TBatch batch, long[] numbers, Rng each)
    {
        using var scope = torch.NewDisposeScope();
        _decided = true;
        var before = (long[]?)null;
        foreach (var count in new[] { 2, 3 })
        {
            // One by one first, which reports what may be wrong with the graph.
            var singles = Enumerable.Range(0, count).Select(i => Of(Part(batch, i, 1), numbers[i], each)).ToArray();
            using var watch = new ExampleGradients(count);
            var own = Losses(Part(batch, 0, count), numbers[..count], each);
            long[] signature = [.. watch.Signature];
            if (signature.Length == 0 || (before is not null && !before.SequenceEqual(signature)) || Walk(watch, own) is not { } taken || !Agrees(taken, singles))
            {
                return;
            }

            before = signature;
        }

        _signature = before;
    }

    private static bool Agrees(ExampleGradients.Taken taken, Tensor?[][] singles)
    {
        using var noGrad = torch.no_grad();
        var lengths = taken.SquaredLengths().sqrt().ToArray<double>();
        for (var k = 0; k < singles.Length; k++)
        {
            var chosen = Enumerable.Range(0, singles.Length).Select(i => i == k ? 1f : 0).ToArray();
            var found = taken.Sum(Tensor.From(chosen, chosen.Length).to(singles[k].OfType<Tensor>().First().device));
            var length = Optimizer.GradientNorm(singles[k]);
            var off = Optimizer.GradientNorm([.. found.Select((f, i) => f is null ? singles[k][i] : singles[k][i] is { } single ? f - single : f)]);
            if (!(off <= Tolerance * length) || !(Math.Abs(lengths[k] - length) <= Tolerance * length))
            {
                return false;
            }
        }

        return true;
    }

    private ExampleGradients.Taken? Walk(ExampleGradients watch, IReadOnlyList<Term> own)
    {
        var total = own.Select(t => t.Value.sum()).Aggregate((a, b) => a + b);
        return watch.Take(total, [.. losses.Player.Parameters.Select(p => p.Value)]);
    }

    private static void Note(IReadOnlyList<Term> own, Dictionary<string, double> terms)
    {
        foreach (var term in own)
        {
            terms[term.Name] = terms.GetValueOrDefault(term.Name) + term.Value.detach().sum(type: ScalarType.Float64).ToDouble();
        }
    }
}
