using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>The two ways through a recorded graph that TorchSharp's native library offers.</summary>
internal static unsafe partial class GradientWalk
{
    [ThreadStatic]
    private static nint[]? s_results;

    /// <summary>A failure on the way is an exception. Gradients arrive in the inputs' own <c>grad</c>, which is put back as it was; their computation is not recorded.</summary>
    public static void Reported(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputGrads, bool retain, Tensor?[] gradients)
    {
        var before = new Tensor?[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            before[i] = inputs[i].grad;
            inputs[i].grad = null;
        }

        try
        {
            torch.autograd.backward(outputs.ToArray(), outputGrads.Length == 0 ? Ones(outputs) : outputGrads.ToArray(), retain, false, inputs.ToArray());
            for (var i = 0; i < inputs.Length; i++)
            {
                gradients[i] = inputs[i].grad;
            }
        }
        catch (ExternalException e)
        {
            throw new TorchException($"The gradients could not be computed: {e.Message.Split('\n')[0]}", e);
        }
        finally
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                inputs[i].grad = before[i];
            }
        }
    }

    /// <summary>A failure on the way ends the process (TorchSharp does not catch what libtorch throws there), so only for graphs that are known to be sound.</summary>
    public static void Unreported(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputGrads, bool retain, bool record, Tensor?[] gradients)
    {
        var seeds = outputGrads.Length == 0 ? Ones(outputs) : outputGrads.ToArray();
        Span<nint> y = stackalloc nint[outputs.Length], g = stackalloc nint[outputs.Length], x = inputs.Length <= 128 ? stackalloc nint[inputs.Length] : new nint[inputs.Length];
        Read(outputs, y);
        Read(seeds, g);
        Read(inputs, x);
        fixed (nint* py = y, pg = g, px = x)
        {
            Grad(py, y.Length, px, x.Length, pg, g.Length, retain ? (byte)1 : (byte)0, record ? (byte)1 : (byte)0, 1, &Allocate);
        }

        GC.KeepAlive(seeds);
        for (var i = 0; i < gradients.Length; i++)
        {
            gradients[i] = s_results![i] == 0 ? null : Tensor.UnsafeCreateTensor(s_results[i]);
        }
    }

    private static Tensor[] Ones(ReadOnlySpan<Tensor> outputs)
    {
        var ones = new Tensor[outputs.Length];
        for (var i = 0; i < ones.Length; i++)
        {
            ones[i] = torch.ones_like(outputs[i]);
        }

        return ones;
    }

    private static void Read(ReadOnlySpan<Tensor> tensors, Span<nint> handles)
    {
        for (var i = 0; i < handles.Length; i++)
        {
            handles[i] = tensors[i].Handle;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static nint Allocate(nint length)
    {
        if (s_results is null || s_results.Length < length)
        {
            s_results = GC.AllocateUninitializedArray<nint>((int)length, pinned: true);
        }

        return (nint)System.Runtime.CompilerServices.Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(s_results));
    }

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_grad")]
    private static partial void Grad(nint* outputs, long outputCount, nint* inputs, long inputCount, nint* grads, long gradCount,
        byte retain, byte record, byte allowUnused, delegate* unmanaged[Cdecl]<nint, nint> allocate);
}
