namespace Likeness.Tests.Nn;

/// <summary>The layers of networks that grow, and modules whose parts change.</summary>
[Collection(Counting.Name)]
public sealed class GrowthTests
{
    private static readonly DataSpec s_colours = new([3, 16, 16], new Domain.Byte());

    private static readonly ProgressiveGanOptions s_small = new() { Latent = 5, Width = 32, Cap = 6 };

    private static readonly Dictionary<string, Func<Rng, Layer>> s_layers = new()
    {
        ["equalized_linear"] = rng => new EqualizedLinear(5, 3, rng),
        ["equalized_conv2d"] = rng => new EqualizedConv2d(4, 6, 3, rng),
        ["pixel_norm"] = _ => new PixelNorm(),
        ["minibatch_deviation"] = _ => new MinibatchDeviation(),
        ["minibatch_deviation_odd"] = _ => new MinibatchDeviation(),
        ["growing_generator"] = rng => new GrowingGenerator(s_colours, s_small, Fading(), rng),
        ["growing_critic"] = rng => new GrowingCritic(s_colours, s_small, Fading(), rng),
    };

    public static TheoryData<string> Layers => [.. s_layers.Keys];

    [Theory]
    [MemberData(nameof(Layers))]
    public void A_layer_agrees_with_PyTorch(string name)
    {
        using var scope = torch.NewDisposeScope();
        using var reference = new Reference("progressive.safetensors");
        var layer = s_layers[name](new Rng(1));
        reference.Load(name, layer);
        var x = reference.Input(name);
        reference.Check(name, [("", layer.Call(x))], layer, ("x", x));
    }

    [Fact]
    public void A_checkpoint_builds_the_stage_that_was_saved_before_its_values_are_read()
    {
        using var scope = torch.NewDisposeScope();
        var path = Path.GetTempFileName();
        try
        {
            var tower = new Tower(new Rng(1));
            tower.Growth.Reach(3, 0.25, new Rng(2));
            Checkpoint.Save(path, tower);
            var again = new Tower(new Rng(7));
            Checkpoint.Load(path, again);
            Assert.Equal((3, 0.25), (again.Growth.Stage, again.Growth.Share));
            Assert.Equal(["floor1.weight", "floor2.weight", "floor3.weight"], again.Parameters().Select(p => p.Name));
            foreach (var (a, b) in tower.Parameters().Zip(again.Parameters()))
            {
                Near.Equal(a.Value, b.Value, 0);
            }

            again.Growth.Reach(4, 0, new Rng(2));
            var e = Assert.Throws<DataException>(() => Checkpoint.Load(path, again));
            Assert.Contains("growth stage 3", e.Message, StringComparison.Ordinal);
            Assert.Throws<ArgumentOutOfRangeException>(() => again.Growth.Reach(3, 0, new Rng(2)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Players_and_averages_take_up_what_has_grown_and_let_go_of_what_has_gone()
    {
        using var scope = torch.NewDisposeScope();
        var (tower, shadow) = (new Tower(new Rng(1)), new Tower(new Rng(2)));
        var player = new Player("tower", new Adam(0.1), tower);
        var ema = new Ema(tower, shadow, 0.75);
        Assert.Equal(["floor0.weight"], player.Parameters.Select(p => p.Name));
        using (torch.no_grad())
        {
            tower.Parameters().Single().Value.add_(1);
        }

        ema.Update();
        // A second stage keeps the first floor for a while; the third lets it go.
        tower.Growth.Reach(1, 0, new Rng(3));
        shadow.Growth.Reach(1, 0, new Rng(4));
        player.Renew();
        ema.Extend();
        Assert.Equal(["floor0.weight", "floor1.weight"], player.Parameters.Select(p => p.Name));
        var (live, average) = (tower.Parameters().ToArray(), shadow.Parameters().ToArray());
        // What was there keeps its average, a quarter of the way to a value that is 1 higher; what is new starts at its live value.
        Near.Equal(live[0].Value - 0.75, average[0].Value, 1e-6);
        Near.Equal(live[1].Value, average[1].Value, 0);

        tower.Growth.Reach(3, 0, new Rng(3));
        Assert.DoesNotContain(tower.Parameters(), p => p.Name == "floor0.weight");
        Counting.Settle();
        var before = TorchRuntime.LiveTensors;
        using (torch.NewDisposeScope())
        {
            tower.Growth.Reach(4, 0, new Rng(3));
        }

        // One floor came and one went, with what it held.
        Assert.Equal(before, TorchRuntime.LiveTensors);
    }

    private static Growth Fading()
    {
        var growth = new Growth(torch.CPU);
        growth.Reach(3, 0.3, new Rng(4));
        return growth;
    }

    /// <summary>Gains a floor at every stage and loses its lowest from the second on, but keeps three.</summary>
    private sealed class Tower : Module
    {
        private int _lowest;

        public Tower(Rng rng)
        {
            Growth = Include("growth", new Growth(rng.Device));
            Add("floor0", new Linear(2, 2, rng, hasBias: false));
            Growth.Follow(Enter, rng);
        }

        public Growth Growth { get; }

        private void Enter(int stage, Rng rng)
        {
            Add($"floor{stage}", new Linear(2, 2, rng, hasBias: false));
            if (stage == 2 || stage > 3)
            {
                Remove($"floor{_lowest++}");
            }
        }
    }
}
