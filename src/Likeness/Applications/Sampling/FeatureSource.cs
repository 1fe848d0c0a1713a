using System.Globalization;
using System.Security.Cryptography;

namespace Likeness;

/// <summary>What a TorchScript network is given.</summary>
/// <param name="Channels">Grey images are repeated where it wants colours; as the data has them where null.</param>
/// <param name="Size">Height and width, to which images are brought by bilinear interpolation; as the data has them where null.</param>
/// <param name="Low">What the darkest value becomes.</param>
/// <param name="High">What the brightest becomes.</param>
public sealed record ScriptInput(int? Channels = null, (int Height, int Width)? Size = null, double Low = 0, double High = 1)
{
    /// <summary>The named ranges of values: those that the field's networks were trained on.</summary>
    public static IReadOnlyDictionary<string, (double Low, double High)> Ranges { get; } =
        new Dictionary<string, (double, double)> { ["unit"] = (0, 1), ["signed"] = (-1, 1), ["byte"] = (0, 255) };

    /// <summary>Reads a shape such as "3x299x299" and a range by its name.</summary>
    /// <exception cref="UsageException">The shape is none.</exception>
    public static ScriptInput Parse(string? shape, string? range)
    {
        var (low, high) = Ranges[range ?? "unit"];
        if (shape is null)
        {
            return new(Low: low, High: high);
        }

        var sides = Array.ConvertAll(shape.Split('x'), s => int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var side) ? side : 0);
        return sides is [1 or 3, > 0 and <= 4096, > 0 and <= 4096]
            ? new(sides[0], (sides[1], sides[2]), low, high)
            : throw new UsageException($"'{shape}' is no shape of an image: write channels (1 or 3), height and width, such as 3x299x299.");
    }

    internal string Describe() =>
        string.Create(CultureInfo.InvariantCulture, $"values on {Low} … {High}{(Size is var (h, w) ? $", bilinearly brought to {Channels}x{h}x{w}" : "")}");

    internal Tensor Of(DataSpec spec, Tensor x)
    {
        var unit = spec.Domain is Domain.Byte ? x / 255.0 : x;
        if (Channels == 3 && unit.size(1) == 1)
        {
            unit = unit.repeat(1, 3, 1, 1);
        }

        if (Size is var (h, w) && (h, w) != (unit.size(2), unit.size(3)))
        {
            unit = torch.nn.functional.interpolate(unit, [h, w], mode: TorchSharp.torch.InterpolationMode.Bilinear, align_corners: false);
        }

        return unit * (High - Low) + Low;
    }
}

/// <summary>Where the feature network of a judgement comes from.</summary>
/// <param name="Network">It.</param>
/// <param name="Judge">The run that it is part of; null where it is a file.</param>
public sealed record FeatureSource(FeatureNetwork Network, TrainedModel? Judge)
{
    /// <summary>Opens the network of a run that has features or codes, or a TorchScript file.</summary>
    /// <param name="source">The folder of a run, or a file; null takes the values themselves.</param>
    /// <param name="spec">What it shall look at.</param>
    /// <param name="zoo">Where the run's recipe is.</param>
    /// <param name="trusted">Whether a TorchScript file may run: it is a program.</param>
    /// <param name="input">What a TorchScript network is given.</param>
    /// <exception cref="LikenessException">There is no such network, or it does not take such data.</exception>
    public static FeatureSource Open(string? source, DataSpec spec, Zoo zoo, bool trusted, ScriptInput input) =>
        source is null ? new(FeatureNetwork.Values(spec), null)
        : File.Exists(source) ? new(OfScript(source, spec, trusted, input), null)
        : OfRun(TrainedModel.Open(source, zoo), spec);

    private static FeatureSource OfRun(TrainedModel judge, DataSpec spec)
    {
        var (own, path) = (judge.Spec, judge.Folder.Path);
        Func<Tensor, Tensor> features = judge.Model switch
        {
            IFeatures seen => seen.Features,
            IEncoder encoder => encoder.Encode,
            _ => throw Capabilities.Unable(judge.Model, judge.Recipe.Name, "judge", "has features or codes"),
        };
        // Bits are black and white to a network of bytes.
        var scale = spec.Domain is Domain.Binary && own.Domain is Domain.Byte ? 255.0 : 1;
        var perChannel = own.IsImage && spec.IsImage && own.Channels == 1 && spec.Channels > 1 && (own.Height, own.Width) == (spec.Height, spec.Width);
        if ((own.Domain != spec.Domain && scale == 1) || !(perChannel || own.Shape.SequenceEqual(spec.Shape)))
        {
            throw new DataException($"The network of '{path}' learned from {own}, and the examples are {spec}: judge by a network that learned from such data.");
        }

        var network = new FeatureNetwork(
            $"{(judge.Model is IFeatures ? "hidden layer" : "codes")} of {path} ({judge.Recipe.Name}, sha256 {Hash(judge.Folder.ChosenModelFile)}{(scale > 1 ? ", bits as 0 and 255" : "")})",
            x => features(x * scale))
        {
            ClassLogProbs = judge.Model is IClassifier classifier ? x => classifier.ClassLogProbs(x * scale) : null,
            KnowsClasses = judge.Model is IClassifier && own.Classes > 1 && (long)Math.Pow(own.Classes, perChannel ? spec.Channels : 1) == spec.Classes,
            Device = judge.Model.Device,
        };
        return new(perChannel ? network.PerChannel(spec.Channels) : network, judge);
    }

    private static FeatureNetwork OfScript(string path, DataSpec spec, bool trusted, ScriptInput input)
    {
        if (!trusted)
        {
            throw new UsageException($"'{path}' is a TorchScript file, which is a program: add {new Remedy.Option("Trust")} if you trust its origin.");
        }

        if (!spec.IsImage)
        {
            throw new UsageException($"A TorchScript network judges images, and the data is {spec}: choose images, or judge by a run.");
        }

        var script = torch.jit.load<Tensor, Tensor>(path, torch.CPU);
        script.eval();
        return new($"{path} (TorchScript, sha256 {Hash(path)}, {input.Describe()})", x =>
        {
            var given = input.Of(spec, x);
            Tensor features;
            try
            {
                features = script.forward(given);
            }
            catch (System.Runtime.InteropServices.ExternalException e)
            {
                throw new DataException(
                    $"The network '{path}' does not take images of {string.Join('x', given.shape[1..].ToArray())} ({e.Message.Split('\n')[0].TrimEnd('.')}): say with {new Remedy.Option("InputShape")} what it takes.", e);
            }

            return features.ndim > 1 && features.size(0) == x.size(0)
                ? features.flatten(1)
                : throw new DataException(
                    $"The network '{path}' makes {string.Join('x', features.shape)} of {Counted.Of(x.size(0), "image")}: it must return features for each of them.");
        });
    }

    private static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}
