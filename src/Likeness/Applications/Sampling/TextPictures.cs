namespace Likeness;

/// <summary>Pictures of what texts stand for.</summary>
public static class TextPictures
{
    /// <summary>Examples [rows · steps, …] whose texts go from one to another: in each row one noise, from left to right the codes on the straight line between the two texts'.</summary>
    /// <param name="model">What to draw from.</param>
    /// <param name="from">The text on the left.</param>
    /// <param name="to">The text on the right.</param>
    /// <param name="rows">Noises.</param>
    /// <param name="steps">Codes on the way, both ends included; at least 2.</param>
    /// <param name="rng">The same state gives the same examples.</param>
    /// <exception cref="UsageException">The model cannot mix texts.</exception>
    public static Tensor Interpolate(Module model, string from, string to, int rows, int steps, Rng rng)
    {
        var decoder = Capabilities.Require<ITextDecoder>(model, instead: "leave the texts out");
        using var noGrad = torch.no_grad();
        var noise = decoder.SampleNoise(rows, rng);
        var ends = decoder.EncodeText([from, to]);
        var columns = Enumerable.Range(0, steps).Select(i =>
        {
            var share = (double)i / (steps - 1);
            var code = ends.narrow(0, 0, 1) * (1 - share) + ends.narrow(0, 1, 1) * share;
            return decoder.Decode(noise, code.expand(rows, -1));
        });
        var cells = torch.stack([.. columns], 1); // [rows, steps, …]
        return cells.reshape([rows * steps, .. cells.shape[2..]]).to(torch.CPU);
    }
}
