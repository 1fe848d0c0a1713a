namespace Likeness.Tests.Nn;

/// <summary>Layers that are computed together with their neighbours: the same numbers as one after the other.</summary>
public sealed class NeighbouringLayersTests
{
    public static TheoryData<int> Kernels => [1, 3, 5];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Enlarging_and_convolving_at_once_is_doing_one_after_the_other(int kernel)
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        Layer[] layers = [Upsample.Nearest(), new EqualizedConv2d(3, 4, kernel, rng), Activation.LeakyRelu(), new EqualizedConv2d(4, 2, kernel, rng, gain: 1), Upsample.Nearest(), new EqualizedConv2d(2, 2, kernel, rng)];
        // In double precision only the order of sums differs.
        SameAsOneByOne(layers, rng.Normal(2, 3, 4, 5), ScalarType.Float64, 1e-12);
        SameAsOneByOne(layers, rng.Normal(2, 3, 4, 5), ScalarType.Float32, 2e-5);
    }

    [Fact]
    public void Products_with_a_rectifier_at_once_are_one_after_the_other()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(2);
        Layer[] layers = [new Linear(5, 40, rng), Activation.LeakyRelu(), new Linear(40, 30, rng, hasBias: false), Activation.Relu(), new EqualizedLinear(30, 17, rng), Activation.LeakyRelu(0.1), new Linear(17, 2, rng), Activation.Tanh()];
        SameAsOneByOne(layers, rng.Normal(9, 5), ScalarType.Float64, 1e-12);
        SameAsOneByOne(layers, rng.Normal(9, 5), ScalarType.Float32, 2e-6);
    }

    [Fact]
    public void A_critic_that_judges_each_example_for_itself_may_see_two_batches_at_once()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(3);
        var critic = new Sequential(new Linear(6, 20, rng), Activation.LeakyRelu(), new Linear(20, 1, rng)).InTraining();
        var (x, y) = (rng.Normal(7, 6), rng.Normal(5, 6));
        var bout = new Bout(x, _ => y, x => critic.Call(x));
        Assert.True(critic.IsPerExample);
        var (real, fake) = bout.Judge(x, y);
        var (together, fakeToo) = (bout with { Together = true }).Judge(x, y);
        Near.Equal(real, together, 1e-6);
        Near.Equal(fake, fakeToo, 1e-6);
    }

    [Fact]
    public void Batch_statistics_and_power_iterations_depend_on_the_call()
    {
        var rng = new Rng(4);
        Assert.True(new Sequential(new Conv2d(2, 2, 3, rng), new LayerNorm(2, rng), Activation.Relu(), new Dropout(0.5)).IsPerExample);
        Assert.False(new Sequential(new Linear(2, 2, rng), new Sequential(new BatchNorm(2, rng))).IsPerExample);
        Assert.False(new Sequential(new Linear(2, 2, rng, spectralNorm: true)).IsPerExample);
        Assert.False(new Sequential(new Conv2d(2, 2, 3, rng, spectralNorm: true)).IsPerExample);
        Assert.False(new MinibatchDeviation().IsPerExample);
    }

    private static void SameAsOneByOne(Layer[] layers, Tensor x, ScalarType type, double tolerance)
    {
        Array.ForEach(layers, layer => layer.to(type));
        var net = new Sequential(layers);
        var input = x.to(type, copy: true).requires_grad_();
        Tensor[] learned = [input, .. net.parameters()];
        var together = net.Call(input);
        var single = layers.Aggregate(input, (value, layer) => layer.Call(value));
        Near.Equal(single, together, tolerance, "output");
        var weights = new Rng(5).Normal(single.shape).to(type);
        var expected = Autograd.Grad([single], learned, [weights]);
        var gradients = Autograd.Grad([together], learned, [weights]);
        for (var i = 0; i < learned.Length; i++)
        {
            Near.Equal(expected[i]!, gradients[i]!, 20 * tolerance, $"gradient {i}");
        }
    }
}
