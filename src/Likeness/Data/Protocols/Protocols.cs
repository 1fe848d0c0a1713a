namespace Likeness;

/// <summary>
/// The named preprocessings. Scores under different protocols are never comparable: a fixed binarization is not a dynamic
/// one, a probability of 256 values is not a density.
/// </summary>
public static class Protocols
{
    /// <summary>Intensities 0 … 255.</summary>
    public const string Bytes = "bytes";

    /// <summary>Binarized once and for all by whoever published the set.</summary>
    public const string Fixed = "fixed";

    /// <summary>Bernoulli(value / 255), drawn anew at every presentation (in evaluation from a fixed seed).</summary>
    public const string Dynamic = "dynamic";

    /// <summary>1 where the value is above 127.</summary>
    public const string Threshold = "threshold";

    /// <summary>Numbers as they are; of byte images value / 255.</summary>
    public const string Reals = "reals";

    /// <summary>Of images (value + u) / 256 with u uniform in [0, 1), drawn anew at every presentation; of tables value + u in the columns of whole numbers.</summary>
    public const string Dequantised = "dequantised";

    /// <summary>logit(λ + (1 − 2λ) v) of dequantised values v, λ = 1e-6: the space of the flow papers' densities of images.</summary>
    public const string Logit = "logit";

    /// <summary>0 and 1 as they are.</summary>
    public const string Binary = "binary";

    /// <summary>Unordered values 0 … k − 1.</summary>
    public const string Categorical = "categorical";

    /// <summary>Numbers less their column's mean over their standard deviation, both of the training split.</summary>
    public const string Standardised = "standardised";

    /// <summary>Columns of several kinds as a schema tells: numbers standardised, categories as levels, missing values as values.</summary>
    public const string Mixed = "mixed";

    /// <summary>The same with numbers as the ranges that they lie in, each of about as many training rows: for models of levels.</summary>
    public const string Discretised = "discretised";

    /// <summary>Normal rows to train on, normal and anomalous ones to test on.</summary>
    public const string OneClass = "one-class";

    /// <summary>The same with every fifth training row held out for validation: published figures train on those rows as well.</summary>
    public const string OneClassHeldOut = "one-class-held-out";

    /// <summary>Ten-fold cross-validation: protocol i is tested on fold i.</summary>
    public static IReadOnlyList<string> Folds { get; } = [.. Enumerable.Range(1, 10).Select(i => $"fold-{i}")];

    /// <summary>The same without a validation part: its rows are trained on as well, for models that need no validation.</summary>
    public static IReadOnlyList<string> WholeFolds { get; } = [.. Folds.Select(f => $"whole-{f}")];

    /// <summary>
    /// Windows of consecutive rows [steps, columns]; the splits follow each other in time (80 %, 10 %, 10 %), and columns are
    /// standardised by the first.
    /// </summary>
    public const string Windows = "windows";

    /// <summary>The same of the values' logarithms: for series above 0 that grow, and swing, by shares of what they are.</summary>
    public const string LogWindows = "log-windows";

    /// <summary>The same of the values' square roots: for counts and other values of at least 0 that swing the more the greater they are, and may be 0.</summary>
    public const string RootWindows = "root-windows";

    /// <summary>Windows over the whole series, scaled to 0 … 1 by its smallest and greatest values and shuffled, as Yoon et al. 2019 do.</summary>
    public const string Shuffled = "shuffled-windows";

    /// <summary>What byte images can be read as.</summary>
    public static IReadOnlyList<string> OfImages { get; } = [Bytes, Dynamic, Threshold, Reals, Dequantised, Logit];

    /// <summary>What tables can be read as, where their values allow it.</summary>
    public static IReadOnlyList<string> OfTables { get; } = [Binary, Categorical, Reals, Standardised, Dequantised, Windows, LogWindows, RootWindows, Shuffled];

    /// <summary>What series can be read as that have values below 0.</summary>
    internal static IReadOnlyList<string> OfSignedSeries { get; } = [Windows, Shuffled];

    /// <summary>What series can be read as that have values of 0, and none below.</summary>
    internal static IReadOnlyList<string> OfSeriesWithZeros { get; } = [Windows, RootWindows, Shuffled];

    /// <summary>What series can be read as.</summary>
    public static IReadOnlyList<string> OfSeries { get; } = [Windows, LogWindows, RootWindows, Shuffled];

    /// <summary>What tables are read as by a schema.</summary>
    public static IReadOnlyList<string> OfSchemas { get; } = [Mixed, Discretised];

    internal static (Domain Domain, ByteCoding Coding) ForImages(string protocol) => protocol switch
    {
        Bytes => (new Domain.Byte(), ByteCodings.Bytes),
        Dynamic => (new Domain.Binary(), ByteCodings.Dynamic),
        Threshold => (new Domain.Binary(), ByteCodings.Threshold),
        Reals => (new Domain.Real(), ByteCodings.Reals),
        Dequantised => (new Domain.Real(), ByteCodings.Dequantised),
        Logit => (new Domain.Real(), ByteCodings.Logit),
        _ => throw UsageException.Unknown("protocol", protocol, OfImages),
    };

    /// <summary>The asked protocol, which must be one of those that the set has.</summary>
    internal static string Choose(string? asked, params IReadOnlyList<string> known) =>
        asked is null ? known[0] : known.Contains(asked) ? asked : throw UsageException.Unknown("protocol", asked, known);
}
