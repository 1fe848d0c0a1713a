namespace Likeness;

/// <summary>
/// The stage of modules whose parts change while they learn, such as networks that gain layers. Include it in the module that is
/// saved: its state comes before the parameters, so a loader builds the stage that was saved before it reads their values.
/// </summary>
/// <param name="device">Where new parts are made when a checkpoint is loaded.</param>
public sealed class Growth(Device device) : IStateful
{
    private long _stage;
    private double _share = 1;

    /// <summary>
    /// Told each stage that is entered, one after the other and in the order of subscription, with the source of new weights. Modules change
    /// their parts; after them, whoever keeps their parameters (players, <see cref="Ema"/>) takes them up.
    /// </summary>
    public event Action<int, Rng>? Entered;

    /// <summary>Counted from 0.</summary>
    public int Stage => (int)_stage;

    /// <summary>How much of the stage has passed, 0 … 1.</summary>
    public double Share => _share;

    /// <summary>Goes to a stage, through all between.</summary>
    /// <param name="stage">The present one or a later one.</param>
    /// <param name="share">How much of it has passed, 0 … 1.</param>
    /// <param name="rng">Where new weights are drawn.</param>
    /// <exception cref="ArgumentOutOfRangeException">The stage has passed: what has grown does not shrink.</exception>
    public void Reach(int stage, double share, Rng rng)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stage, Stage);
        while (_stage < stage)
        {
            _stage++;
            Entered?.Invoke(Stage, rng);
        }

        _share = share;
    }

    /// <summary>Tells a new part of every stage up to the present one, and of those to come.</summary>
    public void Follow(Action<int, Rng> part, Rng rng)
    {
        for (var stage = 1; stage <= Stage; stage++)
        {
            part(stage, rng);
        }

        Entered += part;
    }

    /// <inheritdoc/>
    public void State(IStateCursor cursor)
    {
        var (stage, share) = (_stage, _share);
        cursor.Visit("stage", ref stage);
        cursor.Visit("share", ref share);
        if (stage < _stage)
        {
            throw new DataException($"The checkpoint is of growth stage {stage} and the model has reached stage {_stage}: load it into a new model.");
        }

        // The weights that are drawn here are overwritten by those that were saved.
        Reach((int)stage, share, new Rng(0, device));
    }
}
