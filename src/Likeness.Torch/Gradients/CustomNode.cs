using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>
/// A node of the recorded graph whose derivative is managed code. TorchSharp's own (<c>torch.autograd.SingleTensorFunction</c>) takes memory for
/// a second output, computes gradients that nobody asked for, and ends the process when the derivative throws; this one calls the same
/// functions of its native library without that. A node's callbacks carry no context there, so each node in use has a pair of its own, which is
/// used again when the node has gone.
/// </summary>
internal sealed unsafe partial class CustomNode
{
    private static readonly ConcurrentBag<CustomNode> s_free = [];

    // Native nodes hold no reference that the garbage collector sees, so all of them stay.
    private static readonly ConcurrentBag<CustomNode> s_all = [];

    private static readonly delegate* unmanaged[Cdecl]<nint, nint*, int> s_retain =
        (delegate* unmanaged[Cdecl]<nint, nint*, int>)Libtorch.Export("aoti_torch_new_tensor_handle");

    private static readonly delegate* unmanaged[Cdecl]<nint, int> s_release =
        (delegate* unmanaged[Cdecl]<nint, int>)Libtorch.Export("aoti_torch_delete_tensor_object");

    // What the last derivative on this thread returned: libtorch takes it over after the callback has ended, so it is let go at the next.
    [ThreadStatic]
    private static List<nint>? s_returned;

    [ThreadStatic]
    private static CurrentWalk? s_walk;

    private readonly ApplyCallback _apply;
    private readonly DeleteCallback _delete;
    private readonly nint _applyPointer, _deletePointer;
    private readonly List<nint> _saved = [];
    private Derivative? _backward;
    private (nint Leaf, bool Requires)[] _inputs = [];
    private nint[] _results = [];

    private CustomNode()
    {
        (_apply, _delete) = (Apply, Delete);
        (_applyPointer, _deletePointer) = (Marshal.GetFunctionPointerForDelegate(_apply), Marshal.GetFunctionPointerForDelegate(_delete));
    }

    /// <summary>Nodes that graphs hold.</summary>
    public static long InUse => s_all.Count - s_free.Count;

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate Array16 ApplyCallback(nint* grads, int count);

    [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
    private delegate void DeleteCallback();

    /// <summary>Makes <paramref name="outputs"/>, computed without recording, the results of a function of the inputs.</summary>
    public static void Record(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> saved, ReadOnlySpan<Tensor> outputs, Derivative backward)
    {
        if (!s_free.TryTake(out var node))
        {
            s_all.Add(node = new());
        }

        node._backward = backward;
        node._inputs = new (nint, bool)[inputs.Length];
        if (node._results.Length < inputs.Length)
        {
            node._results = GC.AllocateUninitializedArray<nint>(inputs.Length, pinned: true);
        }

        Span<nint> handles = stackalloc nint[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            handles[i] = inputs[i].Handle;
            node._inputs[i] = (inputs[i].is_leaf ? Implementation(handles[i]) : 0, inputs[i].requires_grad);
        }

        foreach (var tensor in saved)
        {
            nint same;
            _ = s_retain(tensor.Handle, &same);
            node._saved.Add(same);
        }

        var native = Create(node._applyPointer, node._deletePointer);
        Span<nint> results = stackalloc nint[outputs.Length];
        for (var i = 0; i < outputs.Length; i++)
        {
            results[i] = outputs[i].Handle;
        }

        fixed (nint* x = handles, y = results)
        {
            SetNextEdges(native, new((nint)x, inputs.Length), 1);
            WrapOutputs(new((nint)x, inputs.Length), default, default, new((nint)y, outputs.Length), native, &TakeOutputs);
        }

        // The same tensors under handles of their own, which nobody needs.
        for (var i = 0; i < outputs.Length; i++)
        {
            _ = s_release(s_outputs![i]);
            GC.KeepAlive(outputs[i]);
        }

        // The output's history holds the node from here on.
        DisposeShared(native);
        DisposeWeak(native);
    }

    /// <summary>Begins a walk through the graph for the gradients of these inputs and no others; ends with its disposal.</summary>
    public static CurrentWalk Walk(ReadOnlySpan<Tensor> inputs)
    {
        var targets = new HashSet<nint>(inputs.Length);
        foreach (var input in inputs)
        {
            targets.Add(Implementation(input.Handle));
        }

        return s_walk = new(s_walk, targets);
    }

    // at::Tensor is a pointer to its implementation, the same one for every handle.
    private static nint Implementation(nint handle) => *(nint*)handle;

    private static void LetGo()
    {
        if (s_returned is { Count: > 0 } returned)
        {
            foreach (var handle in returned)
            {
                _ = s_release(handle);
            }

            returned.Clear();
        }
    }

    private Array16 Apply(nint* grads, int count)
    {
        LetGo();
        Array.Clear(_results);
        try
        {
            using var scope = torch.NewDisposeScope();
            var slopes = new Tensor?[count];
            for (var i = 0; i < count; i++)
            {
                slopes[i] = grads[i] == 0 ? null : Tensor.UnsafeCreateTensor(grads[i]);
            }

            if (Array.Exists(slopes, g => g is not null))
            {
                Fill(slopes);
            }
        }
#pragma warning disable CA1031 // No exception may cross into native code: it is thrown when the walk has ended.
        catch (Exception e)
#pragma warning restore CA1031
        {
            s_walk?.Failed(e);
        }

        return new((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_results)), _inputs.Length);
    }

    private void Fill(Tensor?[] grads)
    {
        // Of leaves it is known whether their gradient is asked for; of what lies behind other tensors it is not.
        var wanted = Array.ConvertAll(_inputs, input => input.Requires && (input.Leaf == 0 || s_walk is not { } walk || walk.Asks(input.Leaf)));
        var answers = _backward!(grads, new(_saved), wanted);
        if (answers.Length != _inputs.Length)
        {
            throw new InvalidOperationException($"The custom backward returned {answers.Length} gradients for {_inputs.Length} inputs.");
        }

        var returned = s_returned ??= [];
        for (var i = 0; i < answers.Length; i++)
        {
            if (wanted[i] && answers[i] is { } answer)
            {
                nint same;
                _ = s_retain(answer.Handle, &same);
                _results[i] = same;
                returned.Add(same);
            }
        }
    }

    private void Delete()
    {
        foreach (var handle in _saved)
        {
            _ = s_release(handle);
        }

        _saved.Clear();
        (_backward, _inputs) = (null, []);
        s_free.Add(this);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint TakeOutputs(nint length)
    {
        if (s_outputs is null || s_outputs.Length < length)
        {
            s_outputs = GC.AllocateArray<nint>((int)length, pinned: true);
        }

        return (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(s_outputs));
    }

    [ThreadStatic]
    private static nint[]? s_outputs;

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_CSharpNode_ctor")]
    private static partial Pointers Create(nint apply, nint delete);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_CSharpNode_setNextEdges")]
    private static partial void SetNextEdges(Pointers node, Array16 inputs, byte executable);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_Function_wrapOutputs")]
    private static partial void WrapOutputs(Array16 inputs, Array16 constants, Array16 changed, Array16 outputs, Pointers node, delegate* unmanaged[Cdecl]<nint, nint> allocate);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_CSharpNode_disposeSharedPtr")]
    private static partial void DisposeShared(Pointers node);

    [LibraryImport("LibTorchSharp", EntryPoint = "THSAutograd_CSharpNode_disposeWeakPtr")]
    private static partial void DisposeWeak(Pointers node);

    private readonly record struct Pointers(nint Shared, nint Weak);

    private readonly record struct Array16(nint Items, long Length);

    /// <summary>What a node has kept. A derivative that needs numbers only reads them where they are; an object for each would cost more than a small kernel.</summary>
    internal readonly struct Saved(List<nint> handles)
    {
        public int Count => handles.Count;

        /// <summary>The tensor, as a new object.</summary>
        public Tensor this[int i]
        {
            get
            {
                nint same;
                _ = s_retain(handles[i], &same);
                return Tensor.UnsafeCreateTensor(same);
            }
        }

        /// <summary>The numbers of a contiguous tensor in main memory.</summary>
        public float* Floats(int i) => (float*)TensorMemory.DataOf(handles[i]);

        public Tensor[] ToArray()
        {
            var tensors = new Tensor[handles.Count];
            for (var i = 0; i < tensors.Length; i++)
            {
                tensors[i] = this[i];
            }

            return tensors;
        }
    }

    /// <summary>The gradients of the inputs where they are wanted, from those of the outputs, of which one may be missing.</summary>
    internal delegate Tensor?[] Derivative(Tensor?[] grads, Saved saved, bool[] wanted);

    /// <summary>One walk through the graph: whose gradients are asked for, and what went wrong.</summary>
    internal sealed class CurrentWalk(CurrentWalk? outer, HashSet<nint> targets) : IDisposable
    {
        private ExceptionDispatchInfo? _failure;

        public bool Asks(nint leaf) => targets.Contains(leaf);

        public void Failed(Exception e) => _failure ??= ExceptionDispatchInfo.Capture(e);

        public void ThrowIfFailed() => _failure?.Throw();

        public void Dispose()
        {
            LetGo();
            s_walk = outer;
        }
    }
}
