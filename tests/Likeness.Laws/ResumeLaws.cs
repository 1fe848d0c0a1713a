namespace Likeness.Laws;

/// <summary>Every training can be broken off and taken up again as if nothing had happened.</summary>
public sealed class ResumeLaws
{
    private const int Half = 9;

    public static TheoryData<string, string> All => Cases.Of<Module>();

    [Theory]
    [MemberData(nameof(All))]
    public void Training_on_from_a_checkpoint_is_bitwise_the_training_without_a_break_and_a_saved_model_answers_as_it_did(string recipe, string data)
    {
        using var scope = torch.NewDisposeScope();
        var path = Path.GetTempFileName();
        try
        {
            using var whole = Subject.Trained(recipe, data, 2 * Half);
            using (var first = new Subject(recipe, data, 2 * Half))
            {
                first.Train(Half);
                Checkpoint.Save(path, first.Training);
            }

            // Other initial weights: everything must come from the checkpoint.
            using var second = new Subject(recipe, data, 2 * Half, weights: 99);
            Checkpoint.Load(path, second.Training);
            Assert.Equal(Half, second.Training.Step);
            second.Train(Half);
            Assert.Equal(2 * Half, second.Training.Step);
            Assert.Empty(second.Training.Run());
            Same(whole.Rehearsal.Objective, second.Rehearsal.Objective);
            var answers = Answers(whole.Model, whole.Spec);
            Assert.Equal(answers, Answers(second.Model, second.Spec));

            Checkpoint.Save(path, whole.Model);
            var again = whole.Recipe.CreateModel(whole.Spec, whole.Recipe.SmallestOptions, new Rng(99));
            Checkpoint.Load(path, again);
            Same(whole.Model, again);
            Assert.Equal(answers, Answers(again, whole.Spec));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Same(torch.nn.Module a, torch.nn.Module b)
    {
        foreach (var (x, y) in a.Parameters().Concat(a.Buffers()).Zip(b.Parameters().Concat(b.Buffers())))
        {
            Assert.Equal(x.Name, y.Name);
            Assert.True(x.Value.ToArray<double>().AsSpan().SequenceEqual(y.Value.ToArray<double>()), $"{x.Name} differs.");
        }
    }

    /// <summary>Whatever the model can be asked, as numbers.</summary>
    private static double[] Answers(torch.nn.Module model, DataSpec spec)
    {
        using var noGrad = torch.no_grad();
        var x = new OneBatch(spec).First(4).X;
        Tensor?[] answers =
        [
            (model as IGenerative)?.Sample(4, new Rng(3)),
            (model as IDensity)?.LogProb(x),
            (model as IBound)?.LogProbBound(x, new Rng(4)),
            (model as IEncoder)?.Encode(x),
            model is IRestorer restorer ? restorer.Restore(restorer.Cut(x).Patches, new Rng(6)).Image : null,
            (model as ITranslator)?.Translate(x, Tensor.From(Enumerable.Repeat(1L, 4 * ((ITranslator)model).Domains.Count).ToArray(), 4, ((ITranslator)model).Domains.Count)),
        ];
        return [.. answers.SelectMany(a => a?.ToArray<double>() ?? [])];
    }
}
