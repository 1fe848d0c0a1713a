namespace Likeness.Torch.Tests;

/// <summary>Autograd, custom functions, generators and mixed precision across the native boundary.</summary>
[Collection(Counting.Name)]
public sealed class NativeFunctionTests
{
    [Fact]
    public void Gradients_of_gradients()
    {
        var x = Tensor.From([1f, 2f, 3f], 3).requires_grad_();

        var first = Autograd.Grad(x.mul(x).mul(x).sum(), x, createGraph: true);
        var second = Autograd.Grad(first.sum(), x);

        Assert.Equal([3f, 12f, 27f], first.ToArray<float>()); // 3 x²
        Assert.Equal([6f, 12f, 18f], second.ToArray<float>()); // 6 x
    }

    [Fact]
    public void Outputs_of_many_elements_are_summed()
    {
        var x = Tensor.From([1f, 2f], 2).requires_grad_();

        Assert.Equal([2f, 4f], Autograd.Grad(x.mul(x), x).ToArray<float>());
    }

    [Fact]
    public void An_input_that_is_not_used_is_null_or_an_error()
    {
        var (x, y) = (torch.ones([2]).requires_grad_(), torch.ones([2]).requires_grad_());
        var sum = x.sum();

        Assert.Throws<TorchException>(() => Autograd.Grad([sum], [y], retainGraph: true));
        var grads = Autograd.Grad([sum], [x, y], allowUnused: true);
        Assert.Equal([1f, 1f], grads[0]!.ToArray<float>());
        Assert.Null(grads[1]);
    }

    [Fact]
    public void A_custom_function_is_differentiated_by_its_own_rule_twice()
    {
        var x = Tensor.From([1f, 2f, 3f], 3).requires_grad_();

        var y = Autograd.Custom([x], [x], () => x.mul(x), (grad, saved) => [grad.mul(saved[0]).mul(2)]);
        var first = Autograd.Grad(y.mul(y).sum(), x, createGraph: true);

        Assert.Equal([4f, 32f, 108f], first.ToArray<float>()); // 4 x³
        Assert.Equal([12f, 48f, 108f], Autograd.Grad(first.sum(), x).ToArray<float>()); // 12 x²
    }

    [Fact]
    public void What_a_custom_backward_throws_reaches_the_caller()
    {
        var x = torch.ones([2]).requires_grad_();
        var y = Autograd.Custom([x], [], () => x.mul(2), (_, _) => throw new InvalidOperationException("The rule is not known."));

        Assert.Equal("The rule is not known.", Assert.Throws<InvalidOperationException>(() => Autograd.Grad(y.sum(), x)).Message);
    }

    [Fact]
    public void Custom_functions_leave_no_tensor_behind()
    {
        void Step()
        {
            using var scope = torch.NewDisposeScope();
            var x = torch.ones([4]).requires_grad_();
            var y = Autograd.Custom([x], [x], () => x.mul(2), (grad, _) => [grad.mul(2)]);
            _ = Autograd.Grad(y.sum(), x);
            // One whose gradient is never asked for.
            _ = Autograd.Custom([x], [x], () => x.mul(2), (grad, _) => [grad.mul(2)]);
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
        var x = torch.ones([8, 8]);
        using (new PrecisionScope(Precision.BFloat16, torch.CPU))
            Assert.Equal(ScalarType.BFloat16, x.mm(x).dtype);
        Assert.Equal(ScalarType.Float32, x.mm(x).dtype);
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
