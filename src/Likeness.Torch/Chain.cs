namespace Likeness.Torch;

/// <summary>Long loops over tensors, such as sampling: what an iteration makes is freed at its end, except the state that it hands on.</summary>
public static class Chain
{
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
