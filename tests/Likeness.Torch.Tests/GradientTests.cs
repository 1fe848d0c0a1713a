using System.Globalization;

namespace Likeness.Torch.Tests;

/// <summary>
/// Gradients of TorchSharp's operators that models are made of, and of the one added here, against central differences in double precision: one row per operator. Inputs are
/// drawn away from kinks, where no derivative exists.
/// </summary>
public sealed class GradientTests
{
    private const double Step = 1e-5;

    /// <summary>Inputs are standard Normal draws of these shapes, made by <see cref="Row.From"/> what the operator allows.</summary>
    private sealed record Row(Func<Tensor[], Tensor> Operator, long[][] Shapes)
    {
        public Func<Tensor, Tensor> From { get; init; } = x => x;
    }

    private static readonly long[] s_matrix = [3, 4], s_image = [2, 4, 5, 6];
    private static readonly Tensor s_index = Tensor.From<long>([2, 0, 1, 2, 0, 1], 3, 2);
    private static readonly Tensor s_rows = Tensor.From<long>([2, 0], 2);
    private static readonly Tensor s_mask = Tensor.From<bool>([true, false, false, true, true, false, true, false, false, true, true, false], 3, 4);

    private static readonly Dictionary<string, Row> s_rowsByName = new()
    {
        // Arithmetic
        ["add.Tensor"] = Two((a, b) => a.add(b, 2), s_matrix, [4]),
        ["add.Scalar"] = One(x => x.add(2.5, 2)),
        ["add_.Tensor"] = Two((a, b) => (a * 1).add_(b, 3), s_matrix, s_matrix),
        ["add_.Scalar"] = One(x => (x * 1).add_(2)),
        ["sub.Tensor"] = Two((a, b) => a.sub(b), s_matrix, [3, 1]),
        ["sub.Scalar"] = One(x => x.sub(2)),
        ["sub_.Tensor"] = Two((a, b) => (a * 1).sub_(b), s_matrix, s_matrix),
        ["sub_.Scalar"] = One(x => (x * 1).sub_(2)),
        ["rsub.Scalar"] = One(x => 2 - x),
        ["mul.Tensor"] = Two((a, b) => a.mul(b), s_matrix, [4]),
        ["mul.Scalar"] = One(x => x.mul(-1.5)),
        ["mul_.Tensor"] = Two((a, b) => (a * 1).mul_(b), s_matrix, s_matrix),
        ["mul_.Scalar"] = One(x => (x * 1).mul_(3)),
        ["div.Tensor"] = Two((a, b) => a.div(b), s_matrix, s_matrix) with { From = AwayFromZero },
        ["div.Scalar"] = One(x => x.div(3)),
        ["div_.Tensor"] = Two((a, b) => (a * 1).div_(b), s_matrix, s_matrix) with { From = AwayFromZero },
        ["div_.Scalar"] = One(x => (x * 1).div_(3)),
        ["neg"] = One(x => x.neg()),
        ["pow.Tensor_Scalar"] = One(x => x.pow(2.5)) with { From = Positive },

        // Functions of one number
        ["exp"] = One(x => x.exp()),
        ["log"] = One(x => x.log()) with { From = Positive },
        ["log1p"] = One(x => x.log1p()) with { From = Positive },
        ["expm1"] = One(x => x.expm1()),
        ["sqrt"] = One(x => x.sqrt()) with { From = Positive },
        ["square"] = One(x => x.square()),
        ["abs"] = One(x => x.abs()) with { From = AwayFromZero },
        ["sin"] = One(x => x.sin()),
        ["cos"] = One(x => x.cos()),
        ["tanh"] = One(x => x.tanh()),
        ["sigmoid"] = One(x => x.sigmoid()),
        ["relu"] = One(x => x.relu()) with { From = AwayFromZero },
        ["leaky_relu"] = One(x => x.leaky_relu(0.2)) with { From = AwayFromZero },
        ["leaky_relu_"] = One(x => (x * 1).leaky_relu_(0.2)) with { From = AwayFromZero },
        ["silu"] = One(x => x.silu()),
        ["gelu"] = One(x => x.gelu()),
        ["elu"] = One(x => x.elu()) with { From = AwayFromZero },
        ["glu"] = One(x => x.glu(1)),
        ["softplus"] = One(x => x.softplus()),
        ["log_sigmoid"] = One(x => x.log_sigmoid()),
        ["softmax.int"] = One(x => x.softmax(1)),
        ["log_softmax.int"] = One(x => x.log_softmax(1)),
        ["logsumexp"] = One(x => x.logsumexp(1)),
        ["clamp"] = One(x => x.clamp(-0.05, 0.05)) with { From = AwayFromZero },
        ["clamp_min"] = One(x => x.clamp_min(0)) with { From = AwayFromZero },
        ["remainder.Scalar"] = One(x => x.remainder(8)) with { From = Positive },
        ["reciprocal"] = One(x => x.reciprocal()) with { From = AwayFromZero },
        ["special_log_ndtr"] = One(x => Special.LogNdtr((x * 4))),

        // Reductions
        ["sum"] = One(x => x.sum()),
        ["sum.dim_IntList"] = One(x => x.sum([1], keepdim: true)),
        ["cumsum"] = One(x => x.cumsum(1)),
        ["mean"] = One(x => x.mean()),
        ["mean.dim"] = One(x => x.mean([0])),
        ["std.dim"] = One(x => x.std([1], unbiased: false)),
        ["amax"] = One(x => x.amax([1])),
        ["max"] = One(x => x.max()),
        ["min"] = One(x => x.min()),
        ["norm.ScalarOpt_dim"] = One(x => x.norm(1)),

        // Products, convolutions, pooling and normalisation
        ["matmul"] = Two((a, b) => a.matmul(b), [2, 3, 4], [4, 2]),
        ["linalg_solve"] = Two((a, b) => torch.linalg.solve(a + torch.eye(3, dtype: ScalarType.Float64) * 5, b), [3, 3], [3, 2]),
        ["mm"] = Two((a, b) => a.mm(b), s_matrix, [4, 2]),
        ["linalg_cholesky_ex"] = One(x => torch.linalg.cholesky_ex(x.matmul(x.t())).Item1, [3, 5]),
        ["linalg_eigh"] = One(x => torch.linalg.eigh((x + x.t())).Item1, [4, 4]),
        ["linalg_solve_triangular"] = Two((a, b) => torch.linalg.solve_triangular(Lower(a), b, upper: false), [3, 3], [3, 2]),
        ["linear"] = new(i => torch.nn.functional.linear(i[0], i[1], i[2]), [[3, 4], [2, 4], [2]]),
        ["conv2d"] = new(i => torch.nn.functional.conv2d(i[0], i[1], i[2], [2, 1], [1, 2], [1, 2], 2), [s_image, [6, 2, 3, 3], [6]]),
        ["conv_transpose2d.input"] = new(i => torch.nn.functional.conv_transpose2d(i[0], i[1], i[2], [2, 2], [1, 1], [1, 1], groups: 2), [s_image, [4, 3, 3, 3], [6]]),
        ["avg_pool2d"] = One(x => torch.nn.functional.avg_pool2d(x, [2, 3]), s_image),
        ["max_pool2d"] = One(x => torch.nn.functional.max_pool2d(x, [2, 3], [1, 2]), s_image),
        ["upsample_nearest2d"] = One(x => torch.nn.functional.upsample_nearest2d(x, [10, 12]), s_image),
        ["upsample_bilinear2d"] = One(x => torch.nn.functional.interpolate(x, [10, 12], mode: TorchSharp.torch.InterpolationMode.Bilinear, align_corners: false), s_image),
        ["batch_norm"] = new(i => torch.nn.functional.batch_norm(i[0], null, null, i[1], i[2], true, 0.1, 1e-5), [s_image, [4], [4]]),
        ["layer_norm"] = new(i => torch.nn.functional.layer_norm(i[0], [5, 6], i[1], i[2]), [s_image, [5, 6], [5, 6]]),
        ["group_norm"] = new(i => torch.nn.functional.group_norm(i[0], 2, i[1], i[2]), [s_image, [4], [4]]),
        ["instance_norm"] = new(i => torch.nn.functional.instance_norm(i[0], null, null, i[1], i[2], true, 0.1, 1e-5), [s_image, [4], [4]]),

        // Shape and indexing
        ["reshape"] = One(x => x.reshape(2, 6)),
        ["view"] = One(x => x.view(2, 6)),
        ["transpose.int"] = One(x => x.transpose(0, 1)),
        ["permute"] = One(x => x.permute(2, 0, 3, 1), s_image),
        ["t"] = One(x => x.t()),
        ["contiguous"] = One(x => x.t().contiguous()),
        ["expand"] = One(x => x.unsqueeze(0).expand(2, 3, 4)),
        ["squeeze.dim"] = One(x => x.unsqueeze(1).squeeze(1)),
        ["unsqueeze"] = One(x => x.unsqueeze(1)),
        ["cat"] = Two((a, b) => torch.cat([a, b], 1), [3, 2], [3, 4]),
        ["stack"] = Two((a, b) => torch.stack([a, b], 1), s_matrix, s_matrix),
        ["chunk"] = One(x => x.chunk(2, 1)[1]),
        ["split.Tensor"] = One(x => x.split(3, 1)[0]),
        ["narrow"] = One(x => x.narrow(1, 1, 2)),
        ["slice.Tensor"] = One(x => x.slice(1, 0, 4, 2)),
        ["select.int"] = One(x => x.select(1, 2)),
        ["index_select"] = One(x => x.index_select(0, s_rows)),
        ["gather"] = One(x => x.gather(1, s_index)),
        ["repeat"] = One(x => x.repeat(2, 2)),
        ["diagonal"] = One(x => x.diagonal(1)),
        ["triu"] = One(x => x.triu(1)),
        ["masked_fill.Scalar"] = One(x => x.masked_fill(s_mask, -2)),
        ["where.self"] = Two((a, b) => torch.where(s_mask, a, b), s_matrix, s_matrix),
        ["where.ScalarOther"] = One(x => torch.where(s_mask, x, 0.5)),
        ["index.Tensor"] = One(x => x.index(torch.TensorIndex.Colon, torch.TensorIndex.Tensor(s_rows))),
        ["pad"] = One(x => torch.nn.functional.pad(x, [1, 2])),
        ["flatten.using_ints"] = One(x => x.flatten(1), s_image),
        ["sort"] = One(x => x.sort().Item1),
        ["topk"] = One(x => x.topk(2).Item1),

        // Conversion
        ["to"] = One(x => x.to(ScalarType.Float64, copy: true)),
        ["clone"] = One(x => x.clone()),
        ["index_add_"] = Two((a, b) => (a * 1).index_add_(0, s_rows, b, 2), [3, 4], [2, 4]),
        ["index_copy_"] = Two((a, b) => (a * 1).index_copy_(0, s_rows, b), [3, 4], [2, 4]),
        ["copy_"] = One(x => x.zeros_like().copy_(x)),

        // Losses and the rest
        ["mse_loss"] = Two((a, b) => torch.nn.functional.mse_loss(a, b), s_matrix, s_matrix),
    };

    public static TheoryData<string> Operators => [.. s_rowsByName.Keys];

    [Theory]
    [MemberData(nameof(Operators))]
    public void A_gradient_is_the_limit_of_differences(string name)
    {
        using var scope = torch.NewDisposeScope();
        var row = s_rowsByName[name];
        var rng = new Rng(17).Fork(name);
        var inputs = Array.ConvertAll(row.Shapes, s => row.From(rng.Normal(s).to(ScalarType.Float64)).contiguous().requires_grad_());
        var output = row.Operator(inputs);
        var weights = rng.Normal(output.shape).to(ScalarType.Float64);
        var gradients = Autograd.Grad([(output * weights).sum()], inputs);
        double Value() => (row.Operator(inputs) * weights).sum().ToDouble();
        using var noGrad = torch.no_grad();
        for (var k = 0; k < inputs.Length; k++)
        {
            var expected = gradients[k]!.ToArray<double>();
            for (var i = 0; i < expected.Length; i++)
            {
                // AsSpan is fetched anew: it is the live memory of the input.
                var before = inputs[k].AsSpan<double>()[i];
                inputs[k].AsSpan<double>()[i] = before + Step;
                var above = Value();
                inputs[k].AsSpan<double>()[i] = before - Step;
                var below = Value();
                inputs[k].AsSpan<double>()[i] = before;
                var difference = (above - below) / (2 * Step);

                // Step² times the third derivative, and 1e-16/Step of rounding: both about 1e-10.
                Assert.True(Math.Abs(difference - expected[i]) < 1e-6 * Math.Max(1, Math.Abs(expected[i])),
                    string.Create(CultureInfo.InvariantCulture, $"{name}: input {k}, element {i}: the gradient is {expected[i]:R} and the difference {difference:R}."));
            }
        }
    }

    private static Row One(Func<Tensor, Tensor> f, long[]? shape = null) => new(i => f(i[0]), [shape ?? s_matrix]);

    private static Row Two(Func<Tensor, Tensor, Tensor> f, long[] a, long[] b) => new(i => f(i[0], i[1]), [a, b]);

    // A lower triangle with a diagonal away from 0.
    private static Tensor Lower(Tensor x) => x.t().triu(1).t() + (x.t().triu(0).t() - x.t().triu(1).t()).square() + Tensor.From<double>([1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3);

    private static Tensor Positive(Tensor x) => x.abs() + 0.3;

    // Kinks of the operators above lie at 0 and ±0.05.
    private static Tensor AwayFromZero(Tensor x) => x.sign() * (x.abs() * 0.5 + 0.2);
}
