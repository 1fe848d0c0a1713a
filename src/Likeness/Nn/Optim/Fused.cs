using Likeness.Torch.Kernels;

namespace Likeness;

/// <summary>The door from tensors to the kernels that pass over memory once. Tensors must fit: see <see cref="Fits"/>.</summary>
internal static unsafe class Fused
{
    /// <summary>Whether the kernels can work on this tensor in place.</summary>
    public static bool Fits(Tensor tensor) =>
        tensor is { dtype: ScalarType.Float32, device_type: DeviceType.CPU } && tensor.is_contiguous();

    /// <summary>Applies a rule to all parameters in one parallel region.</summary>
    public static void Step<TUpdate>(IReadOnlyList<ParameterUpdate> updates, TUpdate rule) where TUpdate : struct, IUpdate
    {
        var arrays = new UpdateArray[updates.Count];
        for (var i = 0; i < arrays.Length; i++)
        {
            var u = updates[i];
            arrays[i] = new(Data(u.Parameter), Data(u.Gradient), u.Moments.Length > 0 ? Data(u.Moments[0]) : null, u.Moments.Length > 1 ? Data(u.Moments[1]) : null, u.Parameter.numel());
        }

        UpdateKernel.Step(arrays, rule, TorchRuntime.Threads);
        foreach (var u in updates)
        {
            // Moments are never recorded.
            if (u.Mark is { } mark)
            {
                mark.Touch();
            }
            else
            {
                u.Parameter.MarkWritten();
            }

            GC.KeepAlive((u.Gradient, u.Moments));
        }
    }

    /// <summary>The sum of the squares of all elements, in double precision.</summary>
    public static double SquaredNorm(IReadOnlyList<Tensor> tensors)
    {
        var arrays = tensors.Select(t => new UpdateArray(null, Data(t), null, null, t.numel())).ToArray();
        var sum = UpdateKernel.SquaredGradientNorm(arrays, TorchRuntime.Threads);
        GC.KeepAlive(tensors);
        return sum;
    }

    private static float* Data(Tensor tensor) => (float*)tensor.DataPointer();
}
