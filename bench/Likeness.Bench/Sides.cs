using System.Text.Json;

namespace Likeness.Bench;

/// <param name="Row">What was measured.</param>
/// <param name="Ours">Median seconds.</param>
/// <param name="PyTorch">Its side.</param>
/// <param name="Layout">Of PyTorch's images; null where there is no choice.</param>
/// <param name="TorchSharp">Its side; null where it has none.</param>
internal sealed record Result(string Row, double Ours, Other PyTorch, string? Layout, Other? TorchSharp);

/// <param name="Seconds">Median.</param>
/// <param name="Ratio">Median over the rounds of this side's time ÷ ours.</param>
/// <param name="Description">What the program says about itself.</param>
internal sealed record Other(double Seconds, double Ratio, JsonElement Description);

/// <summary>Our side of a row beside PyTorch's and plain TorchSharp's.</summary>
internal static class Sides
{
    public const string Fastest = "fastest";
    public static readonly string[] Layouts = ["contiguous", "channels_last"];

    /// <param name="layout">Of PyTorch's images: one of <see cref="Layouts"/>, or the one that turns out to be the fastest.</param>
    public static Result Run(string root, Row row, int threads, int rounds, string layout, Action<string> say)
    {
        var (peer, chosen) = PyTorch(root, row, threads, layout, say);
        using var theirs = peer;
        using var ours = Peer.Ours(root, row, threads);
        using var plain = row.Plain ? Peer.TorchSharp(root, row, threads) : null;
        Peer[] sides = plain is null ? [ours, theirs] : [ours, theirs, plain];
        string[] names = ["", "PyTorch ", "TorchSharp "];
        var seconds = Duel.Run(sides, rounds, (i, round) => say($"round {i}: {string.Join(", ", round.Zip(names, (s, name) => $"{name}{s * 1e3:0.0} ms"))}"));

        Other Side(int i) => new(Duel.Median(seconds[i]), new Times(seconds[0], seconds[i]).Ratio, sides[i].Description);
        return new(row.Name, Duel.Median(seconds[0]), Side(1), chosen, plain is null ? null : Side(2));
    }

    // Which order of images is the faster differs between networks, processors and versions, so both are tried.
    private static (Peer Peer, string? Layout) PyTorch(string root, Row row, int threads, string layout, Action<string> say)
    {
        if (!row.Script!.Layouts)
            return (Peer.PyTorch(root, row, null, threads), null);
        if (layout != Fastest)
            return (Peer.PyTorch(root, row, layout, threads), layout);
        var peers = Layouts.Select(l => Peer.PyTorch(root, row, l, threads)).ToArray();
        const int rounds = 3;
        var best = Duel.Run(peers, rounds, (_, _) => { }).Select(seconds => seconds.Min()).ToArray();
        say($"PyTorch {string.Join(", ", Layouts.Zip(best, (l, s) => $"{l} {s * 1e3:0.0} ms"))}");
        var fastest = Array.IndexOf(best, best.Min());
        peers[1 - fastest].Dispose();
        return (peers[fastest], Layouts[fastest]);
    }
}
