namespace Likeness;

/// <summary>
/// MNIST (LeCun, Cortes and Burges) and Fashion-MNIST (Xiao, Rasul and Vollgraf 2017), which has the same files and sizes:
/// 28×28 grey. Splits follow the density papers: the first 50000 training images train, the last 10000 validate, 10000 test.
/// </summary>
internal static class Mnist
{
    private const int TrainingImages = 60_000;
    private const int ValidationImages = 10_000;

    public static readonly string[] Digits = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    private static readonly string[] Clothes =
        ["T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"];

    public static DatasetEntry Entry { get; } = Set(
        "mnist",
        "Handwritten digits",
        "CC BY-SA 3.0",
        Digits,
        "MNIST/raw",
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2");

    public static DatasetEntry Fashion { get; } = Set(
        "fashion-mnist",
        "Pictures of clothes",
        "MIT",
        Clothes,
        "FashionMNIST/raw",
        "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34") with
    {
        Remedy = $"install Debian's package dataset-fashion-mnist, run {new Remedy.Deed(Work.FetchData, "fashion-mnist")}, or set LIKENESS_DATA or {new Remedy.Option("DataRoot")} to a folder that has it",
    };

    // The last four are the checksums of the files in this order.
    private static DatasetEntry Set(
        string name, string what, string licence, string[] classNames, string folder, string address, string trainImages, string trainLabels, string testImages, string testLabels) => new(
        name,
        $"{what}, 28×28 grey, 10 classes: 50000 training, 10000 validation, 10000 test images.",
        licence,
        Protocols.OfImages,
        (files, options) => Load(name, classNames, files, options))
    {
        Folders = [name, folder],
        Files =
        [
            new("train-images-idx3-ubyte.gz", new(address + "train-images-idx3-ubyte.gz"), trainImages),
            new("train-labels-idx1-ubyte.gz", new(address + "train-labels-idx1-ubyte.gz"), trainLabels),
            new("t10k-images-idx3-ubyte.gz", new(address + "t10k-images-idx3-ubyte.gz"), testImages),
            new("t10k-labels-idx1-ubyte.gz", new(address + "t10k-labels-idx1-ubyte.gz"), testLabels),
        ],
    };

    private static IDataset Load(string name, string[] classNames, DataFiles files, DataOptions options)
    {
        var (train, validation, test) = Read(name, classNames, files);
        return ImageData.Dataset(name, options, classNames, train, validation, test);
    }

    /// <summary>The three splits of files of this kind.</summary>
    /// <exception cref="DataException">A file is missing, damaged or another one than was published.</exception>
    public static (ImageData Train, ImageData Validation, ImageData Test) Read(string name, string[] classNames, DataFiles files)
    {
        var imagesPath = files.Locate("train-images-idx3-ubyte.gz");
        var all = IdxImages.Read(imagesPath, files.Locate("train-labels-idx1-ubyte.gz"), classNames.Length);
        var test = IdxImages.Read(files.Locate("t10k-images-idx3-ubyte.gz"), files.Locate("t10k-labels-idx1-ubyte.gz"), classNames.Length);
        if (all.Count != TrainingImages)
        {
            throw new DataException($"'{imagesPath}' has {all.Count} images, and {name} has {TrainingImages} for training: get the published file.");
        }

        const int trained = TrainingImages - ValidationImages;
        return (Chosen(0, trained), Chosen(trained, ValidationImages), test);

        ImageData Chosen(int from, int count) => all.Choose([.. Enumerable.Range(from, count)]);
    }
}
