namespace Likeness.Torch.Tests;

[Collection(Counting.Name)]
public sealed class AutogradTests
{
    public AutogradTests() => Counting.Settle();

    [Fact]
    public void Only_what_is_asked_for_gets_a_gradient()
    {
        using var scope = torch.NewDisposeScope();
        var (a, b, c) = (torch.full([1], 2.0).requires_grad_(), torch.full([1], 3.0).requires_grad_(), torch.ones([1]).requires_grad_());
        var y = (a * a * b).sum();
        var gradients = Autograd.Grad([y], [b, c], allowUnused: true);
        Assert.Equal(4, gradients[0]!.ToDouble());
        Assert.Null(gradients[1]);
        Assert.Throws<TorchException>(() => Autograd.Grad([(a * b).sum()], [c]));
    }

    [Fact]
    public void A_gradient_can_be_differentiated_again()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.full([1], 2.0).requires_grad_();
        var first = Autograd.Grad(x.pow(4).sum(), x, createGraph: true);
        Assert.Equal(32, first.ToDouble());
        Assert.Equal(48, Autograd.Grad(first.sum(), x).ToDouble());
    }

    [Fact]
    public void Several_outputs_are_weighted_by_what_is_given()
    {
        using var scope = torch.NewDisposeScope();
        var x = Tensor.From<float>([1, 2], 2).requires_grad_();
        var gradient = Autograd.Grad([x * 2, x.square()], [x], [Tensor.From<float>([1, 10], 2), Tensor.From<float>([100, 1000], 2)])[0]!;
        Assert.Equal([2 + 200, 20 + 4000], gradient.ToArray<float>());
    }

    [Fact]
    public void Recording_is_switched_by_scopes_and_returns_to_what_it_was()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.ones([1]).requires_grad_();
        Assert.True(Autograd.IsRecording);
        using (torch.no_grad())
        {
            Assert.False((x * 2).requires_grad);
            using (torch.enable_grad())
            {
                Assert.True((x * 2).requires_grad);
            }

            Assert.False(Autograd.IsRecording);
        }

        Assert.True((x * 2).requires_grad);
    }

    [Fact]
    public void A_custom_function_has_the_derivative_that_it_says()
    {
        using var scope = torch.NewDisposeScope();
        var x = Tensor.From<float>([1, 2], 2).requires_grad_();
        var y = Autograd.Custom([x], [x], () => x.pow(3), (g, saved) => [g * 3 * saved[0].square()]);
        Assert.Equal([1, 8], y.ToArray<float>());
        Assert.True(y.requires_grad);
        Assert.Equal([30, 120], Autograd.Grad([(y * 10).sum()], [x])[0]!.ToArray<float>());
    }

    [Fact]
    public void A_custom_function_can_be_differentiated_twice_when_its_backward_is_recorded()
    {
        using var scope = torch.NewDisposeScope();
        var x = Tensor.From<float>([1, 2], 2).requires_grad_();
        var y = Autograd.Custom([x], [x], () => x.pow(3), (g, saved) => [g * 3 * saved[0].square()]);
        var first = Autograd.Grad([y.sum()], [x], createGraph: true)[0]!;
        Assert.Equal([6, 12], Autograd.Grad([first.sum()], [x])[0]!.ToArray<float>());
    }

    [Fact]
    public void A_custom_function_may_leave_an_input_without_a_gradient()
    {
        using var scope = torch.NewDisposeScope();
        var (x, k) = (torch.ones([2]).requires_grad_(), torch.full([2], 5.0));
        var y = Autograd.Custom([x, k], [k], () => x * k, (g, saved) => [g * saved[0], null]);
        Assert.Equal([5, 5], Autograd.Grad(y.sum(), x).ToArray<float>());
    }

    [Fact]
    public void An_exception_in_a_backward_arrives_with_its_message()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.ones([2]).requires_grad_();
        var y = Autograd.Custom([x], [], () => x * 2, (_, _) => throw new InvalidOperationException("The moon is in the wrong phase — really."));
        var e = Assert.Throws<InvalidOperationException>(() => Autograd.Grad(y.sum(), x));
        Assert.Contains("The moon is in the wrong phase — really.", e.Message, StringComparison.Ordinal);

        var few = Autograd.Custom([x], [], () => x * 2, (_, _) => []);
        Assert.Contains("0 gradients for 1 inputs", Assert.Throws<InvalidOperationException>(() => Autograd.Grad(few.sum(), x)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_custom_function_holds_what_it_saved_no_longer_than_needed()
    {
        var before = TorchRuntime.LiveTensors;
        for (var i = 0; i < 20; i++)
        {
            using var scope = torch.NewDisposeScope();
            var x = torch.ones([1000]).requires_grad_();
            var y = Autograd.Custom([x], [x * 2], () => x * 3, (g, saved) => [g * saved[0]]);
            Autograd.Grad(y.sum(), x);

            // Not recorded, never run backward: the context goes with the graph.
            Autograd.Custom([x], [x * 2], () => x * 3, (g, saved) => [g * saved[0]]);
        }

        Assert.Equal(before, TorchRuntime.LiveTensors);
    }
}
