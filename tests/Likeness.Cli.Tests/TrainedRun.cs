namespace Likeness.Cli.Tests;

/// <summary>One tiny run that many tests ask: an exact density of rendered shapes of 8×8 bits.</summary>
public sealed class TrainedRun : IDisposable
{
    public TrainedRun()
    {
        Folder = Directory.CreateTempSubdirectory("likeness-cli-").FullName;
        Path = System.IO.Path.Combine(Folder, "run");
        CommandLine.Succeed([.. Train, "--out", Path]);
    }

    /// <summary>A training of seconds, without its folder.</summary>
    public static string[] Train { get; } = TrainFor(8);

    public static string[] TrainFor(int steps) =>
    [
        "train", "nade", "--data", "shapes-grey", "--size", "8", "--protocol", "threshold", "--set", "hidden=8",
        "--steps", $"{steps}", "--batch", "20", "--threads", "1",
    ];

    /// <summary>For files of tests; gone at the end.</summary>
    public string Folder { get; }

    public string Path { get; }

    public string this[string name] => System.IO.Path.Combine(Folder, name);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
