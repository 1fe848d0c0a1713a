using System.Globalization;
using System.Numerics;

namespace Likeness;

/// <summary>Whole numbers that may have hundreds of digits, as people read them.</summary>
public static class LargeNumber
{
    // As many digits as are read at a glance.
    private const int Readable = 15;

    /// <summary>For example "4,112,895", and "≈ 1.02·10^236" beyond fifteen digits.</summary>
    public static string Text(BigInteger value) =>
        BigInteger.Abs(value) < BigInteger.Pow(10, Readable) ? value.ToString("N0", CultureInfo.InvariantCulture) : $"≈ {Magnitude(value)}";

    /// <summary>For example "1.02·10^236".</summary>
    public static string Magnitude(BigInteger value)
    {
        if (value.IsZero)
        {
            return "0";
        }

        // Two digits behind the point; rounding may carry into another digit before it.
        var power = Power(value);
        var mantissa = Math.Round(Math.Pow(10, BigInteger.Log10(BigInteger.Abs(value)) - power), 2);
        return string.Create(CultureInfo.InvariantCulture, $"{(value.Sign < 0 ? "-" : "")}{(mantissa >= 10 ? mantissa / 10 : mantissa):0.00}·10^{(mantissa >= 10 ? power + 1 : power)}");
    }

    /// <summary>The power of ten of the first digit, exactly.</summary>
    private static int Power(BigInteger value) => BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).Length - 1;
}
