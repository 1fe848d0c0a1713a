namespace Likeness;

/// <summary>A run whose model's type is known: <c>Run.Create(path, Vae.Recipe, data, new VaeOptions())</c> is a <c>Run&lt;Vae&gt;</c>.</summary>
public sealed class Run<TModel> : Run
    where TModel : Module
{
    internal Run(RunFolder folder, IDataset data, TModel model, ITraining training, Validation? validation)
        : base(folder, data, model, training, validation) => Model = model;

    /// <summary>The model as trained so far.</summary>
    public new TModel Model { get; }
}
