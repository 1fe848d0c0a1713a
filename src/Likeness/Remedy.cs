namespace Likeness;

/// <summary>
/// What a user can do about an error, or what the error is about. Its text is in the library's terms; a program that has words of its own for it, such as the command line, puts them in
/// by <see cref="Sentence.Phrase"/>.
/// </summary>
public abstract record Remedy
{
    private Remedy() { }

    /// <summary>An option to give, change or leave out.</summary>
    /// <param name="Name">As the library calls it.</param>
    /// <param name="Value">What to set it to; null where the name says it all.</param>
    public sealed record Option(string Name, object? Value = null) : Remedy
    {
        public override string ToString() => Value is null ? Name : $"{Name} = {Value}";
    }

    /// <summary>An option of a model, to be set to a value.</summary>
    /// <param name="Path">For example "encoder.network.length".</param>
    /// <param name="Value">What to set it to.</param>
    public sealed record Setting(string Path, object Value) : Remedy
    {
        public override string ToString() => $"{Path}={Value}";
    }

    /// <summary>Another model, for data of a kind.</summary>
    /// <param name="Spec">The data.</param>
    public sealed record Models(DataSpec Spec) : Remedy
    {
        public override string ToString() => "Zoo.BuiltIn, by what their recipes need";
    }

    /// <summary>The model at hand, by the name that the user knows it by.</summary>
    /// <param name="Type">Of which class it is.</param>
    public sealed record Model(Type Type) : Remedy
    {
        public override string ToString() => Type.Name;
    }

    /// <summary>Something to look at or to do first.</summary>
    /// <param name="What">It.</param>
    /// <param name="With">What it is done with; null where that is plain.</param>
    public sealed record Deed(Work What, string? With = null) : Remedy
    {
        public override string ToString() => What switch
        {
            Work.ListModels => "Zoo.BuiltIn",
            Work.ListData => "DatasetCatalog.BuiltIn",
            Work.FetchData => $"Download.FetchAsync for '{With}'",
            Work.Encode => "CodeFile.Write",
            _ => "Compression.Write",
        };
    }
}

/// <summary>What a remedy can send a user to.</summary>
public enum Work
{
    /// <summary>See which models there are, and what each can be asked.</summary>
    ListModels,

    /// <summary>See which data sets there are.</summary>
    ListData,

    /// <summary>Download a data set.</summary>
    FetchData,

    /// <summary>Write a file of codes.</summary>
    Encode,

    /// <summary>Write a file of compressed examples.</summary>
    Compress,
}
