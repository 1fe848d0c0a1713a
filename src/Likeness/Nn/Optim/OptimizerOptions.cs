namespace Likeness;

/// <summary>An optimiser with its hyperparameters. Defaults are PyTorch's.</summary>
/// <param name="LearningRate">Learning rate, before the schedule's factor.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Sgd), "sgd")]
[JsonDerivedType(typeof(Adam), "adam")]
[JsonDerivedType(typeof(AdamW), "adamw")]
[JsonDerivedType(typeof(RmsProp), "rmsprop")]
public abstract record OptimizerOptions([property: AtLeast(0)] double LearningRate)
{
    /// <summary>Schedule of the learning rate.</summary>
    public Schedule Schedule { get; init; } = new Schedule.Constant();

    /// <summary>Norm to which gradients are clipped, over all parameters of the optimiser together; null for no clipping.</summary>
    [Above(0)]
    public double? ClipNorm { get; init; }

    /// <summary>An optimiser of these parameters, at its first step.</summary>
    internal abstract Optimizer Create(IReadOnlyList<Tensor> parameters);
}

/// <summary>Stochastic gradient descent with momentum.</summary>
/// <param name="LearningRate">Learning rate.</param>
/// <param name="Momentum">Momentum: the share of the last step that is kept.</param>
/// <param name="Nesterov">Whether to use Nesterov momentum: the gradient after the momentum step (Sutskever et al. 2013).</param>
/// <param name="WeightDecay">Weight decay: this multiple of the parameter is added to its gradient.</param>
public sealed record Sgd(
    double LearningRate = 1e-2,
    [property: AtLeast(0, Below = 1)] double Momentum = 0,
    bool Nesterov = false,
    [property: AtLeast(0)] double WeightDecay = 0)
    : OptimizerOptions(LearningRate)
{
    internal override Optimizer Create(IReadOnlyList<Tensor> parameters) => new SgdOptimizer(this, parameters);
}

/// <summary>Kingma and Ba 2015.</summary>
/// <param name="LearningRate">Learning rate.</param>
/// <param name="Beta1">Decay of the running average of the gradient.</param>
/// <param name="Beta2">Decay of the running average of the squared gradient.</param>
/// <param name="Epsilon">Added to the square root of the running average of the squared gradient.</param>
/// <param name="WeightDecay">Weight decay: this multiple of the parameter is added to its gradient.</param>
public sealed record Adam(
    double LearningRate = 1e-3,
    [property: AtLeast(0, Below = 1)] double Beta1 = 0.9,
    [property: AtLeast(0, Below = 1)] double Beta2 = 0.999,
    [property: AtLeast(0)] double Epsilon = 1e-8,
    [property: AtLeast(0)] double WeightDecay = 0)
    : OptimizerOptions(LearningRate)
{
    internal override Optimizer Create(IReadOnlyList<Tensor> parameters) =>
        new AdamOptimizer(Beta1, Beta2, Epsilon, WeightDecay, false, parameters);
}

/// <summary>Adam with decoupled weight decay: Loshchilov and Hutter 2019.</summary>
/// <param name="LearningRate">Learning rate.</param>
/// <param name="Beta1">Decay of the running average of the gradient.</param>
/// <param name="Beta2">Decay of the running average of the squared gradient.</param>
/// <param name="Epsilon">Added to the square root of the running average of the squared gradient.</param>
/// <param name="WeightDecay">Decoupled weight decay: this multiple of the parameter, times the learning rate, is subtracted at each step.</param>
public sealed record AdamW(
    double LearningRate = 1e-3,
    [property: AtLeast(0, Below = 1)] double Beta1 = 0.9,
    [property: AtLeast(0, Below = 1)] double Beta2 = 0.999,
    [property: AtLeast(0)] double Epsilon = 1e-8,
    [property: AtLeast(0)] double WeightDecay = 1e-2)
    : OptimizerOptions(LearningRate)
{
    internal override Optimizer Create(IReadOnlyList<Tensor> parameters) =>
        new AdamOptimizer(Beta1, Beta2, Epsilon, WeightDecay, true, parameters);
}

/// <summary>Tieleman and Hinton 2012, as in PyTorch: not centred, ε outside the root.</summary>
/// <param name="LearningRate">Learning rate.</param>
/// <param name="Alpha">Decay of the running average of the squared gradient.</param>
/// <param name="Epsilon">Added to the square root of the running average of the squared gradient.</param>
/// <param name="Momentum">Momentum: the share of the last step that is kept.</param>
/// <param name="WeightDecay">Weight decay: this multiple of the parameter is added to its gradient.</param>
public sealed record RmsProp(
    double LearningRate = 1e-2,
    [property: AtLeast(0, Below = 1)] double Alpha = 0.99,
    [property: AtLeast(0)] double Epsilon = 1e-8,
    [property: AtLeast(0, Below = 1)] double Momentum = 0,
    [property: AtLeast(0)] double WeightDecay = 0)
    : OptimizerOptions(LearningRate)
{
    internal override Optimizer Create(IReadOnlyList<Tensor> parameters) => new RmsPropOptimizer(this, parameters);
}
