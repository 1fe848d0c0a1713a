using System.CommandLine.Parsing;
using System.Numerics;

namespace Likeness.Cli;

/// <summary>
/// Options that several verbs share, and how their words become values. Each verb has new ones: an option keeps every command that it was ever added to, so one
/// that is shared would hold all command lines of a process, and adding it would take longer from one to the next.
/// </summary>
internal static class CommonOptions
{
    public static Option<bool> Json() => new("--json") { Description = "print one JSON object per line", Recursive = true };

    public static Option<bool> Verbose() => new("--verbose") { Description = "print the details of an error", Recursive = true };

    public static Option<T?> Number<T>(string name, string description, T least, params string[] aliases) where T : struct, INumber<T> => new(name, aliases)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            var text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
            // 1e3 is a whole number, too.
            if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && T.IsFinite(value) && value >= least)
            {
                return value;
            }

            var whole = T.IsInteger(T.One / (T.One + T.One));
            var kind = whole ? "whole number" : "number";
            result.AddError(text.Contains(',', StringComparison.Ordinal)
                ? $"'{text}' is not allowed for {name}: write numbers with a decimal point and without separators, as in {name} {(whole ? text.Replace(",", "", StringComparison.Ordinal) : text.Replace(',', '.'))}"
                : $"'{text}' is not allowed for {name}, which takes a {kind} of at least {least}");
            return null;
        },
    };

    /// <summary>Taken before a verb begins; a training keeps it with its run.</summary>
    public static Option<int?> Threads() => Number("--threads", "threads of one operator (default: all cores)", 1);

    public static Option<ulong?> Seed() => Number<ulong>("--seed", "seed of all randomness (default 0)", 0);

    /// <summary>Options of a trained model on which no weight depends.</summary>
    /// <param name="example">One or two, as they are typed.</param>
    public static Option<string[]> Later(string example) => new("--set")
    {
        Description = $"change an option that needs no new training, such as --set {example}",
        HelpName = "key=value",
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<bool> Raw() => new("--raw") { Description = "in the model's units, not the data's" };

    public static Option<string?> DataRoot() => new("--data-root") { Description = "look for data files here first", HelpName = "DIR" };

    public static Option<int?> Size() => Number("--size", "side in pixels to which images are brought", 1);

    public static Option<bool> SkipDamaged() => new("--skip-damaged") { Description = "leave out the pictures of a folder or an archive that cannot be read, and name them" };

    public static Option<string?> Choice(string name, string description, params string[] allowed)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', allowed) };
        option.CompletionSources.Add(allowed);
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !allowed.Contains(token.Value))
            {
                result.AddError(UsageException.Unknown($"value of {name}", token.Value, allowed).Message);
            }
        });
        return option;
    }

    public static Option<string?> SplitOption(string description) => Choice("--split", description, [.. SplitWords.All]);

    public static Split ToSplit(string? text) => text is null ? Split.Test : SplitWords.Parse(text);

    public static Option<string?> OtherData(string description) => new("--data") { Description = description, HelpName = "NAME|FILE" };

    public static Option<string?> Query() => new("--query") { Description = "what is read of a database: a SELECT, or the name of a table (default: as the run was told, or the only table)", HelpName = "SQL|TABLE" };

    /// <summary>Where examples go.</summary>
    public static Option<string?> Examples() => new("-o", "--output")
    {
        Description = $"where to ({string.Join(", ", Sampling.Extensions)}, or a folder, DIR/, for a picture of each); default: in the run's folder",
        HelpName = "FILE|DIR/",
    };

    /// <summary>The same file, before any work is done.</summary>
    /// <exception cref="UsageException">Examples cannot be kept in a file of that name.</exception>
    public static string? CheckExamples(string? path) => path is null || Sampling.IsFolder(path) || Sampling.Extensions.Contains(Path.GetExtension(path).ToLowerInvariant())
        ? path
        : throw new UsageException($"'{path}' is not allowed for -o: end the file's name in {string.Join(", ", Sampling.Extensions)}, or in / for a folder of pictures.");

    public static Argument<string> RunArgument() => new("DIR") { Description = "the folder of a run" };

    public static Device ToDevice(string? text)
    {
        Device device;
        try
        {
            device = Devices.Parse(text ?? "cpu");
        }
        catch (FormatException e)
        {
            throw new UsageException($"'{text}' is not allowed for --device: {(text is "gpu" ? "for an NVIDIA GPU write --device cuda" : "write --device cpu, cuda, cuda:N or mps")}.", e);
        }

        return device.type == DeviceType.CPU || device.index < TorchRuntime.CudaDevices
            ? device
            : throw new UsageException($"The device '{text}' is not there: this libtorch sees {TorchRuntime.CudaDevices} CUDA devices; use cpu, or see 'likeness doctor'.");
    }
}
