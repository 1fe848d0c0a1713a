namespace Likeness;

/// <summary>
/// Changes parameters along their gradients. Steps run fused, in one pass over memory, where parameter and gradient are
/// contiguous fp32 in main memory, and as libtorch's operators elsewhere; the formulas are PyTorch's.
/// </summary>
public abstract class Optimizer : IStateful
{
    private readonly Tensor[] _parameters;
    private readonly long[] _steps;

    private protected Optimizer(IReadOnlyList<Tensor> parameters)
    {
        _parameters = [.. parameters];
        _steps = new long[_parameters.Length];
    }

    /// <summary>Names of the tensors that are kept per parameter, in PyTorch's words.</summary>
    private protected abstract IReadOnlyList<string> MomentNames { get; }

    /// <summary>Takes one step.</summary>
    /// <param name="gradients">One per parameter; a parameter whose gradient is null is left as it is, and so is its state.</param>
    /// <param name="learningRate">The step size, with the schedule's factor.</param>
    /// <param name="gradientScale">Every gradient is multiplied with this first; see <see cref="ClipScale"/>.</param>
    public void Step(IReadOnlyList<Tensor?> gradients, double learningRate, double gradientScale = 1)
    {
        if (gradients.Count != _parameters.Length)
        {
            throw new ArgumentException($"{gradients.Count} gradients do not fit {_parameters.Length} parameters: give one, or null, for each.", nameof(gradients));
        }

        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        Moments();
        var fused = new List<ParameterUpdate>(_parameters.Length);
        for (var i = 0; i < _parameters.Length; i++)
        {
            if (gradients[i] is not { } gradient)
            {
                continue;
            }

            var update = new ParameterUpdate(_parameters[i], gradient, _moments![i], ++_steps[i], _marks[i]);
            if (Fused.Fits(update.Parameter) && gradient is { dtype: ScalarType.Float32, device_type: DeviceType.CPU })
            {
                fused.Add(update with { Gradient = gradient.contiguous() });
            }
            else
            {
                Plain(update, learningRate, gradientScale);
            }
        }

        if (fused.Count > 0)
        {
            RunFused(fused, learningRate, gradientScale);
        }
    }

    /// <summary>The Euclidean length of all gradients taken as one vector; not finite where any element is not.</summary>
    public static double GradientNorm(IReadOnlyList<Tensor?> gradients)
    {
        using var noGrad = torch.no_grad();
        using var scope = torch.NewDisposeScope();
        var sum = 0.0;
        var here = new List<Tensor>(gradients.Count);
        foreach (var gradient in gradients)
        {
            if (gradient is { dtype: ScalarType.Float32, device_type: DeviceType.CPU })
            {
                here.Add(gradient.contiguous());
            }
            else if (gradient is not null)
            {
                sum += gradient.square().sum(type: ScalarType.Float64).ToDouble();
            }
        }

        return Math.Sqrt(sum + Fused.SquaredNorm(here));
    }

    /// <summary>What gradients of this norm are multiplied with so that they are no longer than <paramref name="maxNorm"/>, as PyTorch's clip_grad_norm_ does.</summary>
    public static double ClipScale(double norm, double maxNorm) => Math.Min(1, maxNorm / (norm + 1e-6));

    /// <inheritdoc/>
    public void State(IStateCursor cursor)
    {
        Moments();
        for (var i = 0; i < _parameters.Length; i++)
        {
            var part = cursor.In(i.ToString());
            part.Visit("step", ref _steps[i]);
            for (var k = 0; k < MomentNames.Count; k++)
            {
                part.Visit(MomentNames[k], _moments![i][k]);
            }
        }
    }

    /// <summary>Makes what it keeps per parameter, if it is not there yet.</summary>
    internal void Prepare() => Moments();

    /// <summary>Frees what it keeps per parameter; it takes no step after that.</summary>
    internal void Free()
    {
        Array.ForEach(_moments ?? [], moments => Array.ForEach(moments, m => m.Dispose()));
        Array.ForEach(_marks, m => m.Dispose());
    }

    /// <summary>The step in libtorch's operators: the twin of the fused one on other devices and types, and its oracle in tests.</summary>
    private protected abstract void Plain(ParameterUpdate update, double learningRate, double gradientScale);

    /// <summary>The steps of all these parameters in one parallel pass.</summary>
    private protected abstract void RunFused(List<ParameterUpdate> updates, double learningRate, double gradientScale);

    private Tensor[][]? _moments;
    private Tensor[] _marks = [];

    // Made at first need, because a derived class knows its moments only after this constructor has run.
    private void Moments()
    {
        if (_moments is not null)
        {
            return;
        }

        using var noGrad = torch.no_grad();
        _moments = Array.ConvertAll(_parameters, p => MomentNames.Select(_ => torch.zeros(p.shape, p.dtype, p.device).Own()).ToArray());
        _marks = Array.ConvertAll(_parameters, p => p.Mark().Own());
    }
}

/// <summary>One parameter's step.</summary>
/// <param name="Parameter">What is changed.</param>
/// <param name="Gradient">In which direction the loss rises.</param>
/// <param name="Moments">The optimiser's own tensors for this parameter, in the order of their names.</param>
/// <param name="Step">The number of this step for this parameter, from 1.</param>
/// <param name="Mark">What tells autograd of a change at little cost: an empty view of the parameter; see <see cref="TensorMemory"/>.</param>
internal readonly record struct ParameterUpdate(Tensor Parameter, Tensor Gradient, Tensor[] Moments, long Step, Tensor? Mark = null)
{
    /// <summary>g·scale + decay·p, as a tensor of its own.</summary>
    public Tensor Decayed(double scale, double decay) =>
        decay == 0 ? Gradient.mul(scale) : Gradient.mul(scale).add_(Parameter, decay);
}
