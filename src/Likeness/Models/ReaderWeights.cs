using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>Networks that read texts, out of the run of a text encoder.</summary>
internal static class ReaderWeights
{
    /// <summary>Copies the network that reads.</summary>
    /// <param name="path">The run's folder.</param>
    /// <param name="network">What it is copied to.</param>
    /// <param name="option">The option that says how many characters are read here.</param>
    /// <exception cref="UsageException">The run's network has other sizes, or reads another number of characters.</exception>
    public static void Copy(string path, TextNetwork network, string option) => Opened(path, network.Length, option).LoadModel(new Part("embedding", new Part("text", network)));

    /// <summary>The run, if it reads so many characters: no weight has that size, so loading would not notice.</summary>
    /// <exception cref="UsageException">It reads another number.</exception>
    public static RunFolder Opened(string path, int length, string option)
    {
        var run = RunFolder.Open(path);
        return run.Record.Options["network"] is JsonObject network && network["length"] is JsonValue value && value.TryGetValue(out int its) && its != length
            ? throw new UsageException($"The text encoder of '{path}' reads {its} characters, but {length} are asked for here: choose {new Remedy.Setting(option, its)}.")
            : run;
    }

    /// <summary>The place of a module in a checkpoint.</summary>
    public sealed class Part : Module
    {
        public Part(string name, torch.nn.Module module) => Add(name, module);
    }
}
