using System.Numerics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>What a model asks of its data.</summary>
/// <param name="Description">In words, for messages: "binary values".</param>
/// <param name="Accepts">Whether data of this kind will do.</param>
/// <param name="Protocol">The preprocessing that turns byte images into such data, where there is one.</param>
/// <param name="Size">The side that images of another size can be brought to, where only some sizes will do; null where that does not help.</param>
public sealed record DataNeed(string Description, Func<DataSpec, bool> Accepts, string? Protocol = null, Func<DataSpec, int?>? Size = null)
{
    /// <summary>Values of any kind.</summary>
    public static DataNeed Anything { get; } = new("values of one kind", s => s.Domain is not Domain.Mixed);

    /// <summary>The same with class labels, of two classes or more.</summary>
    public DataNeed WithClasses() => this with { Description = $"{Description} with classes", Accepts = s => Accepts(s) && s.Classes > 1, OfClasses = true };

    /// <summary>Whether class labels are asked for.</summary>
    internal bool OfClasses { get; private init; }

    /// <summary>Whether rows of a table will never do, whatever their values are.</summary>
    internal bool IsForImages => (Accepts(new([3, 32, 32], new Domain.Byte(), 2)) || Accepts(new([1, 32, 32], new Domain.Binary(), 2)))
        && !new Domain[] { new Domain.Real(), new Domain.Binary(), new Domain.Byte(), new Domain.Categorical(2) }.Any(d => Accepts(new([4], d, 2)));

    /// <summary>Checks what <see cref="WithClasses"/> asks for where a model is made without its recipe.</summary>
    /// <param name="spec">The data.</param>
    /// <param name="model">Who asks, as the beginning of a sentence: "A classifier".</param>
    /// <returns>The same data.</returns>
    /// <exception cref="UsageException">There are fewer than two classes.</exception>
    internal static DataSpec CheckClasses(DataSpec spec, string model) => spec.Classes > 1 ? spec
        : throw new UsageException($"{model} needs at least 2 classes, and this is data of {Counted.Of(spec.Classes, "class", "classes")} ({spec}): choose labelled data.");

    /// <summary>Values whose size means something.</summary>
    public static DataNeed Numbers { get; } = new("binary, byte or real values", s => s.Domain is not (Domain.Categorical or Domain.Mixed));

    public static DataNeed Binary { get; } = new("binary values", s => s.Domain is Domain.Binary, "dynamic");

    public static DataNeed Discrete { get; } = new("binary, categorical or byte values", s => s.Domain.LevelCount is not null);

    public static DataNeed Reals { get; } = new("real values", s => s.Domain is Domain.Real, "dequantised");

    /// <summary>Tables whose columns are numbers, categories, dates and the like, as a schema tells.</summary>
    public static DataNeed Tables { get; } = new("a table of numbers, words or dates", s => s.Domain is Domain.Mixed, "mixed");

    public static DataNeed Series { get; } = new("series of numbers [steps, values]", s => s.IsSeries && s.Domain is Domain.Real, "windows");

    public static DataNeed Images { get; } = new("images", s => s.IsImage && s.Domain is not (Domain.Categorical or Domain.Mixed));
}

/// <summary>A model of the zoo, without its types: everything that a program needs to list, build and train it.</summary>
public interface IRecipe
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>One sentence.</summary>
    string Summary { get; }

    Citation Paper { get; }

    DataNeed Need { get; }

    TrainingOptions Defaults { get; }

    Type ModelType { get; }

    /// <summary>The options' names, types and default values.</summary>
    JsonTypeInfo OptionsInfo { get; }

    /// <summary>The default options, complete.</summary>
    JsonObject DefaultOptions { get; }

    /// <summary>Options for the smallest data: a model that trains in moments, for tests and tours.</summary>
    JsonObject SmallestOptions { get; }

    /// <summary>Checks options and fills in what they leave out.</summary>
    /// <exception cref="UsageException">An unknown key or a value that is not allowed.</exception>
    JsonObject Complete(JsonObject options);

    /// <summary>The options of a record, which an earlier version may have written: what had no name yet means what was done then.</summary>
    JsonObject Recorded(JsonObject options);

    /// <summary>Whether training with these options maximises the likelihood, or the bound, that validation looks at: only then do held-out examples tell when to stop.</summary>
    bool MaximisesLikelihood(JsonObject options);

    /// <summary>How many free parameters the model has for such data, without making it; null where that is not known beforehand.</summary>
    BigInteger? FreeParameters(DataSpec spec, JsonObject options);

    /// <summary>A new model for such data.</summary>
    Module CreateModel(DataSpec spec, JsonObject options, Rng rng);

    /// <summary>A training of a model made by this recipe.</summary>
    /// <exception cref="UsageException">The data does not come in the batches that the training needs.</exception>
    ITraining CreateTraining(Module model, JsonObject options, IDataset data, TrainingOptions training, Rng rng);

    /// <summary>The paper's algorithm box around a model made by this recipe: an <see cref="Objective{TBatch}"/> of the recipe's kind of batch.</summary>
    internal object CreateObjective(Module model, JsonObject options, Rng rng);

    /// <summary>A model and its training, tied to a folder.</summary>
    internal Run Tie(RunFolder folder, IDataset data, Module model, ITraining training, Validation? validation);
}

/// <summary>How a model is made, how it is trained, and where it comes from.</summary>
/// <param name="Name">The name on the command line.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Paper">Its source.</param>
/// <param name="Objective">Makes the paper's algorithm box around a model.</param>
/// <param name="Defaults">The length of training and the batch.</param>
/// <param name="Need">What it asks of its data.</param>
public sealed record Recipe<TOptions, TModel, TBatch>(
    string Name,
    string Summary,
    Citation Paper,
    Func<TModel, TOptions, Rng, Objective<TBatch>> Objective,
    TrainingOptions Defaults,
    DataNeed Need) : IRecipe
    where TOptions : class, new()
    where TModel : Module
{
    /// <summary>The defaults: the paper's.</summary>
    public TOptions Options { get; } = new();

    /// <summary>How its options are read and written.</summary>
    public JsonTypeInfo<TOptions> Json => OptionRules.Of<TOptions>();

    /// <summary>Makes the model for a kind of data: by its constructor of data, options and randomness, unless something else is said.</summary>
    public Func<DataSpec, TOptions, Rng, TModel> Model { get; init; } = Construct;

    /// <summary>Options for the smallest data: a model that trains in moments, for tests and tours.</summary>
    public required TOptions Smallest { get; init; }

    /// <summary>What records of earlier versions do not name, because there was no choice, and what was done; the names of options inside of others have dots.</summary>
    public JsonObject Former { get; init; } = [];

    /// <summary>Whether training maximises the likelihood or the bound that the model reports; false where its terms are weighted otherwise, and it goes on to learn what that number does not see.</summary>
    public Func<TOptions, bool> MaximisesLikelihood { get; init; } = _ => true;

    /// <summary>Counts the model's free parameters for any size of data; null where nobody has said how.</summary>
    public Func<DataSpec, TOptions, BigInteger>? Parameters { get; init; }

    public Type ModelType => typeof(TModel);

    public JsonTypeInfo OptionsInfo => Json;

    public JsonObject DefaultOptions => OptionsJson.Write(Options, Json);

    public JsonObject SmallestOptions => OptionsJson.Write(Smallest, Json);

    public JsonObject Complete(JsonObject options) => OptionsJson.Write(Prepare is null ? Read(options) : Prepare(Read(options)), Json);

    /// <summary>Fills in what options only point to, so a run's record is whole; null where they point to nothing.</summary>
    public Func<TOptions, TOptions>? Prepare { get; init; }

    public JsonObject Recorded(JsonObject options)
    {
        var recorded = options.DeepClone().AsObject();
        foreach (var (name, meant) in Former)
        {
            var keys = name.Split('.');
            var place = keys[..^1].Aggregate((JsonObject?)recorded, (at, key) => at?[key] as JsonObject);
            place?.TryAdd(keys[^1], meant?.DeepClone());
        }

        return recorded;
    }

    bool IRecipe.MaximisesLikelihood(JsonObject options) => MaximisesLikelihood(Read(options));

    public BigInteger? FreeParameters(DataSpec spec, JsonObject options) =>
        Parameters is { } count && Need.Accepts(spec) ? count(spec, Read(options)) : null;

    public Module CreateModel(DataSpec spec, JsonObject options, Rng rng) => Need.Accepts(spec) ? Model(spec, Read(options), rng)
        : Need.OfClasses && Need.Accepts(spec with { Classes = 2 }) ? throw Unlabelled(spec)
        : throw new UsageException($"The model '{Name}' needs {Need.Description}, and the data is {spec}: choose other data{(Need.Protocol is { } p ? $", or the protocol '{p}'" : "")}{OtherSize(spec)}.");

    object IRecipe.CreateObjective(Module model, JsonObject options, Rng rng) => Objective((TModel)model, Read(options), rng);

    Run IRecipe.Tie(RunFolder folder, IDataset data, Module model, ITraining training, Validation? validation) =>
        new Run<TModel>(folder, data, (TModel)model, training, validation);

    public ITraining CreateTraining(Module model, JsonObject options, IDataset data, TrainingOptions training, Rng rng)
    {
        data = training.Canaries?.Plant(data) ?? data;
        if (data.TryAs<TBatch>() is not { } source)
        {
            throw new UsageException($"The model '{Name}' learns from {typeof(TBatch).Name} examples, which the data set '{data.Name}' does not have: choose another data set.");
        }

        var objective = Objective((TModel)model, Read(options), rng.Fork("objective"));
        if (training.Flip && !data.Spec.IsImage)
        {
            throw new UsageException($"Data of {data.Spec} cannot be flipped: leave {new Remedy.Option("Flip")} out, or choose images.");
        }

        if (training.Privacy is { } privacy)
        {
            return CreatePrivate(objective, source, privacy.For(training, source), training, rng);
        }

        var feed = source.Open(Split.Train, training.BatchOf(source), rng.Fork("feed").Seed);
        return new Trainer<TBatch>(objective, feed, rng.Fork("training"), training);
    }

    private Trainer<TBatch> CreatePrivate(Objective<TBatch> objective, IDataset<TBatch> source, PrivacyOptions privacy, TrainingOptions training, Rng rng)
    {
        if (PrivateDescent<TBatch>.Refusal(objective) is { } reason)
        {
            throw new UsageException($"The model '{Name}' cannot be trained privately: {reason}.");
        }

        if (training.Validation is not null)
        {
            throw new UsageException($"Validation chooses weights by examples that are private, too, and no noise covers that: train without {new Remedy.Option("ValidateEvery")}.");
        }

        var seed = privacy.Seed is { } known ? new Rng(known).Fork("feed").Seed : SecretNoise.Secret();
        var feed = (source as ISampledDataset<TBatch>)?.OpenSampled(Split.Train, training.BatchOf(source), seed)
            ?? throw new UsageException($"The examples of '{source.Name}' do not come one by one as {typeof(TBatch).Name}, and cannot be sampled independently: choose other data, or train without privacy.");
        var descent = new PrivateDescent<TBatch>(objective, feed, privacy, source.Count(Split.Train), rng.Device, training.Flip);
        return new(descent, feed, rng.Fork("training"), training with { Flip = false });
    }

    private UsageException Unlabelled(DataSpec spec) => spec.Classes == 1
        ? new($"The model '{Name}' needs {Need.Description}, and the data ({spec}) has only one class{(spec.DomainGroups is [{ Values: [var only] }] ? $", '{only}'" : "")}: add examples of another, or choose a model without classes.")
        : new($"The model '{Name}' needs {Need.Description}, and the data ({spec}) has no classes: sort pictures into a folder for each class, name the column of a table that holds them by {new Remedy.Option("LabelColumn", "NAME")}, or choose a model without classes.");

    private Sentence OtherSize(DataSpec spec) => Need.Size?.Invoke(spec) is { } side
        ? Sentence.Of($", or bring the images to another size, for example with {new Remedy.Option("Size", side)}")
        : "";

    private static TModel Construct(DataSpec spec, TOptions options, Rng rng) =>
        typeof(TModel).GetConstructor([typeof(DataSpec), typeof(TOptions), typeof(Rng)]) is { } constructor
            ? (TModel)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [spec, options, rng], null)
            : throw new InvalidOperationException($"{typeof(TModel).Name} has no constructor of {nameof(DataSpec)}, {typeof(TOptions).Name} and {nameof(Rng)}: add one, or say how it is made in {nameof(Model)} of its recipe.");

    private TOptions Read(JsonObject options) => OptionsJson.Read(options, Options, Json, Name);
}
