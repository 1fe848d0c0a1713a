namespace Likeness;

/// <summary>What the numbers of a user's file can be under a protocol.</summary>
internal static class Domains
{
    private const int MostLevels = 65_536;

    /// <summary>Whether every number is 0 or 1.</summary>
    public static bool IsBinary(NumericArray array) => array.Values is byte[] bytes ? !bytes.AsSpan().ContainsAnyExcept((byte)0, (byte)1) : Unlike(array, v => v is 0 or 1) is null;

    /// <exception cref="DataException">The protocol does not allow a number.</exception>
    public static Domain Of(string name, string protocol, NumericArray array)
    {
        if (protocol == Protocols.Binary)
        {
            return IsBinary(array) ? new Domain.Binary() : throw new DataException($"'{name}' holds other values than 0 and 1, which the protocol 'binary' does not allow: choose 'reals'.");
        }

        if (protocol != Protocols.Categorical)
        {
            return new Domain.Real();
        }

        var greatest = 0.0;
        return Unlike(array, v => v is >= 0 and < MostLevels && v == Math.Floor(v) && (greatest = Math.Max(greatest, v)) >= 0) is { } wrong
            ? throw new DataException($"'{name}' holds {wrong}, which the protocol 'categorical' does not allow: it needs integers 0 … {MostLevels - 1}.")
            : new Domain.Categorical((int)greatest + 1);
    }

    /// <summary>The model's own, if the values are such.</summary>
    /// <exception cref="DataException">They are not.</exception>
    public static Domain Known(string name, Domain domain, NumericArray array) =>
        domain.LevelCount is { } levels && Unlike(array, v => v >= 0 && v < levels && v == Math.Floor(v)) is { } wrong
            ? throw new DataException($"'{name}' holds {wrong}, and the model's values are {domain}: give data of that kind.")
            : domain;

    // The first value that is not such.
    private static double? Unlike(NumericArray array, Func<double, bool> allowed)
    {
        var row = new double[Math.Max(array.RowLength, 1)];
        for (var from = 0; from < array.Values.Length; from += row.Length)
        {
            array.Read(from, row);
            if (Array.FindIndex(row, v => !allowed(v)) is >= 0 and var wrong)
            {
                return row[wrong];
            }
        }

        return null;
    }
}
