namespace Likeness;

/// <summary>Σ_k π_k p(x|k): what expectation–maximisation asks of a mixture.</summary>
internal interface IMixture
{
    /// <summary>Number of components.</summary>
    int Components { get; }

    /// <summary>Examples whose joint densities are computed at once: memory, not mathematics.</summary>
    int RowsAtOnce { get; }

    /// <summary>Examples as a table [n, d] in the type of the computation.</summary>
    Tensor Rows(Tensor x);

    /// <summary>The same with columns of comparable size, for distances between examples.</summary>
    Tensor Comparable(Tensor rows);

    /// <summary>log π_k + log p(x|k) [n, k], nats.</summary>
    Tensor LogJoint(Tensor rows);

    /// <summary>−log of the parameters' prior in nats, less constants: what the M step weighs against the likelihood; 0 where there is none.</summary>
    Tensor NegativeLogPrior();

    /// <summary>The M step: the parameters that are best for examples [n, d] with responsibilities [n, k].</summary>
    void Maximise(Tensor rows, Tensor responsibilities);
}
