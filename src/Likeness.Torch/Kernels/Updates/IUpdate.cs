namespace Likeness.Torch.Kernels;

/// <summary>
/// One parameter with its gradient and up to two arrays of optimiser state, each of <paramref name="length"/> floats. A state
/// that the rule does not have may be null.
/// </summary>
internal readonly unsafe struct UpdateArray(float* parameter, float* gradient, float* first, float* second, long length)
{
    public float* Parameter { get; } = parameter;

    public float* Gradient { get; } = gradient;

    /// <summary>SGD: momentum buffer; Adam: first moment; RMSprop: mean square.</summary>
    public float* First { get; } = first;

    /// <summary>Adam: second moment; RMSprop: momentum buffer.</summary>
    public float* Second { get; } = second;

    public long Length { get; } = length;
}

/// <summary>An elementwise update rule of a parameter. States begin as zeros.</summary>
internal interface IUpdate
{
    /// <summary>Arrays of state that this rule reads and writes: 0, 1 or 2.</summary>
    int States { get; }

    /// <summary>The new values of a parameter and its states, in place.</summary>
    void Apply<TLanes, TVector>(ref TVector parameter, TVector gradient, ref TVector first, ref TVector second)
        where TLanes : struct, ILanes<TVector>
        where TVector : struct;
}
