using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Likeness.Torch.Interop;

namespace Likeness.Torch;

/// <summary>Derivatives.</summary>
public static unsafe class Autograd
{
    /// <summary>Whether operators on this thread are being recorded.</summary>
    public static bool IsRecording => Native.AutogradGradMode() != 0;

    /// <summary>Stops recording on this thread until disposed.</summary>
    public static RecordingScope NoGrad() => new(false);

    /// <summary>Records on this thread until disposed, also inside <see cref="NoGrad"/>.</summary>
    public static RecordingScope Recording() => new(true);

    /// <summary>
    /// The gradients of a sum of scalars with respect to each input, and to nothing else. An input that the outputs do not
    /// depend on gives null if <paramref name="allowUnused"/>, else an error.
    /// </summary>
    /// <param name="outputs">What is differentiated; with <paramref name="outputGrads"/>, the vector-Jacobian product.</param>
    /// <param name="inputs">With respect to what.</param>
    /// <param name="outputGrads">The vector of the product, one entry per output; ones where there is none.</param>
    /// <param name="createGraph">Record the gradient's computation, so that it can be differentiated again.</param>
    /// <param name="retainGraph">Keep the recording, so that it can be used again.</param>
    /// <param name="allowUnused">Whether an input that the outputs do not depend on is no error.</param>
    public static Tensor?[] Grad(ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputGrads = default,
        bool createGraph = false, bool retainGraph = false, bool allowUnused = false)
    {
        var y = Handles(outputs);
        var x = Handles(inputs);
        var g = Handles(outputGrads);
        var results = new nint[x.Length];
        fixed (nint* py = y, px = x, pg = g, pr = results)
        {
            Native.AutogradGrad(py, y.Length, px, x.Length, g.Length == 0 ? null : pg, retainGraph || createGraph ? 1 : 0, createGraph ? 1 : 0, allowUnused ? 1 : 0, pr);
        }

        Keep(outputs);
        Keep(inputs);
        Keep(outputGrads);
        return Array.ConvertAll(results, h => h == 0 ? null : Tensor.Wrap(h));
    }

    /// <summary>The gradient of one scalar with respect to one input.</summary>
    public static Tensor Grad(Tensor output, Tensor input, bool createGraph = false) => Grad([output], [input], createGraph: createGraph)[0]!;

    /// <summary>
    /// A function with a derivative of its own. <paramref name="forward"/> runs without recording; <paramref name="backward"/>
    /// gets the gradient of the output and the saved tensors, and returns one gradient (or null) per input. When the
    /// gradient itself is being recorded, <see cref="IsRecording"/> is true inside it, and it must use recorded operators.
    /// </summary>
    public static Tensor Custom(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> saved, Func<Tensor> forward, Func<Tensor, Tensor[], Tensor?[]> backward) =>
        Custom(inputs, saved, forward, (grad, kept, _) => backward(grad, kept));

    /// <summary>The same for a <paramref name="backward"/> that is told, for each input, whether its gradient is asked for; what it returns for the others is dropped.</summary>
    public static Tensor Custom(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> saved, Func<Tensor> forward, Func<Tensor, Tensor[], bool[], Tensor?[]> backward)
    {
        Tensor output;
        using (NoGrad())
        {
            output = forward();
        }

        if (!IsRecording)
        {
            return output;
        }

        var context = new CustomContext(backward, saved);
        var x = Handles(inputs);
        var y = output.Handle;
        fixed (nint* px = x)
        {
            Native.AutogradCustom(px, x.Length, &y, 1, &RunBackward, &ReleaseContext, (void*)GCHandle.ToIntPtr(GCHandle.Alloc(context)));
        }

        Keep(inputs);
        GC.KeepAlive(output);
        return output;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int RunBackward(void* context, nint* grads, int gradCount, nint* results, int resultCount, byte* message, int messageSize)
    {
        try
        {
            using var scope = new TensorScope();
            var custom = (CustomContext)GCHandle.FromIntPtr((nint)context).Target!;
            if (grads[0] == 0)
            {
                return 0;
            }

            var wanted = new bool[resultCount];
            for (var i = 0; i < resultCount; i++)
            {
                wanted[i] = results[i] == 0;
            }

            nint grad;
            Native.TensorRetain(grads[0], &grad);
            var answers = custom.Backward(Tensor.Wrap(grad), custom.Saved(), wanted);
            if (answers.Length != resultCount)
            {
                throw new InvalidOperationException($"The custom backward returned {answers.Length} gradients for {resultCount} inputs.");
            }

            for (var i = 0; i < resultCount; i++)
            {
                results[i] = wanted[i] && answers[i] is { } answer ? answer.Retain() : 0;
            }

            return 0;
        }
#pragma warning disable CA1031 // No exception may cross into native code: it becomes the message of a TorchException there.
        catch (Exception e)
#pragma warning restore CA1031
        {
            var text = Encoding.UTF8.GetBytes(e.Message);
            var length = Math.Min(text.Length, messageSize - 1);
            text.AsSpan(0, length).CopyTo(new Span<byte>(message, messageSize));
            message[length] = 0;
            return 1;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReleaseContext(void* context)
    {
        var handle = GCHandle.FromIntPtr((nint)context);
        ((CustomContext)handle.Target!).Release();
        handle.Free();
    }

    private static nint[] Handles(ReadOnlySpan<Tensor> tensors)
    {
        var handles = new nint[tensors.Length];
        for (var i = 0; i < handles.Length; i++)
        {
            handles[i] = tensors[i].Handle;
        }

        return handles;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Keep(ReadOnlySpan<Tensor> _)
    {
        // Being passed here keeps the tensors reachable until the native call is over.
    }

    // What a custom function needs again for its backward, owned by the recorded node.
    private sealed class CustomContext(Func<Tensor, Tensor[], bool[], Tensor?[]> backward, ReadOnlySpan<Tensor> saved)
    {
        private readonly nint[] _saved = Retained(saved);

        public Func<Tensor, Tensor[], bool[], Tensor?[]> Backward => backward;

        public Tensor[] Saved() => Array.ConvertAll(_saved, handle =>
        {
            nint same;
            Native.TensorRetain(handle, &same);
            return Tensor.Wrap(same);
        });

        public void Release()
        {
            foreach (var handle in _saved)
            {
                Native.TensorRelease(handle);
            }
        }

        private static nint[] Retained(ReadOnlySpan<Tensor> tensors)
        {
            var handles = new nint[tensors.Length];
            for (var i = 0; i < handles.Length; i++)
            {
                handles[i] = tensors[i].Retain();
            }

            return handles;
        }
    }
}

/// <summary>Recording switched on or off on one thread, until disposed.</summary>
public readonly ref struct RecordingScope
{
    private readonly bool _before;

    internal RecordingScope(bool on)
    {
        _before = Autograd.IsRecording;
        Native.AutogradSetGradMode(on ? 1 : 0);
    }

    public void Dispose() => Native.AutogradSetGradMode(_before ? 1 : 0);
}
