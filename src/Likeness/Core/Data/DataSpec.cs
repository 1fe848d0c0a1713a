namespace Likeness;

/// <summary>What one value of an example can be.</summary>
public abstract record Domain
{
    private Domain() { }

    /// <summary>How many values there are, 0 … Levels − 1; null where there is a continuum.</summary>
    public int? LevelCount => this switch
    {
        Binary => 2,
        Categorical c => c.Levels,
        Byte => 256,
        _ => null,
    };

    /// <summary>0 or 1.</summary>
    public sealed record Binary : Domain { public override string ToString() => "binary"; }

    /// <summary>One of <paramref name="Levels"/> unordered values 0 … Levels − 1.</summary>
    public sealed record Categorical(int Levels) : Domain { public override string ToString() => $"categorical({Levels})"; }

    /// <summary>An intensity 0 … 255. Likelihoods of such data are probabilities of these 256 values.</summary>
    public sealed record Byte : Domain { public override string ToString() => "byte"; }

    /// <summary>
    /// Columns of several kinds: for each how many unordered levels 0 … k − 1 it has, or 0 where it is any real number. Likelihoods of such data are
    /// densities of the numbers times probabilities of the levels.
    /// </summary>
    public sealed record Mixed(IReadOnlyList<int> Levels) : Domain
    {
        public bool Equals(Mixed? other) => other is not null && Levels.SequenceEqual(other.Levels);

        public override int GetHashCode() => HashCode.Combine(Levels.Count, Levels.Sum());

        public override string ToString() => $"mixed({string.Join(',', Levels)})";
    }

    /// <summary>Any real number. Likelihoods of such data are densities.</summary>
    public sealed record Real : Domain { public override string ToString() => "real"; }
}

/// <summary>
/// What a model sees: the shape of one example, without the batch dimension (images are [channels, height, width], tables
/// [columns]), and the domain of its values. Batches hold these values as fp32, in the domain's own units (bytes are 0 … 255).
/// </summary>
/// <param name="Shape">Dimensions of one example.</param>
/// <param name="Domain">What one value can be.</param>
/// <param name="Classes">Number of class labels; 0 where the data has none.</param>
/// <param name="Actions">How many of the last values of each row of a series [steps, values] are given from outside, such as a control, and not to be predicted.</param>
public sealed record DataSpec(IReadOnlyList<int> Shape, Domain Domain, int Classes = 0, int Actions = 0)
{
    /// <summary>
    /// What is known about each example, and the names of it: its attributes, or else its class. Only names, and so no part of what makes two
    /// kinds of data the same.
    /// </summary>
    public IReadOnlyList<DataAttribute> Attributes { get; init => field = value ?? []; } = [];

    /// <summary>
    /// How many of the values before the actions in each row of a series are rewards: they follow from a step, and nothing follows from them.
    /// </summary>
    public int Rewards { get; init; }

    /// <summary>How many of the actions are static features, which are the same in all rows of a series.</summary>
    public int Statics { get; init; }

    /// <summary>The attributes; of data that knows only that there are classes, the class.</summary>
    public IReadOnlyList<DataAttribute> DomainGroups =>
        Attributes.Count > 0 || Classes < 2 ? Attributes : [new("class", [.. Enumerable.Range(0, Classes).Select(c => $"{c}")])];

    /// <summary>Values per example.</summary>
    public int Dimensions => Shape.Aggregate(1, (a, b) => a * b);

    /// <summary>Whether an example is an image [channels, height, width] that can be drawn.</summary>
    public bool IsImage => Shape.Count == 3 && Shape[0] is 1 or 3;

    public int Channels => IsImage ? Shape[0] : throw NotAnImage();

    public int Height => IsImage ? Shape[1] : throw NotAnImage();

    public int Width => IsImage ? Shape[2] : throw NotAnImage();

    /// <summary>Whether an example is a series [steps, values].</summary>
    public bool IsSeries => Shape.Count == 2;

    /// <summary>The shape of a batch of <paramref name="count"/> examples.</summary>
    public long[] BatchShape(long count) => [count, .. Shape.Select(d => (long)d)];

    /// <summary>A batch of such examples as a table [n, dimensions].</summary>
    /// <exception cref="DataException">The batch has another shape.</exception>
    public Tensor Flat(Tensor x) => Check(x).reshape(x.shape[0], Dimensions);

    /// <summary>The batch itself, if its shape is this one's.</summary>
    /// <exception cref="DataException">The batch has another shape.</exception>
    public Tensor Check(Tensor x)
    {
        var fits = x.ndim == Shape.Count + 1;
        for (var i = 0; fits && i < Shape.Count; i++)
        {
            fits = x.shape[i + 1] == Shape[i];
        }

        return fits ? x : throw new DataException(
            $"The examples have shape {string.Join('x', x.shape[1..].ToArray())} and the model was made for {string.Join('x', Shape)}: give it data of its own shape.");
    }

    /// <summary>
    /// The batch with its values on −1 … 1, as networks like them: bytes and bits are stretched to it, real values stay.
    /// </summary>
    public Tensor Normalise(Tensor x) => Domain switch
    {
        Domain.Byte => Check(x) / 127.5 - 1,
        Domain.Binary => Check(x) * 2 - 1,
        _ => Check(x),
    };

    /// <summary>The way back from −1 … 1 to the data's own values: bytes and bits are rounded to whole ones.</summary>
    public Tensor Denormalise(Tensor y) => Domain switch
    {
        Domain.Byte => ((y + 1) * 127.5).round().clamp(0, 255),
        Domain.Binary => ((y + 1) * 0.5).round().clamp(0, 1),
        _ => y,
    };

    /// <summary>For example "1x28x28 byte" or "rows of 5 numbers and 3 categories".</summary>
    public override string ToString() => Domain is Domain.Mixed { Levels: var levels } && Shape.Count == 1 ? Rows(levels.Count(l => l == 0), levels.Count(l => l > 0))
        : $"{string.Join('x', Shape)} {Domain}{(Actions > Statics ? $" with {Actions - Statics} of actions" : "")}{(Statics > 0 ? $" with {Statics} of static features" : "")}";

    private static string Rows(int numbers, int categories) =>
        $"rows of {(numbers > 0 ? Counted.Of(numbers, "number") : "")}{(numbers > 0 && categories > 0 ? " and " : "")}{(categories > 0 ? Counted.Of(categories, "category", "categories") : "")}";

    public bool Equals(DataSpec? other) =>
        other is not null && Shape.SequenceEqual(other.Shape) && Domain == other.Domain && (Classes, Actions, Rewards, Statics) == (other.Classes, other.Actions, other.Rewards, other.Statics);

    public override int GetHashCode() => HashCode.Combine(Dimensions, Domain, Classes, Actions);

    private InvalidOperationException NotAnImage() =>
        new($"Data of shape {string.Join('x', Shape)} is not an image: an image has 1 or 3 channels, a height and a width.");
}
