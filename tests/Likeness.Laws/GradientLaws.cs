namespace Likeness.Laws;

/// <summary>What every training's gradients keep: they exist, and they are the slopes of the terms that are logged.</summary>
public sealed class GradientLaws
{
    // The same noise, dropout and steps for every evaluation of a turn.
    private const ulong Noise = 17;

    // Parameters along whose gradients one slope is taken.
    private const int AtOnce = 12;

    private static readonly Func<string, string, bool> s_descends = Cases.Once(Descends);

    public static TheoryData<string, string> Descents => Cases.Of<Module, object>(applies: s_descends);

    public static TheoryData<string, string> ClosedForms => Cases.Of<Module, object>(applies: (recipe, data) => !s_descends(recipe, data));

    [Theory]
    [MemberData(nameof(Descents))]
    public void Every_parameter_receives_the_slope_of_the_total(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        var batch = new OneBatch(Cases.Spec(data));
        // A few steps lead away from weights that start at zero and stop the gradients of those before them.
        using var subject = Subject.Trained(recipe, data, 5, batch);
        var turns = DescentCount(subject);
        var single = Enumerable.Range(0, turns).Select(k => Gradients(subject, k)).ToArray();
        subject.Rehearsal.Objective.to(ScalarType.Float64);
        batch.Type = ScalarType.Float64;

        var reached = new HashSet<Tensor>();
        for (var k = 0; k < turns; k++)
        {
            var (player, gradients) = Gradients(subject, k);
            var slopes = new List<Slope>();
            for (var i = 0; i < player.Parameters.Count; i++)
            {
                var (name, parameter) = player.Parameters[i];
                if (gradients[i] is not { } gradient)
                {
                    continue;
                }

                if (gradient.Any(g => g != 0))
                {
                    reached.Add(parameter);
                }

                // Fused kernels run in fp32, their twins in double precision: hundreds of roundings of 6e-8.
                var largest = gradient.Max(Math.Abs);
                Assert.All(gradient.Zip(single[k].Values[i]!), p => Assert.True(
                    Math.Abs(p.First - p.Second) <= (2e-4 * largest) + 2e-6, $"{player.Name}: {name} has slope {p.Second} in fp32 and {p.First} in double precision."));
                if (subject.Rehearsal.Objective is not IEstimatedGradients objective || !objective.Estimates(parameter))
                {
                    slopes.Add(new(player.Name, name, parameter, gradient));
                }
            }

            // Those of like steepness together.
            foreach (var some in slopes.OrderBy(s => s.Steepness).Chunk(AtOnce).Where(some => some.Length == 1 || !Agrees(subject, k, some, out _)))
            {
                // Which of them it is, if any: a kink that several meet is met by none alone, or by a shorter step.
                Assert.All(some, one => Assert.True(Agrees(subject, k, [one], out var found), $"{one.Player}: {one.Name} has gradient {found.Expected:R} along a direction in which the total has slope {found.Slope:R}."));
            }
        }

        foreach (var player in Descending(subject))
        {
            Assert.All(player.Parameters, p => Assert.True(reached.Contains(p.Value), $"No gradient reaches {p.Name} of {player.Name}."));
        }
    }

    [Theory]
    [MemberData(nameof(Descents))]
    public void Each_player_alone_can_fit_one_batch(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        const int rounds = 80;
        var players = new Subject(recipe, data, 1).Rehearsal.Players.Count;
        foreach (var index in Enumerable.Range(0, players))
        {
            // An opponent that has learned nothing gives nothing to learn from.
            using var subject = Subject.Trained(recipe, data, players == 1 ? 1 : 30, new OneBatch(Cases.Spec(data)));
            var player = subject.Rehearsal.Players[index];
            if (!Descending(subject).Contains(player))
            {
                continue;
            }

            // The draws are the same in every round, so what is lower by more than is asked for is no luck.
            var totals = new List<double>();
            for (var round = 0; round < rounds && (totals.Count == 0 || totals[^1] >= totals[0] - (0.25 * Math.Abs(totals[0]))); round++)
            {
                using var step = torch.NewDisposeScope();
                foreach (var turn in subject.Rehearsal.Rehearse(new Rng(Noise)))
                {
                    if (turn.Name != player.Name)
                    {
                        continue;
                    }

                    var values = turn.Take(new(round, rounds));
                    if (turn.Descends)
                    {
                        totals.Add(values.Sum(v => v.Value));
                    }
                }
            }

            Assert.True(totals[^1] < totals[0] - (0.15 * Math.Abs(totals[0])),
                $"The total of {player.Name} only went from {totals[0]} to {totals[^1]} in {totals.Count} rounds on one batch.");
        }
    }

    [Theory]
    [MemberData(nameof(ClosedForms))]
    public void A_closed_form_update_never_raises_what_it_logs(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        const int rounds = 12;
        var batch = new OneBatch(Cases.Spec(data));
        using var subject = new Subject(recipe, data, 1, batch);
        double Likelihood() => subject.Model is IDensity density ? density.LogProb(batch.First(Subject.BatchSize).X).mean().ToDouble() : 0;
        var untrained = Likelihood();
        var totals = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            using var step = torch.NewDisposeScope();
            totals.Add(subject.Rehearsal.Rehearse(new Rng(Noise)).Sum(turn => turn.Take(new(round, rounds)).Sum(v => v.Value)));
        }

        Assert.True(subject.Model is not IDensity || Likelihood() > untrained, $"{recipe} went from {untrained} to {Likelihood()} nats on its batch.");
        // In fp32 a log-likelihood is off by a few 1e-6 of its size.
        Assert.All(totals.Zip(totals.Skip(1)), t => Assert.True(t.Second <= t.First + (1e-5 * Math.Max(1, Math.Abs(t.First))),
            $"An update of {recipe} raised the total from {t.First} to {t.Second}."));
    }

    // Whether the slope of the total along one random direction through all coordinates of some parameters is what their gradients say, by a central difference in double
    // precision. Each parameter's part of the direction is the longer the shorter its gradient, so none hides behind another. A kink (of a ReLU) between the two points
    // spoils a difference; a shorter step leaves it out.
    private static bool Agrees(Subject subject, int turn, Slope[] some, out (double Slope, double Expected) found)
    {
        var random = new Random(3);
        var before = Array.ConvertAll(some, s => s.Parameter.ToArray<double>());
        var least = Math.Max(1e-3 * some.Max(s => s.Steepness), 1e-300);
        var directions = Array.ConvertAll(some, s => Array.ConvertAll(s.Gradient, _ => (random.NextDouble() - 0.5) / Math.Max(s.Steepness, least)));
        var length = Math.Sqrt(directions.Sum(d => d.Sum(v => v * v)));
        var expected = directions.Zip(some, (d, s) => d.Zip(s.Gradient, (v, g) => v / length * g).Sum()).Sum();
        double At(double step)
        {
            for (var k = 0; k < some.Length; k++)
            {
                var values = some[k].Parameter.AsSpan<double>();
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = before[k][i] + (step * directions[k][i] / length);
                }
            }

            return Total(subject, turn);
        }

        var (slope, allowed) = (double.NaN, 0.0);
        foreach (var step in new[] { 1e-5, 1e-6, 1e-7, 1e-8 })
        {
            var (above, below) = (At(step), At(-step));
            slope = (above - below) / (2 * step);

            // The difference itself loses some 1e-16 of the total; the step's own error is step² times a third derivative. The shortest step
            // is for kinks alone: it is allowed no more than the one before.
            allowed = (1e-5 * Math.Abs(expected)) + 1e-8 + (1e-15 * Math.Abs(above) / Math.Max(step, 1e-7));
            if (Math.Abs(slope - expected) <= allowed)
            {
                break;
            }
        }

        foreach (var (values, s) in before.Zip(some))
        {
            values.CopyTo(s.Parameter.AsSpan<double>());
        }

        found = (slope, expected);
        return Math.Abs(slope - expected) <= allowed;
    }

    // Whether any player of a recipe's training descends.
    private static bool Descends(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        using var subject = new Subject(recipe, data, 1, new OneBatch(Cases.Spec(data)));
        return Descending(subject).Count > 0;
    }

    // Players that only assign have a law of their own.
    private static HashSet<Player> Descending(Subject subject)
    {
        using var scope = torch.NewDisposeScope();
        return [.. subject.Rehearsal.Rehearse(new Rng(Noise)).Select(t => t.Player).OfType<Player>()];
    }

    private static int DescentCount(Subject subject)
    {
        using var scope = torch.NewDisposeScope();
        return subject.Rehearsal.Rehearse(new Rng(Noise)).Count(t => t.Descends);
    }

    private static (Player Player, double[]?[] Values) Gradients(Subject subject, int index)
    {
        using var scope = torch.NewDisposeScope();
        var turn = subject.Rehearsal.Rehearse(new Rng(Noise)).Where(t => t.Descends).ElementAt(index);
        return (turn.Player!, Array.ConvertAll(turn.Player!.Gradients(turn.Terms), g => g?.ToArray<double>()));
    }

    private static double Total(Subject subject, int index)
    {
        using var scope = torch.NewDisposeScope();
        return subject.Rehearsal.Rehearse(new Rng(Noise)).Where(t => t.Descends).ElementAt(index).Terms.Sum(t => t.Value.ToDouble());
    }

    private sealed record Slope(string Player, string Name, Tensor Parameter, double[] Gradient)
    {
        public double Steepness { get; } = Math.Sqrt(Gradient.Sum(g => g * g));
    }
}
