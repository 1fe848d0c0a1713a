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
        ["add_.Scalar"] = One(x => (x * 1).AddInPlace(2)),
        ["sub.Tensor"] = Two((a, b) => a.Sub(b), s_matrix, [3, 1]),
        ["sub.Scalar"] = One(x => x.Sub(2)),
        ["sub_.Tensor"] = Two((a, b) => (a * 1).SubInPlace(b), s_matrix, s_matrix),
        ["sub_.Scalar"] = One(x => (x * 1).SubInPlace(2)),
        ["rsub.Scalar"] = One(x => 2 - x),
        ["mul.Tensor"] = Two((a, b) => a.Mul(b), s_matrix, [4]),
        ["mul.Scalar"] = One(x => x.Mul(-1.5)),
        ["mul_.Tensor"] = Two((a, b) => (a * 1).MulInPlace(b), s_matrix, s_matrix),
        ["mul_.Scalar"] = One(x => (x * 1).MulInPlace(3)),
        ["div.Tensor"] = Two((a, b) => a.Div(b), s_matrix, s_matrix) with { From = AwayFromZero },
        ["div.Scalar"] = One(x => x.Div(3)),
        ["div_.Tensor"] = Two((a, b) => (a * 1).DivInPlace(b), s_matrix, s_matrix) with { From = AwayFromZero },
        ["div_.Scalar"] = One(x => (x * 1).DivInPlace(3)),
        ["neg"] = One(x => x.Neg()),
        ["pow.Tensor_Scalar"] = One(x => x.Pow(2.5)) with { From = Positive },

        // Functions of one number
        ["exp"] = One(x => x.Exp()),
        ["log"] = One(x => x.Log()) with { From = Positive },
        ["log1p"] = One(x => x.Log1p()) with { From = Positive },
        ["expm1"] = One(x => x.Expm1()),
        ["sqrt"] = One(x => x.Sqrt()) with { From = Positive },
        ["square"] = One(x => x.Square()),
        ["abs"] = One(x => x.Abs()) with { From = AwayFromZero },
        ["sin"] = One(x => x.Sin()),
        ["cos"] = One(x => x.Cos()),
        ["tanh"] = One(x => x.Tanh()),
        ["sigmoid"] = One(x => x.Sigmoid()),
        ["relu"] = One(x => x.Relu()) with { From = AwayFromZero },
        ["leaky_relu"] = One(x => x.LeakyRelu(0.2)) with { From = AwayFromZero },
        ["leaky_relu_"] = One(x => (x * 1).LeakyReluInPlace(0.2)) with { From = AwayFromZero },
        ["silu"] = One(x => x.Silu()),
        ["gelu"] = One(x => x.Gelu()),
        ["elu"] = One(x => x.Elu()) with { From = AwayFromZero },
        ["glu"] = One(x => x.glu(1)),
        ["softplus"] = One(x => x.Softplus()),
        ["log_sigmoid"] = One(x => x.LogSigmoid()),
        ["softmax.int"] = One(x => x.Softmax(1)),
        ["log_softmax.int"] = One(x => x.LogSoftmax(1)),
        ["logsumexp"] = One(x => x.Logsumexp(1)),
        ["clamp"] = One(x => x.Clamp(-0.05, 0.05)) with { From = AwayFromZero },
        ["clamp_min"] = One(x => x.ClampMin(0)) with { From = AwayFromZero },
        ["remainder.Scalar"] = One(x => x.Remainder(8)) with { From = Positive },
        ["reciprocal"] = One(x => x.Reciprocal()) with { From = AwayFromZero },
        ["special_log_ndtr"] = One(x => (x * 4).SpecialLogNdtr()),

        // Reductions
        ["sum"] = One(x => x.Sum()),
        ["sum.dim_IntList"] = One(x => x.Sum([1], keepdim: true)),
        ["cumsum"] = One(x => x.Cumsum(1)),
        ["mean"] = One(x => x.Mean()),
        ["mean.dim"] = One(x => x.Mean([0])),
        ["std.dim"] = One(x => x.Std([1], unbiased: false)),
        ["amax"] = One(x => x.Amax([1])),
        ["max"] = One(x => x.Max()),
        ["min"] = One(x => x.Min()),
        ["norm.ScalarOpt_dim"] = One(x => x.norm(1)),

        // Products, convolutions, pooling and normalisation
        ["matmul"] = Two((a, b) => a.Matmul(b), [2, 3, 4], [4, 2]),
        ["linalg_solve"] = Two((a, b) => Ops.LinalgSolve(a + Ops.Eye(3, dtype: ScalarType.Float64) * 5, b), [3, 3], [3, 2]),
        ["mm"] = Two((a, b) => a.Mm(b), s_matrix, [4, 2]),
        ["linalg_cholesky_ex"] = One(x => x.Matmul(x.T()).LinalgCholeskyEx().Item1, [3, 5]),
        ["linalg_eigh"] = One(x => (x + x.T()).LinalgEigh().Item1, [4, 4]),
        ["linalg_solve_triangular"] = Two((a, b) => Lower(a).LinalgSolveTriangular(b, upper: false), [3, 3], [3, 2]),
        ["linear"] = new(i => Ops.Linear(i[0], i[1], i[2]), [[3, 4], [2, 4], [2]]),
        ["conv2d"] = new(i => Ops.Conv2d(i[0], i[1], i[2], [2, 1], [1, 2], [1, 2], 2), [s_image, [6, 2, 3, 3], [6]]),
        ["conv_transpose2d.input"] = new(i => Ops.ConvTranspose2d(i[0], i[1], i[2], [2, 2], [1, 1], [1, 1], 2), [s_image, [4, 3, 3, 3], [6]]),
        ["avg_pool2d"] = One(x => x.AvgPool2d([2, 3]), s_image),
        ["max_pool2d"] = One(x => x.MaxPool2d([2, 3], [1, 2]), s_image),
        ["upsample_nearest2d"] = One(x => x.UpsampleNearest2d([10, 12]), s_image),
        ["upsample_bilinear2d"] = One(x => x.UpsampleBilinear2d([10, 12], false), s_image),
        ["batch_norm"] = new(i => Ops.BatchNorm(i[0], i[1], i[2], null, null, true, 0.1, 1e-5, true), [s_image, [4], [4]]),
        ["layer_norm"] = new(i => Ops.LayerNorm(i[0], [5, 6], i[1], i[2]), [s_image, [5, 6], [5, 6]]),
        ["group_norm"] = new(i => Ops.GroupNorm(i[0], 2, i[1], i[2]), [s_image, [4], [4]]),
        ["instance_norm"] = new(i => Ops.InstanceNorm(i[0], i[1], i[2], null, null, true, 0.1, 1e-5, true), [s_image, [4], [4]]),

        // Shape and indexing
        ["reshape"] = One(x => x.Reshape(2, 6)),
        ["view"] = One(x => x.View(2, 6)),
        ["transpose.int"] = One(x => x.Transpose(0, 1)),
        ["permute"] = One(x => x.Permute(2, 0, 3, 1), s_image),
        ["t"] = One(x => x.T()),
        ["contiguous"] = One(x => x.T().Contiguous()),
        ["expand"] = One(x => x.Unsqueeze(0).Expand([2, 3, 4])),
        ["squeeze.dim"] = One(x => x.Unsqueeze(1).Squeeze(1)),
        ["unsqueeze"] = One(x => x.Unsqueeze(1)),
        ["cat"] = Two((a, b) => Ops.Cat([a, b], 1), [3, 2], [3, 4]),
        ["stack"] = Two((a, b) => Ops.Stack([a, b], 1), s_matrix, s_matrix),
        ["chunk"] = One(x => x.Chunk(2, 1)[1]),
        ["split.Tensor"] = One(x => x.Split(3, 1)[0]),
        ["narrow"] = One(x => x.Narrow(1, 1, 2)),
        ["slice.Tensor"] = One(x => x.Slice(1, 0, 4, 2)),
        ["select.int"] = One(x => x.Select(1, 2)),
        ["index_select"] = One(x => x.IndexSelect(0, s_rows)),
        ["gather"] = One(x => x.Gather(1, s_index)),
        ["repeat"] = One(x => x.Repeat(2, 2)),
        ["diagonal"] = One(x => x.Diagonal(1)),
        ["triu"] = One(x => x.Triu(1)),
        ["masked_fill.Scalar"] = One(x => x.MaskedFill(s_mask, -2)),
        ["where.self"] = Two((a, b) => Ops.Where(s_mask, a, b), s_matrix, s_matrix),
        ["where.ScalarOther"] = One(x => torch.where(s_mask, x, 0.5)),
        ["index.Tensor"] = One(x => x.index(torch.TensorIndex.Colon, torch.TensorIndex.Tensor(s_rows))),
        ["pad"] = One(x => x.Pad([1, 2])),
        ["flatten.using_ints"] = One(x => x.Flatten(1), s_image),
        ["sort"] = One(x => x.Sort().Item1),
        ["topk"] = One(x => x.Topk(2).Item1),

        // Conversion
        ["to"] = One(x => x.to(ScalarType.Float64, copy: true)),
        ["clone"] = One(x => x.Clone()),
        ["index_add_"] = Two((a, b) => (a * 1).index_add_(0, s_rows, b, 2), [3, 4], [2, 4]),
        ["index_copy_"] = Two((a, b) => (a * 1).IndexCopyInPlace(0, s_rows, b), [3, 4], [2, 4]),
        ["copy_"] = One(x => x.ZerosLike().CopyInPlace(x)),

        // Losses and the rest
        ["mse_loss"] = Two((a, b) => a.MseLoss(b), s_matrix, s_matrix),
    };

    public static TheoryData<string> Operators => [.. s_rowsByName.Keys];

    [Theory]
    [MemberData(nameof(Operators))]
    public void A_gradient_is_the_limit_of_differences(string name)
    {
        using var scope = torch.NewDisposeScope();
        var row = s_rowsByName[name];
        var rng = new Rng(17).Fork(name);
        var inputs = Array.ConvertAll(row.Shapes, s => row.From(rng.Normal(s).To(ScalarType.Float64)).Contiguous().WithGrad());
        var output = row.Operator(inputs);
        var weights = rng.Normal(output.Shape).To(ScalarType.Float64);
        var gradients = Autograd.Grad([(output * weights).Sum()], inputs);
        double Value() => (row.Operator(inputs) * weights).Sum().Item();
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
    private static Tensor Lower(Tensor x) => x.T().Triu(1).T() + (x.T().Triu(0).T() - x.T().Triu(1).T()).Square() + Tensor.From<double>([1, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3);

    private static Tensor Positive(Tensor x) => x.Abs() + 0.3;

    // Kinks of the operators above lie at 0 and ±0.05.
    private static Tensor AwayFromZero(Tensor x) => x.Sign() * (x.Abs() * 0.5 + 0.2);
}
