using System.Globalization;
using System.Text.RegularExpressions;

namespace Likeness;

/// <summary>
/// Options of training with (ε, δ)-differential privacy, where data sets are neighbours if one has one example more: whoever sees the trained weights can tell hardly
/// better than by guessing whether any single example was among the training data.
/// </summary>
public sealed partial record PrivacyOptions
{
    /// <summary>ε, the privacy budget: 1 is strong privacy, 10 weak.</summary>
    [Above(0)]
    public double Epsilon { get; init; } = 3;

    /// <summary>δ, the probability that the guarantee fails: choose it well below 1/(number of examples).</summary>
    [Above(0, Below = 1)]
    public double Delta { get; init; } = 1e-5;

    /// <summary>Norm to which the gradient of each example is clipped.</summary>
    [Above(0)]
    public double Clip { get; init; } = 1;

    /// <summary>Noise multiplier: the noise's standard deviation divided by the clipping norm; null derives it from the budget.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Above(0)]
    public double? Noise { get; init; }

    /// <summary>
    /// Fixes the noise and which examples are sampled, for tests and experiments: whoever knows the seed can remove the noise. Null draws both from the system's secret
    /// randomness, whose state is kept only in the run's training checkpoint.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ulong? Seed { get; init; }

    /// <summary>Reads words such as "epsilon=3, delta=1e-5, clip=1"; a decimal comma will do.</summary>
    /// <exception cref="UsageException">A word is unknown, or its number is not possible.</exception>
    public static PrivacyOptions Parse(string text)
    {
        var options = new PrivacyOptions();
        var rest = Assignment().Replace(text, match =>
        {
            var (word, value) = (match.Groups["word"].Value.ToLowerInvariant(), match.Groups["value"].Value);
            options = word switch
            {
                "epsilon" or "ε" => options with { Epsilon = Number(word, value) },
                "delta" or "δ" => options with { Delta = Number(word, value) },
                "clip" => options with { Clip = Number(word, value) },
                "noise" => options with { Noise = Number(word, value) },
                "seed" => options with { Seed = ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) ? seed : throw NoNumber(word, value) },
                _ => throw UsageException.Unknown("word of privacy", word, ["epsilon", "delta", "clip", "noise", "seed"]),
            };
            return "";
        });
        if (rest.Trim(' ', ',', ';') is { Length: > 0 } left)
        {
            throw new UsageException($"'{left}' is not understood as privacy: write epsilon=3,delta=1e-5, and clip=1 where it is to be another.");
        }

        OptionRanges.Check(options);
        return options;
    }

    /// <summary>The noise of one step, which the budget asks for.</summary>
    internal double NoiseFor(long steps, double rate) => Noise ?? PrivacyLoss.Noise(Epsilon, Delta, steps, rate);

    /// <summary>The same for a training, with its noise found.</summary>
    internal PrivacyOptions For(TrainingOptions training, IDataset data)
    {
        OptionRanges.Check(this);
        return this with { Noise = NoiseFor(training.Steps, (double)training.BatchOf(data) / data.Count(Split.Train)) };
    }

    /// <summary>Refuses to train for longer than the budget allows at the noise that was found.</summary>
    /// <exception cref="UsageException">It would be exceeded.</exception>
    internal void CheckLonger(long steps, TrainingOptions training, IDataset data)
    {
        NoisySum sum = new(Noise!.Value, (double)training.BatchOf(data) / data.Count(Split.Train), steps);
        var epsilon = PrivacyLoss.Epsilon([sum], Delta);
        if (epsilon > Epsilon)
        {
            throw new UsageException(FormattableString.Invariant($"{Counted.Of(steps, "step")} at the noise {Noise} of this run would spend an epsilon of {epsilon:0.###}, more than its budget of {Epsilon}: train a new run with a larger budget or more steps from the beginning."));
        }
    }

    private static double Number(string word, string value) =>
        double.TryParse(value.Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : throw NoNumber(word, value);

    private static UsageException NoNumber(string word, string value) => new($"'{value}' is not a number for the {word} of privacy: write, for example, epsilon=3,delta=1e-5.");

    // A comma belongs to a number where a digit follows it.
    [GeneratedRegex(@"(?<word>[\p{L}]+)\s*[=:]?\s*(?<value>[+-]?[\w.+-]+(,\d[\w+-]*)?)\s*([,;]\s*|\s+|$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Assignment();
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(PrivacyRecord))]
internal sealed partial class PrivacyJson : JsonSerializerContext;
