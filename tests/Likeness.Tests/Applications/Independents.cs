namespace Likeness.Tests;

/// <summary>The least that can be walked: each variable has a distribution of its own, whatever the others are.</summary>
/// <param name="spec">Discrete data.</param>
/// <param name="weights">Logits [d, levels].</param>
/// <param name="shift">Added to every logit of level 0 when the model is walked: another machine's rounding.</param>
internal sealed class Independents : Module, IStepwise
{
    private readonly DataSpec _spec;
    private readonly Tensor logits;
    private readonly double _shift;

    public Independents(DataSpec spec, Tensor weights, double shift = 0)
    {
        (_spec, _shift) = (spec, shift);
        logits = Parameter("logits", weights);
        Order = [.. Enumerable.Range(0, spec.Dimensions).Reverse()];
    }

    public IReadOnlyList<int> Order { get; }

    public Tensor LogProb(Tensor x) => new Categorical(logits.detach().unsqueeze(0).repeat(x.shape[0], 1, 1)).LogProb(_spec.Flat(x)).SumEvent();

    public IWalk Walk(int count) => new Steps(this, count);

    private sealed class Steps(Independents model, int count) : IWalk
    {
        private int place;

        public Density Next()
        {
            var row = model.logits.detach().select(0, model.Order[place]).clone();
            row.narrow(0, 0, 1).add_(model._shift);
            return new Categorical(row.unsqueeze(0).repeat(count, 1));
        }

        public void Observe(Tensor values) => place++;
    }
}
