using Likeness.Torch.Kernels;

namespace Likeness;

internal sealed class SgdOptimizer : Optimizer
{
    private static readonly string[] s_buffer = ["momentum_buffer"];

    private readonly Sgd _o;

    public SgdOptimizer(Sgd options, IReadOnlyList<Tensor> parameters) : base(parameters)
    {
        if (options is { Nesterov: true, Momentum: <= 0 })
        {
            throw new UsageException($"Nesterov's step needs a momentum above 0 and got {options.Momentum}: set momentum, for example to 0.9.");
        }

        _o = options;
    }

    private protected override IReadOnlyList<string> MomentNames => _o.Momentum == 0 ? [] : s_buffer;

    private protected override void Plain(ParameterUpdate update, double learningRate, double gradientScale)
    {
        var g = update.Decayed(gradientScale, _o.WeightDecay);
        if (_o.Momentum != 0)
        {
            var buffer = update.Moments[0].mul_(_o.Momentum).add_(g);
            g = _o.Nesterov ? g.add(buffer, _o.Momentum) : buffer;
        }

        update.Parameter.add_(g, -learningRate);
    }

    private protected override void RunFused(List<ParameterUpdate> updates, double learningRate, double gradientScale) =>
        Fused.Step(updates, new SgdUpdate(learningRate, _o.Momentum, _o.Nesterov, _o.WeightDecay, gradientScale));
}
