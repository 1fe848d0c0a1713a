namespace Likeness;

/// <summary>
/// What becomes of examples that are cut into patches and made whole again: how well the mask says where the patches were, as the intersection of said and true mask over
/// their union, and how far the image's pixels in the true mask are from the example's. What each would be by chance stands beside it.
/// </summary>
public sealed class PatchRestoration() : Metric<IRestorer>("restoration",
    "for examples reconstructed from their patches: -mask, intersection over union of predicted and true positions (-chance: with another example's true positions; -constant: with the best fixed mask), and -appearance, mean absolute error per value at the true positions (bytes scaled to 0 to 1; -chance: with another example's patches)")
{
    // Other examples whose masks are laid over each example's.
    private const int Others = 8;

    protected override IReadOnlyList<NamedScore> Compute(IRestorer model, IDataset<Batch> data, MeasureOptions options, Rng rng)
    {
        var device = ((Module)model).Device;
        var unit = data.Spec.Domain is Domain.Byte ? 1 / 255.0 : 1;
        var (overlaps, errors, othersErrors, masks) = (new List<double>(), new List<double>(), new List<double>(), new List<bool[]>());
        var total = Math.Min(options.Limit, data.Count(options.Split));
        using var noGrad = torch.no_grad();
        Chain.Each(data.Read(options.Split, options.BatchSize, options.Limit), batch =>
        {
            var x = batch.X.to(device);
            var (patches, mask) = model.Cut(x);
            var (image, said) = model.Restore(patches, rng);
            var whole = said.gt(0.5).to(mask.dtype);
            overlaps.AddRange(((whole * mask).sum([1, 2, 3]) / (whole + mask).clamp(max: 1).sum([1, 2, 3])).ToArray<double>());
            errors.AddRange(Error(image));
            masks.AddRange(mask.flatten(1).gt(0.5).to(torch.CPU).ToArray<bool>().Chunk((int)(mask.numel() / mask.shape[0])));
            if (x.shape[0] > 1)
            {
                othersErrors.AddRange(Error(torch.cat([image.narrow(0, 1, x.shape[0] - 1), image.narrow(0, 0, 1)], 0)));
            }

            double[] Error(Tensor made) =>
                (((made - x) * mask).abs().sum([1, 2, 3]) * unit / (data.Spec.Channels * mask.sum([1, 2, 3]))).ToArray<double>();
            options.Progress?.Invoke((double)masks.Count / total);
        });

        var scores = new List<NamedScore>
        {
            new($"{Name}-mask", Score.Mean([.. overlaps], "IoU", Evidence.Exact)),
            new($"{Name}-mask-constant", Score.Mean(Constant(masks), "IoU", Evidence.Exact)),
            new($"{Name}-appearance", Score.Mean([.. errors], "per value", Evidence.Estimate)),
        };
        if (masks.Count > 1)
        {
            scores.Insert(1, new($"{Name}-mask-chance", Score.Mean(Chance(masks, rng), "IoU", Evidence.Estimate)));
            scores.Add(new($"{Name}-appearance-chance", Score.Mean([.. othersErrors], "per value", Evidence.Estimate)));
        }

        return scores;
    }

    private static double[] Chance(List<bool[]> masks, Rng rng)
    {
        var n = masks.Count;
        var distances = rng.Integers(1, n, Others).ToArray<long>();
        return [.. Enumerable.Range(0, n).Select(i => distances.Average(d => Overlap(masks[i], masks[(int)((i + d) % n)])))];
    }

    // Of the masks that hold all pixels that belong to a patch at least so often, the one that fits best.
    private static double[] Constant(List<bool[]> masks)
    {
        var often = Enumerable.Range(0, masks[0].Length).Select(p => masks.Average(m => m[p] ? 1.0 : 0)).ToArray();
        return Enumerable.Range(1, 19).Select(t => Array.ConvertAll(often, o => o >= 0.05 * t)).Select(fixedMask => masks.Select(m => Overlap(m, fixedMask)).ToArray())
            .MaxBy(overlaps => overlaps.Average())!;
    }

    private static double Overlap(bool[] a, bool[] b)
    {
        var (both, either) = (0, 0);
        for (var i = 0; i < a.Length; i++)
        {
            both += a[i] & b[i] ? 1 : 0;
            either += a[i] | b[i] ? 1 : 0;
        }

        return either == 0 ? 1 : (double)both / either;
    }
}
