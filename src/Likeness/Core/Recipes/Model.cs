namespace Likeness;

/// <summary>
/// A model for data of one kind, made of options. It remembers both; options outside of their ranges are refused before anything is made of them.
/// </summary>
/// <typeparam name="TOptions">What it is made of.</typeparam>
public abstract class Model<TOptions> : Module where TOptions : class
{
    /// <exception cref="UsageException">A number among the options is outside of its range.</exception>
    protected Model(DataSpec spec, TOptions options) => (Spec, Options) = (spec, OptionRanges.Checked(options));

    /// <summary>The data that it is for.</summary>
    public DataSpec Spec { get; }

    /// <summary>What it is made of.</summary>
    public TOptions Options { get; }
}
