namespace Likeness.Tests;

public sealed class TrainingCurveTests
{
    [Fact]
    public void A_course_is_made_of_means_of_neighbours()
    {
        var log = Enumerable.Range(1, 10).Select(i => Entry(i, ("model.nll", i))).ToList();
        Assert.Equal([(1.5, 1.5), (3.5, 3.5), (5.5, 5.5), (7.5, 7.5), (9.5, 9.5)], TrainingCurve.Course(log, e => e.Terms["model.nll"], 5));
        // What an entry does not have is left out.
        Assert.Single(TrainingCurve.Course([.. log, Entry(11, ("validation.nll", 3))], e => e.Terms.GetValueOrDefault("validation.nll", double.NaN), 5));
    }

    [Fact]
    public void There_is_a_chart_for_each_player_and_none_of_a_single_step()
    {
        var game = Enumerable.Range(1, 30).Select(i => Entry(i, ("critic.real", 1.0 / i), ("critic.fake", 2.0 / i), ("generator.adversarial", i))).ToList();
        var likelihood = Enumerable.Range(1, 30).Select(i => Entry(i, ("model.nll", 100.0 / i), ("validation.nll", 90.0 / i))).ToList();
        Assert.Equal(2 * TrainingCurve.Draw(likelihood, "one")!.Height, TrainingCurve.Draw(game, "two")!.Height);
        Assert.Null(TrainingCurve.Draw(game[..1], "none"));
    }

    [SkippableFact]
    public void Letters_of_other_scripts_are_written_where_the_machine_has_a_font_for_them()
    {
        Skip.If(Lettering.NameFor("한글") == Lettering.Name, "No font of this machine has Korean letters.");
        // Of letters that a font lacks all look the same, a box.
        Assert.NotEqual(Panels.Draw(("한", Square())).Pixels, Panels.Draw(("글", Square())).Pixels);
        var log = Enumerable.Range(1, 5).Select(i => Entry(i, ("model.nll", i))).ToList();
        Assert.NotEqual(TrainingCurve.Draw(log, "한")!.Pixels, TrainingCurve.Draw(log, "글")!.Pixels);
    }

    private static Image Square() => ImageGrid.Draw(torch.zeros(1, 1, 8, 8), new DataSpec([1, 8, 8], new Domain.Byte()), 1);

    private static LogEntry Entry(long step, params (string Name, double Value)[] terms) => new(step, step * 10, 0.1, terms.ToDictionary(t => t.Name, t => t.Value));
}
