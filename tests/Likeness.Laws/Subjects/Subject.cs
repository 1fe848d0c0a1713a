namespace Likeness.Laws;

/// <summary>A small model of the zoo under a law, with a training of it.</summary>
internal sealed class Subject : IDisposable
{
    public const int BatchSize = 8;

    private readonly ITraining _training;

    /// <param name="recipe">The recipe's name.</param>
    /// <param name="data">The kind of data, as in <see cref="Cases"/>.</param>
    /// <param name="steps">Length of the training.</param>
    /// <param name="source">What is learned from; shuffled small data unless said.</param>
    /// <param name="weights">The seed of the initial weights.</param>
    /// <param name="precision">Of the training.</param>
    public Subject(string recipe, string data, long steps, IDataset? source = null, ulong weights = 1, Precision precision = Precision.Float32)
    {
        TorchRuntime.Threads = 1;
        Recipe = Zoo.BuiltIn.Find(recipe);
        Spec = Cases.Spec(data);
        Model = Recipe.CreateModel(Spec, Recipe.SmallestOptions, new Rng(weights));
        _training = Recipe.CreateTraining(Model, Recipe.SmallestOptions, source ?? SmallData.Of(Spec), new(steps, BatchSize, precision), new Rng(2));
        Rehearsal = (IRehearsal)_training;
    }

    public IRecipe Recipe { get; }

    public DataSpec Spec { get; }

    public Module Model { get; }

    public ITraining Training => _training;

    public IRehearsal Rehearsal { get; }

    /// <summary>A model that has trained for all of these steps.</summary>
    public static Subject Trained(string recipe, string data, int steps, IDataset? source = null)
    {
        var subject = new Subject(recipe, data, steps, source);
        subject.Train(steps);
        return subject;
    }

    public void Train(int steps)
    {
        foreach (var _ in _training.Run().Take(steps))
        {
        }
    }

    public void Dispose() => _training.Dispose();
}
