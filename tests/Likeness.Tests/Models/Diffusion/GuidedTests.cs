namespace Likeness.Tests.Models;

/// <summary>Guidance is the straight line through the answers with and without the class.</summary>
public sealed class GuidedTests
{
    private static readonly DataSpec s_spec = new([1, 4, 4], new Domain.Real(), Classes: 3);

    [Fact]
    public void An_answer_is_led_away_from_that_without_the_class()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var model = Make();
        var x = new Rng(2).Normal(2, 1, 4, 4);
        var sigma = Tensor.From<double>([0.3, 2], 2);
        var told = torch.eye(3).narrow(0, 0, 2);
        var (with, without) = (model.Reverse(x, sigma, told).Clean, model.Denoise(x, sigma));
        Assert.True((with - without).abs().max().ToDouble() > 1e-3);
        Near.Equal(with, new Guided(model, told, 0).Denoise(x, sigma), 1e-6);
        Near.Equal(3 * with - 2 * without, new Guided(model, told, 2).Denoise(x, sigma), 1e-5);
        Near.Equal(without, new Guided(model, told.zeros_like(), 5).Denoise(x, sigma), 1e-5);
    }

    [Fact]
    public void As_many_classes_as_asked_for_are_not_told()
    {
        using var scope = torch.NewDisposeScope();
        const int many = 20_000;
        var kept = Guided.Drop(torch.ones([many, 2]), 0.15, new Rng(1)).ToArray<double>();

        // Whole rows are dropped; four standard errors of a share of 0.15.
        Assert.All(Enumerable.Range(0, many), i => Assert.Equal(kept[2 * i], kept[2 * i + 1]));
        Assert.Equal(0.85, kept.Average(), 4 * Math.Sqrt(0.15 * 0.85 / many));
    }

    private static ClassDiffusion Make()
    {
        var options = new ClassDiffusionOptions { Network = new(8) { Multipliers = [1, 2], ResidualBlocks = 1, AttentionSizes = [], Groups = 4 }, EmaDecay = 0 };
        var rng = new Rng(1);
        var model = new ClassDiffusion(s_spec, options, rng);
        foreach (var (_, p) in model.Parameters())
        {
            p.add_(rng.Normal(p.shape), 0.05);
        }

        return model;
    }
}
