using System.Numerics.Tensors;

namespace Likeness;

/// <summary>
/// What the numbers of an array of images stand for. Whole numbers 0 … 255 are intensities, 0 and 1 alone are bits; real numbers are taken as they are within
/// −1 … 1, where networks of images expect them.
/// </summary>
/// <param name="Bytes">Intensities; of bits 0 and 255, which every protocol of images turns back to 0 and 1.</param>
/// <param name="AreBits">Whether they were 0 and 1.</param>
/// <param name="Reals">The values where they are no bytes.</param>
/// <param name="Note">What the user should know; null where it goes without saying.</param>
internal sealed record ImageNumbers(byte[]? Bytes, bool AreBits, float[]? Reals, string? Note)
{
    /// <param name="path">What messages call the array.</param>
    /// <param name="array">It.</param>
    /// <param name="protocol">The preprocessing that was asked for, if any.</param>
    /// <param name="known">What the values are, where that is known: from a description beside them, or from the model that they are for.</param>
    /// <exception cref="DataException">They are images of no kind that is read.</exception>
    public static ImageNumbers Of(string path, NumericArray array, string? protocol, Domain? known)
    {
        // Who asks for bytes, or says that they are bytes, gets the two lowest intensities.
        var bitsAreBytes = known is Domain.Byte || (known is null && protocol == Protocols.Bytes);
        if (array.Bytes is { } bytes)
        {
            return array.IsBoolean ? Bits(bytes, null)
                : bitsAreBytes || bytes.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)1) ? new(bytes, false, null, null)
                : Bits(bytes, Told($"'{path}' holds bytes of 0 and 1 alone, which are read as bits"));
        }

        var values = array.ToSingles(path);
        var (low, high) = (TensorPrimitives.Min<float>(values), TensorPrimitives.Max<float>(values));
        if (low >= 0 && high <= 255 && Array.TrueForAll(values, float.IsInteger))
        {
            var whole = Array.ConvertAll(values, v => (byte)v);
            return high > 1 ? new(whole, false, null, Told($"'{path}' holds whole numbers from {low} to {high}, which are read as bytes"))
                : bitsAreBytes ? new(whole, false, null, null)
                : Bits(whole, null);
        }

        if (known is Domain.Real)
        {
            return new(null, false, values, null);
        }

        if (known is not null && (low < -1 || high > 1 || protocol is null || !Protocols.OfImages.Contains(protocol)))
        {
            var strange = Array.Find(values, v => !float.IsInteger(v) || v < 0 || v >= known.LevelCount);
            throw new DataException($"'{path}' holds {strange}, and the model's values are {known}: give data of that kind.");
        }

        return protocol is null or Protocols.Reals ? AsTheyAre() : Scaled();

        ImageNumbers AsTheyAre() => protocol is not null || (low >= -1 && high <= 1) ? new(null, false, values, null)
            : throw new DataException(
                $"'{path}' holds real values from {low} to {high} in the shape of images, which models of images expect within -1 … 1: divide them by their range, save them as bytes, or take them as they are with {new Remedy.Option("Protocol", Protocols.Reals)}.");

        ImageNumbers Scaled() => high > 1 || low < -1
            ? throw new DataException(
                $"'{path}' holds real values from {low} to {high}, and the protocol '{protocol}' makes something of bytes, of real values 0 … 1 or of such -1 … 1: scale them, or take them as they are with {new Remedy.Option("Protocol", Protocols.Reals)}.")
            : low < 0 ? new(Array.ConvertAll(values, v => (byte)MathF.Round(127.5f * (v + 1))), false, null, $"'{path}' holds real values from -1 to 1, which are brought to 0 … 255 and rounded.")
            : new(Array.ConvertAll(values, v => (byte)MathF.Round(255 * v)), false, null, $"'{path}' holds real values from 0 to 1, which are brought to 0 … 255 and rounded.");

        string? Told(string what) => known is null && protocol is null or Protocols.Reals or Protocols.Dynamic or Protocols.Threshold or Protocols.Dequantised or Protocols.Logit
            ? $"{what}." : null;

        static ImageNumbers Bits(byte[] values, string? note) => new(Array.ConvertAll(values, v => (byte)(v * 255)), true, null, note);
    }
}
