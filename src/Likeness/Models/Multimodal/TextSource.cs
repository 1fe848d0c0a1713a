namespace Likeness;

/// <summary>Where the text and image networks come from. They are not trained further with the generator.</summary>
public abstract record TextSource
{
    private TextSource() { }

    /// <summary>Rounds of the joint embedding before the first image.</summary>
    [JsonIgnore]
    public abstract int Rounds { get; }

    /// <summary>Gives the networks the weights that they begin with, where they do not learn them here.</summary>
    internal abstract void Begin(JointEmbedding networks);

    /// <summary>The networks are trained first, on the same data.</summary>
    /// <param name="Steps">Training steps, out of the run's total, spent on training these networks first.</param>
    [Kind("train")]
    public sealed record Trained([property: AtLeast(0)] int Steps = 2000) : TextSource
    {
        [JsonIgnore]
        public override int Rounds => Steps;

        internal override void Begin(JointEmbedding networks)
        {
        }
    }

    /// <summary>The networks of a run of the text encoder, whose weights are copied into this run.</summary>
    /// <param name="Path">Folder of the run.</param>
    [Kind("run")]
    public sealed record OfRun(string Path = "") : TextSource
    {
        [JsonIgnore]
        public override int Rounds => 0;

        /// <exception cref="UsageException">The run's networks have other sizes, or read another number of characters.</exception>
        internal override void Begin(JointEmbedding networks)
        {
            ReaderWeights.Opened(Path, networks.Reader, "encoder.network").LoadModel(new ReaderWeights.Part("embedding", networks));
        }
    }
}
