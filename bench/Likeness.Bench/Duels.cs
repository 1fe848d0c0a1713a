using System.Diagnostics;
using System.Text.Json.Nodes;
using Likeness.Core;
using Likeness.Models;
using Likeness.Nn;
using Likeness.Torch;

namespace Likeness.Bench;

/// <summary>The same work by both sides.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Peer">Starts PyTorch's side.</param>
/// <param name="Theirs">Seconds of one repetition there.</param>
/// <param name="Ours">Starts our side: seconds of one repetition here.</param>
internal sealed record Duel(string Name, Func<Peer> Peer, Func<Peer, double> Theirs, Func<Func<double>> Ours)
{
    /// <summary>Both sides take turns, so that what else the machine does meets both.</summary>
    public Result Run(int rounds, Action<string> say)
    {
        using var peer = Peer();
        var ours = Ours();
        for (var i = 0; i < 2; i++)
        {
            ours();
            Theirs(peer);
        }

        var (mine, yours) = (new List<double>(), new List<double>());
        for (var i = 0; i < rounds; i++)
        {
            mine.Add(ours());
            yours.Add(Theirs(peer));
            say($"round {i + 1}: {mine[^1] * 1e3:0.0} ms, PyTorch {yours[^1] * 1e3:0.0} ms");
        }

        return new(Name, Median(mine), Median(yours), Median([.. yours.Zip(mine, (y, m) => y / m)]), peer.Description.GetProperty("torch").GetString()!);
    }

    public static double Median(List<double> values)
    {
        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}

/// <param name="Name">What was measured.</param>
/// <param name="Ours">Median seconds.</param>
/// <param name="Theirs">Median seconds.</param>
/// <param name="Ratio">Median over the rounds of theirs ÷ ours.</param>
/// <param name="TorchVersion">Of the peer.</param>
internal sealed record Result(string Name, double Ours, double Theirs, double Ratio, string TorchVersion);

internal static class Duels
{
    private static readonly DataSpec s_bits = new([1, 28, 28], new Domain.Binary());
    private static readonly DataSpec s_grey = new([1, 28, 28], new Domain.Byte());
    private static readonly DataSpec s_patch = new([63], new Domain.Real());
    private static readonly DataSpec s_table = new([15], new Domain.Real());
    private static readonly DataSpec s_colour = new([3, 32, 32], new Domain.Byte());
    private static readonly DataSpec s_large = new([3, 64, 64], new Domain.Byte());
    private static readonly DataSpec s_domains = s_large with { Classes = 2 };
    private static readonly DataSpec s_attributes = s_large with { Attributes = [.. Enumerable.Range(1, 5).Select(i => new DataAttribute($"attribute {i}", ["no", "yes"]))] };

    public static IEnumerable<Duel> All(string root, int threads)
    {
        Duel Training(string name, string model, string script, string variant, DataSpec spec, int batch, int steps, string precision = "fp32", params string[] settings) => new(
            name, () => new Peer(root, script, threads, precision, variant), peer => peer.Step(steps) / steps,
            () => Steps(model, spec, batch, steps, precision == "fp32" ? Precision.Float32 : Precision.BFloat16, settings));

        yield return Training("nade training step, against a loop over pixels", "nade", "nade", "loop", s_bits, 100, 3);
        yield return Training("nade training step, against the best vectorised version", "nade", "nade", "vector", s_bits, 100, 10);
        yield return new Duel("nade sampling, 100 images", () => new Peer(root, "nade", threads, "fp32", "vector"), peer => Enumerable.Range(0, 10).Sum(_ => peer.Sample(100)) / 10, () => Sampling("nade", s_bits, 100, 10));
        string[] large = ["hidden=200", "components=20"];
        yield return Training("rnade training step, 63 variables, against a loop over variables", "rnade", "rnade", "loop", s_patch, 100, 5, "fp32", large);
        yield return Training("rnade training step, 63 variables, against the best vectorised version", "rnade", "rnade", "vector", s_patch, 100, 5, "fp32", large);
        yield return Training("rnade training step, 15 variables, against a loop over variables", "rnade", "rnade", "small", s_table, 100, 50);
        yield return Training("rnade training step, 15 variables, against the best vectorised version", "rnade", "rnade", "small-vector", s_table, 100, 50);
        yield return Training("fvbn training step", "fvbn", "fvbn", "plain", s_bits, 100, 20);
        yield return Training("made training step", "made", "made", "direct", s_bits, 100, 20);
        yield return new Duel("made sampling, 100 images", () => new Peer(root, "made", threads, "fp32", "direct"), peer => peer.Sample(100), () => Sampling("made", s_bits, 100, 2));
        yield return Training("maf training step, 15 variables", "maf", "maf", "small", s_table, 100, 50);
        yield return Training("maf training step, 63 variables", "maf", "maf", "large", s_patch, 100, 5, "fp32", "hidden=[512,512]");
        string[] vae = ["decoder.kind=bernoulli"];
        yield return Training("vae mlp training step", "vae", "vae", "mlp", s_bits, 100, 50, "fp32", vae);
        yield return Training("vae conv training step", "vae", "vae", "conv", s_bits, 100, 5, "fp32", [.. vae, "network.kind=conv"]);
        yield return Training("vae conv training step, bf16", "vae", "vae", "conv", s_bits, 100, 5, "bf16", [.. vae, "network.kind=conv"]);
        yield return Training("wae training step, kernel distance", "wae", "wae", "conv", s_grey, 100, 5);
        yield return Training("aae training step", "aae", "aae", "mlp", s_grey, 100, 10);
        string[] weighted = [.. vae, "importanceSamples=50"];
        yield return Training("iwae training step, 50 draws", "vae", "iwae", "mlp", s_bits, 100, 3, "fp32", weighted);
        yield return Training("iwae training step, 50 draws, bf16", "vae", "iwae", "mlp", s_bits, 100, 3, "bf16", weighted);
        yield return Training("vq-vae training step", "vq-vae", "vqvae", "contiguous", s_grey, 100, 2);
        yield return Training("vq-vae training step, channels last", "vq-vae", "vqvae", "channels_last", s_grey, 100, 2);
        yield return Training("dcgan training step", "dcgan", "dcgan", "contiguous", s_colour, 128, 2);
        yield return Training("dcgan training step, bf16", "dcgan", "dcgan", "contiguous", s_colour, 128, 2, "bf16");
        string[] grown = ["latent=128", "width=1024", "cap=128", "phaseImages=1"]; // all layers from the second step on
        yield return Training("progressive-gan training step, 32x32", "progressive-gan", "progressive_gan", "contiguous", s_colour, 16, 2, "fp32", grown);
        yield return Training("progressive-gan training step, 32x32, channels last", "progressive-gan", "progressive_gan", "channels_last", s_colour, 16, 2, "fp32", grown);
        yield return Training("progressive-gan training step, 32x32, bf16", "progressive-gan", "progressive_gan", "contiguous", s_colour, 16, 2, "bf16", grown);
        yield return Training("dcgan training step, 64x64", "dcgan", "dcgan", "64", s_large, 128, 1);
        yield return Training("dcgan training step, 64x64, bf16", "dcgan", "dcgan", "64", s_large, 128, 1, "bf16");
        yield return Training("gan training step", "gan", "gan", "gan", s_grey, 128, 20);
        yield return Training("gan training step, bf16", "gan", "gan", "gan", s_grey, 128, 20, "bf16");
        string[] slopes = ["loss=wasserstein", "penalty={\"kind\":\"gradient\"}", "criticTurns=5"];
        yield return Training("wgan-gp training step", "gan", "gan", "wgan-gp", s_grey, 128, 5, "fp32", slopes);
        yield return Training("wgan-gp training step, bf16", "gan", "gan", "wgan-gp", s_grey, 128, 5, "bf16", slopes);
        yield return Training("infogan training step", "infogan", "infogan", "paper", s_grey, 128, 2);
        yield return Training("infogan training step, bf16", "infogan", "infogan", "paper", s_grey, 128, 2, "bf16");
        yield return Training("puzzle-gan training step, 64x64", "puzzle-gan", "puzzle_gan", "contiguous", s_large, 64, 1);
        yield return Training("puzzle-gan training step, 64x64, channels last", "puzzle-gan", "puzzle_gan", "channels_last", s_large, 64, 1);
        yield return Training("puzzle-gan training step, 64x64, bf16", "puzzle-gan", "puzzle_gan", "contiguous", s_large, 64, 1, "bf16");
        foreach (var (model, script, spec, batch) in new[] { ("cycle-gan", "cycle_gan", s_domains, 1), ("star-gan", "star_gan", s_attributes, 4) })
        {
            yield return Training($"{model} training step, 64x64", model, script, "contiguous", spec, batch, 1);
            yield return Training($"{model} training step, 64x64, channels last", model, script, "channels_last", spec, batch, 1);
            yield return Training($"{model} training step, 64x64, bf16", model, script, "contiguous", spec, batch, 1, "bf16");
        }

        yield return Training("ddpm training step", "ddpm", "ddpm", "contiguous", s_grey, 64, 1);
        yield return Training("ddpm training step, bf16", "ddpm", "ddpm", "contiguous", s_grey, 64, 1, "bf16");
        yield return Training("pixel-cnn training step", "pixel-cnn", "pixelcnn", "contiguous", s_bits, 16, 5);
        yield return Training("pixel-cnn training step, channels last", "pixel-cnn", "pixelcnn", "channels_last", s_bits, 16, 5);
        yield return Training("diagonal-bilstm training step", "diagonal-bilstm", "diagonal_bilstm", "columns", s_bits, 16, 2);
    }

    private static Func<double> Steps(string model, DataSpec spec, int batch, int steps, Precision precision, string[] settings)
    {
        var (recipe, options, network) = Build(model, spec, settings);
        var rng = new Rng(1);
        var training = recipe.CreateTraining(network, options, new Synthetic(spec), new(1_000_000, batch, precision), rng).Run().GetEnumerator();
        return () =>
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < steps; i++)
            {
                training.MoveNext();
            }

            return Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
        };
    }

    private static Func<double> Sampling(string model, DataSpec spec, int count, int repetitions)
    {
        var (recipe, options, network) = Build(model, spec, []);
        var rng = new Rng(1);
        // One step, so that samples have as many ones as the data and not half of them.
        using (var training = recipe.CreateTraining(network, options, new Synthetic(spec), new(1, 100), rng))
        {
            _ = training.Run().Last();
        }

        return () =>
        {
            var start = Stopwatch.GetTimestamp();
            for (var i = 0; i < repetitions; i++)
            {
                using var scope = torch.NewDisposeScope();
                ((IGenerative)network).Sample(count, rng);
            }

            return Stopwatch.GetElapsedTime(start).TotalSeconds / repetitions;
        };
    }

    private static (IRecipe Recipe, JsonObject Options, Module Model) Build(string name, DataSpec spec, string[] settings)
    {
        var recipe = Zoo.BuiltIn.Find(name);
        var options = new JsonObject();
        foreach (var setting in settings)
        {
            OptionsJson.Set(options, setting);
        }

        options = recipe.Complete(options);
        return (recipe, options, recipe.CreateModel(spec, options, new Rng(1)));
    }

    /// <summary>A few batches of random data with the statistics of digits: 13 % of the bits are ones. What they show does not matter for speed.</summary>
    private sealed class Synthetic(DataSpec spec) : IDataset<Batch>, IDataset<UnpairedBatch>, IDataset<AttributedBatch>
    {
        public string Name => "synthetic";

        public string Protocol => "synthetic";

        public DataSpec Spec => spec;

        public int Count(Split split) => int.MaxValue;

        public IFeed<Batch> Open(Split split, int batchSize, ulong seed, int shard = 0, int shards = 1) => new Cycle(spec, batchSize, new Rng(seed));

        public IEnumerable<Batch> Read(Split split, int batchSize, int limit = int.MaxValue) => [];

        IFeed<UnpairedBatch> IDataset<UnpairedBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards) =>
            new Made<UnpairedBatch>(new Cycle(spec, batchSize, new Rng(seed)), next => new(next().X, next().X));

        IEnumerable<UnpairedBatch> IDataset<UnpairedBatch>.Read(Split split, int batchSize, int limit) => [];

        IFeed<AttributedBatch> IDataset<AttributedBatch>.Open(Split split, int batchSize, ulong seed, int shard, int shards)
        {
            var values = new Rng(seed).Integers(0, 2, batchSize, spec.Attributes.Count);
            return new Made<AttributedBatch>(new Cycle(spec, batchSize, new Rng(seed)), next => new(next().X, values));
        }

        IEnumerable<AttributedBatch> IDataset<AttributedBatch>.Read(Split split, int batchSize, int limit) => [];
    }

    private sealed class Made<TBatch>(Cycle cycle, Func<Func<Batch>, TBatch> make) : IFeed<TBatch>
    {
        public int BatchSize => cycle.BatchSize;

        public TBatch Next() => make(cycle.Next);

        public void State(IStateCursor cursor)
        {
        }

        public void Dispose()
        {
        }
    }

    private sealed class Cycle(DataSpec spec, int batchSize, Rng rng) : IFeed<Batch>
    {
        private readonly Tensor[] _batches = [.. Enumerable.Range(0, 8).Select(_ => Draw(spec, batchSize, rng))];
        private int _next;

        public int BatchSize => batchSize;

        public Batch Next() => new(_batches[_next++ % _batches.Length]);

        public void State(IStateCursor cursor)
        {
        }

        public void Dispose()
        {
        }

        private static Tensor Draw(DataSpec spec, int batchSize, Rng rng)
        {
            var uniform = rng.Uniform(spec.BatchShape(batchSize));
            return spec.Domain switch
            {
                Domain.Binary => uniform.lt(0.13).to(ScalarType.Float32),
                Domain.Real => uniform,
                _ => (uniform * 255).round(),
            };
        }
    }
}
