using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>Adam, with its weight decay either in the gradient (Adam) or beside it (AdamW).</summary>
internal sealed class AdamOptimizer(double beta1, double beta2, double epsilon, double weightDecay, bool decoupled, IReadOnlyList<Tensor> parameters)
    : Optimizer(parameters)
{
    private static readonly string[] s_moments = ["exp_avg", "exp_avg_sq"];

    private protected override IReadOnlyList<string> MomentNames => s_moments;

    private protected override void Plain(ParameterUpdate update, double learningRate, double gradientScale)
    {
        var (p, m, v) = (update.Parameter, update.Moments[0], update.Moments[1]);
        if (decoupled)
        {
            p.mul_(1 - learningRate * weightDecay);
        }

        var g = update.Decayed(gradientScale, decoupled ? 0 : weightDecay);
        m.mul_(beta1).add_(g, 1 - beta1);
        v.mul_(beta2).add_(g.square(), 1 - beta2);
        var denominator = v.sqrt().div_(Math.Sqrt(1 - Math.Pow(beta2, update.Step))).add_(epsilon);
        p.add_(m.div(denominator), -learningRate / (1 - Math.Pow(beta1, update.Step)));
    }

    private protected override void RunFused(List<ParameterUpdate> updates, double learningRate, double gradientScale)
    {
        // The corrections for the start depend on the step: parameters that once had no gradient are behind the others.
        foreach (var group in updates.GroupBy(u => u.Step))
        {
            Fused.Step([.. group], new AdamUpdate(group.Key, learningRate, beta1, beta2, epsilon, weightDecay, decoupled, gradientScale));
        }
    }
}
