namespace Likeness.Bench;

/// <summary>One piece of work that all sides do.</summary>
/// <param name="Name">What is measured; its first word is the model's name.</param>
/// <param name="Spec">What the data look like.</param>
/// <param name="Batch">Examples in a training step, or samples in one draw.</param>
/// <param name="Count">Steps or draws in one round.</param>
internal sealed record Row(string Name, DataSpec Spec, int Batch, int Count)
{
    /// <summary>Whether samples are drawn and not steps trained.</summary>
    public bool Draws { get; init; }

    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>What of the model's options differs from its defaults.</summary>
    public string[] Settings { get; init; } = [];

    /// <summary>PyTorch's side; null where there is none.</summary>
    public Script? Script { get; init; }

    /// <summary>Whether plain TorchSharp has a side, under the same names as PyTorch's.</summary>
    public bool Plain { get; init; }

    public string Model => Name.Split(' ')[0];

    /// <summary>A round's commands (bench/peers/protocol.py).</summary>
    public IEnumerable<string> Round => Draws ? Enumerable.Repeat($"sample {Batch}", Count) : [$"step {Count}"];

    /// <summary>Whether somebody who says these words means this row: the model, or the words with which the row begins.</summary>
    public bool Answers(string words) =>
        Name.StartsWith(words, StringComparison.Ordinal) && (Name.Length == words.Length || Name[words.Length] is ' ' or ',');
}

/// <param name="Name">The program in bench/peers.</param>
/// <param name="Variant">Its variant; null where it has one only.</param>
/// <param name="Layouts">Whether images may lie in either order.</param>
internal sealed record Script(string Name, string? Variant, bool Layouts)
{
    /// <summary>A network of matrices, or one whose order of images is part of the method.</summary>
    public static Script Of(string name, string? variant = null) => new(name, variant, Layouts: false);

    /// <summary>A network of convolutions, which takes the faster of both orders.</summary>
    public static Script Images(string name, string? variant = null) => new(name, variant, Layouts: true);
}
