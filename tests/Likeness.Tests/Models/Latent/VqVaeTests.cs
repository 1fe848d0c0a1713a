namespace Likeness.Tests.Models;

/// <summary>The gradient passes the codebook straight through, the codebook is the mean of what it replaces, and the codes have a density.</summary>
public sealed class VqVaeTests
{
    private static readonly DataSpec s_spec = new([1, 8, 8], new Domain.Binary());

    private static VqVaeOptions Options { get; } = new()
    {
        Codes = 3, Dimension = 2, Width = 4, Blocks = 1, Inner = 4, Halvings = 2, Prior = new(6, 1), Optimizer = new Sgd(1e-30), PriorOptimizer = new Sgd(1e-30),
    };

    [Fact]
    public void The_gradient_at_the_encoder_is_that_at_the_decoder()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(4);
        var (z, embedded) = (rng.Normal(5, 3).requires_grad_(), rng.Normal(5, 3).requires_grad_());
        var weights = rng.Normal(5, 3);
        Tensor Loss(Tensor v) => (v.square() * weights).sum();
        var passed = VectorQuantizer.StraightThrough(z, embedded);
        Near.Equal(embedded.detach(), passed.detach(), 1e-6);

        // d/dz of f(q(z)) is taken to be f′ at the codebook's vector, and nothing of it goes to the codebook.
        var atDecoder = Autograd.Grad(Loss(embedded), embedded);
        Near.Equal(atDecoder, Autograd.Grad(Loss(passed), z), 1e-5);
        Assert.Null(Autograd.Grad([Loss(VectorQuantizer.StraightThrough(z, embedded))], [embedded], allowUnused: true)[0]);
    }

    [Fact]
    public void The_nearest_vectors_are_found()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(5);
        var quantizer = new VectorQuantizer(7, 3, rng);
        var z = rng.Normal(40, 3);
        var codes = quantizer.Nearest(z).ToArray<long>();
        var (vectors, points) = (quantizer.Buffers().Single().Value.ToArray<double>().Chunk(3).ToArray(), z.ToArray<double>().Chunk(3).ToArray());
        for (var n = 0; n < points.Length; n++)
        {
            var distances = vectors.Select(e => e.Zip(points[n], (a, b) => (a - b) * (a - b)).Sum()).ToArray();
            Assert.Equal(Array.IndexOf(distances, distances.Min()), codes[n]);
        }
    }

    [Fact]
    public void The_codebook_comes_to_the_means_of_what_it_replaces()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(6);
        var quantizer = new VectorQuantizer(3, 2, rng);
        var averages = new VectorQuantizer.Averages(quantizer, 0.9);
        // Three groups of different sizes, far apart.
        double[][] centres = [[0, 0], [20, 0], [0, 20]];
        int[] sizes = [10, 20, 30];
        double[][] points = [.. Enumerable.Range(0, 3).SelectMany(g => Enumerable.Range(0, sizes[g]).Select(i =>
            (double[])[centres[g][0] + Math.Sin(i), centres[g][1] + Math.Cos(2.5 * i)]))];
        var z = Tensor.From([.. points.SelectMany(p => p)], points.Length, 2).to(ScalarType.Float32);
        averages.Begin(z, rng);
        for (var i = 0; i < 300; i++)
        {
            averages.Update(z, quantizer.Nearest(z), rng);
        }

        // After 300 steps 0.9³⁰⁰ of the beginning is left. No group is without a code of its own: a dead one would have started anew.
        var codes = quantizer.Nearest(z).ToArray<long>();
        var found = quantizer.Buffers().Single().Value.ToArray<double>().Chunk(2).ToArray();
        var groups = codes.Zip(points).GroupBy(p => p.First).ToArray();
        Assert.Equal(3, groups.Length);
        Assert.All(groups, g => Near.Equal([g.Average(p => p.Second[0]), g.Average(p => p.Second[1])], found[g.Key], 1e-4));

        var shares = groups.Select(g => g.Count() / 60.0).ToArray();
        Assert.Equal(Math.Exp(-shares.Sum(p => p * Math.Log(p))), averages.Perplexity().ToDouble(), 1e-3);
    }

    [Fact]
    public void A_code_that_nothing_comes_near_starts_anew_at_an_example()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(7);
        var quantizer = new VectorQuantizer(2, 1, rng);
        var averages = new VectorQuantizer.Averages(quantizer, 0.5);
        averages.Begin(Tensor.From<float>([5], 1, 1), rng);
        quantizer.Buffers().Single().Value.copy_(Tensor.From<float>([5, 1000], 2, 1));
        var z = Tensor.From<float>([4, 6, 4, 6], 4, 1);
        var dead = true;
        for (var i = 0; i < 20; i++)
        {
            averages.Update(z, quantizer.Nearest(z), rng);
            dead &= quantizer.Lookup(Tensor.From<long>([1], 1)).ToDouble() > 6.001;
        }

        Assert.False(dead);
        var both = quantizer.Buffers().Single().Value.ToArray<double>();
        Assert.InRange(both.Min(), 3.99, 5);
        Assert.InRange(both.Max(), 5, 6.01);
    }

    [Fact]
    public void The_codes_have_a_density_that_adds_up_to_one_and_samples_follow_it()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        TorchRuntime.Threads = 1;
        var prior = new GridDensity(3, 2, 3, new(6, 1), new Rng(1));
        prior.Scatter(0.5, 2);
        const int all = 729; // 3⁶
        var codes = Tensor.From([.. Enumerable.Range(0, all * 6).Select(i => (long)(i / 6 / (int)Math.Pow(3, i % 6) % 3))], all, 6);
        var p = prior.LogProb(codes).exp().ToArray<double>();
        Assert.Equal(1, p.Sum(), 1e-4);

        const int many = 40_000;
        var drawn = prior.Sample(many, new Rng(3)).ToArray<long>().Chunk(6).ToArray();
        var counts = new double[all];
        foreach (var z in drawn)
        {
            counts[z.Select((c, i) => (int)c * (int)Math.Pow(3, i)).Sum()]++;
        }

        // 5 standard deviations of each frequency and the last count's rounding.
        Assert.All(Enumerable.Range(0, all), k => Assert.Equal(p[k], counts[k] / many, (5 * Math.Sqrt(p[k] / many)) + (1.0 / many)));
    }

    [Fact]
    public void The_bound_is_what_its_two_parts_say()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        TorchRuntime.Threads = 1;
        var model = new VqVae(s_spec, Options, new Rng(1));
        var x = new Rng(2).Uniform(4, 1, 8, 8).lt(0.5).to(ScalarType.Float32);
        var decoded = model.Decode(model.Encode(x)).reshape(4, 64).ToArray<double>();
        var bits = x.ToArray<double>();
        var prior = Density(model).LogProb(model.Codes(x)).ToArray<double>();
        var bound = model.LogProbBound(x, new Rng(3)).ToArray<double>();
        for (var n = 0; n < 4; n++)
        {
            // The means of bits are their probabilities.
            var log = Enumerable.Range(n * 64, 64).Sum(i => Math.Log(bits[i] > 0 ? decoded[i] : 1 - decoded[i]));
            Assert.Equal(log + prior[n], bound[n], 1e-3);
        }
    }

    private static GridDensity Density(VqVae model)
    {
        // The density of the codes by itself, with the model's weights.
        var prior = new GridDensity(3, 4, 4, Options.Prior, new Rng(9));
        foreach (var (name, value) in prior.Parameters())
        {
            value.copy_(model.Parameter($"prior.{name}"));
        }

        return prior;
    }
}
