namespace Likeness;

/// <summary>Patches of examples without their places, and where those were.</summary>
/// <param name="Patches">[n, patches, channels, height, width]: each enlarged to the size of the example, in the data's units.</param>
/// <param name="Mask">1 where a patch was cut out and 0 elsewhere, [n, 1, height, width].</param>
public sealed record Puzzle(Tensor Patches, Tensor Mask);

/// <summary>Whole examples that were made of patches.</summary>
/// <param name="Image">[n, channels, height, width] in the data's units.</param>
/// <param name="Mask">How probable it is of each pixel that it belongs to a patch, [n, 1, height, width].</param>
public sealed record Restoration(Tensor Image, Tensor Mask);

/// <summary>Can make a whole image of some patches of it that do not say where they belong; their order means nothing.</summary>
public interface IRestorer
{
    /// <summary>How many patches a whole is made of.</summary>
    int PatchCount { get; }

    /// <summary>The patches that training would show of examples [n, channels, height, width].</summary>
    Puzzle Cut(Tensor x);

    /// <summary>Whole images, and where in them the patches are.</summary>
    /// <param name="patches">[n, patches, channels, height, width], each of the size of an example, in the data's units.</param>
    /// <param name="rng">Where that is drawn from which the patches leave open.</param>
    Restoration Restore(Tensor patches, Rng rng);
}
