using Likeness.Nn;
using Likeness.Nn.Optim;
using Likeness.Torch;

namespace Likeness.Core;

/// <summary>One named part of what a player minimises: a scalar tensor.</summary>
public readonly record struct Term(string Name, Tensor Value)
{
    public static implicit operator Term((string Name, Tensor Value) term) => new(term.Name, term.Value);
}

/// <summary>The value of a term as it was at a step.</summary>
public readonly record struct TermValue(string Player, string Term, double Value);

/// <summary>Other processes that train the same model on other examples.</summary>
public interface IProcessGroup
{
    int Rank { get; }

    int Size { get; }

    /// <summary>Replaces each tensor by its mean over the processes.</summary>
    void Average(IReadOnlyList<Tensor> tensors);
}

/// <summary>When and with whom a turn is taken.</summary>
/// <param name="Step">Steps taken before this one.</param>
/// <param name="TotalSteps">Steps that the training will take in all, for schedules.</param>
/// <param name="Group">The other processes, if any.</param>
public readonly record struct TurnContext(long Step, long TotalSteps, IProcessGroup? Group = null);

/// <summary>What a player does in its turn. The trainer takes each turn before it asks for the next.</summary>
public sealed class Turn
{
    private readonly Func<TurnContext, IReadOnlyList<TermValue>> _take;

    internal Turn(Player player, Term[] terms, bool descends, Func<TurnContext, IReadOnlyList<TermValue>> take) =>
        (Player, Terms, Descends, _take) = (player, terms, descends, take);

    internal Player Player { get; }

    internal Term[] Terms { get; }

    /// <summary>Whether the turn is a step down its terms' gradient.</summary>
    internal bool Descends { get; }

    internal IReadOnlyList<TermValue> Take(TurnContext context) => _take(context);
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
        return new(this, own, true, context => Descend(own, context));
    }

    /// <summary>A closed-form update (counting, an EM step) instead of a descent; the terms are only logged.</summary>
    public Turn Assign(Action update, params ReadOnlySpan<Term> terms)
    {
        var own = terms.ToArray();
        return new(this, own, false, context =>
        {
            using var noGrad = torch.no_grad();
            update();
            return Values(own, context);
        });
    }

    /// <summary>The same for an update that needs to know when it is taken; what it returns is logged.</summary>
    public Turn Assign(Func<TurnContext, Term[]> update) => new(this, [], false, context =>
    {
        using var noGrad = torch.no_grad();
        return Values(update(context), context);
    });

    public void State(IStateCursor cursor) => _optimizer.State(cursor);

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
        var values = Values(terms, context);
        var gradients = Gradients(terms);
        context.Group?.Average([.. gradients.OfType<Tensor>()]);
        using var noGrad = torch.no_grad();
        var scale = _options.ClipNorm is { } longest ? Optimizer.ClipScale(Optimizer.GradientNorm(gradients), longest) : 1;
        _optimizer.Step(gradients, _options.LearningRate * _options.Schedule.Factor(context.Step, context.TotalSteps), scale);
        return values;
    }

    private TermValue[] Values(Term[] terms, TurnContext context) => Array.ConvertAll(terms, term =>
    {
        var value = term.Value.ToDouble();
        return double.IsFinite(value)
            ? new TermValue(Name, term.Name, value)
            : throw new TrainingException(
                $"The term '{term.Name}' of player '{Name}' became {value} at step {context.Step + 1}: training stopped and the last checkpoint is kept; try a lower learning rate or gradient clipping.");
    });
}
