namespace Likeness;

/// <summary>Images mirrored left to right: what a picture shows mostly stays what it is, and a model sees twice as many.</summary>
internal static class Mirror
{
    /// <summary>A batch of which about half is mirrored; what is known about the examples stays, and pairs are mirrored together.</summary>
    /// <exception cref="UsageException">The batch is of a kind that is not known here.</exception>
    public static TBatch Some<TBatch>(TBatch batch, Rng rng)
    {
        IBatch mirrored = batch switch
        {
            Batch b => b with { X = Of(b.X, Chosen(b.X, rng)) },
            LabelledBatch b => b with { X = Of(b.X, Chosen(b.X, rng)) },
            PartlyLabelledBatch b => b with { X = Of(b.X, Chosen(b.X, rng)), LabelledX = Of(b.LabelledX, Chosen(b.LabelledX, rng)) },
            CaptionedBatch b => b with { X = Of(b.X, Chosen(b.X, rng)) },
            AttributedBatch b => b with { X = Of(b.X, Chosen(b.X, rng)) },
            UnpairedBatch b => b with { A = Of(b.A, Chosen(b.A, rng)), B = Of(b.B, Chosen(b.B, rng)) },
            PairedBatch b when Chosen(b.A, rng) is var both => b with { A = Of(b.A, both), B = Of(b.B, both) },
            SourcedBatch b when Chosen(b.X, rng) is var both => new SourcedBatch(Of(b.X, both), b.Source is null ? null : Of(b.Source, both)),
            _ => throw new UsageException($"Batches of {typeof(TBatch).Name} are not mirrored: leave {new Remedy.Option("Flip")} out."),
        };
        return (TBatch)mirrored;
    }

    private static Tensor Chosen(Tensor x, Rng rng) => x.ndim == 4 ? rng.Uniform(x.shape[0], 1, 1, 1) < 0.5
        : throw new UsageException($"Examples of {string.Join('x', x.shape[1..])} are no images and cannot be mirrored: leave {new Remedy.Option("Flip")} out.");

    private static Tensor Of(Tensor x, Tensor chosen) => torch.where(chosen, x.flip([3]), x);
}
