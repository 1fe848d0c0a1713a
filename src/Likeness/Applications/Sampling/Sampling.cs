namespace Likeness;

/// <summary>Drawing examples from a model, and keeping them.</summary>
public static class Sampling
{
    // Examples drawn at once: bounds the memory. Part of what makes a seed's samples the same, so never changed.
    private const int AtOnce = 64;

    /// <summary>The kinds of file that samples can be kept in.</summary>
    public static IReadOnlyList<string> Extensions { get; } = [".png", ".jpg", ".npy", ".npz", ".csv"];

    /// <summary>Whether examples go into a folder, a picture each: a path that ends in a separator, or a folder that is there.</summary>
    public static bool IsFolder(string path) => Path.EndsInDirectorySeparator(path) || Directory.Exists(path);

    /// <summary>What suits the data: a picture where there is one to draw, else a table.</summary>
    public static string DefaultExtension(DataSpec spec) => spec.IsImage || IsPlane(spec) ? ".png" : ".csv";

    /// <summary>New examples [count, …] in main memory.</summary>
    /// <param name="model">What to draw from.</param>
    /// <param name="count">How many.</param>
    /// <param name="rng">The same state gives the same examples.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <param name="means">Whether the noise of the observation is left out, where the model can: see <see cref="INoiselessSampler"/>.</param>
    /// <exception cref="UsageException">The model cannot sample.</exception>
    public static Tensor Draw(Module model, int count, Rng rng, Action<double>? progress = null, bool means = false)
    {
        var generative = Capabilities.Require<IGenerative>(model);
        return Parts(count, part => means && model is INoiselessSampler noiseless ? noiseless.SampleMeans(part, rng) : generative.Sample(part, rng), progress);
    }

    /// <summary>Whether a model's pictures differ from its draws by noise that can be left out.</summary>
    public static bool HasNoise(Module model, DataSpec spec) => spec.IsImage && model is INoiselessSampler;

    /// <summary>New examples [count, …] of one class, in main memory.</summary>
    /// <param name="model">What to draw from.</param>
    /// <param name="label">The class, counted from 0.</param>
    /// <param name="classes">How many classes the model knows.</param>
    /// <param name="count">How many.</param>
    /// <param name="rng">The same state gives the same examples.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <param name="means">Whether the noise of the observation is left out, where the model can.</param>
    /// <exception cref="UsageException">The model cannot sample a class, or has no such class.</exception>
    public static Tensor DrawClass(Module model, int label, int classes, int count, Rng rng, Action<double>? progress = null, bool means = false)
    {
        var generative = Capabilities.Require<IGenerative<ClassCondition>>(model, instead: "leave the class out");
        if (label < 0 || label >= classes)
        {
            throw new UsageException($"There is no class {label}: the model knows the classes 0 … {classes - 1}.");
        }

        return Parts(count, part =>
        {
            var those = new ClassCondition(Tensor.From(Enumerable.Repeat((long)label, part).ToArray(), part).to(rng.Device));
            return means && model is INoiselessSampler<ClassCondition> noiseless ? noiseless.SampleMeans(those, part, rng) : generative.Sample(those, part, rng);
        }, progress);
    }

    /// <summary>New examples [count, …] of a text, in main memory.</summary>
    /// <param name="model">What to draw from.</param>
    /// <param name="text">What they are to show.</param>
    /// <param name="count">How many.</param>
    /// <param name="rng">The same state gives the same examples.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <exception cref="UsageException">The model cannot sample from a text.</exception>
    public static Tensor DrawText(Module model, string text, int count, Rng rng, Action<double>? progress = null)
    {
        var generative = Capabilities.Require<IGenerative<TextCondition>>(model, instead: "leave the text out");
        return Parts(count, part => generative.Sample(new([text]), part, rng), progress);
    }

    internal static Tensor Parts(int count, Func<int, Tensor> draw, Action<double>? progress)
    {
        if (count < 1)
        {
            throw new UsageException($"{count} examples cannot be drawn: ask for at least 1.");
        }

        return Chain.Concat(Sizes(), part => draw(part).to(torch.CPU));

        IEnumerable<int> Sizes()
        {
            for (var done = 0; done < count; done += AtOnce)
            {
                progress?.Invoke((double)done / count);
                yield return Math.Min(AtOnce, count - done);
            }

            progress?.Invoke(1);
        }
    }

    /// <summary>Keeps examples in a file whose kind its extension says, written whole or not at all; or in a folder (<see cref="IsFolder"/>), a picture each.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="x">Examples [n, …].</param>
    /// <param name="spec">What they are.</param>
    /// <param name="fit">What brings them to the data's units, and names their columns; see <see cref="DataFit.Raw"/> for those of the model.</param>
    /// <param name="columns">Images per row of a picture; near-square where null.</param>
    /// <param name="labels">The class of each, by name, which .npz has room for; null where there are none.</param>
    /// <exception cref="UsageException">The extension is unknown, or the data cannot be drawn.</exception>
    public static void Write(string path, Tensor x, DataSpec spec, DataFit? fit = null, int? columns = null, IReadOnlyList<string>? labels = null)
    {
        // Other arrays than tables and series have no columns.
        fit = fit is not null && fit.Columns.Count == spec.Shape[^1] && !spec.IsImage ? fit : DataFit.None;
        if (fit.Schema is not null)
        {
            MixedRows.Write(path, x, fit);
            return;
        }

        x = StaticColumns.Settled(fit.ToData(x), fit);
        if (IsFolder(path))
        {
            PictureFolder.Write(path, x, spec);
            return;
        }

        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".png" or ".jpg" or ".jpeg":
                WritePicture(path, Picture(x, spec, columns, fit));
                break;
            case ".npy":
                Npy.Write(path, ExampleArrays.Of(x, spec, fit));
                break;
            case ".npz":
                Npz.Write(path, ExampleArrays.Described(x, spec, fit, labels));
                break;
            case ".csv":
                WriteTable(path, x, spec, fit);
                break;
            case var other:
                throw new UsageException($"Samples cannot be written as '{other}' ('{path}'): end the file's name in {string.Join(", ", Extensions)}.");
        }
    }

    /// <summary>Whether a file of this name is a picture.</summary>
    public static bool IsPicture(string path) => Path.GetExtension(path).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg";

    /// <summary>Keeps a picture, as JPEG where its name says so, else as PNG.</summary>
    public static void WritePicture(string path, Image picture)
    {
        var bytes = Path.GetExtension(path).ToLowerInvariant() is ".jpg" or ".jpeg" ? ImageCodec.EncodeJpeg(picture) : ImageCodec.EncodePng(picture);
        WriteFile(path, bytes);
    }

    /// <summary>Keeps bytes; written whole or not at all.</summary>
    public static void WriteFile(string path, byte[] bytes) => WholeFile.Write(path, stream => stream.Write(bytes));

    /// <summary>Keeps lines of text; written whole or not at all.</summary>
    public static void WriteText(string path, IEnumerable<string> lines) => WholeFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        foreach (var line in lines)
        {
            writer.Write(line);
            writer.Write('\n');
        }
    });

    /// <summary>Examples as a picture: images in rows, or points of the plane.</summary>
    /// <param name="x">Examples [n, …].</param>
    /// <param name="spec">What they are.</param>
    /// <param name="columns">Images per row; near-square where null.</param>
    /// <exception cref="UsageException">The data has no pictures, or there are too many for one.</exception>
    /// <param name="fit">The names of a plane's two columns.</param>
    public static Image Picture(Tensor x, DataSpec spec, int? columns = null, DataFit? fit = null) => !IsPlane(spec) ? ImageGrid.Draw(x, spec, columns)
        : ScatterPlot.Draw(x, fit is { Columns: [var across, var up] } ? new(Across: across.Name, Up: up.Name) : new(Across: "x1", Up: "x2"));

    // Of series one row for each step, as a table has.
    private static void WriteTable(string path, Tensor x, DataSpec spec, DataFit fit)
    {
        string[] names = [.. fit.Columns.Select(c => c.Name)];
        if (fit.StaticChannels > 0)
        {
            StaticColumns.Write(path, x, fit);
        }
        else if (names.Length > 0 && spec.IsSeries)
        {
            WriteSteps(path, ["series", "step", .. names], x);
        }
        else
        {
            TextTable.Write(path, names.Length == spec.Dimensions ? fit.Names : spec.IsImage ? PixelColumns.Of(spec) : [.. Enumerable.Range(1, spec.Dimensions).Select(i => $"x{i}")], fit.Whole(x.ToArray<float>()));
        }
    }

    /// <summary>Keeps series [n, steps, values] as a table with a row for each step of each, the numbers of series and step before the values.</summary>
    internal static void WriteSteps(string path, IReadOnlyList<string> names, Tensor series)
    {
        var (n, steps) = (series.size(0), series.size(1));
        var numbers = torch.stack([torch.arange(0, n, ScalarType.Float32).unsqueeze(1).expand(n, steps), torch.arange(0, steps, ScalarType.Float32).unsqueeze(0).expand(n, steps)], 2);
        TextTable.Write(path, names, torch.cat([numbers, series], 2).ToArray<float>());
    }

    private static bool IsPlane(DataSpec spec) => spec.Shape is [2];
}
