namespace Likeness;

/// <summary>A picture, and in words what to know of it.</summary>
public sealed record Captioned(Image Picture, string Caption);

/// <summary>What the codes of a model look like.</summary>
public static class LatentPictures
{
    // Draws or codes that the quantiles of a manifold are taken from.
    private const int Quantiles = 4000;

    /// <summary>The codes of a split as points, in the colours of their classes: themselves where there are two values, else their principal plane.</summary>
    /// <param name="space">Whose codes.</param>
    /// <param name="data">Of these examples.</param>
    /// <param name="options">Which of them.</param>
    /// <exception cref="UsageException">The codes have one value only.</exception>
    public static Captioned Map(LatentSpace space, IDataset data, MeasureOptions options)
    {
        var codes = space.Encode(data, options);
        if (codes.Width < 2)
        {
            throw new UsageException("Codes of one value have no map: use a model with at least two latent values.");
        }

        return Chain.Value<Captioned>(() =>
        {
            var (points, caption, words) = codes.Width == 2
                ? (codes.Points, $"{Counted.Of(codes.Count, "code")}, as they are: two values", new ChartWords($"{Counted.Of(codes.Count, "code")}", "z1", "z2"))
                : Plane();
            return new(codes.Labels is { } labels ? ScatterPlot.Draw(points, labels, Names(data), words) : ScatterPlot.Draw(points, words), caption);

            (Tensor, string, ChartWords) Plane()
            {
                var plane = PrincipalPlane.Of(codes.Points);
                var (of, share) = ($"{Counted.Of(codes.Count, "code")} of {Counted.Of(codes.Width, "value")}", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{plane.Share:P0} of the variance"));
                return (plane.Points, $"{of}, projected on their two principal components, which hold {share}",
                    new($"{of}: {share}", "first principal component", "second principal component"));
            }
        });
    }

    /// <summary>What a grid of codes of two values stands for, at equal steps of probability of each value.</summary>
    /// <param name="space">A model whose codes have two values.</param>
    /// <param name="data">Where a model without a prior gets the range of its codes from.</param>
    /// <param name="side">Codes per row and rows.</param>
    /// <param name="rng">Where draws from the prior come from.</param>
    /// <exception cref="UsageException">The codes have another number of values.</exception>
    public static Captioned Manifold(LatentSpace space, IDataset data, int side, Rng rng)
    {
        if (space.Width != 2)
        {
            throw new UsageException($"A manifold is drawn of codes of two values, and this model's have {space.Width}: train one with two, or draw a map.");
        }

        return Chain.Value<Captioned>(() =>
        {
            var values = space.HasPrior ? space.Draw(Quantiles, rng).to(ScalarType.Float32).ToArray<float>() : space.Encode(data, new(Split.Train, Limit: Quantiles)).Values;
            var (across, down) = (Steps(values, 0, side), Steps(values, 1, side));
            // The second value grows upwards, as in a map.
            var grid = Enumerable.Range(0, side * side).SelectMany(i => (float[])[across[i % side], down[side - 1 - (i / side)]]).ToArray();
            var x = space.Decode(Tensor.From(grid, side * side, 2));
            return new(ImageGrid.Draw(x, space.Trained.Spec, side), $"{side} × {Counted.Of(side, "code")} at the quantiles of {(space.HasPrior ? "the prior" : "the codes of training examples: the model has no prior")}");
        });
    }

    /// <summary>In each row an example, what codes on the way to another example stand for, and that other example.</summary>
    /// <param name="space">A model that encodes and decodes.</param>
    /// <param name="from">Examples [n, …].</param>
    /// <param name="to">As many.</param>
    /// <param name="steps">Codes on the way, both ends included.</param>
    /// <param name="way">Straight, or on an arc.</param>
    public static Captioned Interpolate(LatentSpace space, Tensor from, Tensor to, int steps, LatentWay way)
    {
        return Chain.Value<Captioned>(() =>
        {
            using var noGrad = torch.no_grad();
            var (a, b) = (space.Encode(from), space.Encode(to));
            var columns = Enumerable.Range(0, steps).Select(i => space.Decode(way.Between(a, b, steps == 1 ? 0.5 : (double)i / (steps - 1))));
            var cells = torch.stack([from, .. columns, to], 1);
            return new(
                ImageGrid.Draw(cells.reshape([cells.shape[0] * (steps + 2), .. from.shape[1..]]), space.Trained.Spec, steps + 2),
                "in each row: an example, its code decoded, codes on the way, the other example's code decoded, the other example");
        });
    }

    /// <summary>Code arithmetic: the mean code of one property, less that of a second, plus that of a third; and examples moved by the difference.</summary>
    /// <param name="space">A model that encodes and decodes.</param>
    /// <param name="data">Examples with properties.</param>
    /// <param name="options">Which of them.</param>
    /// <param name="start">What the examples that are moved have.</param>
    /// <param name="minus">What is taken away.</param>
    /// <param name="plus">What is put in its place.</param>
    /// <param name="count">Examples to move.</param>
    /// <exception cref="UsageException">No example has one of the properties.</exception>
    public static Captioned Arithmetic(LatentSpace space, IDataset data, MeasureOptions options, Concept start, Concept minus, Concept plus, int count)
    {
        var codes = space.Encode(data, options);
        return Chain.Value<Captioned>(() =>
        {
            var (a, b, c) = (Mean(start), Mean(minus), Mean(plus));
            var direction = c.Code - b.Code;
            var places = a.Places.Take(count).ToArray();
            var x = LatentSpace.Examples(data, options.Split, places);
            var z = space.Encode(x);
            return new(
                Panels.Draw(
                    ($"mean codes: {start.Text}, {minus.Text}, {plus.Text}, {start.Text} - {minus.Text} + {plus.Text}", Row(space.Decode(torch.cat([a.Code, b.Code, c.Code, a.Code + direction], 0)))),
                    ($"examples: {start.Text}", Row(x)),
                    ("their codes decoded", Row(space.Decode(z))),
                    ($"codes - {minus.Text} + {plus.Text}", Row(space.Decode(z + direction)))),
                $"mean codes of {a.Places.Length}, {b.Places.Length} and {Counted.Of(c.Places.Length, "example")}");

            Image Row(Tensor examples) => ImageGrid.Draw(examples, space.Trained.Spec, (int)examples.shape[0]);

            (Tensor Code, int[] Places) Mean(Concept concept)
            {
                var members = concept.Members(options.Split, options.Limit);
                return members.Length > 0
                    ? (codes.Points.index_select(0, Tensor.From(Array.ConvertAll(members, m => (long)m), members.Length)).mean([0], keepdim: true), members)
                    : throw new UsageException($"No example of the {options.Split.Word()} split of '{data.Name}' has {concept.Text}: choose another property, or a larger {new Remedy.Option(nameof(MeasureOptions.Limit))}.");
            }
        });
    }

    /// <summary>For each factor of the codes, rows of examples of one code each in which only that factor changes (Chen et al. 2016, figure 2).</summary>
    /// <param name="space">A model whose codes have factors.</param>
    /// <param name="rows">Codes.</param>
    /// <param name="steps">Settings of factors that have any number of them.</param>
    /// <param name="rng">Where the codes are drawn.</param>
    /// <exception cref="UsageException">The model's codes have no factors.</exception>
    public static Captioned Sweep(LatentSpace space, int rows, int steps, Rng rng)
    {
        var factors = space.Factors;
        return Chain.Value<Captioned>(() =>
        {
            var codes = space.Draw(rows, rng);
            return new(Panels.Draw([.. factors.Select(f => (f.Name, Varied(f)))]), $"in each row one code, with one factor varied: {string.Join(", ", factors.Select(f => f.Name))}");

            Image Varied(CodeFactor factor)
            {
                var columns = factor.Settings(steps);
                var cells = torch.stack([.. Enumerable.Range(0, columns).Select(i => space.Decode(factor.Set(codes, factor.Values(i, columns))))], 1);
                return ImageGrid.Draw(cells.reshape(space.Trained.Spec.BatchShape(rows * columns)), space.Trained.Spec, columns);
            }
        });
    }

    private static IReadOnlyList<string> Names(IDataset data) =>
        data.ClassNames.Count > 0 ? data.ClassNames : [.. Enumerable.Range(0, data.Spec.Classes).Select(i => $"{i}")];

    private static float[] Steps(float[] values, int axis, int side)
    {
        var sorted = values.Where((_, i) => i % 2 == axis).Order().ToArray();
        return [.. Enumerable.Range(0, side).Select(i => sorted[(int)((i + 0.5) / side * sorted.Length)])];
    }
}
