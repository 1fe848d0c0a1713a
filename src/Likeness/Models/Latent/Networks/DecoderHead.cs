namespace Likeness;

/// <summary>How a decoder's outputs [n, Outputs·d] are read as a distribution of the data, p(x|z).</summary>
public abstract record DecoderHead
{
    private DecoderHead() { }

    /// <summary>Outputs per value of the data.</summary>
    [JsonIgnore]
    public abstract int Outputs { get; }

    /// <summary>log p(x|z), nats, [n·k], of a table x [n, d] in the data's own units and k outputs for each row, one after the other.</summary>
    public abstract Tensor LogProb(Tensor outputs, Tensor x);

    /// <summary>p(x|z) of each value by itself, [n, d], in the data's own units.</summary>
    public abstract Density Of(Tensor outputs);

    /// <summary>The mean of p(x|z), [n, d], in the data's own units; of values without an order the most likely ones.</summary>
    public abstract Tensor Mean(Tensor outputs);

    /// <summary>Outputs [Outputs·d] that say what a batch x [n, d] says of each value by itself: where a decoder starts.</summary>
    public abstract Tensor Marginals(Tensor x);

    /// <summary>The head for such data.</summary>
    /// <exception cref="UsageException">This head is not a distribution of such data.</exception>
    public DecoderHead For(DataSpec spec) => (this, spec.Domain) switch
    {
        (Auto, Domain.Binary) => new Bernoulli(),
        (Auto, Domain.Byte) => new DiscretizedLogistic(),
        (Auto, Domain.Real) => new Gaussian(),
        (Auto or Categorical, { LevelCount: { } levels }) => new Categorical(levels),
        (Bernoulli, Domain.Binary) or (DiscretizedLogistic, Domain.Byte) or (Gaussian, Domain.Real) => this,
        _ => throw new UsageException(
            $"The decoder '{this}' is not a distribution of {spec.Domain} data: use bernoulli for binary, discretized-logistic for byte, gaussian for real and categorical for any discrete data, or auto."),
    };

    // Each row of x as many times as there are outputs for it.
    private static Tensor Repeated(Tensor x, Tensor outputs)
    {
        var (n, d, draws) = (x.shape[0], x.shape[1], outputs.shape[0] / x.shape[0]);
        return draws == 1 ? x : x.unsqueeze(1).expand(n, draws, d).reshape(n * draws, d);
    }

    /// <summary>By the data's domain.</summary>
    [Kind("auto")]
    public sealed record Auto : DecoderHead
    {
        [JsonIgnore]
        public override int Outputs => throw Unresolved();

        public override Tensor LogProb(Tensor outputs, Tensor x) => throw Unresolved();

        public override Density Of(Tensor outputs) => throw Unresolved();

        public override Tensor Mean(Tensor outputs) => throw Unresolved();

        public override Tensor Marginals(Tensor x) => throw Unresolved();

        public override string ToString() => "auto";

        private static InvalidOperationException Unresolved() => new("The head 'auto' stands for another one: call For(spec) first.");
    }

    /// <summary>Independent bits with logits.</summary>
    [Kind("bernoulli")]
    public sealed record Bernoulli : DecoderHead
    {
        [JsonIgnore]
        public override int Outputs => 1;

        public override Tensor LogProb(Tensor outputs, Tensor x) => BernoulliFunction.LogProb(x, outputs.to(x.dtype));

        public override Density Of(Tensor outputs) => new Likeness.Bernoulli(outputs);

        public override Tensor Mean(Tensor outputs) => outputs.sigmoid();

        public override Tensor Marginals(Tensor x) => Likeness.Bernoulli.MarginalLogits(x);

        public override string ToString() => "bernoulli";
    }

    /// <summary>Independent Normals whose deviation is an output too, or <paramref name="Deviation"/>.</summary>
    /// <param name="Deviation">Standard deviation, the same for all values; null learns it.</param>
    [Kind("gaussian")]
    public sealed record Gaussian([property: Above(0)] double? Deviation = null) : DecoderHead
    {
        [JsonIgnore]
        public override int Outputs => Deviation is null ? 2 : 1;

        public override Tensor LogProb(Tensor outputs, Tensor x) => Of(outputs).LogProb(Repeated(x, outputs)).sum([1]);

        public override Tensor Mean(Tensor outputs) => Outputs == 2 ? outputs.chunk(2, 1)[0] : outputs;

        public override Tensor Marginals(Tensor x) => Outputs == 1 ? x.mean([0]) : torch.cat([x.mean([0]), ((x - x.mean([0])).square().mean([0]) + 1e-4).log() * 0.5], 0);

        public override string ToString() => "gaussian";

        public override Density Of(Tensor outputs)
        {
            if (Deviation is { } fixedDeviation)
            {
                return new Normal(outputs, outputs.full_like(Math.Log(fixedDeviation)));
            }

            var parts = outputs.chunk(2, 1);
            // A deviation below e⁻⁷ would let single training points be fitted without bound.
            return new Normal(parts[0], parts[1].clamp_min(-7));
        }
    }

    /// <summary>Independent values of so many levels, of which the outputs are logits.</summary>
    /// <param name="Levels">Number of levels of a value; 0 takes as many as the data has.</param>
    [Kind("categorical")]
    public sealed record Categorical([property: AtLeast(0)] int Levels = 0) : DecoderHead
    {
        [JsonIgnore]
        public override int Outputs => Levels;

        /// <summary>Which level each value [n, d] has, [n, levels, d].</summary>
        public static Tensor Indicators(Tensor x, int levels) =>
            x.unsqueeze(1).eq(torch.arange(0, levels, x.dtype, x.device).reshape(1, levels, 1));

        public override Tensor LogProb(Tensor outputs, Tensor x) => Of(outputs).LogProb(Repeated(x, outputs)).sum([1]);

        public override Tensor Mean(Tensor outputs) => Logits(outputs).argmax(-1).to(outputs.dtype);

        public override Tensor Marginals(Tensor x) => Likeness.Categorical.MarginalLogits(Indicators(x, Levels), Levels).flatten();

        public override string ToString() => "categorical";

        public override Density Of(Tensor outputs) => new Likeness.Categorical(Logits(outputs));

        private Tensor Logits(Tensor outputs) => outputs.reshape(outputs.shape[0], Levels, -1).transpose(1, 2); // [n, d, levels]
    }

    /// <summary>Independent logistics integrated over the bin of each of the 256 values (Salimans et al. 2017, without a mixture).</summary>
    [Kind("discretized-logistic")]
    public sealed record DiscretizedLogistic : DecoderHead
    {
        [JsonIgnore]
        public override int Outputs => 2;

        public override Tensor LogProb(Tensor outputs, Tensor x) => Of(outputs).LogProb(Repeated(x, outputs)).sum([1]);

        public override Tensor Mean(Tensor outputs) => ((outputs.chunk(2, 1)[0] + 1) * 127.5).clamp(0, 255);

        public override Tensor Marginals(Tensor x) => torch.cat([x.mean([0]) / 127.5 - 1, x.mean([0]).zeros_like()], 0);

        public override string ToString() => "discretized-logistic";

        // The mean is on the scale −1 … 1; a scale of 1/e² of it is a good start for images.
        public override Density Of(Tensor outputs)
        {
            var parts = outputs.chunk(2, 1);
            return new Likeness.DiscretizedLogistic(parts[0], parts[1].clamp_min(-5) - 2, 256);
        }
    }
}
