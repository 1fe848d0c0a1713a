namespace Likeness;

/// <summary>What became of the pictures.</summary>
/// <param name="Written">Files that were written.</param>
/// <param name="Pictures">Pictures that were worked on.</param>
/// <param name="Unreadable">One sentence for each that could not be read.</param>
/// <param name="Resized">How many had another size than the model knows.</param>
/// <param name="Disagreement">The largest difference between what was given and what is measured of a result at the model's size, as a share of the range.</param>
public sealed record PictureRestorationReport(int Written, int Pictures, IReadOnlyList<string> Unreadable, int Resized, double Disagreement);

/// <summary>What is made of pictures [n, …] at the model's size: the restored ones [n · draws, …].</summary>
/// <param name="y">What was measured of them.</param>
/// <param name="draws">Images of each.</param>
/// <param name="rng">Where draws come from.</param>
/// <param name="progress">Told the share done, 0 … 1.</param>
public delegate Tensor PictureWork(Tensor y, int draws, Rng rng, Action<double>? progress);

/// <summary>
/// Pictures of any size restored, each under its own name: brought to the model's size and back, where what was given is put back at its own resolution.
/// </summary>
/// <param name="spec">What the model knows.</param>
/// <param name="measure">The measurement of images of a kind: that of the model's size, and that of a picture's.</param>
/// <param name="work">Restores at the model's size.</param>
public sealed class PictureRestoration(DataSpec spec, Func<DataSpec, LinearMeasurement> measure, PictureWork work)
{
    private const int AtOnce = 64;

    private readonly LinearMeasurement _measurement = measure(spec);

    /// <summary>How many pictures a grid shows.</summary>
    public int GridRows { get; init; } = 12;

    /// <summary>Whether pictures are whole, and are measured first; else they are what was measured, unless that is pixels.</summary>
    public bool Whole { get; init; }

    /// <summary>Whether a picture's own pixels are put back at its own resolution.</summary>
    public bool PutsBack { get; init; } = true;

    /// <summary>Checks that nothing stands in the way, before any work is done.</summary>
    /// <exception cref="LikenessException">The model knows no pictures, or files would be overwritten.</exception>
    public void Check(PictureSource source, string folder, int draws, bool overwrite)
    {
        if (!spec.IsImage || spec.Domain is not (Domain.Byte or Domain.Binary))
        {
            throw new UsageException($"The model knows {spec}, which is not written as pictures: train it on images of bytes or bits.");
        }

        if (!overwrite && source.Pictures.SelectMany(p => Names(p, draws)).FirstOrDefault(n => File.Exists(Path.Combine(folder, n))) is { } there)
        {
            throw new UsageException($"'{Path.Combine(folder, there)}' is already there: choose another folder, or add {new Remedy.Option("Overwrite")}.");
        }
    }

    /// <summary>Restores and writes. What cannot be read is left out and told of; all else is written.</summary>
    /// <param name="source">The pictures.</param>
    /// <param name="folder">Where to.</param>
    /// <param name="draws">Results of each picture; of several, each has its number behind the name.</param>
    /// <param name="grid">A picture of rows "given, restored, truth"; null for none.</param>
    /// <param name="rng">Where draws come from.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    public PictureRestorationReport Write(PictureSource source, string folder, int draws, string? grid, Rng rng, Action<double>? progress = null)
    {
        var (unreadable, resized, written, disagreement, done) = (new List<string>(), 0, 0, 0.0, 0);
        foreach (var (number, chunk) in source.Pictures.Chunk(AtOnce).Index())
        {
            var read = new List<(SourcePicture Picture, Image Image)>();
            foreach (var picture in chunk)
            {
                try
                {
                    read.Add((picture, WithChannels(picture.Read(), IsWhole ? spec.Channels : _measurement.Output[0])));
                }
                catch (Exception e) when (e is InvalidDataException or DataException)
                {
                    unreadable.Add($"'{picture.Label}' is not a readable image ({e.Message.TrimEnd('.')}): left out.");
                }
            }

            done += chunk.Length;
            if (read.Count == 0)
            {
                continue;
            }

            var (width, height) = IsWhole ? (spec.Width, spec.Height) : (_measurement.Output[2], _measurement.Output[1]);
            resized += read.Count(r => (r.Image.Width, r.Image.Height) != (width, height));
            using var noGrad = torch.no_grad();
            Chain.Value(() =>
            {
                var small = torch.cat([.. read.Select(r => ToTensor(ImageScaling.Stretch(r.Image, width, height)))]);
                var y = IsWhole ? _measurement.Measure(small) : small;
                var made = work(y, draws, rng.Fork($"pictures {number}"), share => progress?.Invoke((done - chunk.Length + (share * chunk.Length)) / source.Pictures.Count));
                disagreement = Math.Max(disagreement, new Restoring(Baselines.Nearest(_measurement), _measurement, spec).Disagreement(made, y.repeat_interleave(draws, 0)).Max());
                foreach (var (i, (picture, image)) in read.Index())
                {
                    foreach (var (draw, name) in Names(picture, draws).Index())
                    {
                        Sampling.WritePicture(Path.Combine(folder, name), ToImage(AtItsSize(made.narrow(0, (i * draws) + draw, 1), image)));
                        written++;
                    }
                }

                if (grid is not null && number == 0)
                {
                    var rows = Math.Min(GridRows, read.Count);
                    Sampling.WritePicture(grid, RestorationPicture.Draw(_measurement, y.narrow(0, 0, rows), made.narrow(0, 0, rows * draws), IsWhole && Whole ? small.narrow(0, 0, rows) : null, spec));
                }
            });
        }

        return new(written, source.Pictures.Count - unreadable.Count, unreadable, resized, disagreement);
    }

    private bool IsWhole => Whole || _measurement is Mask;

    private static IEnumerable<string> Names(SourcePicture picture, int draws) =>
        draws == 1 ? [$"{picture.Name}.png"] : Enumerable.Range(1, draws).Select(d => $"{picture.Name}-{d}.png");

    // A result as large as its picture asks for, of which the picture's own pixels are seen.
    private Tensor AtItsSize(Tensor made, Image image)
    {
        var (width, height) = IsWhole ? (image.Width, image.Height) : (image.Width * (spec.Width / _measurement.Output[2]), image.Height * (spec.Height / _measurement.Output[1]));
        if ((width, height) == (spec.Width, spec.Height))
        {
            return made;
        }

        var large = ToTensor(ImageScaling.Stretch(ToImage(made), width, height));
        if (!PutsBack)
        {
            return large;
        }

        try
        {
            var own = measure(spec with { Shape = [spec.Channels, height, width] });
            var y = ToTensor(image);
            return own.Project(large, IsWhole ? own.Measure(y) : y).round().clamp(0, spec.Domain.LevelCount!.Value - 1);
        }
        catch (UsageException)
        {
            // Sides that the measurement cannot divide: the result stays what it is.
            return large;
        }
    }

    private static Image WithChannels(Image image, int channels)
    {
        image = ImageScaling.Opaque(image);
        return channels == 1 ? ImageScaling.Grey(image) : image.Channels == channels ? image
            : new(image.Width, image.Height, channels, [.. image.Pixels.SelectMany(p => Enumerable.Repeat(p, channels))]);
    }

    private Tensor ToTensor(Image image)
    {
        var planes = new byte[image.Channels * image.Width * image.Height];
        ImageScaling.Planes(image, image.Channels, planes);
        return Tensor.From(Array.ConvertAll(planes, p => spec.Domain is Domain.Binary ? p >> 7 : (float)p), 1, image.Channels, image.Height, image.Width);
    }

    private Image ToImage(Tensor x) => ImageScaling.FromPlanes(
        Array.ConvertAll(x.to(torch.CPU).ToArray<float>(), v => (byte)(spec.Domain is Domain.Binary ? 255 * v : v)), (int)x.size(1), (int)x.size(3), (int)x.size(2));
}
