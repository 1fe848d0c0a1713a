namespace Likeness;

/// <summary>
/// Where tensors end: what an iteration of a loop makes, or a computation of plain numbers, is freed at its end, except the results whose survival a method's
/// name and type promise: <see cref="Run"/>, <see cref="Concat"/> and <see cref="Kept"/> hand tensors on; <see cref="Each"/>, <see cref="Parts"/> and <see cref="Value"/> do not.
/// </summary>
public static class Chain
{
    /// <summary>Visits items one after the other, without recording. What an item's making and its visit make is freed before the next; nothing survives.</summary>
    public static void Each<T>(IEnumerable<T> items, Action<T> visit)
    {
        using var noGrad = torch.no_grad();
        using var all = items.GetEnumerator();
        while (true)
        {
            // The scope also covers what the enumerator makes for its next item.
            using var scope = torch.NewDisposeScope();
            if (!all.MoveNext())
            {
                return;
            }

            visit(all.Current);
        }
    }

    /// <summary>The same for 0 … count − 1 in parts: <paramref name="visit"/> is told where a part begins and how many there are in it.</summary>
    public static void Parts(long count, long atOnce, Action<int, int> visit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(atOnce, 1);
        Each(Starts(), from => visit((int)from, (int)Math.Min(atOnce, count - from)));

        IEnumerable<long> Starts()
        {
            for (var from = 0L; from < count; from += atOnce)
            {
                yield return from;
            }
        }
    }

    /// <summary>What a computation says in plain numbers: every tensor that it makes is freed.</summary>
    public static T Value<T>(Func<T> compute)
    {
        using var scope = torch.NewDisposeScope();
        return compute();
    }

    /// <inheritdoc cref="Value{T}(Func{T})"/>
    public static void Value(Action compute)
    {
        using var scope = torch.NewDisposeScope();
        compute();
    }

    /// <summary>The tensor that a computation ends with, and no other that it makes.</summary>
    public static Tensor Kept(Func<Tensor> compute)
    {
        using var scope = torch.NewDisposeScope();
        return scope.MoveToOuter(compute());
    }

    /// <summary>Applies <paramref name="next"/> to the state once per item, without recording.</summary>
    public static Tensor Run<T>(Tensor start, IEnumerable<T> items, Func<Tensor, T, Tensor> next)
    {
        using var noGrad = torch.no_grad();
        using var all = items.GetEnumerator();
        var state = start;
        while (true)
        {
            // The scope also covers what the enumerator makes for its next item.
            using var scope = torch.NewDisposeScope();
            if (!all.MoveNext())
            {
                return state;
            }

            var before = state;
            state = scope.MoveToOuter(next(state, all.Current));
            if (!before.Is(start) && !before.Is(state))
            {
                before.Dispose();
            }
        }
    }

    /// <summary>Evaluates <paramref name="part"/> on every item without recording and joins the results along the first dimension.</summary>
    public static Tensor Concat<T>(IEnumerable<T> items, Func<T, Tensor> part)
    {
        using var noGrad = torch.no_grad();
        using var outer = torch.NewDisposeScope();
        using var all = items.GetEnumerator();
        var parts = new List<Tensor>();
        while (true)
        {
            using var scope = torch.NewDisposeScope();
            if (!all.MoveNext())
            {
                break;
            }

            parts.Add(scope.MoveToOuter(part(all.Current)));
        }

        return outer.MoveToOuter(torch.cat(parts.ToArray(), 0));
    }
}
