using Likeness.Torch;

namespace Likeness.Nn.Optim;

/// <summary>The door to the kernels that pass over memory once.</summary>
internal static class Fused
{
    /// <summary>Whether the kernels can work on this tensor in place.</summary>
    public static bool Fits(Tensor tensor) =>
        tensor.ScalarType == ScalarType.Float32 && tensor.Device.Type == DeviceType.Cpu && tensor.IsContiguous();

    /// <summary>The sum of the squares of all elements of contiguous fp32 tensors in main memory.</summary>
    public static double SquaredNorm(List<Tensor> tensors)
    {
        var sum = 0.0;
        foreach (var tensor in tensors)
        {
            sum += tensor.Square().Sum(dtype: ScalarType.Float64).Item();
        }

        return sum;
    }
}
