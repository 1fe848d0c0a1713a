namespace Likeness.Tests.Nn;

/// <summary>Optimisers step as PyTorch's do, fused and in libtorch's operators alike.</summary>
public sealed class OptimizerTests
{
    private static readonly Dictionary<string, OptimizerOptions> s_options = new()
    {
        ["sgd"] = new Sgd(0.05),
        ["sgd_momentum"] = new Sgd(0.05, 0.9, WeightDecay: 0.01),
        ["sgd_nesterov"] = new Sgd(0.05, 0.9, true, 0.01),
        ["adam"] = new Adam(0.1),
        ["adam_gan"] = new Adam(0.1, Beta1: 0.5),
        ["adam_weight_decay"] = new Adam(0.1, Epsilon: 1e-4, WeightDecay: 0.01),
        ["adamw"] = new AdamW(0.1, WeightDecay: 0.05),
        ["rmsprop"] = new RmsProp(0.05),
        ["rmsprop_momentum"] = new RmsProp(0.05, 0.9, Momentum: 0.9, WeightDecay: 0.01),
    };

    public static TheoryData<string> Kinds => [.. s_options.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Five_fused_steps_agree_with_PyTorch(string kind) => FiveSteps(kind, ScalarType.Float32, 1e-5);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Five_steps_in_operators_agree_with_PyTorch(string kind) => FiveSteps(kind, ScalarType.Float64, 1e-6);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_scaled_gradient_steps_as_a_gradient_that_was_scaled_before(string kind)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(3);
        var (a, b) = (rng.Normal(37, 5), torch.zeros([37, 5]));
        b.copy_(a);
        var (first, second) = (s_options[kind].Create([a]), s_options[kind].Create([b]));
        for (var i = 0; i < 3; i++)
        {
            var g = rng.Normal(37, 5);
            first.Step([g], 0.1, 0.25);
            second.Step([g * 0.25], 0.1);
        }

        // A power of two scales exactly.
        Near.Equal(b, a, 0);
    }

    [Fact]
    public void A_parameter_without_a_gradient_keeps_its_value_and_its_count()
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (torch.ones([3]), torch.ones([3]));
        var optimizer = new Adam(0.1).Create([a, b]);
        var g = torch.ones([3]);
        optimizer.Step([g, null], 0.1);
        Near.Equal([1, 1, 1], b.ToArray<double>(), 0);
        optimizer.Step([g, g], 0.1);

        // The first step of Adam is the learning rate, whenever it comes.
        Near.Equal([0.9, 0.9, 0.9], b.ToArray<double>(), 1e-6);
    }

    [Fact]
    public void Gradients_need_not_be_contiguous()
    {
        using var scope = torch.NewDisposeScope();
        var a = torch.zeros([2, 3]);
        var g = Tensor.From<float>([1, 2, 3, 4, 5, 6], 3, 2).t();
        new Sgd(1).Create([a]).Step([g], 1);
        Near.Equal([-1, -3, -5, -2, -4, -6], a.ToArray<double>(), 0);
        Assert.Equal(Math.Sqrt(91), Optimizer.GradientNorm([g, null]), 6);
    }

    [Fact]
    public void The_norm_spans_all_gradients_and_tells_of_values_that_are_not_finite()
    {
        using var scope = torch.NewDisposeScope();
        Tensor?[] gradients = [Tensor.From<float>([3], 1), null, Tensor.From<double>([4], 1)];
        Assert.Equal(5, Optimizer.GradientNorm(gradients), 12);
        Assert.Equal(1 / (5 + 1e-6), Optimizer.ClipScale(5, 1), 12);
        Assert.Equal(1, Optimizer.ClipScale(0.5, 1));
        Assert.False(double.IsFinite(Optimizer.GradientNorm([Tensor.From<float>([1, float.NaN], 2)])));
    }

    [Fact]
    public void Writing_a_parameter_is_known_to_autograd()
    {
        using var scope = torch.NewDisposeScope();
        var w = torch.ones([3]).requires_grad_();
        var loss = w.square().sum();
        new Sgd(0.1).Create([w]).Step([torch.ones([3])], 0.1);
        var e = Assert.Throws<TorchException>(() => Autograd.Grad(loss, w));
        Assert.Contains("modified by an inplace operation", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void State_continues_where_it_was_saved()
    {
        using var scope = torch.NewDisposeScope();
        var path = Path.GetTempFileName();
        try
        {
            foreach (var options in s_options.Values)
            {
                var rng = new Rng(5);
                var (a, b) = (rng.Normal(11), torch.zeros([11]));
                var gradients = Enumerable.Range(0, 4).Select(_ => rng.Normal(11)).ToArray();
                var first = options.Create([a]);
                first.Step([gradients[0]], 0.1);
                first.Step([gradients[1]], 0.1);
                Checkpoint.Save(path, first);
                b.copy_(a);
                var second = options.Create([b]);
                Checkpoint.Load(path, second);
                foreach (var g in gradients[2..])
                {
                    first.Step([g], 0.1);
                    second.Step([g], 0.1);
                }

                Assert.Equal(a.ToArray<float>(), b.ToArray<float>());
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Nesterov_without_momentum_is_refused()
    {
        var e = Assert.Throws<UsageException>(() => new Sgd(0.1, Nesterov: true).Create([]));
        Assert.Contains("momentum above 0", e.Message, StringComparison.Ordinal);
    }

    private static void FiveSteps(string kind, ScalarType type, double tolerance)
    {
        using var scope = torch.NewDisposeScope();
        using var reference = Reference.Layers();
        var (a, target) = (reference["optimizer/A"].to(type), reference["optimizer/target"].to(type));
        var p = reference["optimizer/start"].to(type).clone().requires_grad_();
        var options = s_options[kind];
        var optimizer = options.Create([p]);
        var expected = reference[$"optimizer/{kind}/output"];
        for (var step = 0; step < 5; step++)
        {
            var distance = (p - target).unsqueeze(1);
            var loss = (distance.t().matmul(a).matmul(distance) * 0.5).sum();
            optimizer.Step([Autograd.Grad(loss, p)], options.LearningRate);
            Near.Equal(expected.select(0, step), p, tolerance, $"{kind} after step {step + 1}");
        }
    }
}
