namespace Likeness;

/// <summary>A property that every example has one value of, such as a colour.</summary>
/// <param name="Name">Of the property.</param>
/// <param name="Values">What it can be.</param>
/// <param name="Set">Which of several joined data sets knows it; examples of the others have the number −1 in its place.</param>
public sealed record DataAttribute(string Name, IReadOnlyList<string> Values, int Set = 0);

/// <summary>
/// Examples with attributes: X fp32 [n, …], Attributes int64 [n, attributes], each the number of the attribute's value, in the order of <see cref="DataSpec.Attributes"/>.
/// </summary>
public sealed record AttributedBatch(Tensor X, Tensor Attributes) : IBatch
{
    public int Count => (int)X.shape[0];

    public IBatch To(Device device) => new AttributedBatch(X.to(device), Attributes.to(device));
}
