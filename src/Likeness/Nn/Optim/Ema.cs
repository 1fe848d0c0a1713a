using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>
/// Keeps a second module, the shadow, at the exponential moving average of a live one's parameters; buffers are copied. The
/// shadow's own state belongs to whoever saves that module: this object's state is the number of updates.
/// </summary>
public sealed class Ema : IStateful
{
    private readonly torch.nn.Module _live, _shadow;
    private readonly double _decay;
    private readonly bool _warmUp;
    private (Tensor Live, Tensor Shadow)[] _parameters = [], _buffers = [];
    private Tensor[] _marks = []; // one per parameter
    private long _updates;

    /// <param name="live">The module that learns.</param>
    /// <param name="shadow">A module of the same parts; it is overwritten with the live values now.</param>
    /// <param name="decay">How much of the average is kept per update.</param>
    /// <param name="warmUp">Whether early updates keep less, min(decay, (1 + t)/(10 + t)), so the first values are soon forgotten.</param>
    /// <exception cref="ArgumentException">The two modules' names or shapes differ.</exception>
    /// <exception cref="UsageException">The decay is negative, or 1 or more.</exception>
    public Ema(torch.nn.Module live, torch.nn.Module shadow, double decay = 0.9999, bool warmUp = false)
    {
        if (decay is not (>= 0 and < 1))
        {
            throw new UsageException($"A running mean cannot keep {decay} of itself per step: it must be at least 0 and below 1, such as 0.999.");
        }

        (_live, _shadow, _decay, _warmUp) = (live, shadow, decay, warmUp);
        Extend();
    }

    /// <summary>Takes up the parts that both modules have now: new ones start at their live values, the averages of old ones stay.</summary>
    /// <exception cref="ArgumentException">The two modules' names or shapes differ.</exception>
    public void Extend()
    {
        var known = _parameters.Select(p => p.Live).ToHashSet(ReferenceEqualityComparer.Instance);
        _parameters = Pair(Tensors(_live.named_parameters()), Tensors(_shadow.named_parameters()));
        _buffers = Pair(_live.named_buffers(), _shadow.named_buffers());
        Array.ForEach(_marks, m => m.Dispose());
        _marks = Array.ConvertAll(_parameters, p => p.Shadow.Mark().Own());
        Copy(_parameters.Where(p => !known.Contains(p.Live)));
        Copy(_buffers);
    }

    /// <summary>Moves the shadow towards the live parameters: s ← d·s + (1 − d)·p.</summary>
    public void Update()
    {
        var t = _updates++;
        var decay = _warmUp ? Math.Min(_decay, (1.0 + t) / (10.0 + t)) : _decay;
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var fused = new List<ParameterUpdate>(_parameters.Length);
        for (var i = 0; i < _parameters.Length; i++)
        {
            var (live, shadow) = _parameters[i];
            if (Fused.Fits(live) && Fused.Fits(shadow))
            {
                // The kernel's words: the shadow is the parameter, the live value stands for the gradient.
                fused.Add(new(shadow, live, [], 1, _marks[i]));
            }
            else
            {
                shadow.add_(live.sub(shadow), 1 - decay);
            }
        }

        Fused.Step(fused, new EmaUpdate(decay));

        Copy(_buffers);
    }

    /// <inheritdoc/>
    public void State(IStateCursor cursor) => cursor.Visit("updates", ref _updates);

    private static void Copy(IEnumerable<(Tensor Live, Tensor Shadow)> pairs)
    {
        using var noGrad = torch.no_grad();
        foreach (var (live, shadow) in pairs)
        {
            shadow.copy_(live);
        }
    }

    private static IEnumerable<(string, Tensor)> Tensors(IEnumerable<(string Name, TorchSharp.Modules.Parameter Value)> parameters) => parameters.Select(p => (p.Name, (Tensor)p.Value));

    private static (Tensor, Tensor)[] Pair(IEnumerable<(string Name, Tensor Value)> live, IEnumerable<(string Name, Tensor Value)> shadow)
    {
        var shadows = shadow.ToDictionary(s => s.Name, s => s.Value);
        var pairs = live.Select(l => shadows.Remove(l.Name, out var s) && s.shape.SequenceEqual(l.Value.shape)
            ? (l.Value, s)
            : throw new ArgumentException($"The shadow module has no part '{l.Name}' of shape {l.Value.ShapeText()}: build it with the live module's options.")).ToArray();
        return shadows.Count == 0
            ? pairs
            : throw new ArgumentException($"The shadow module has the part '{shadows.Keys.First()}', which the live one lacks: build it with the live module's options.");
    }
}
