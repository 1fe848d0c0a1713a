namespace Likeness;

/// <summary>A published file of a data set.</summary>
/// <param name="Name">Its name in the data set's folder, as published; it is found gzipped and unpacked alike.</param>
/// <param name="Address">Where it is published; null where there is no lasting address.</param>
/// <param name="Sha256">Of the unpacked content (of the file itself for `.tar.gz` archives), in lower-case hexadecimal; null where it is not known.</param>
public sealed record DataFile(string Name, Uri? Address = null, string? Sha256 = null);

/// <summary>A built-in data set: what it is, where its files come from and how it is read.</summary>
/// <param name="Name">The name that opens it.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Licence">Under which terms it was published.</param>
/// <param name="Protocols">What it can be read as; the first one is the default.</param>
/// <param name="Load">Reads it.</param>
public sealed record DatasetEntry(
    string Name, string Description, string Licence, IReadOnlyList<string> Protocols, Func<DataFiles, DataOptions, IDataset> Load)
{
    /// <summary>Folders of a data root that may hold its files; the first one is used for downloads.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [Name];

    /// <summary>Its files; none for sets that are computed.</summary>
    public IReadOnlyList<DataFile> Files { get; init; } = [];

    /// <summary>Files that together do as well as the published ones: an archive's content, unpacked.</summary>
    public IReadOnlyList<string> Unpacked { get; init; } = [];

    /// <summary>How to get it where it cannot be downloaded: the end of the sentence "… was not found: …".</summary>
    public Sentence? Remedy { get; init; }
}
