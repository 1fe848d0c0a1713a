using System.Security.Cryptography;

namespace Likeness;

/// <summary>Begins a model with the weights of another run, wherever names and shapes agree.</summary>
internal static class StartingWeights
{
    /// <summary>Takes what fits into a new model.</summary>
    /// <exception cref="UsageException">Nothing does.</exception>
    /// <exception cref="DataException">The other run's weights are missing or damaged.</exception>
    public static RunStart Take(RunFolder from, Module model, string recipe) => RunFolder.Guarded<RunStart>(from.Path, "read", () =>
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var path = from.ChosenModelFile;
        if (!File.Exists(path))
        {
            throw new DataException($"The run '{from.Path}' has saved no weights to begin with: train it first, or choose another run.");
        }

        try
        {
            using var file = SafetensorsFile.Open(path);
            var walk = new Walk(file);
            model.State(new Taker("", walk));
            return walk.Taken.Count > 0
                ? new(Path.GetFullPath(from.Path), from.Record.Recipe, RunFolder.StepOf(file), Hash(path), walk.Taken.Count, walk.Left, [.. file.Names.Except(walk.Taken)])
                : throw new UsageException($"Nothing of the run '{from.Path}' ('{from.Record.Recipe}') fits a model '{recipe}' as it is set: names and shapes of weights must agree, so choose the run of a model with the same parts.");
        }
        catch (InvalidDataException e)
        {
            throw new DataException(e.Message, e);
        }
    });

    /// <summary>The same for a run that took them before.</summary>
    /// <exception cref="DataException">The other run is no longer what it was.</exception>
    public static void TakeAgain(RunStart from, Module model, string recipe)
    {
        if (Take(RunFolder.Open(from.Run), model, recipe).Hash != from.Hash)
        {
            throw new DataException($"The weights of '{from.Run}', which this run began with, are others now: restore them from a copy, or train a new run.");
        }
    }

    /// <summary>Lets a training set what it sets from its data, but for what was taken.</summary>
    public static void Keep(Module model, RunStart from, Action begin)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var left = from.Left.ToHashSet();
        var taken = Checkpoint.Entries(model).Where(e => !left.Contains(e.Name)).Select(e => (e.Value, Copy: e.Value.clone())).ToArray();
        begin();
        foreach (var (value, copy) in taken)
        {
            value.copy_(copy);
        }
    }

    /// <summary>What a run whose weights are taken has given away of the same data.</summary>
    /// <exception cref="UsageException">It was trained on that data and promises nothing.</exception>
    public static PrivacyLedger? Owed(RunFolder from, IDataset data) => from.Privacy?.Ledger.Owed() ?? (from.Record.Data.Source != data.Origin.Source
        ? null
        : throw new UsageException($"The run '{from.Path}' learned from '{data.Origin.Source}' without privacy, and its weights give away what this run is to keep: begin with others, or at random."));

    /// <summary>Weights that were taken from another run stay as they are where a training begins by setting some from its data.</summary>
    public static ITraining Kept(ITraining training, Module model, RunRecord record)
    {
        if (record.From is { } from && training is IBeginning beginning)
        {
            beginning.Watch = begin => Keep(model, from, begin);
        }

        return training;
    }

    private static string Hash(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private sealed class Walk(SafetensorsFile file)
    {
        private readonly HashSet<string> _names = [.. file.Names];

        public HashSet<string> Taken { get; } = [];

        public List<string> Left { get; } = [];

        // The entry of a name; null where there is none, or none that fits.
        public Tensor? Find(string name, Func<Tensor, bool> fits)
        {
            if (_names.Contains(name) && file.Read(name) is var value && fits(value))
            {
                Taken.Add(name);
                return value;
            }

            Left.Add(name);
            return null;
        }
    }

    private sealed class Taker(string prefix, Walk walk) : IStateCursor
    {
        public void Visit(string name, Tensor tensor)
        {
            using var scope = torch.NewDisposeScope();
            if (walk.Find(prefix + name, v => v.shape.SequenceEqual(tensor.shape)) is { } value)
            {
                tensor.copy_(value);
            }
        }

        public void Visit(string name, ref Tensor? tensor) => tensor = walk.Find(prefix + name, _ => true)?.Own() ?? tensor;

        public void Visit(string name, ref long value) => value = Number(name)?.AsSpan<long>()[0] ?? value;

        public void Visit(string name, ref double value) => value = Number(name)?.AsSpan<double>()[0] ?? value;

        public IStateCursor In(string name) => new Taker($"{prefix}{name}.", walk);

        // Saved without dimensions.
        private Tensor? Number(string name) => walk.Find(prefix + name, v => v.numel() == 1);
    }
}
