namespace Likeness;

/// <summary>
/// Rows of a mixed table that were each drawn for having one level of one column (training by sampling; Xu et al. 2019, section 4.3): the column is any, the level drawn by the
/// logarithm of its frequency, and the row any that has it. X fp32 [n, columns], Condition fp32 [n, all levels] with a one at that level, Shares fp32 [all levels]
/// how often each occurs in its column.
/// </summary>
public sealed record ConditionedBatch(Tensor X, Tensor Condition, Tensor Shares) : IBatch
{
    public int Count => (int)X.shape[0];

    public IBatch To(Device device) => new ConditionedBatch(X.to(device), Condition.to(device), Shares.to(device));
}
