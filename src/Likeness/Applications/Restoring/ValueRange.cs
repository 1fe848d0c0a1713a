namespace Likeness;

/// <summary>A model's units, −1 … 1 for bytes and bits, and the data's: what <see cref="DataSpec.Normalise"/> does, for parts of images and without rounding.</summary>
/// <param name="Scale">The data's per unit.</param>
/// <param name="Middle">What is 0 to the model.</param>
internal readonly record struct ValueRange(double Scale, double Middle)
{
    public static ValueRange Of(DataSpec spec) => spec.Domain switch
    {
        Domain.Byte => new(127.5, 127.5),
        Domain.Binary => new(0.5, 0.5),
        _ => new(1, 0),
    };

    public Tensor ToModel(Tensor x) => (x - Middle) / Scale;

    public Tensor ToData(Tensor x) => (x * Scale) + Middle;
}
