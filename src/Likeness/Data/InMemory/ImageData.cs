namespace Likeness;

/// <summary>Byte images [n, channels, height, width] with what is known about them, before a protocol is chosen.</summary>
internal sealed record ImageData(byte[] Pixels, IReadOnlyList<int> Shape, int[]? Labels = null)
{
    public int Count => Pixels.Length / Dimensions;

    public int Dimensions => Shape.Aggregate(1, (a, b) => a * b);

    /// <summary>Images whose colours are side by side in each pixel: bytes of the shape [n, height, width, channels].</summary>
    public static ImageData Interleaved(byte[] pixels, IReadOnlyList<int> shape, int[]? labels = null)
    {
        var (area, channels) = (shape[1] * shape[2], shape[3]);
        var planes = new byte[pixels.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (image, within) = Math.DivRem(i, area * channels);
            planes[(((image * channels) + (within % channels)) * area) + (within / channels)] = pixels[i];
        }

        return new(planes, [channels, shape[1], shape[2]], labels);
    }

    /// <summary>The images of these indices.</summary>
    public ImageData Choose(ReadOnlySpan<int> chosen)
    {
        var (length, pixels) = (Dimensions, new byte[chosen.Length * Dimensions]);
        var labels = Labels is null ? null : new int[chosen.Length];
        for (var i = 0; i < chosen.Length; i++)
        {
            Pixels.AsSpan(chosen[i] * length, length).CopyTo(pixels.AsSpan(i * length));
            if (labels is not null)
            {
                labels[i] = Labels![chosen[i]];
            }
        }

        return new(pixels, Shape, labels);
    }

    /// <summary>In the colours that a model knows: grey ones in three equal channels, coloured ones as grey; the same where no model is asked.</summary>
    public ImageData InColours(RunData? known)
    {
        if (known?.Spec is not { IsImage: true } spec || spec.Channels == Shape[0])
        {
            return this;
        }

        var (area, from, to) = (Shape[1] * Shape[2], Shape[0], spec.Channels);
        var changed = new byte[(long)Count * area * to];
        InParallel.For(Count, i =>
        {
            var pixels = new byte[area * from];
            for (var k = 0; k < pixels.Length; k++)
            {
                pixels[k] = Pixels[(i * area * from) + (k % from * area) + (k / from)];
            }

            var converted = PixelChannels.Convert(pixels, from, to);
            for (var k = 0; k < converted.Length; k++)
            {
                changed[(i * area * to) + (k % to * area) + (k / to)] = converted[k];
            }
        });
        return new(changed, [to, Shape[1], Shape[2]], Labels);
    }

    /// <summary>Scaled to a square side; the same where there is nothing to do.</summary>
    public ImageData Scaled(int? size)
    {
        if (size is not { } side || (Shape[1] == side && Shape[2] == side))
        {
            return this;
        }

        CheckSize(side);
        var (planes, area) = (Count * Shape[0], Shape[1] * Shape[2]);
        if ((long)planes * side * side > Array.MaxLength)
        {
            throw new UsageException($"{Count} images of {side}×{side} do not fit in memory: choose a smaller size than {side}.");
        }

        var scaled = new byte[planes * side * side];
        InParallel.For(planes, i =>
        {
            var plane = new Image(Shape[2], Shape[1], 1, Pixels.AsSpan(i * area, area).ToArray());
            ImageScaling.Square(plane, side).Pixels.CopyTo(scaled.AsSpan(i * side * side));
        });
        return new(scaled, [Shape[0], side, side], Labels);
    }

    public Part Part(ByteCoding coding)
    {
        var labels = Labels;
        return new(new ByteExamples(Pixels, Dimensions, coding)) { Label = labels is null ? null : i => labels[i] };
    }

    /// <summary>A data set of image splits in any protocol of byte images; a null split is missing.</summary>
    public static IDataset Dataset(
        string name, DataOptions options, IReadOnlyList<string> classNames, ImageData train, ImageData? validation, ImageData test, IReadOnlyList<string>? notes = null)
    {
        var protocol = Protocols.Choose(options.Protocol, Protocols.OfImages);
        var (domain, coding) = Protocols.ForImages(protocol);
        train = train.Scaled(options.Size);
        var splits = new Splits(
            name,
            protocol,
            new(train.Shape, domain, classNames.Count),
            train.Part(coding),
            validation?.Scaled(options.Size).Part(coding) ?? Likeness.Part.Empty,
            test.Scaled(options.Size).Part(coding))
        {
            Notes = notes ?? [],
        };
        return new MemoryDataset(splits.WithUnlabelled(), classNames);
    }

    internal static void CheckSize(int size)
    {
        if (size is < 1 or > 4096)
        {
            throw new UsageException($"Images cannot be brought to a side of {size} pixels: choose 1 … 4096.");
        }
    }
}
