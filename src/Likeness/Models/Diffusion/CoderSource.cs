using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>Where the encoder and the decoder of a latent diffusion come from.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Trained), "train")]
[JsonDerivedType(typeof(OfRun), "run")]
public abstract record CoderSource
{
    private CoderSource() { }

    /// <summary>The coder's model.</summary>
    internal abstract string ModelName { get; }

    /// <summary>Its options, as JSON.</summary>
    internal abstract string ModelOptions { get; }

    /// <summary>Rounds of the coder before the first of the diffusion.</summary>
    [JsonIgnore]
    public abstract int Rounds { get; }

    /// <summary>Gives the coder the weights that it begins with, where it does not learn them here.</summary>
    internal virtual void Begin(Module coder)
    {
    }

    /// <summary>With what it only points to.</summary>
    internal virtual CoderSource Prepared() => this;

    /// <summary>It learns first, on the same data.</summary>
    /// <param name="Model">A model that encodes and decodes.</param>
    /// <param name="Options">Its options, as JSON.</param>
    /// <param name="Steps">Training steps, of all.</param>
    public sealed record Trained(string Model = "vae", string Options = "{\"latent\":32}", [property: AtLeast(0)] int Steps = 3000) : CoderSource
    {
        [JsonIgnore]
        public override int Rounds => Steps;

        internal override string ModelName => Model;

        internal override string ModelOptions => Options;
    }

    /// <summary>That of a run, whose weights are copied into this one.</summary>
    /// <param name="Path">The run's folder; it is not needed again afterwards.</param>
    /// <param name="Model">Its model; filled in from the run.</param>
    /// <param name="Options">Its options, as JSON; filled in from the run.</param>
    public sealed record OfRun(string Path = "", string Model = "", string Options = "") : CoderSource
    {
        [JsonIgnore]
        public override int Rounds => 0;

        internal override string ModelName => Model.Length > 0 ? Model
            : throw new UsageException($"A latent diffusion needs a run whose codes it learns: give its folder, for example {new Remedy.Setting("coder.path", "runs/vae")}.");

        internal override string ModelOptions => Options;

        internal override CoderSource Prepared()
        {
            if (Path.Length == 0 || Model.Length > 0)
            {
                return this;
            }

            var record = RunFolder.Open(Path).Record;
            return this with { Path = System.IO.Path.GetFullPath(Path), Model = record.Recipe, Options = record.Options.ToJsonString() };
        }

        internal override void Begin(Module coder) => RunFolder.Open(Path).LoadModel(coder);
    }
}
