using System.Diagnostics.CodeAnalysis;

namespace Likeness.Torch;

/// <summary>
/// Frees at its end every tensor that was made on this thread since its start, except those that were kept. A ref struct, so
/// that it cannot be held across <c>yield</c> or <c>await</c>. Opened by the framework (a training step, a layer's call, an
/// iteration of a chain) and by programs that want memory back at once; never needed for correctness.
/// </summary>
public ref struct TensorScope
{
    [ThreadStatic]
    private static List<Tensor?>? s_open;

    [ThreadStatic]
    private static int s_depth;

    private int _start;
    private bool _ended;

    public TensorScope()
    {
        s_open ??= new(256);
        _start = s_open.Count;
        s_depth++;
    }

    /// <summary>Moves a tensor to the enclosing scope, or out of all scopes if this is the outermost one. Tensors of outer scopes stay where they are.</summary>
    [return: NotNullIfNotNull(nameof(tensor))]
    public Tensor? Keep(Tensor? tensor)
    {
        if (tensor is null)
        {
            return tensor;
        }

        var open = s_open!;
        var at = open.LastIndexOf(tensor);
        if (at < _start)
        {
            return tensor;
        }

        if (s_depth == 1)
        {
            open[at] = null;
            tensor.LeaveScopes();
            return tensor;
        }

        // The first place of this scope becomes the last place of the enclosing one.
        (open[at], open[_start]) = (open[_start], tensor);
        _start++;
        return tensor;
    }

    public void Dispose()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        s_depth--;
        var open = s_open!;
        for (var i = open.Count - 1; i >= _start; i--)
        {
            open[i]?.Free();
        }

        open.RemoveRange(_start, open.Count - _start);
    }

    /// <summary>Enters a new tensor into the innermost scope of this thread; false where none is open.</summary>
    internal static bool Register(Tensor tensor)
    {
        if (s_depth == 0)
        {
            return false;
        }

        s_open!.Add(tensor);
        return true;
    }

    /// <summary>Takes a tensor out of every scope: it then lives as long as the object that holds it.</summary>
    internal static void Release(Tensor tensor)
    {
        var at = s_open?.LastIndexOf(tensor) ?? -1;
        if (at >= 0)
        {
            s_open![at] = null;
            tensor.LeaveScopes();
        }
    }
}
