using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Likeness.Core;
using Likeness.Nn;
using Likeness.Nn.Optim;
using Likeness.Torch;

namespace Likeness.Models.Autoregressive;

/// <summary>What a categorical NADE is made of. The defaults are the binary NADE's.</summary>
public sealed record CategoricalNadeOptions
{
    [Description("hidden units")]
    public int Hidden { get; init; } = 500;

    [Description("order of the variables: raster, or random with a seed")]
    public VariableOrder Order { get; init; } = new VariableOrder.Raster();

    [Description("how the parameters descend")]
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Linear() };
}

/// <summary>
/// The neural autoregressive distribution estimator for values 0 … k − 1 without an order (Uria et al. 2016, section 2.2): NADE
/// with a softmax for each variable, whose inputs are one-hot, so that each value has a row of weights of its own.
/// <code>
/// a_1 = c,  h_i = σ(a_i),  p(x_i = v | x_&lt;i) = softmax(b_i + V_i·h_i)_v,  a_{i+1} = a_i + W_{i,x_i}
/// </code>
/// </summary>
/// <remarks>
/// The activations of all variables are the running sums of the chosen rows, so a density is a lookup, a running sum and one
/// product per variable, side by side. That takes n·d·hidden numbers of memory for n examples of d variables.
/// </remarks>
public sealed class CategoricalNade : Module, IAutoregressive, IStepwise, IGenerative
{
    // Each level has weights of its own: of as many as a byte's, most would never be seen.
    private const int MostLevels = 64;

    private readonly DataSpec _spec;
    private readonly OrderedVariables _variables;
    private readonly int _levels;
    private readonly Tensor W, c, V, b;
    private readonly Tensor _rows; // the first row of W of each variable

    public CategoricalNade(DataSpec spec, CategoricalNadeOptions options, Rng rng)
    {
        if (options.Hidden < 1)
        {
            throw new UsageException($"NADE cannot have {options.Hidden} hidden units: hidden must be at least 1.");
        }

        _spec = spec;
        _levels = spec.Domain.LevelCount is { } levels and <= MostLevels
            ? levels
            : throw new UsageException($"A categorical NADE needs discrete values of at most {MostLevels} levels, and the data is {spec}: choose other data or another model.");
        var d = spec.Dimensions;
        var small = new Init.Normal(0.01);
        W = Parameter("W", small.Make(rng, d * _levels, options.Hidden));
        c = Parameter("c", Init.Zeros.Make(rng, options.Hidden));
        V = Parameter("V", small.Make(rng, d, _levels, options.Hidden));
        b = Parameter("b", Init.Zeros.Make(rng, d, _levels));
        _rows = Buffer("rows", Ops.Arange(0, d, 1, dtype: ScalarType.Int64, device: rng.Device) * _levels);
        _variables = Add("variables", new OrderedVariables(spec, options.Order, rng));
    }

    public static Recipe<CategoricalNadeOptions, CategoricalNade, Batch> Recipe { get; } = new(
        "categorical-nade",
        "Exact density of values without an order by the chain rule, with one hidden layer shared by all conditionals.",
        new("uria2016nade", "Neural Autoregressive Distribution Estimation",
            "Uria, Benigno and C{\\^o}t{\\'e}, Marc-Alexandre and Gregor, Karol and Murray, Iain and Larochelle, Hugo", "JMLR", 2016, "17(205):1-37"),
        new(),
        CategoricalNadeJson.Default.CategoricalNadeOptions,
        (spec, options, rng) => new CategoricalNade(spec, options, rng),
        (model, options, _) => new MaximumLikelihood<CategoricalNade>(model, options.Optimizer, model.SetMarginals),
        new(Steps: 20_000, BatchSize: 100),
        new("discrete values of few levels, such as categories or bits", s => s.Domain.LevelCount <= MostLevels, "threshold"))
    {
        Smallest = new() { Hidden = 12, Optimizer = new Adam(0.02) },
    };

    public IReadOnlyList<int> Order => _variables.Order;

    public Tensor LogProb(Tensor x)
    {
        var v = _variables.Of(x);
        return new Densities.Categorical(Logits(v)).LogProb(v).SumEvent();
    }

    /// <summary>The logits of every value of every variable, [n, d, k].</summary>
    public Tensor Conditionals(Tensor x) => _variables.Back(Logits(_variables.Of(x)));

    public IWalk Walk(int count) => new Recurrence(this, count);

    public Tensor Sample(int count, Rng rng) => this.Draw(count, rng).Reshape(_spec.BatchShape(count));

    private Tensor Logits(Tensor v)
    {
        var (n, d) = (v.Shape[0], v.Shape[1]);
        var start = c.Reshape(1, 1, -1).Expand([n, 1, c.Shape[0]]);
        var chosen = Embedding.Lookup(W, v.To(ScalarType.Int64) + _rows).Narrow(1, 0, d - 1);
        // a_1 … a_d, summed in the order of the recurrence, so that a_i does not even in its last bit depend on later values.
        var h = Ops.Cat([start, chosen], 1).Cumsum(1).Sigmoid();
        return h.Transpose(0, 1).Matmul(V.Transpose(1, 2)).Transpose(0, 1) + b;
    }

    // b starts at the logarithm of each value's frequency, smoothed so that a value that never occurs stays finite.
    private void SetMarginals(Tensor x)
    {
        var levels = Ops.Arange(0, _levels, 1, dtype: x.ScalarType, device: x.Device);
        var counts = _variables.Of(x).Unsqueeze(2).Eq(levels).To(b.ScalarType).Sum([0]);
        b.CopyInPlace(((counts + 0.5) / (x.Shape[0] + (0.5 * _levels))).Log());
    }

    // The equations one variable at a time, without gradients.
    private sealed class Recurrence(CategoricalNade nade, int count) : IWalk
    {
        private readonly Tensor a = nade.c.Detach().Unsqueeze(0).Repeat([count, 1]);
        private int i;

        public Density Next() =>
            new Densities.Categorical(a.Sigmoid().Matmul(nade.V.Detach().Select(0, i).T()) + nade.b.Detach().Select(0, i));

        public void Observe(Tensor values) => a.AddInPlace(nade.W.Detach().IndexSelect(0, values.To(ScalarType.Int64) + (nade._levels * i++)));
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CategoricalNadeOptions))]
internal sealed partial class CategoricalNadeJson : JsonSerializerContext;
