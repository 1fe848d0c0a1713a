namespace Likeness;

/// <summary>Where metrics that need training examples take them from, and what to say where there are none.</summary>
internal static class TrainingPart
{
    extension(MeasureOptions options)
    {
        /// <summary>The data with the examples that the model has seen.</summary>
        public IDataset Seen(IDataset data) => options.Learned ?? data;

        /// <summary>The data with examples to learn a judge of the measured data from: its own, or else those that the model has seen.</summary>
        public IDataset Teaching(IDataset data) => data.Count(Split.Train) > 0 ? data : options.Seen(data);

        /// <summary>What is missing where a model is to be asked about the examples that it has seen; null where nothing is.</summary>
        public string? MissingSeen(IDataset data) => Absent(options.Seen(data), data);

        /// <summary>What is missing where a judge is to learn the classes or attributes of the measured data; null where nothing is.</summary>
        public string? MissingTeaching(IDataset data)
        {
            var teaching = options.Teaching(data);
            return Absent(teaching, data)
                ?? (teaching.Spec.Classes == data.Spec.Classes && teaching.ClassNames.SequenceEqual(data.ClassNames) && Alike(teaching.Spec.Attributes, data.Spec.Attributes) ? null
                    : $"'{data.Name}' has no training part, and '{teaching.Name}', which the model learned from, has other classes or attributes: give data with a training part");
        }
    }

    /// <summary>What a score says of training examples that are not of the measured data; null where they are.</summary>
    public static string? Source(IDataset training, IDataset data) =>
        ReferenceEquals(training, data) ? null : $"the training examples of {training.Name} ({training.Protocol})";

    private static string? Absent(IDataset training, IDataset data) => training.Count(Split.Train) > 0 ? null
        : $"'{data.Name}' has no training part, and the data that the model learned from is not at hand: give data with a training part, or bring that data back";

    private static bool Alike(IReadOnlyList<DataAttribute> a, IReadOnlyList<DataAttribute> b) =>
        a.Count == b.Count && a.Zip(b).All(pair => pair.First.Name == pair.Second.Name && pair.First.Values.SequenceEqual(pair.Second.Values));
}
