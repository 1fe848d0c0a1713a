namespace Likeness;

/// <summary>A way to make whole images of what a measurement has left of them.</summary>
public interface IRestoringMethod
{
    /// <summary>For tables and messages, such as "null-space".</summary>
    string Name { get; }

    /// <summary>Whether it draws one of many possible images, or always makes the same one.</summary>
    bool IsRandom { get; }

    /// <summary>An image for each y, [n, channels, height, width], in the data's units; values may be between those of the data, and y may be met only nearly.</summary>
    /// <param name="y">What was measured, in the data's units.</param>
    /// <param name="rng">Where draws come from.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    Tensor Restore(Tensor y, Rng rng, Action<double>? progress = null);
}
