namespace Likeness;

/// <summary>Has learned to make whole images of what one measurement leaves of them.</summary>
public interface IReconstructor
{
    /// <summary>The measurement; null where it has learned from pairs that the data brought.</summary>
    LinearMeasurement? Measurement { get; }

    /// <summary>Whole images [n, …] in the data's shape and domain, a draw for each.</summary>
    /// <param name="y">What was measured, in the data's units.</param>
    /// <param name="rng">Where draws come from.</param>
    Tensor Reconstruct(Tensor y, Rng rng);
}

/// <summary>
/// Images that are wanted and, where the data is pairs, what each is to be made of: X and Source fp32 [n, …]. Without pairs Source is null, and a model takes away
/// from X what it is to learn to put back.
/// </summary>
public sealed record SourcedBatch(Tensor X, Tensor? Source) : ISeparableBatch
{
    public int Count => (int)X.shape[0];

    public IBatch To(Device device) => new SourcedBatch(X.to(device), Source?.to(device));

    public IBatch Part(int from, int count) => new SourcedBatch(X.narrow(0, from, count), Source?.narrow(0, from, count));
}
