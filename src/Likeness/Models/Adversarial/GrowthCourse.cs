namespace Likeness;

/// <summary>
/// When a Progressive GAN grows (Karras et al. 2018, appendix A.1): train on 4×4; then for each doubling fade in over as many images and train
/// on as many more. Stage 2k − 1 fades to level k in, stage 2k trains it, and the last stage has no end.
/// </summary>
/// <param name="levels">Doublings up to the data's side.</param>
/// <param name="phaseImages">Images in each stage; null for what lets the run end with the last one.</param>
/// <param name="batches">Batches of the training in one of each level.</param>
internal sealed class GrowthCourse(int levels, long? phaseImages, IReadOnlyList<int> batches) : IStateful
{
    private double _phase;
    private long _images;

    /// <summary>How many of the training's batches make one of this level.</summary>
    public int BatchesAt(int level) => batches[Math.Min(level, batches.Count - 1)];

    /// <summary>The stage of the next round and how much of it has passed; the round's images then count as seen.</summary>
    /// <param name="totalSteps">Of the run.</param>
    /// <param name="batchSize">Of the training.</param>
    public (int Stage, double Share) Next(long totalSteps, int batchSize)
    {
        // Fixed in the first round, so a run that is later made longer does not go back.
        if (_phase == 0)
        {
            _phase = phaseImages ?? (totalSteps * batchSize / Enumerable.Range(0, 1 + (2 * levels)).Sum(s => 1.0 / BatchesAt((s + 1) / 2)));
        }

        var passed = _images / _phase;
        var stage = (int)Math.Min(passed, 2 * levels);
        _images += (long)batchSize * BatchesAt((stage + 1) / 2);
        return (stage, Math.Min(passed - stage, 1));
    }

    public void State(IStateCursor cursor)
    {
        cursor.Visit("phase", ref _phase);
        cursor.Visit("images", ref _images);
    }
}
