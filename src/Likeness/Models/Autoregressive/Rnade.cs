namespace Likeness;

/// <summary>Options of an RNADE. The defaults are the paper's, except for Adam in place of plain gradient descent.</summary>
public sealed record RnadeOptions
{
    /// <summary>Hidden units.</summary>
    [AtLeast(1)]
    public int Hidden { get; init; } = 50;

    /// <summary>Components of each conditional's mixture.</summary>
    [AtLeast(1)]
    public int Components { get; init; } = 10;

    /// <summary>Distribution of the components: normal or laplace.</summary>
    public RnadeDensity Density { get; init; } = RnadeDensity.Normal;

    /// <summary>λ of the weight penalty λ/2·(Σ W² + Σ V²), useful with few examples; 0 for none.</summary>
    [AtLeast(0)]
    public double Decay { get; init; }

    /// <summary>Share of each conditional given to one fixed broad component over the range of the data, for values unlike any in the training data; 0 for none.</summary>
    [AtLeast(0, Below = 1)]
    public double Background { get; init; }

    /// <summary>Decay of an exponential moving average of the weights, which is then used for sampling and scoring; 0 for none.</summary>
    [AtLeast(0, Below = 1)]
    public double EmaDecay { get; init; }

    /// <summary>Order of the variables: raster, or random with a seed.</summary>
    public VariableOrder Order { get; init; } = new VariableOrder.Raster();

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerOptions Optimizer { get; init; } = new Adam(1e-3) { Schedule = new Schedule.Linear() };
}

/// <summary>
/// The real-valued neural autoregressive density estimator (Uria, Murray and Larochelle 2013): an exact density by the chain
/// rule. The hidden layer of a NADE, with rectified units whose growing activations are rescaled for each variable, gives the
/// parameters of a mixture for it.
/// <code>
/// a_1 = c,  a_{i+1} = a_i + W_{·,i} x_i                                 (equations 3 and 4)
/// h_i = max(0, ρ_i a_i)                                                 (equation 5, rectified)
/// α_i = softmax(V^α_i·h_i + b^α_i)                                      (equation 8)
/// μ_i = V^μ_i·h_i + b^μ_i                                               (equation 9)
/// σ_i = exp(V^σ_i·h_i + b^σ_i)                                          (equation 10)
/// p(x_i | x_&lt;i) = Σ_k α_ik N(x_i; μ_ik, σ_ik²), or Laplacians of these scales
/// </code>
/// Not from the paper, and off unless asked for, is a share ε of every conditional that is a component as wide as the data's range:
/// a value far from all that was learned then costs −log ε and a few nats, and not half the square of its distance in narrow σ.
/// </summary>
/// <remarks>
/// The paper multiplies the gradient of μ_ik by σ_ik, lest narrow components take too long a step. Adam's steps do not grow with
/// the gradient, so here the gradient is the true one. Not from the paper: ρ_i starts at 1/√i, the inverse growth of a sum of i
/// independent numbers, and σ at the distance between neighbouring means.
/// </remarks>
public sealed class Rnade : Model<RnadeOptions>, IAutoregressive, IStepwise, IGenerative
{
    private readonly OrderedVariables _variables;
    private readonly RnadeDensity _density;
    private readonly double _share;
    private readonly Tensor W, c, rho, V, b;
    private readonly Tensor? _centre, _logWidth; // the background's, [d] in the model's order

    public Rnade(DataSpec spec, RnadeOptions options, Rng rng)
        : base(spec, options)
    {
        var (h, k, d) = (options.Hidden, options.Components, spec.Dimensions);
        _density = options.Density;
        _share = options.Background;
        W = Parameter("W", new Init.Normal(1).Make(rng, d, h));
        c = Parameter("c", new Init.Normal(1).Make(rng, h));
        rho = Parameter("rho", Tensor.From([.. Enumerable.Range(1, d).Select(i => 1 / MathF.Sqrt(i))], d).to(rng.Device));
        V = Parameter("V", new Init.Normal(0.1 / Math.Sqrt(h)).Make(rng, d, 3 * k, h));
        b = Parameter("b", Init.Zeros.Make(rng, d, 3 * k));
        if (_share > 0)
        {
            _centre = Buffer("centre", Init.Zeros.Make(rng, d));
            _logWidth = Buffer("logWidth", Init.Zeros.Make(rng, d));
        }

        _variables = Add("variables", new OrderedVariables(spec, options.Order, rng));
    }

    public static Recipe<RnadeOptions, Rnade, Batch> Recipe { get; } = new(
        "rnade",
        "Exact density of real-valued data by the chain rule: a mixture for each variable, predicted from one hidden layer shared by all.",
        new("uria2013rnade", "RNADE: The Real-Valued Neural Autoregressive Density-Estimator", "Uria, Benigno and Murray, Iain and Larochelle, Hugo", "NIPS", 2013,
            "Advances in Neural Information Processing Systems 26:2175-2183"),
        Learning,
        new(Steps: 20_000, BatchSize: 100),
        DataNeed.Reals)
    {
        Smallest = new() { Hidden = 12, Components = 3, Background = 0.01, EmaDecay = 0.9, Optimizer = new Adam(0.005) },
    };

    // The running mean is the model; the weights that descend then belong to training alone.
    private static MaximumLikelihood<Rnade> Learning(Rnade model, RnadeOptions options, Rng rng)
    {
        var live = options.EmaDecay > 0 ? new Rnade(model.Spec, options, rng) : model;
        return new(live, options.Optimizer, live.SpreadMeans,
            options.Decay > 0 ? () => (live.W.square().sum() + live.V.square().sum()) * (options.Decay / 2) : null,
            options.EmaDecay > 0 ? model : null, options.EmaDecay);
    }

    public IReadOnlyList<int> Order => _variables.Order;

    public Tensor LogProb(Tensor x)
    {
        var v = _variables.Of(x);
        if (_centre is null)
        {
            return RnadeFunction.LogProb(v, W, c, rho, V, b, _density.IsLaplace);
        }

        // Relative to the mixture's own share, which all d conditionals pay in the end.
        var one = v.zeros_like().unsqueeze(-1);
        var background = _density.Of(one, one + _centre.unsqueeze(-1), one + _logWidth!.unsqueeze(-1)).LogProb(v) + Odds;
        return RnadeFunction.LogProb(v, W, c, rho, V, b, _density.IsLaplace, background) + (v.shape[1] * Math.Log(1 - _share));
    }

    /// <summary>The logits, the means and the log-scales of every variable's K components, [n, d, 3K]; the background is one more.</summary>
    public Tensor Conditionals(Tensor x)
    {
        var parts = Parts(RnadeFunction.Conditionals(_variables.Of(x), W, c, rho, V, b), _centre, _logWidth);
        return _variables.Back(torch.cat(parts, -1));
    }

    public IWalk Walk(int count) => new Recurrence(this, count);

    public Tensor Sample(int count, Rng rng) => this.Draw(count, rng).reshape(Spec.BatchShape(count));

    private double Odds => Math.Log(_share / (1 - _share));

    // Logits, means and log-scales of z [..., 3K] and of the background where there is one, [..., K or K + 1] each.
    private Tensor[] Parts(Tensor z, Tensor? centre, Tensor? logWidth)
    {
        var parts = z.chunk(3, -1);
        if (centre is null)
        {
            return parts;
        }

        var one = z.narrow(-1, 0, 1).zeros_like();
        return
        [
            torch.cat([parts[0].log_softmax(-1), one + Odds], -1),
            torch.cat([parts[1], one + centre.unsqueeze(-1)], -1),
            torch.cat([parts[2], one + logWidth!.unsqueeze(-1)], -1),
        ];
    }

    // The components' means start evenly over the range of each variable, a step apart, and as wide as the step.
    private void SpreadMeans(Tensor x)
    {
        var v = _variables.Of(x);
        var (high, low) = (v.amax([0]), -(-v).amax([0]));
        var k = (int)b.shape[1] / 3;
        var step = ((high - low) / k).clamp_min(1e-3).unsqueeze(1);
        var places = (torch.arange(0, k, 1, b.dtype, b.device) + 0.5).unsqueeze(0);
        b.copy_(torch.cat([torch.zeros([v.shape[1], k], b.dtype, b.device), low.unsqueeze(1) + places * step, step.log().repeat(1, k)], 1));
        _centre?.copy_((high + low) * 0.5);
        _logWidth?.copy_((high - low).clamp_min(1e-3).log());
    }

    // The equations one variable at a time, without gradients.
    private sealed class Recurrence(Rnade rnade, int count) : IWalk
    {
        private readonly Tensor a = rnade.c.detach().unsqueeze(0).repeat(count, 1);
        private int i;

        public Density Next()
        {
            var h = (a * rnade.rho.detach().select(0, i)).relu();
            var z = h.matmul(rnade.V.detach().select(0, i).t()) + rnade.b.detach().select(0, i);
            var parts = rnade.Parts(z, rnade._centre?.select(0, i), rnade._logWidth?.select(0, i));
            return rnade._density.Of(parts[0], parts[1], parts[2]);
        }

        public void Observe(Tensor values) => a.add_(values.to(a.dtype).unsqueeze(1) * rnade.W.detach().select(0, i++));
    }
}

/// <summary>What the components of RNADE's mixtures are.</summary>
/// <param name="Name">The name in options.</param>
/// <param name="Of">The mixture with such logits, means and log-scales [n, K].</param>
[JsonConverter(typeof(RnadeDensityChoice))]
public sealed record RnadeDensity(string Name, Func<Tensor, Tensor, Tensor, Density> Of)
{
    /// <summary>RNADE-MoG.</summary>
    public static RnadeDensity Normal { get; } = new("normal", (logits, means, scales) => new MixtureOfNormals(logits, means, scales));

    /// <summary>RNADE-MoL.</summary>
    public static RnadeDensity Laplace { get; } = new("laplace", (logits, means, scales) => new MixtureOfLaplacians(logits, means, scales));

    internal bool IsLaplace => ReferenceEquals(this, Laplace);

    public override string ToString() => Name;
}

internal sealed class RnadeDensityChoice() : NamedChoice<RnadeDensity>("density", d => d.Name, RnadeDensity.Normal, RnadeDensity.Laplace);
