namespace Likeness;

/// <summary>Examples as arrays of the type that says what they are, so that they can be read back as the same: bytes as bytes, bits as truth values.</summary>
internal static class ExampleArrays
{
    /// <summary>The array; numbers that the domain does not have, such as the mean of bits, are kept as they are.</summary>
    /// <param name="x">Examples [n, …].</param>
    /// <param name="spec">What they are.</param>
    /// <param name="fit">Which puts the constant columns of a table back.</param>
    public static NumericArray Of(Tensor x, DataSpec spec, DataFit? fit = null)
    {
        var values = x.ToArray<float>();
        if (fit is { Constants.Count: > 0 })
        {
            return new(fit.Whole(values), [.. x.shape[..^1].Select(d => (int)d), fit.Names.Count]);
        }

        int[] shape = Array.ConvertAll(x.shape, d => (int)d);
        return spec.Domain.LevelCount is not { } levels || !Array.TrueForAll(values, v => v >= 0 && v < levels && float.IsInteger(v)) ? new(values, shape)
            : spec.Domain is Domain.Categorical ? new(Array.ConvertAll(values, v => (int)v), shape)
            : new(Array.ConvertAll(values, v => (byte)v), shape) { IsBoolean = spec.Domain is Domain.Binary };
    }

    /// <summary>The arrays of an archive that says what its examples are.</summary>
    public static IReadOnlyList<(string Name, NumericArray Array)> Described(Tensor x, DataSpec spec, DataFit fit, IReadOnlyList<string>? labels)
    {
        var arrays = new List<(string, NumericArray)> { (ArrayDescription.Examples, Of(x, spec, fit)) };
        var shape = arrays[0].Item2.Shape.Skip(1);
        arrays.Add((ArrayDescription.Spec, new(new[] { $"{string.Join('x', shape)} {spec.Domain}" }, [])));
        if (fit.Columns.Count > 0)
        {
            arrays.Add((ArrayDescription.Columns, new(fit.Names.ToArray(), [fit.Names.Count])));
        }

        if (labels is not null)
        {
            arrays.Add((ArrayDescription.Labels, new(labels.ToArray(), [labels.Count])));
        }

        return arrays;
    }
}
