namespace Likeness;

/// <summary>Sets values to zero at random while training and scales the others so that the mean stays; nothing otherwise.</summary>
public sealed class Dropout : Layer
{
    private readonly double _probability;

    /// <param name="probability">Of a value being dropped.</param>
    public Dropout(double probability) => _probability = probability is >= 0 and < 1
        ? probability
        : throw new ArgumentException($"The dropout probability {probability} is not allowed: choose one from 0 to below 1.", nameof(probability));

    protected override Tensor Forward(Tensor x, Rng? rng)
    {
        if (!training || _probability == 0)
        {
            return x;
        }

        if (rng is null)
        {
            throw new InvalidOperationException("Dropout draws while training and got no Rng: pass one to Call.");
        }

        return x * Mask(x, rng);
    }

    private Tensor Mask(Tensor x, Rng rng)
    {
        using var noGrad = torch.no_grad();
        var keep = 1 - _probability;

        // What is dropped does not depend on the order of memory. An elementwise product of two orders is several times slower than turning one first.
        var mask = rng.DropoutMask(keep, x.shape);
        return (x.ndim == 4 && !x.is_contiguous() && x.IsChannelsLast() ? mask.ChannelsLast() : mask).to(x.dtype);
    }
}
