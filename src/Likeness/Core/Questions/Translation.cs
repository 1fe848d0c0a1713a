namespace Likeness;

/// <summary>
/// Can show an example as it would be in another domain: a horse as a zebra, a face with other hair. Domains come in groups, and an
/// example is in one domain of each: an attribute's values, or the classes of the data.
/// </summary>
public interface ITranslator
{
    /// <summary>The groups, each with its domains.</summary>
    IReadOnlyList<DataAttribute> Domains { get; }

    /// <summary>Examples [n, …] as they would be in these domains, in the data's shape and domain. Nothing is drawn: the same examples give the same ones.</summary>
    /// <param name="x">Examples [n, …].</param>
    /// <param name="target">int64 [n, groups]: the number of a domain in each group, or −1 where an example shall stay as it is.</param>
    Tensor Translate(Tensor x, Tensor target);
}

/// <summary>Can tell which domains an example is in.</summary>
public interface IDomainReader
{
    /// <summary>The most probable domain in each group, int64 [n, groups].</summary>
    Tensor ReadDomains(Tensor x);
}

/// <summary>Examples of two domains that have nothing to do with each other: A and B fp32 [n, …].</summary>
public sealed record UnpairedBatch(Tensor A, Tensor B) : IBatch
{
    public int Count => (int)A.shape[0];

    public IBatch To(Device device) => new UnpairedBatch(A.to(device), B.to(device));
}

/// <summary>The same things in two domains, each as A and as B, fp32 [n, …], and what they are called: what a translation can be compared with.</summary>
public sealed record PairedBatch(Tensor A, Tensor B, IReadOnlyList<string> Names) : IBatch
{
    public int Count => Names.Count;

    public IBatch To(Device device) => this with { A = A.to(device), B = B.to(device) };
}
