using System.Text.Json.Nodes;

namespace Likeness;

/// <summary>Where a model of codes takes its encoder and decoder from.</summary>
public abstract record CoderSource
{
    private CoderSource() { }

    /// <summary>The coder's model.</summary>
    internal abstract string ModelName { get; }

    /// <summary>The model's options, as JSON.</summary>
    internal abstract string ModelOptions { get; }

    /// <summary>Rounds of the coder before the first of the model of its codes.</summary>
    [JsonIgnore]
    public abstract int Rounds { get; }

    /// <summary>A new coder for such data.</summary>
    internal Module Create(DataSpec spec, Func<string, IRecipe> find, Rng rng) => find(ModelName).CreateModel(spec, Parsed, rng);

    /// <summary>How the coder learns its codes.</summary>
    internal Objective<Batch> Learning(Module coder, Func<string, IRecipe> find, Rng rng) => find(ModelName).CreateObjective(coder, Parsed, rng) as Objective<Batch>
        ?? throw new UsageException($"The model '{ModelName}' learns from more than examples: choose one that does not, or give a run of it.");

    /// <summary>Gives the coder the weights that it begins with, where it does not learn them here.</summary>
    internal virtual void Begin(Module coder)
    {
    }

    /// <summary>With what it only points to.</summary>
    internal virtual CoderSource Prepared() => this;

    private JsonObject Parsed
    {
        get
        {
            try
            {
                return JsonNode.Parse(ModelOptions) as JsonObject ?? throw new JsonException();
            }
            catch (JsonException e)
            {
                throw new UsageException($"The coder's options '{ModelOptions}' are no JSON object: give one such as {{\"latent\":32}}.", e);
            }
        }
    }

    /// <summary>The coder is trained first, on the same data.</summary>
    /// <param name="Model">A model that encodes and decodes.</param>
    /// <param name="Options">The model's options, as JSON.</param>
    /// <param name="Steps">Training steps, out of the run's total, spent on training it first.</param>
    [Kind("train")]
    public sealed record Trained(string Model = "vae", string Options = "{\"latent\":32}", [property: AtLeast(0)] int Steps = 3000) : CoderSource
    {
        [JsonIgnore]
        public override int Rounds => Steps;

        internal override string ModelName => Model;

        internal override string ModelOptions => Options;
    }

    /// <summary>The coder of a run, whose weights are copied into this one.</summary>
    /// <param name="Path">Folder of the run, whose weights are copied; it is not needed afterwards.</param>
    /// <param name="Model">The run's model; filled in from the run.</param>
    /// <param name="Options">The model's options, as JSON; filled in from the run.</param>
    [Kind("run")]
    public sealed record OfRun(string Path = "", string Model = "", string Options = "") : CoderSource
    {
        [JsonIgnore]
        public override int Rounds => 0;

        internal override string ModelName => Model.Length > 0 ? Model
            : throw new UsageException($"A model of codes needs the run that makes them: give its folder, for example {new Remedy.Setting("coder.path", "runs/vae")}.");

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
