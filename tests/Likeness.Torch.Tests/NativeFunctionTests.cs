namespace Likeness.Torch.Tests;

/// <summary>Autograd, custom functions, generators and mixed precision across the native boundary.</summary>
[Collection(Counting.Name)]
public sealed class NativeFunctionTests
{
    [Fact]
    public void Gradients_of_gradients()
    {
        var x = Tensor.From([1f, 2f, 3f], 3).WithGrad();

        var first = Autograd.Grad(x.Mul(x).Mul(x).Sum(), x, createGraph: true);
        var second = Autograd.Grad(first.Sum(), x);

        Assert.Equal([3f, 12f, 27f], first.ToArray<float>()); // 3 x²
        Assert.Equal([6f, 12f, 18f], second.ToArray<float>()); // 6 x
    }

    [Fact]
    public void Outputs_of_many_elements_are_summed()
    {
        var x = Tensor.From([1f, 2f], 2).WithGrad();

        Assert.Equal([2f, 4f], Autograd.Grad(x.Mul(x), x).ToArray<float>());
    }

    [Fact]
    public void An_input_that_is_not_used_is_null_or_an_error()
    {
        var (x, y) = (Ops.Ones([2]).WithGrad(), Ops.Ones([2]).WithGrad());
        var sum = x.Sum();

        Assert.Throws<TorchException>(() => Autograd.Grad([sum], [y], retainGraph: true));
        var grads = Autograd.Grad([sum], [x, y], allowUnused: true);
        Assert.Equal([1f, 1f], grads[0]!.ToArray<float>());
        Assert.Null(grads[1]);
    }

    [Fact]
    public void A_custom_function_is_differentiated_by_its_own_rule_twice()
    {
        var x = Tensor.From([1f, 2f, 3f], 3).WithGrad();

        var y = Autograd.Custom([x], [x], () => x.Mul(x), (grad, saved) => [grad.Mul(saved[0]).Mul(2)]);
        var first = Autograd.Grad(y.Mul(y).Sum(), x, createGraph: true);

        Assert.Equal([4f, 32f, 108f], first.ToArray<float>()); // 4 x³
        Assert.Equal([12f, 48f, 108f], Autograd.Grad(first.Sum(), x).ToArray<float>()); // 12 x²
    }

    [Fact]
    public void What_a_custom_backward_throws_reaches_the_caller()
    {
        var x = Ops.Ones([2]).WithGrad();
        var y = Autograd.Custom([x], [], () => x.Mul(2), (_, _) => throw new InvalidOperationException("The rule is not known."));

        Assert.Equal("The rule is not known.", Assert.Throws<InvalidOperationException>(() => Autograd.Grad(y.Sum(), x)).Message);
    }

    [Fact]
    public void Custom_functions_leave_no_tensor_behind()
    {
        void Step()
        {
            using var scope = torch.NewDisposeScope();
            var x = Ops.Ones([4]).WithGrad();
            var y = Autograd.Custom([x], [x], () => x.Mul(2), (grad, _) => [grad.Mul(2)]);
            _ = Autograd.Grad(y.Sum(), x);
            // One whose gradient is never asked for.
            _ = Autograd.Custom([x], [x], () => x.Mul(2), (grad, _) => [grad.Mul(2)]);
        }
        Counting.Settle();
        Step();
        var (live, functions) = (TorchRuntime.LiveTensors, TorchRuntime.LiveFunctions);

        for (var i = 0; i < 100; i++)
            Step();

        Assert.Equal((live, functions), (TorchRuntime.LiveTensors, TorchRuntime.LiveFunctions));
    }

    [Fact]
    public void A_generator_goes_on_from_its_saved_state()
    {
        var rng = new Rng(7);
        rng.Normal(5);
        var state = rng.GetState();
        var expected = rng.Normal(33).ToArray<float>();

        var other = new Rng(99);
        other.SetState(state);

        Assert.Equal(expected, other.Normal(33).ToArray<float>());
        Assert.NotEqual(expected, new Rng(99).Normal(33).ToArray<float>());
    }

    [Fact]
    public void Mixed_precision_ends_with_its_scope()
    {
        var x = Ops.Ones([8, 8]);
        using (new PrecisionScope(Precision.BFloat16, Device.Cpu))
            Assert.Equal(ScalarType.BFloat16, x.Mm(x).ScalarType);
        Assert.Equal(ScalarType.Float32, x.Mm(x).ScalarType);
    }

    [Fact]
    public void A_device_that_is_not_there_is_a_sentence()
    {
        foreach (var name in new[] { "cuda", "cuda:99", "mps" })
        {
            var error = Assert.Throws<TorchException>(() => Devices.Parse(name));
            Assert.Contains("package", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }

        Assert.Throws<FormatException>(() => Devices.Parse("cuda:-1"));
    }
}
