namespace Likeness;

/// <summary>Saves and loads anything that shows its state, as one safetensors file. Loading overwrites the state in place.</summary>
public static class Checkpoint
{
    /// <summary>Writes atomically: a file of this name is always a whole checkpoint.</summary>
    public static void Save(string path, IStateful state, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var scope = torch.NewDisposeScope();
        var saver = new Saver("", []);
        state.State(saver);
        SafetensorsFile.Write(path, saver.Entries, metadata);
    }

    /// <summary>What a checkpoint of a state holds, the tensors themselves and not copies.</summary>
    internal static IReadOnlyList<(string Name, Tensor Value)> Entries(IStateful state)
    {
        var saver = new Saver("", []);
        state.State(saver);
        return saver.Entries;
    }

    /// <exception cref="DataException">The file is missing or damaged, or is not a checkpoint of this state.</exception>
    public static void Load(string path, IStateful state)
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        try
        {
            using var file = SafetensorsFile.Open(path);
            state.State(new Loader("", file, path));
        }
        catch (InvalidDataException e)
        {
            throw new DataException(e.Message, e);
        }
        catch (FileNotFoundException e)
        {
            throw new DataException($"The checkpoint '{path}' does not exist: train first, or give the folder of another run.", e);
        }
    }

    /// <summary>Visits a generator's state like any other part.</summary>
    public static void Visit(this IStateCursor cursor, string name, Rng rng)
    {
        // The native state is opaque bytes of a fixed size for each kind of device.
        Tensor? state = rng.GetState();
        cursor.Visit(name, ref state);
        rng.SetState(state!);
    }

    private sealed class Saver(string prefix, List<(string Name, Tensor Value)> entries) : IStateCursor
    {
        public List<(string Name, Tensor Value)> Entries => entries;

        public void Visit(string name, Tensor tensor) => entries.Add((prefix + name, tensor));

        public void Visit(string name, ref Tensor? tensor)
        {
            if (tensor is not null)
            {
                entries.Add((prefix + name, tensor));
            }
        }

        public void Visit(string name, ref long value) => entries.Add((prefix + name, Tensor.From([value])));

        public void Visit(string name, ref double value) => entries.Add((prefix + name, Tensor.From([value])));

        public IStateCursor In(string name) => new Saver($"{prefix}{name}.", entries);
    }

    private sealed class Loader(string prefix, SafetensorsFile file, string path) : IStateCursor
    {
        private readonly HashSet<string> _names = [.. file.Names];

        public void Visit(string name, Tensor tensor)
        {
            using var scope = torch.NewDisposeScope();
            var saved = Read(name);
            if (!saved.shape.SequenceEqual(tensor.shape))
            {
                throw new DataException(
                    $"The entry '{prefix}{name}' of '{path}' has shape {saved.ShapeText()} where {tensor.ShapeText()} is needed: the checkpoint belongs to a model with other options.");
            }

            tensor.copy_(saved);
        }

        public void Visit(string name, ref Tensor? tensor) => tensor = _names.Contains(prefix + name) ? Read(name).Own() : null;

        public void Visit(string name, ref long value) => value = Read(name).AsSpan<long>()[0];

        public void Visit(string name, ref double value) => value = Read(name).AsSpan<double>()[0];

        public IStateCursor In(string name) => new Loader($"{prefix}{name}.", file, path);

        private Tensor Read(string name) => _names.Contains(prefix + name)
            ? file.Read(prefix + name)
            : throw new DataException($"The checkpoint '{path}' has no entry '{prefix}{name}': it belongs to another model or version.");
    }
}
