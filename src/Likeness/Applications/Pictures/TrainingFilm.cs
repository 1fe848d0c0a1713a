namespace Likeness;

/// <summary>The course of a training as an animated picture: what the model could do at one step after another.</summary>
public static class TrainingFilm
{
    // Longer films are no clearer, and every picture costs its bytes.
    private const int MostFrames = 40;

    private static readonly TimeSpan s_each = TimeSpan.FromSeconds(0.3), s_last = TimeSpan.FromSeconds(2);

    /// <summary>The animated PNG file; null where there are fewer than two pictures.</summary>
    /// <param name="pictures">Each with the step that it was made after, in their order.</param>
    public static byte[]? Make(IReadOnlyList<(long Step, Image Picture)> pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        return pictures.Count < 2 ? null : AnimatedPng.Encode(Alike([.. Spread(pictures).Select(p => Panels.Draw((Label(p.Step), p.Picture)))]), s_each, s_last);
    }

    /// <summary>The same of the pictures that a training has left.</summary>
    /// <param name="folder">Of the run.</param>
    public static byte[]? Make(RunFolder folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return Make([.. Spread(folder.SampleFiles(".png")).Select(f => (f.Step, ImageCodec.Decode(File.ReadAllBytes(f.Path))))]);
    }

    /// <summary>What stands above a picture of a training.</summary>
    public static string Label(long step) => $"after {step} step{(step == 1 ? "" : "s")}";

    // Evenly chosen, the last among them.
    private static List<T> Spread<T>(IReadOnlyList<T> all) => [.. Enumerable.Range(1, Math.Min(all.Count, MostFrames)).Select(i => all[(int)((long)i * all.Count / Math.Min(all.Count, MostFrames)) - 1])];

    // Of one size: smaller ones get a white margin.
    private static List<Image> Alike(List<Image> frames)
    {
        var (width, height, channels) = (frames.Max(f => f.Width), frames.Max(f => f.Height), frames.Max(f => f.Channels));
        return [.. frames.Select(frame =>
        {
            using var drawing = new Drawing(width, height);
            drawing.Paste(frame, 0, 0);
            return drawing.ToImage(channels);
        })];
    }
}
