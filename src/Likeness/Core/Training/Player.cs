using System.Diagnostics.CodeAnalysis;

namespace Likeness;

/// <summary>One named part of what a player minimises: a scalar tensor.</summary>
public readonly record struct Term(string Name, Tensor Value)
{
    public static implicit operator Term((string Name, Tensor Value) term) => new(term.Name, term.Value);
}

/// <summary>The value of a term as it was at a step.</summary>
public readonly record struct TermValue(string Player, string Term, double Value);

/// <summary>When a turn is taken.</summary>
/// <param name="Step">Steps taken before this one.</param>
/// <param name="TotalSteps">Steps that the training will take in all, for schedules.</param>
public readonly record struct TurnContext(long Step, long TotalSteps);

/// <summary>One move of a round: a player's descent, or an update that descends nothing. The trainer takes each turn before it asks for the next.</summary>
public sealed class Turn
{
    private readonly Func<TurnContext, IReadOnlyList<TermValue>> _take;

    internal Turn(string name, Player? player, Term[] terms, Func<TurnContext, IReadOnlyList<TermValue>> take) =>
        (Name, Player, Terms, _take) = (name, player, terms, take);

    /// <summary>Under which its terms are logged.</summary>
    internal string Name { get; }

    /// <summary>Whose descent it is; null where nothing descends.</summary>
    internal Player? Player { get; }

    /// <summary>Whether the turn is a step down its terms' gradient.</summary>
    [MemberNotNullWhen(true, nameof(Player))]
    internal bool Descends => Player is not null;

    internal Term[] Terms { get; }

    /// <summary>An update in closed form (counting, a step of EM, growth): it runs without recording when its turn is taken.</summary>
    public static Turn Do(Action update) => Do("", update);

    /// <summary>The same with terms that are logged under a name, as they are after the update.</summary>
    public static Turn Do(string name, Action update, params ReadOnlySpan<Term> terms)
    {
        var own = terms.ToArray();
        return new(name, null, own, context =>
        {
            using var noGrad = torch.no_grad();
            update();
            return Values(name, own, context);
        });
    }

    /// <summary>The same for an update that needs to know when it is taken; what it returns is logged.</summary>
    public static Turn Do(string name, Func<TurnContext, Term[]> update) => new(name, null, [], context =>
    {
        using var noGrad = torch.no_grad();
        return Values(name, update(context), context);
    });

    internal IReadOnlyList<TermValue> Take(TurnContext context) => _take(context);

    /// <summary>The terms as numbers.</summary>
    /// <exception cref="TrainingException">One is not finite.</exception>
    internal static TermValue[] Values(string name, Term[] terms, TurnContext context) => Array.ConvertAll(terms, term =>
    {
        var value = term.Value.ToDouble();
        return double.IsFinite(value)
            ? new TermValue(name, term.Name, value)
            : throw new TrainingException(
                $"The term '{term.Name}' of player '{name}' became {value} at step {context.Step + 1}: training stopped and the last checkpoint is kept; try a lower learning rate or gradient clipping.");
    });
}

/// <summary>
/// A set of parameters with one optimiser. The total that it descends is the sum of the terms that are logged, and its
/// gradient is taken with respect to these parameters only.
/// </summary>
public sealed class Player : IStateful
{
    // A round may have turns of several kinds.
    private const int CarefulWalks = 8;

    private readonly OptimizerOptions _options;
    private readonly torch.nn.Module[] _modules;
    private Tensor[] _parameters;
    private Optimizer _optimizer;
    private int _walks;

    public Player(string name, OptimizerOptions options, params ReadOnlySpan<torch.nn.Module> modules)
    {
        OptionRanges.Check(options);
        Name = name;
        _options = options;
        _modules = modules.ToArray();
        (Parameters, _parameters, _optimizer) = Take();
    }

    public string Name { get; }

    /// <summary>What this player moves.</summary>
    public IReadOnlyList<(string Name, Tensor Value)> Parameters { get; private set; }

    /// <summary>Takes up the parameters that its modules have now, with an optimiser at its first step: for modules that have grown.</summary>
    public void Renew()
    {
        _optimizer.Free();
        _walks = 0;
        (Parameters, _parameters, _optimizer) = Take();
    }

    /// <summary>One optimiser step down the sum of the terms.</summary>
    public Turn Minimise(params ReadOnlySpan<Term> terms)
    {
        var own = terms.ToArray();
        return new(Name, this, own, context => Descend(own, context));
    }

    /// <summary>One optimiser step along gradients that were made elsewhere, one per parameter; the terms are logged.</summary>
    internal Turn Follow(Term[] terms, Tensor?[] gradients) => new(Name, this, terms, context =>
    {
        var values = Turn.Values(Name, terms, context);
        Step(gradients, context);
        return values;
    });

    public void State(IStateCursor cursor) => _optimizer.State(cursor);

    /// <summary>Makes what the optimiser keeps, though its first turn may come later: what does not fit into memory is told at the first step.</summary>
    internal void Prepare() => _optimizer.Prepare();

    /// <summary>The gradients of the sum of the terms, one per parameter; null where the terms do not depend on it.</summary>
    internal Tensor?[] Gradients(ReadOnlySpan<Term> terms)
    {
        var total = terms[0].Value;
        foreach (var term in terms[1..])
        {
            total += term.Value;
        }

        // The first walks report what is wrong with a graph; later ones, through graphs of the same making, save a copy of each gradient.
        var gradients = Autograd.Grad([total], _parameters, default, createGraph: false, retainGraph: false, allowUnused: true, checkedGraph: _walks >= CarefulWalks);
        _walks++;
        return gradients;
    }

    private (IReadOnlyList<(string, Tensor)> Named, Tensor[] Values, Optimizer Optimizer) Take()
    {
        var named = _modules.SelectMany(m => m.named_parameters()).Select(p => (Name: p.name, Value: (Tensor)p.parameter)).ToArray();
        var values = Array.ConvertAll(named, p => p.Value);
        return (named, values, _options.Create(values));
    }

    private TermValue[] Descend(Term[] terms, TurnContext context)
    {
        var values = Turn.Values(Name, terms, context);
        Step(Gradients(terms), context);
        return values;
    }

    private void Step(Tensor?[] gradients, TurnContext context)
    {
        using var noGrad = torch.no_grad();
        var scale = _options.ClipNorm is { } longest ? Optimizer.ClipScale(Optimizer.GradientNorm(gradients), longest) : 1;
        _optimizer.Step(gradients, _options.LearningRate * _options.Schedule.Factor(context.Step, context.TotalSteps), scale);
    }
}
