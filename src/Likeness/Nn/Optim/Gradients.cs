using Likeness.Torch;

namespace Likeness.Nn.Optim;

/// <summary>Facts about all gradients of a step together.</summary>
public static class Gradients
{
    /// <summary>The Euclidean length of all gradients taken as one vector; not finite where any element is not.</summary>
    public static double Norm(IReadOnlyList<Tensor?> gradients)
    {
        using var noGrad = Autograd.NoGrad();
        using var scope = new TensorScope();
        var sum = 0.0;
        var here = new List<Tensor>(gradients.Count);
        foreach (var gradient in gradients)
        {
            if (gradient is null)
            {
                continue;
            }

            if (gradient.ScalarType == ScalarType.Float32 && gradient.Device.Type == DeviceType.Cpu)
            {
                here.Add(gradient.Contiguous());
            }
            else
            {
                sum += gradient.Square().Sum(dtype: ScalarType.Float64).Item();
            }
        }

        return Math.Sqrt(sum + Fused.SquaredNorm(here));
    }

    /// <summary>What gradients of this norm are multiplied with so that they are no longer than <paramref name="maxNorm"/>, as PyTorch's clip_grad_norm_ does.</summary>
    public static double ClipScale(double norm, double maxNorm) => Math.Min(1, maxNorm / (norm + 1e-6));
}
