namespace Likeness;

/// <summary>Looks for parameters that are no numbers, before they are saved.</summary>
internal static class FiniteWeights
{
    /// <exception cref="TrainingException">A parameter is not finite.</exception>
    public static bool Check(Module model, long step)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        // The sum of finite fp32 values, taken in double precision, is finite.
        foreach (var (name, _) in model.named_parameters().Where(p => !double.IsFinite(p.parameter.sum(type: ScalarType.Float64).ToDouble())))
        {
            throw new TrainingException($"The parameter '{name}' is not finite after step {step}: the last checkpoint is kept; try a lower learning rate or gradient clipping.");
        }

        return true;
    }
}
