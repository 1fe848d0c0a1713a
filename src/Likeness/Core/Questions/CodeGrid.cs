namespace Likeness;

/// <summary>How the values of a code lie in a small image, so that a model of codes can be a network of images.</summary>
/// <param name="Channels">Values of each place.</param>
/// <param name="Height">Rows of places.</param>
/// <param name="Width">Places of a row.</param>
/// <param name="ByPlace">Whether the values of one place follow each other in a code; otherwise those of one channel do.</param>
public sealed record CodeGrid(int Channels, int Height, int Width, bool ByPlace = false)
{
    /// <summary>Codes [n, values] as images [n, channels, height, width].</summary>
    public Tensor ToMaps(Tensor codes) => ByPlace
        ? codes.reshape(-1, Height, Width, Channels).permute(0, 3, 1, 2)
        : codes.reshape(-1, Channels, Height, Width);

    /// <summary>The way back, [n, values].</summary>
    public Tensor FromMaps(Tensor maps) => (ByPlace ? maps.permute(0, 2, 3, 1) : maps).reshape(maps.shape[0], -1);
}
