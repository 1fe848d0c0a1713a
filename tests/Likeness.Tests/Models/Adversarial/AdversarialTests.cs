namespace Likeness.Tests.Models;

/// <summary>The game of Goodfellow et al. 2014 on densities that are known, its losses, and the penalties on the critic's slope.</summary>
public sealed class AdversarialTests
{
    private const int BatchSize = 1024;

    private static readonly AdversarialLoss[] s_losses =
        [AdversarialLoss.Minimax, AdversarialLoss.NonSaturating, AdversarialLoss.LeastSquares, AdversarialLoss.Hinge, AdversarialLoss.Wasserstein];

    public static TheoryData<string> Penalties => ["gradient", "r1"];

    [Fact]
    public void The_trained_critic_is_the_ratio_of_the_densities_and_its_value_their_divergence()
    {
        // p = N(0, 1) is real, q = N(1, 0.7²) is generated.
        const double mean = 1, deviation = 0.7;
        const int steps = 1200;
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var rng = new Rng(3);
        var critic = Perceptron(1, 32, new Rng(1));
        var player = new Player("critic", new Adam(1e-2) { Schedule = new Schedule.Linear() }, critic);
        var values = new List<double>();
        for (var step = 0; step < steps; step++)
        {
            using var inner = torch.NewDisposeScope();
            var (real, fake) = (rng.Normal(BatchSize, 1), rng.Normal(BatchSize, 1) * deviation + mean);
            var turn = player.Minimise(("real", AdversarialLoss.Minimax.Real(critic.Call(real))), ("fake", AdversarialLoss.Minimax.Fake(critic.Call(fake))));
            values.Add(-turn.Take(new(step, steps)).Sum(v => v.Value));
        }

        static double Normal(double x, double m, double s) => Math.Exp(-0.5 * Math.Pow((x - m) / s, 2)) / (s * Math.Sqrt(2 * Math.PI));
        var grid = Enumerable.Range(0, 4001).Select(i => -8 + (i * 0.004)).ToArray();
        var d = critic.Call(Tensor.From(Array.ConvertAll(grid, x => (float)x), grid.Length, 1)).sigmoid().ToArray<double>();
        var (error, divergence) = (0.0, 0.0);
        for (var i = 0; i < grid.Length; i++)
        {
            var (p, q) = (Normal(grid[i], 0, 1), Normal(grid[i], mean, deviation));
            var middle = (p + q) / 2;
            error += 0.004 * middle * Math.Abs(d[i] - (p / (p + q)));
            divergence += 0.004 * 0.5 * ((p * Log(p / middle)) + (q * Log(q / middle)));
        }

        static double Log(double v) => v > 0 ? Math.Log(v) : 0;
        Assert.InRange(error, 0, 0.02);

        // Proposition 1 and theorem 1: the value at the best critic is −log 4 + 2·JSD. Its mean over the last 200 batches is off by
        // 0.6/√(200·1024) = 0.0013 at random, and below it by the critic's own error squared.
        Assert.Equal(-Math.Log(4) + (2 * divergence), values[^200..].Average(), 0.01);
    }

    [Fact]
    public void The_critic_of_each_loss_is_best_where_its_paper_says()
    {
        const double p = 0.7, q = 0.3; // densities at one point
        var best = new Dictionary<AdversarialLoss, double>
        {
            [AdversarialLoss.Minimax] = Math.Log(p / q),
            [AdversarialLoss.NonSaturating] = Math.Log(p / q),
            [AdversarialLoss.LeastSquares] = p / (p + q), // Mao et al. 2017, equation 5
            [AdversarialLoss.Hinge] = 1, // sign(p − q), on the edge of the hinge
        };
        using var scope = torch.NewDisposeScope();
        foreach (var (loss, expected) in best)
        {
            var outputs = Enumerable.Range(-300, 601).Select(i => i / 100.0).ToArray();
            var values = Array.ConvertAll(outputs, c => (p * At(loss.Real, c)) + (q * At(loss.Fake, c)));
            Assert.Equal(expected, outputs[Array.IndexOf(values, values.Min())], 0.006);
        }

        // Without a bound on the slope the Wasserstein critic grows for ever: its loss is a straight line.
        double Line(double c) => (p * At(AdversarialLoss.Wasserstein.Real, c)) + (q * At(AdversarialLoss.Wasserstein.Fake, c));
        Assert.Equal((q - p) * 100, Line(100), 1e-9);
    }

    [Fact]
    public void The_generator_of_each_loss_wants_the_critics_praise()
    {
        using var scope = torch.NewDisposeScope();
        foreach (var loss in s_losses)
        {
            Assert.True(At(loss.Generator, 0.1) < At(loss.Generator, 0), $"{loss} rises with the critic's output.");
        }

        // Where the critic is sure, log(1 − D) has no slope left, and −log D has all of it (section 3).
        Assert.Equal(0, Slope(AdversarialLoss.Minimax.Generator, -20), 1e-6);
        Assert.Equal(-1, Slope(AdversarialLoss.NonSaturating.Generator, -20), 1e-6);
        Assert.Equal(Math.Log(2), At(AdversarialLoss.NonSaturating.Generator, 0), 1e-12);
        Assert.Equal(-Math.Log(2), At(AdversarialLoss.Minimax.Generator, 0), 1e-12);
        Assert.Equal(1, At(AdversarialLoss.LeastSquares.Generator, 0), 1e-12);
    }

    [Theory]
    [MemberData(nameof(Penalties))]
    public void The_penaltys_gradient_goes_through_the_gradient(string kind)
    {
        using var scope = torch.NewDisposeScope();
        var critic = Perceptron(3, 8, new Rng(1));
        critic.to(ScalarType.Float64);
        var rng = new Rng(4);
        var (real, fake) = (rng.Normal(6, 3).to(ScalarType.Float64), rng.Normal(6, 3).to(ScalarType.Float64) + 1);
        Tensor Value() => Penalty(kind).Of(x => critic.Call(x), real, fake, new Rng(5))!;
        var named = critic.Parameters().ToArray();
        var gradients = Autograd.Grad([Value()], named.Select(p => p.Value).ToArray(), allowUnused: true);
        Assert.All(gradients[..^1], g => Assert.True(g!.abs().max().ToDouble() > 1e-6));

        // The slope does not feel a constant that is added to the output.
        Assert.True(gradients[^1] is null || gradients[^1]!.abs().max().ToDouble() == 0);
        for (var i = 0; i < named.Length - 1; i++)
        {
            var values = named[i].Value.AsSpan<double>();
            var gradient = gradients[i]!.ToArray<double>();
            for (var k = 0; k < values.Length; k += 5)
            {
                const double step = 1e-5;
                var before = values[k];
                values[k] = before + step;
                var above = Value().ToDouble();
                values[k] = before - step;
                var below = Value().ToDouble();
                values[k] = before;
                Assert.Equal(gradient[k], (above - below) / (2 * step), 1e-6 * Math.Max(1, Math.Abs(gradient[k])));
            }
        }
    }

    [Fact]
    public void Penalties_of_a_straight_critic_are_known()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(4);
        var (real, fake) = (rng.Normal(5, 2), rng.Normal(5, 2));
        var w = Tensor.From<float>([3, -4], 2, 1); // slope 5 everywhere
        Assert.Equal(10 * 16, new CriticPenalty.GradientPenalty(10).Of(x => x.matmul(w), real, fake, rng).ToDouble(), 1e-3);
        Assert.Equal(10.0 / 2 * 25, new CriticPenalty.R1(10).Of(x => x.matmul(w), real, fake, rng).ToDouble(), 1e-3);
        Assert.Null(new CriticPenalty.None().Of(x => x.matmul(w), real, fake, rng));

        // A slope of zero has no direction: the penalty is λ, and its gradient is finite.
        var flat = torch.zeros([2, 1]).requires_grad_();
        var penalty = new CriticPenalty.GradientPenalty(10).Of(x => x.matmul(flat), real, fake, rng);
        Assert.Equal(10, penalty.ToDouble(), 1e-4);
        Assert.All(Autograd.Grad(penalty, flat).ToArray<float>(), g => Assert.True(float.IsFinite(g)));
    }

    [Fact]
    public void With_the_gradient_penalty_the_critic_measures_the_distance()
    {
        // N(0, 0.1²I) against the same shifted by 2: the Wasserstein-1 distance is the shift. (On a line a slope of the wrong sign
        // would be a local minimum of the penalty; in the plane the slope can turn.)
        const int steps = 600;
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var rng = new Rng(3);
        var critic = Perceptron(2, 16, new Rng(1));
        var shift = Tensor.From<float>([2, 0], 1, 2);
        var player = new Player("critic", new Adam(1e-2) { Schedule = new Schedule.Linear() }, critic);
        var distances = new List<double>();
        for (var step = 0; step < steps; step++)
        {
            using var inner = torch.NewDisposeScope();
            var (real, fake) = (rng.Normal(256, 2) * 0.1, rng.Normal(256, 2) * 0.1 + shift);
            var turn = player.Minimise(
                ("real", AdversarialLoss.Wasserstein.Real(critic.Call(real))),
                ("fake", AdversarialLoss.Wasserstein.Fake(critic.Call(fake))),
                ("penalty", new CriticPenalty.GradientPenalty(10).Of(x => critic.Call(x), real, fake, rng)));
            var terms = turn.Take(new(step, steps));
            distances.Add(-(terms[0].Value + terms[1].Value));
        }

        // The penalty's optimum overshoots a slope of 1 by (distance)/(2λ) of it: 2.0 becomes 2.2.
        Assert.Equal(2 * (1 + (2.0 / 20)), distances[^50..].Average(), 0.1);
        var x = Tensor.From<float>([0.5f, 0, 1, 0, 1.5f, 0], 3, 2).requires_grad_();
        Assert.All(Autograd.Grad(critic.Call(x).sum(), x).ToArray<double>().Chunk(2), s =>
        {
            Assert.Equal(-1.1, s[0], 0.1);
            Assert.Equal(0, s[1], 0.1);
        });
    }

    [Fact]
    public void A_loss_has_the_name_that_options_give_it() =>
        Assert.Equal(["minimax", "non-saturating", "least-squares", "hinge", "wasserstein"], s_losses.Select(l => l.ToString()));

    private static CriticPenalty Penalty(string kind) => kind == "r1" ? new CriticPenalty.R1() : new CriticPenalty.GradientPenalty();

    private static double At(Func<Tensor, Tensor> loss, double output) => loss(torch.full([1], output, ScalarType.Float64)).ToDouble();

    private static double Slope(Func<Tensor, Tensor> loss, double output)
    {
        var c = torch.full([1], output, ScalarType.Float64).requires_grad_();
        return Autograd.Grad(loss(c), c).ToDouble();
    }

    private static Sequential Perceptron(int inputs, int width, Rng rng) => new(
        new Linear(inputs, width, rng), Activation.Tanh(), new Linear(width, width, rng), Activation.Tanh(), new Linear(width, 1, rng));
}
