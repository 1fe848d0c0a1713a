namespace Likeness;

/// <summary>An 8-bit image: rows from top to bottom, the channels of a pixel side by side.</summary>
/// <param name="Channels">1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.</param>
/// <param name="Pixels">Width × Height × Channels bytes.</param>
public sealed record Image(int Width, int Height, int Channels, byte[] Pixels);
