using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>Networks that read texts, out of the run of a text encoder.</summary>
internal static class ReaderWeights
{
    /// <summary>Copies the network that reads.</summary>
    /// <param name="path">The run's folder.</param>
    /// <param name="network">What it is copied to.</param>
    /// <param name="options">The options that say how texts are read here.</param>
    /// <exception cref="UsageException">The run's network has other sizes, or reads otherwise.</exception>
    public static void Copy(string path, TextNetwork network, string options) => Opened(path, network, options).LoadModel(new Part("embedding", new Part("text", network)));

    /// <summary>The run, if it reads in the same way and so many characters: no weight has that size, so loading would not notice.</summary>
    /// <exception cref="UsageException">It reads otherwise.</exception>
    public static RunFolder Opened(string path, TextNetwork network, string options)
    {
        var run = RunFolder.Open(path);
        if (run.Record.Options["network"] is not JsonObject read)
        {
            return run;
        }

        var byWord = read["byWord"] is JsonValue said && said.TryGetValue(out bool words) && words;
        return byWord != network.ByWord
            ? throw new UsageException($"The text encoder of '{path}' reads {(byWord ? "word by word, but characters in a row" : "characters in a row, but words")} are asked for here: choose {new Remedy.Setting($"{options}.byWord", byWord ? "true" : "false")}.")
            : read["length"] is JsonValue value && value.TryGetValue(out int length) && length != network.Length
            ? throw new UsageException($"The text encoder of '{path}' reads {length} characters, but {network.Length} are asked for here: choose {new Remedy.Setting($"{options}.length", length)}.")
            : run;
    }

    /// <summary>The place of a module in a checkpoint.</summary>
    public sealed class Part : Module
    {
        public Part(string name, torch.nn.Module module) => Add(name, module);
    }
}
