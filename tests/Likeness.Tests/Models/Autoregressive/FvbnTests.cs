namespace Likeness.Tests.Models;

/// <summary>A fully visible belief network is one logistic regression per bit.</summary>
public sealed class FvbnTests
{
    private const int Inputs = 6;

    private static readonly DataSpec s_spec = new([Inputs], new Domain.Binary());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_density_is_that_of_the_regressions(bool shuffled)
    {
        using var scope = torch.NewDisposeScope();
        var fvbn = new Fvbn(s_spec, new() { Order = shuffled ? new VariableOrder.Random(4) : new VariableOrder.Raster() }, new Rng(1));
        fvbn.Scatter(1, 7);
        var (w, b, order) = (fvbn.Get("W"), fvbn.Get("b"), fvbn.Order);
        Assert.Equal(shuffled, !order.SequenceEqual(Enumerable.Range(0, Inputs)));
        var bits = new Rng(5).Bernoulli(torch.full([20, Inputs], 0.4, ScalarType.Float32));
        var x = bits.ToArray<double>();
        var expected = Enumerable.Range(0, 20).Select(n => Enumerable.Range(0, Inputs).Sum(i =>
        {
            var logit = b[i] + Enumerable.Range(0, i).Sum(j => w[(i * Inputs) + j] * x[(n * Inputs) + order[j]]);
            return -Math.Log(1 + Math.Exp(x[(n * Inputs) + order[i]] == 1 ? -logit : logit));
        })).ToArray();
        Near.Equal(expected, fvbn.LogProb(bits).ToArray<double>(), 1e-5);
    }

    [Fact]
    public void Two_bits_are_fitted_exactly() => Near.Equal([0.4, 0.1, 0.2, 0.3], Fit(new() { Optimizer = new Adam(0.1) { Schedule = new Schedule.Linear() } }), 1e-3);

    // A weight that costs 50 w² stays at (∂nll/∂w)/100, which is below 0.15/100: what is left are the marginals 0.4 and 0.5.
    [Fact]
    public void A_strong_penalty_leaves_independent_bits() =>
        Near.Equal([0.3, 0.2, 0.3, 0.2], Fit(new() { Decay = 100, Optimizer = new Adam(0.1) { Schedule = new Schedule.Linear() } }), 1e-3);

    // The probabilities of 00, 10, 01 and 11 after training on 00 four times, 10 once, 01 twice and 11 three times: without a
    // penalty any distribution of two bits is one of this model.
    private static double[] Fit(FvbnOptions options)
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var spec = new DataSpec([2], new Domain.Binary());
        float[] values = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 1, 1, 1, 1, 1];
        var fvbn = new Fvbn(spec, options, new Rng(1));
        using var training = Weights.Training(Fvbn.Recipe.Objective(fvbn, options, new Rng(2)), Weights.Data(spec, values), 10, 1000);
        foreach (var _ in training.Run())
        {
        }

        return [.. fvbn.LogProb(Tensor.From([0f, 0, 1, 0, 0, 1, 1, 1], 4, 2)).ToArray<double>().Select(Math.Exp)];
    }
}
