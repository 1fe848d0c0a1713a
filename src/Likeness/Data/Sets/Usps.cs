namespace Likeness;

/// <summary>USPS digits (Hull 1994), 16×16 grey, as IDX files with intensities rounded to bytes.</summary>
internal static class Usps
{
    public static DatasetEntry Entry { get; } = new(
        "usps",
        "Handwritten digits of the US postal service, 16×16 grey, 10 classes: 7291 training, 2007 test images, no validation split.",
        "for research",
        Protocols.OfImages,
        Load)
    {
        Files =
        [
            new("train-images-idx3-ubyte", null, "156a338cb21737c477d72df77df0529d374493e4dba9303314afc77c34d24fbd"),
            new("train-labels-idx1-ubyte", null, "ca21dd4e5a91233d38069e4f468988d3b56f6ce37e1a579a5ad1bd02395488c6"),
            new("test-images-idx3-ubyte", null, "7924e6ccf69d8bc7eefebc990529ffeae76b3a19cdacfd7db93e6eb9201512ce"),
            new("test-labels-idx1-ubyte", null, "9d60836db74a1ffe67829f9a2546bd594d5d321f778dbca1578c041da94483a2"),
        ],
        Remedy = "it has no lasting address, so convert a copy to IDX files of bytes and put them in a folder 'usps' of LIKENESS_DATA",
    };

    private static IDataset Load(DataFiles files, DataOptions options) => ImageData.Dataset(
        "usps",
        options,
        [.. Enumerable.Range(0, 10).Select(i => $"{i}")],
        IdxImages.Read(files.Locate("train-images-idx3-ubyte"), files.Locate("train-labels-idx1-ubyte"), 10),
        validation: null,
        IdxImages.Read(files.Locate("test-images-idx3-ubyte"), files.Locate("test-labels-idx1-ubyte"), 10));
}
