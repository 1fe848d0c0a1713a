namespace Likeness;

/// <summary>How the values of a series [steps, values + actions] follow each other: step by step, actions before what they lead to.</summary>
internal static class SeriesOrder
{
    /// <summary>Indices into the flattened series.</summary>
    public static int[] Of(DataSpec spec)
    {
        var (columns, values) = (spec.Shape[1], spec.Shape[1] - spec.Actions);
        return [.. Enumerable.Range(0, spec.Shape[0]).SelectMany(t => Enumerable.Range(0, columns).Select(i => (t * columns) + ((i + values) % columns)))];
    }

    /// <summary>The past with room for what follows, [n, past + steps, values + actions]: its values are zeros yet, its actions as asked for.</summary>
    /// <exception cref="UsageException">The past or the actions have another shape.</exception>
    public static Tensor Continued(DataSpec spec, Tensor past, int steps, Tensor? actions)
    {
        actions = Actions(spec, past, steps, actions);
        return torch.cat([past, torch.cat([torch.zeros([past.shape[0], steps, spec.Shape[1] - spec.Actions], past.dtype, past.device), actions], 2)], 1);
    }

    /// <summary>Refuses to draw series whose static features the model is told and has not learned.</summary>
    /// <exception cref="UsageException">There are some.</exception>
    public static void CheckDrawn(DataSpec spec)
    {
        if (spec.Statics > 0)
        {
            throw new UsageException("This model is given the static features of a series and does not learn their distribution, so it cannot draw whole series: forecast with it, or train vae, diffusion or timegan to draw series.");
        }
    }

    /// <summary>Takes a walk over one value of a step: it is drawn, or stands there already.</summary>
    /// <param name="walk">Before that value.</param>
    /// <param name="step">The step's values and actions, [n, columns].</param>
    /// <param name="place">Of the value in the order of the walk: actions first.</param>
    /// <param name="actions">How many of the columns are actions.</param>
    /// <param name="rng">Where it is drawn from; null where it stands there.</param>
    public static void Go(IWalk walk, Tensor step, int place, int actions, Rng? rng)
    {
        var columns = step.shape[1];
        var value = step.select(1, (place + columns - actions) % columns);
        var next = walk.Next();
        if (rng is not null)
        {
            value.copy_(next.Sample(rng));
        }

        walk.Observe(value);
    }

    /// <summary>Checks what a roll-out is asked for, and gives its actions [n, steps, actions].</summary>
    /// <exception cref="UsageException">The past or the actions have another shape.</exception>
    public static Tensor Actions(DataSpec spec, Tensor past, int steps, Tensor? actions)
    {
        if (past.ndim != 3 || past.shape[1] < 1 || past.shape[2] != spec.Shape[1] || steps < 1)
        {
            throw new UsageException($"A past of shape {past.ShapeText()} cannot be gone on with for {Counted.Of(steps, "step")}: give [n, steps, {spec.Shape[1]}] with at least one step, and go on for at least one.");
        }

        long[] needed = [past.shape[0], steps, spec.Actions];
        return actions is null ? torch.zeros(needed, past.dtype, past.device)
            : actions.shape.SequenceEqual(needed) ? actions
            : throw new UsageException($"Actions of shape {actions.ShapeText()} do not fit a future of shape {string.Join('x', needed)}: give [n, steps, {spec.Actions}].");
    }
}
