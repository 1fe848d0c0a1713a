namespace Likeness.Tests.Models;

/// <summary>The game over codes: three phases, a critic that rests, and samples in the range of the data.</summary>
public sealed class TimeGanTests
{
    private static readonly DataSpec s_spec = new([8, 2], new Domain.Real());

    private static readonly TimeGanOptions s_options = new() { Hidden = 8, Layers = 2, Optimizer = new Adam(5e-3) };

    [Fact]
    public void Three_phases_move_what_they_are_for()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var model = new TimeGan(s_spec, s_options, new Rng(1));
        using var training = Weights.Training(TimeGan.Recipe.Objective(model, s_options, new Rng(3)), Sines(), 64, 9);
        string[] parts = ["embedder", "recovery", "generator", "supervisor"];
        var moved = new List<string>();
        var before = parts.Select(Sum).ToArray();
        foreach (var _ in training.Run())
        {
            var now = parts.Select(Sum).ToArray();
            moved.Add(string.Join(' ', parts.Where((_, i) => now[i] != before[i])));
            before = now;
        }

        Assert.Equal([.. Enumerable.Repeat("embedder recovery", 3), .. Enumerable.Repeat("supervisor", 3), .. Enumerable.Repeat("embedder recovery generator supervisor", 3)], moved);

        double Sum(string part) => model.Parameters().Where(p => p.Name.StartsWith(part, StringComparison.Ordinal)).Sum(p => p.Value.abs().sum().ToDouble());
    }

    [Fact]
    public void A_critic_whose_loss_is_below_the_limit_rests()
    {
        using var scope = torch.NewDisposeScope();
        long Judged(double rest)
        {
            var options = s_options with { Rest = rest };
            using var training = Weights.Training(TimeGan.Recipe.Objective(new TimeGan(s_spec, options, new Rng(1)), options, new Rng(3)), Sines(), 32, 6);
            return training.Run().Sum(r => r.Terms.Count(t => t.Player == "critic" && t.Term == "real"));
        }

        // It starts at 3·log 2.
        Assert.Equal(2, Judged(0.15));
        Assert.Equal(0, Judged(3));
    }

    [Fact]
    public void Samples_are_in_the_range_of_the_data_and_move_as_it_does()
    {
        using var scope = torch.NewDisposeScope();
        TorchRuntime.Threads = 1;
        var model = new TimeGan(s_spec, s_options, new Rng(1));
        TimeGan.Recipe.Train(model, s_options, Sines(), 450, 64);
        var x = model.Sample(500, new Rng(2));
        var (low, high) = (x.amin([0, 1]).ToArray<float>(), x.amax([0, 1]).ToArray<float>());
        // Values of the second column are about 100; a sigmoid keeps them in what was seen.
        Assert.InRange(low[0], -1.001, 1.001);
        Assert.InRange(low[1], 98.9, 101.1);
        Assert.InRange(high[1], 98.9, 101.1);
        // Steps follow each other smoothly: independent values of a sine would differ by 1 on average (√2·0.7), its own by 0.2.
        var change = (x.narrow(1, 1, 7) - x.narrow(1, 0, 7)).abs().mean().ToDouble();
        Assert.InRange(change, 0, 0.5);
    }

    // Slow sines of all phases, in other units for the second column.
    private static IDataset<Batch> Sines()
    {
        var random = new Random(2);
        var values = new float[512 * 16];
        for (var i = 0; i < 512; i++)
        {
            var (a, b) = (2 * Math.PI * random.NextDouble(), 2 * Math.PI * random.NextDouble());
            for (var t = 0; t < 8; t++)
            {
                (values[(i * 16) + (2 * t)], values[(i * 16) + (2 * t) + 1]) = ((float)Math.Sin(a + (0.3 * t)), (float)(100 + Math.Sin(b + (0.3 * t))));
            }
        }

        return Weights.Data(s_spec, values);
    }
}
