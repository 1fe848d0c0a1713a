using System.Runtime.CompilerServices;

namespace Likeness.Torch.Interop;

/// <summary>
/// One operator of libtorch, looked up by name when it is first called. Threads may race to look it up: they all find the
/// same one.
/// </summary>
internal sealed unsafe class Operator(string name, string overload)
{
    /// <summary>Lists of tensors up to this length are passed from the stack.</summary>
    public const int StackHandles = 64;

    private nint _handle;

    private string Name => overload.Length == 0 ? name : $"{name}.{overload}";

    /// <summary>The native operator, never released.</summary>
    /// <exception cref="TorchException">The libtorch that is loaded has no such operator.</exception>
    public nint Handle => _handle != 0 ? _handle : _handle = Find(name, overload);

    /// <summary>
    /// Calls the operator. Trailing arguments that are not given take the schema's defaults. The caller owns what is written
    /// to <paramref name="results"/>; a <paramref name="resultCount"/> of 0 lets the results go.
    /// </summary>
    /// <exception cref="TorchException">The operator failed; the message names it and its arguments' types and shapes.</exception>
    public void Call(Value* arguments, int argumentCount, Value* results, int resultCount)
    {
        var op = Handle;
        int given;
        try
        {
            Native.OpCall(op, arguments, argumentCount, results, resultCount, &given);
        }
        catch (TorchException e)
        {
            throw new TorchException($"{Name}({Describe(arguments, argumentCount)}): {e.Message}", e);
        }

        if (resultCount > 0 && given != resultCount)
        {
            throw new TorchException($"{Name} returned {given} values where ops.schema says {resultCount}: use a libtorch whose schema agrees.");
        }
    }

    /// <summary>A tensor; null in place of a result that the caller masked out (schemas have no word for those).</summary>
    public Tensor TakeTensor(Value result) => result switch
    {
        { Tag: ValueTag.Tensor, Integer: not 0 } => Tensor.Wrap((nint)result.Pointer),
        { Tag: ValueTag.Tensor or ValueTag.None } => null!,
        _ => throw Unexpected(result, "a tensor"),
    };

    public Tensor[] TakeTensors(Value result)
    {
        if (result.Tag != ValueTag.TensorList)
        {
            throw Unexpected(result, "a list of tensors");
        }

        var handles = new ReadOnlySpan<nint>(result.Pointer, result.Count);
        var tensors = new Tensor[handles.Length];
        for (var i = 0; i < tensors.Length; i++)
        {
            tensors[i] = Tensor.Wrap(handles[i]);
        }

        Native.BufferFree(result.Pointer);
        return tensors;
    }

    public double TakeDouble(Value result) => result.Tag switch
    {
        ValueTag.Double or ValueTag.ScalarDouble => result.Real,
        ValueTag.Int or ValueTag.ScalarInt or ValueTag.Bool or ValueTag.ScalarBool => result.Integer,
        _ => throw Unexpected(result, "a number"),
    };

    public long TakeInteger(Value result) =>
        result.Tag is ValueTag.Int or ValueTag.ScalarInt ? result.Integer : throw Unexpected(result, "an integer");

    public bool TakeBoolean(Value result) =>
        result.Tag is ValueTag.Bool or ValueTag.ScalarBool ? result.Integer != 0 : throw Unexpected(result, "a truth value");

    public static void Handles(ReadOnlySpan<Tensor> tensors, Span<nint> handles)
    {
        for (var i = 0; i < tensors.Length; i++)
        {
            handles[i] = tensors[i].Handle;
        }
    }

    public static void OptionalHandles(ReadOnlySpan<Tensor?> tensors, Span<nint> handles)
    {
        for (var i = 0; i < tensors.Length; i++)
        {
            handles[i] = tensors[i]?.Handle ?? 0;
        }
    }

    /// <summary>Keeps the list, and so its tensors, reachable up to this call, as <see cref="GC.KeepAlive"/> does for one object.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void KeepAlive(ReadOnlySpan<Tensor?> tensors) => _ = tensors;

    private static nint Find(string name, string overload)
    {
        nint found;
        Native.OpFind(name, overload, &found);
        return found;
    }

    // What shape errors are about: the tensors and the lists of sizes, for example "Float32 [2, 3], Float32 [4], [1, 1]".
    private static string Describe(Value* arguments, int count)
    {
        var parts = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var (tag, pointer, length) = (arguments[i].Tag, (nint)arguments[i].Pointer, arguments[i].Count);
            if (tag == ValueTag.Tensor)
            {
                parts.Add(Describe(pointer));
            }
            else if (tag is ValueTag.TensorList or ValueTag.OptionalTensors)
            {
                foreach (var handle in new ReadOnlySpan<nint>((void*)pointer, length))
                {
                    parts.Add(handle == 0 ? "none" : Describe(handle));
                }
            }
            else if (tag == ValueTag.IntList)
            {
                parts.Add($"[{string.Join(", ", new ReadOnlySpan<long>((void*)pointer, length).ToArray())}]");
            }
        }

        return string.Join(", ", parts);
    }

    private static string Describe(nint tensor)
    {
        int dims, type, deviceType, deviceIndex;
        long bytes;
        Native.TensorInfo(tensor, &dims, &type, &deviceType, &deviceIndex, &bytes);
        var shape = new long[dims];
        fixed (long* sizes = shape)
        {
            Native.TensorShape(tensor, sizes, null);
        }

        return $"{(ScalarType)type} [{string.Join(", ", shape)}]";
    }

    private TorchException Unexpected(Value result, string expected) =>
        new($"{Name} returned {result.Tag} where ops.schema says {expected}: use a libtorch whose schema agrees.");
}
