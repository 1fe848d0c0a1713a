using Likeness.Torch.Kernels;

namespace Likeness;

internal sealed class RmsPropOptimizer(RmsProp o, IReadOnlyList<Tensor> parameters) : Optimizer(parameters)
{
    private static readonly string[] s_square = ["square_avg"];
    private static readonly string[] s_withMomentum = ["square_avg", "momentum_buffer"];

    private protected override IReadOnlyList<string> MomentNames => o.Momentum == 0 ? s_square : s_withMomentum;

    private protected override void Plain(ParameterUpdate update, double learningRate, double gradientScale)
    {
        var g = update.Decayed(gradientScale, o.WeightDecay);
        var square = update.Moments[0].mul_(o.Alpha).add_(g.square(), 1 - o.Alpha);
        var step = g.div(square.sqrt().add_(o.Epsilon));
        if (o.Momentum != 0)
        {
            step = update.Moments[1].mul_(o.Momentum).add_(step);
        }

        update.Parameter.add_(step, -learningRate);
    }

    private protected override void RunFused(List<ParameterUpdate> updates, double learningRate, double gradientScale) =>
        Fused.Step(updates, new RmsPropUpdate(learningRate, o.Alpha, o.Epsilon, o.Momentum, o.WeightDecay, gradientScale));
}
