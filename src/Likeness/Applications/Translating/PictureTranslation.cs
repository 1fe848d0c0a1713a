namespace Likeness;

/// <summary>What became of the pictures.</summary>
/// <param name="Written">How many were translated.</param>
/// <param name="Unreadable">One sentence for each that could not be read.</param>
/// <param name="Resized">How many had another size than the model knows.</param>
public sealed record TranslationReport(int Written, IReadOnlyList<string> Unreadable, int Resized);

/// <summary>Pictures into pictures of another domain, each under its own name.</summary>
/// <param name="trained">The model.</param>
/// <param name="target">Where to.</param>
public sealed class PictureTranslation(TrainedModel trained, TranslationTarget target)
{
    private const int AtOnce = 64;
    private const string Table = "metadata.csv";

    // What a picture says may no longer be true of its translation.
    private static readonly string[] s_texts = ["text", "keywords"];

    /// <summary>How many pictures a grid shows.</summary>
    public int GridRows { get; init; } = 12;

    /// <summary>Checks that nothing stands in the way, before any work is done.</summary>
    /// <exception cref="LikenessException">The model knows no pictures, or files would be overwritten.</exception>
    public void Check(PictureSource source, string folder, bool overwrite)
    {
        var spec = trained.Spec;
        if (!spec.IsImage || spec.Domain is not (Domain.Byte or Domain.Binary))
        {
            throw new UsageException($"The model of '{trained.Folder.Path}' knows {spec}, which is not written as pictures: train it on images of bytes or bits.");
        }

        if (!overwrite && source.Pictures.Select(p => $"{p.Name}.png").Append(Table).FirstOrDefault(n => File.Exists(Path.Combine(folder, n))) is { } there)
        {
            throw new UsageException($"'{Path.Combine(folder, there)}' is already there: choose another folder, or add {new Remedy.Option("Overwrite")}.");
        }
    }

    /// <summary>Translates and writes. What cannot be read is left out and told of; all else is written.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="grid">A picture of rows "before, after, back again"; null for none.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    public TranslationReport Write(PictureSource source, string folder, string? grid, Action<double>? progress = null)
    {
        var (unreadable, resized, rows, shown) = (new List<string>(), 0, new List<(string File, SourcePicture Picture)>(), new List<byte[]>());
        var columns = 0;
        foreach (var chunk in source.Pictures.Chunk(AtOnce))
        {
            var read = new List<(SourcePicture Picture, byte[] Pixels)>();
            foreach (var picture in chunk)
            {
                try
                {
                    var image = picture.Read();
                    resized += image.Width == trained.Spec.Width && image.Height == trained.Spec.Height ? 0 : 1;
                    read.Add((picture, Planes(image, picture)));
                }
                catch (Exception e) when (e is InvalidDataException or DataException)
                {
                    unreadable.Add($"'{picture.Label}' is not a readable image ({e.Message.TrimEnd('.')}): left out.");
                }
            }

            if (read.Count > 0)
            {
                var (images, cells, across) = Translate([.. read.SelectMany(r => r.Pixels)], read.Count, grid is not null && shown.Count == 0);
                (shown, columns) = shown.Count == 0 && cells is not null ? (cells, across) : (shown, columns);
                InParallel.For(images.Length, i => Sampling.WritePicture(Path.Combine(folder, $"{read[i].Picture.Name}.png"), images[i]));
                rows.AddRange(read.Select(r => ($"{r.Picture.Name}.png", r.Picture)));
            }

            progress?.Invoke((double)(rows.Count + unreadable.Count) / source.Pictures.Count);
        }

        WriteTable(folder, rows);
        if (grid is not null && shown.Count > 0)
        {
            Chain.Value(() => Sampling.WritePicture(grid, ImageGrid.Draw(
                Tensor.From([.. shown.SelectMany(c => c).Select(b => (float)b)], trained.Spec.BatchShape(shown.Count)), trained.Spec with { Domain = new Domain.Byte() }, columns)));
        }

        return new(rows.Count, unreadable, resized);
    }

    // Bytes [n, channels, height, width] to pictures, and the cells of a grid.
    private (Image[] Pictures, List<byte[]>? Cells, int Across) Translate(byte[] pixels, int count, bool withGrid)
    {
        using var noGrad = torch.no_grad();
        return Chain.Value<(Image[] Pictures, List<byte[]>? Cells, int Across)>(() =>
        {
            var spec = trained.Spec;
            var levels = spec.Domain is Domain.Binary ? Array.ConvertAll(pixels, p => (float)(p >> 7)) : Array.ConvertAll(pixels, p => (float)p);
            var x = Tensor.From(levels, spec.BatchShape(count)).to(trained.Model.Device);
            var y = target.Model.Translate(x, target.For(count, x.device));
            (List<byte[]>? Cells, int Across) grid = (null, 0);
            var made = Bytes(y);
            if (withGrid)
            {
                var most = Math.Min(GridRows, count);
                List<byte[][]> all = [Bytes(x), made];
                if (target.BackFor(x.narrow(0, 0, most)) is { } back)
                {
                    all.Add(Bytes(target.Model.Translate(y.narrow(0, 0, most), back)));
                }

                grid = ([.. Enumerable.Range(0, most).SelectMany(i => all.Select(column => column[i]))], all.Count);
            }

            return (Array.ConvertAll(made, Picture), grid.Cells, grid.Across);

            byte[][] Bytes(Tensor images) =>
                [.. Array.ConvertAll(images.to(torch.CPU).ToArray<float>(), v => (byte)(spec.Domain is Domain.Binary ? 255 * v : v)).Chunk(spec.Dimensions)];
        });
    }

    private Image Picture(byte[] planes) => ImageScaling.FromPlanes(planes, trained.Spec.Channels, trained.Spec.Width, trained.Spec.Height);

    private byte[] Planes(Image image, SourcePicture picture)
    {
        var spec = trained.Spec;
        image = spec.Channels == 1 ? ImageScaling.Grey(image) : image;
        if ((image.Width, image.Height) != (spec.Width, spec.Height))
        {
            image = spec.Width == spec.Height ? ImageScaling.Square(image, spec.Height)
                : throw new DataException($"it has {image.Width}×{image.Height} pixels, and the model knows {spec.Width}×{spec.Height} only");
        }

        var planes = new byte[spec.Dimensions];
        ImageScaling.Planes(image, spec.Channels, planes);
        return planes;
    }

    // What is known of the pictures goes with them, but for what has been changed.
    private void WriteTable(string folder, List<(string File, SourcePicture Picture)> rows)
    {
        var changed = target.Named().ToDictionary(n => n.Group == "class" ? "label" : n.Group, n => n.Domain);
        var columns = rows.SelectMany(r => r.Picture.Known.Keys).Distinct().ToList();
        if (columns.Exists(changed.ContainsKey))
        {
            columns.RemoveAll(s_texts.Contains);
        }

        if (columns.Count > 0)
        {
            Sampling.WriteText(Path.Combine(folder, Table), rows.Select(r => string.Join(',',
                columns.Select(c => r.Picture.Known.ContainsKey(c) && changed.TryGetValue(c, out var domain) ? domain : r.Picture.Known.GetValueOrDefault(c, "")).Prepend(r.File).Select(CsvText.Quoted)))
                .Prepend(string.Join(',', columns.Prepend("file_name").Select(CsvText.Quoted))));
        }
    }
}
