namespace Likeness.Torch.Tests;

/// <summary>One call of each kind of argument and result, against numbers worked out by hand; all are exact in fp32.</summary>
public sealed class OperatorCallTests
{
    private static Tensor Sixths => Tensor.From([1f, 2f, 3f, 4f, 5f, 6f], 2, 3);

    [Fact]
    public void Lists_of_integers_and_named_arguments()
    {
        var sum = Sixths.Sum([1], keepdim: true);

        Assert.Equal([2, 1], sum.Shape.ToArray());
        Assert.Equal([6f, 15f], sum.ToArray<float>());
        Assert.Equal(21, Sixths.Sum([0, 1]).Item());
    }

    [Fact]
    public void A_literal_zero_is_a_dimension_and_not_an_element_type() => Assert.Equal([5f, 7f, 9f], Sixths.Sum(0).ToArray<float>());

    [Fact]
    public void A_list_that_is_left_out_takes_the_default()
    {
        var x = Ops.Ones([1, 1, 4, 4]);
        var w = Ops.Ones([1, 1, 3, 3]);

        Assert.Equal([1, 1, 2, 2], Ops.Conv2d(x, w).Shape.ToArray());
        var y = Ops.Conv2d(x, w, stride: [2, 2], padding: [1, 1]);
        Assert.Equal([4f, 6f, 6f, 9f], y.ToArray<float>());
        Assert.Equal(6, Sixths.Amax().Item());
    }

    [Fact]
    public void Lists_of_tensors()
    {
        var joined = Ops.Cat([Sixths, Sixths], 1);
        Assert.Equal([2, 6], joined.Shape.ToArray());

        var parts = joined.Chunk(3, dim: 1);
        Assert.Equal(3, parts.Length);
        Assert.Equal([3f, 1f, 6f, 4f], parts[1].ToArray<float>());

        // More than go on the stack.
        var many = Enumerable.Repeat(Sixths, 100).ToArray();
        Assert.Equal([100, 2, 3], Ops.Stack(many).Shape.ToArray());
    }

    [Fact]
    public void Lists_of_tensors_with_gaps()
    {
        var second = Tensor.From([2L, 0L], 2);

        Assert.Equal([3f, 1f, 6f, 4f], Sixths.Index([null, second]).ToArray<float>());
    }

    [Fact]
    public void Several_results_have_names()
    {
        var (values, indices) = Sixths.Topk(2);

        Assert.Equal([3f, 2f, 6f, 5f], values.ToArray<float>());
        Assert.Equal([2L, 1L, 2L, 1L], indices.ToArray<long>());
        Assert.Equal([3f, 2f, 1f, 6f, 5f, 4f], Sixths.Sort(descending: true).Values.ToArray<float>());
    }

    [Fact]
    public void Numbers_of_every_type_are_scalars()
    {
        Assert.Equal([3f, 5f, 7f], Sixths.Select(0, 0).Mul(2).AddInPlace(1L).ToArray<float>());
        Assert.Equal(ScalarType.Int64, Ops.Full([1], 2).ScalarType);
        Assert.Equal(ScalarType.Float32, Ops.Full([1], 2.5).ScalarType);
        Assert.Equal(ScalarType.Bool, Ops.Full([1], true).ScalarType);
        Assert.Equal([2f, 2f, 3f, 4f, 4f, 4f], Sixths.Clamp(2, 4).ToArray<float>());
        Assert.Equal([2f, 2f, 3f, 4f, 5f, 6f], Sixths.Clamp(min: 2).ToArray<float>());
    }

    [Fact]
    public void Plain_values_come_back_as_such()
    {
        Assert.True(Sixths.Equal(Sixths));
        Assert.False(Sixths.Allclose(Sixths + 1));
        Assert.Equal(21, Sixths.Sum().LocalScalarDense());
    }

    [Fact]
    public void Strings_and_optional_numbers()
    {
        Assert.Equal([0f, 7f], Tensor.From([0f], 1).Pad([0, 1], value: 7).ToArray<float>());
        Assert.Equal([3f, 2f, 1f, 2f, 3f], Tensor.From([1f, 2f, 3f], 1, 3).Pad([2, 0], mode: "reflect").ToArray<float>());

        // tanh's approximation of x Φ(x) at 1 is 0.841192, the exact value 0.841345; fp32 resolves 6e-8 there.
        Assert.Equal(0.841192, Ops.Ones([1]).Gelu("tanh").Item(), 5e-7);
        Assert.Equal(0.841345, Ops.Ones([1]).Gelu().Item(), 5e-7);
    }

    [Fact]
    public void Types_devices_and_layouts()
    {
        Assert.Equal(ScalarType.Int32, Ops.Zeros([2], dtype: ScalarType.Int32, device: Device.Cpu).ScalarType);
        Assert.Equal(ScalarType.Int64, Ops.Randperm(3, new Rng(1)).ScalarType);
        var x = Ops.Zeros([1, 2, 3, 4]).Contiguous(MemoryFormat.ChannelsLast);
        Assert.True(x.IsContiguous(MemoryFormat.ChannelsLast));
        Assert.False(x.IsContiguous());
    }

    [Fact]
    public void The_same_seed_gives_the_same_draws()
    {
        var first = Ops.Empty([8]).NormalInPlace(generator: new Rng(3));

        Assert.True(first.Equal(Ops.Empty([8]).NormalInPlace(generator: new Rng(3))));
        Assert.False(first.Equal(Ops.Empty([8]).NormalInPlace(generator: new Rng(4))));
    }

    [Fact]
    public void An_error_names_the_operator_and_the_shapes()
    {
        var error = Assert.Throws<TorchException>(() => Sixths.Mm(Sixths));

        Assert.StartsWith("aten::mm(Float32 [2, 3], Float32 [2, 3]): mat1 and mat2 shapes cannot be multiplied", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);

        error = Assert.Throws<TorchException>(() => Ops.Cat([Sixths, Ops.Zeros([1])]));
        Assert.StartsWith("aten::cat(Float32 [2, 3], Float32 [1]): ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        var error = Assert.Throws<ArgumentNullException>(() => Ops.Linear(Sixths, null!));

        Assert.Equal("weight", error.ParamName);
    }
}
