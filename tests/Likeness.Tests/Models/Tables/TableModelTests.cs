namespace Likeness.Tests.Models;

/// <summary>Models of mixed tables: what the papers' mechanisms must show.</summary>
public sealed class TableModelTests
{
    private static readonly DataSpec s_mixed = new([4], new Domain.Mixed([0, 0, 2, 3]));

    // Two numbers with the correlation 0.8, and two columns of levels that tell them: a sign, and which third the second lies in.
    private static float[] Rows(int count, ulong seed)
    {
        var random = new SplitMix64(seed);
        var rows = new float[count * 4];
        for (var i = 0; i < count; i++)
        {
            var a = random.Normal();
            var b = (0.8 * a) + (0.6 * random.Normal());
            (rows[4 * i], rows[(4 * i) + 1], rows[(4 * i) + 2], rows[(4 * i) + 3]) = ((float)a, (float)b, a > 0 ? 1 : 0, b < -0.43 ? 0 : b < 0.43 ? 1 : 2);
        }

        return rows;
    }

    private static TModel Trained<TOptions, TModel, TBatch>(Recipe<TOptions, TModel, TBatch> recipe, TOptions options, long steps, int batch, int rows = 4000)
        where TOptions : class, new()
        where TModel : Module
    {
        var data = MemoryDataset.Of("made up", "mixed", s_mixed, Rows(rows, 1));
        var json = OptionsJson.Write(options, recipe.Json);
        var model = (TModel)recipe.CreateModel(s_mixed, json, new Rng(1));
        using var training = recipe.CreateTraining(model, json, data, new TrainingOptions(steps, batch), new Rng(2));
        foreach (var _ in training.Run())
        {
        }

        return model;
    }

    [Fact]
    public void A_copula_finds_correlations_also_behind_levels()
    {
        using var scope = torch.NewDisposeScope();
        var model = Trained(GaussianCopula.Recipe, new(), 1, 0);
        var correlation = model.Parameters().Single(p => p.Name == "correlation").Value.ToArray<double>();
        // The truth, from 4000 rows: 0.8 to a hundredth. A sign and a third are what hidden scores must explain: they are those of the numbers themselves.
        Assert.InRange(correlation[1], 0.77, 0.83);
        Assert.InRange(correlation[2], 0.93, 1);
        Assert.InRange(correlation[7], 0.93, 1);
        Assert.InRange(correlation[3], 0.7, 0.85);
    }

    [Fact]
    public void A_copula_s_bound_of_two_Normal_numbers_is_their_density()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([2], new Domain.Mixed([0, 0]));
        var rows = Rows(4000, 1).Where((_, i) => i % 4 < 2).ToArray();
        var json = OptionsJson.Write(GaussianCopula.Recipe.Options, GaussianCopula.Recipe.Json);
        var model = (GaussianCopula)((IRecipe)GaussianCopula.Recipe).CreateModel(spec, json, new Rng(1));
        using var training = ((IRecipe)GaussianCopula.Recipe).CreateTraining(model, json, MemoryDataset.Of("made up", "mixed", spec, rows), new TrainingOptions(1, 0), new Rng(2));
        foreach (var _ in training.Run())
        {
        }

        var x = Tensor.From(Rows(1000, 3).Where((_, i) => i % 4 < 2).ToArray(), 1000, 2);
        var bound = model.LogProbBound(x, new Rng(3)).mean().ToDouble();
        // −½ log(2πe)² |R| = −2.8379 − ½ log(1 − 0.64) = −2.327, of 1000 rows to 0.03; the fitted mixtures cost less than that again.
        Assert.InRange(bound, -2.40, -2.25);
    }

    [Fact]
    public void Completions_follow_the_conditional_law()
    {
        using var scope = torch.NewDisposeScope();
        var model = Trained(GaussianCopula.Recipe, new(), 1, 0);
        var x = Tensor.From<float>([1.5f, 0, 0, 0], 1, 4).repeat(4000, 1);
        var made = model.Complete(x, [true, false, false, false], new Rng(4));
        Assert.True(made.select(1, 0).eq(1.5f).all().ToBoolean());
        // b given a = 1.5 is N(1.2, 0.36), and a's sign is plus.
        Assert.InRange(made.select(1, 1).mean().ToDouble(), 1.1, 1.3);
        Assert.InRange(made.select(1, 1).std().ToDouble(), 0.54, 0.67);
        Assert.InRange(made.select(1, 2).mean().ToDouble(), 0.97, 1);
    }

    [Fact]
    public void An_autoencoder_of_tables_learns_how_columns_hang_together()
    {
        using var scope = torch.NewDisposeScope();
        var model = Trained(TableVae.Recipe, new() { Latent = 8, Hidden = [64], Optimizer = new Adam(3e-3) }, 800, 200);
        // Two modes whose places are drawn apart take from the correlation.
        Judge(model.Sample(4000, new Rng(5)), agreement: 0.8, correlation: 0.25);
        var x = Tensor.From(Rows(500, 6), 500, 4);
        var (one, many) = (model.LogProbBound(x, new Rng(7)).mean().ToDouble(), (model.LogWeights(x, 50, new Rng(8)).logsumexp(1) - Math.Log(50)).mean().ToDouble());
        Assert.True(many > one, $"The bound of 50 draws is {many}, that of one {one}.");
    }

    [Fact]
    public void A_diffusion_of_tables_learns_how_columns_hang_together_and_bounds_from_below()
    {
        using var scope = torch.NewDisposeScope();
        var model = Trained(TableDiffusion.Recipe, new() { Times = 50, Hidden = [128], Embedding = 32, EmaDecay = 0.99, BoundDraws = 50, Optimizer = new Adam(2e-3) { Schedule = new Schedule.Linear() } }, 1200, 250);
        Judge(model.Sample(4000, new Rng(5)), agreement: 0.85, correlation: 0.12);
        var bound = model.LogProbBound(Tensor.From(Rows(1000, 6), 1000, 4), new Rng(7)).mean().ToDouble();
        // The density of the numbers is −2.327 nats on average, and the levels follow from them: nothing is above that but by what 1000 rows allow. Steps that draw
        // each column for itself, and a short training, cost some nats.
        Assert.InRange(bound, -7, -2.25);
    }

    [Fact]
    public void A_diffusion_s_bound_of_a_Normal_number_is_its_density()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([1], new Domain.Mixed([0]));
        var data = MemoryDataset.Of("made up", "mixed", spec, [.. Rows(4000, 1).Where((_, i) => i % 4 == 0)]);
        var options = OptionsJson.Write(new() { Times = 30, Hidden = [64], Embedding = 16, EmaDecay = 0.99, BoundDraws = 30, Optimizer = new Adam(3e-3) { Schedule = new Schedule.Linear() } }, TableDiffusion.Recipe.Json);
        var model = (TableDiffusion)((IRecipe)TableDiffusion.Recipe).CreateModel(spec, options, new Rng(1));
        using var training = ((IRecipe)TableDiffusion.Recipe).CreateTraining(model, options, data, new TrainingOptions(1500, 250), new Rng(2));
        foreach (var _ in training.Run())
        {
        }

        var bound = model.LogProbBound(Tensor.From(Rows(2000, 6).Where((_, i) => i % 4 == 0).ToArray(), 2000, 1), new Rng(7)).mean().ToDouble();
        // −½ log 2πe = −1.419, of 2000 rows to 0.016. Steps back with variances β_t are exact for Normal scores, so only the network's errors are left.
        Assert.InRange(bound, -1.55, -1.37);
    }

    [Fact]
    public void A_conditional_GAN_of_tables_learns_how_columns_hang_together()
    {
        using var scope = torch.NewDisposeScope();
        var model = Trained(Ctgan.Recipe, new() { Latent = 16, GeneratorHidden = [64, 64], CriticHidden = [64, 64], Generator = new Adam(1e-3, Beta1: 0.5, Beta2: 0.9), Critic = new Adam(1e-3, Beta1: 0.5, Beta2: 0.9) }, 1000, 200);
        Judge(model.Sample(4000, new Rng(5)), agreement: 0.75, correlation: 0.2);
    }

    [Fact]
    public void Rows_for_training_by_sampling_have_their_level_and_rare_ones_are_frequent()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([2], new Domain.Mixed([0, 3]));
        // The third level is one row in a hundred.
        var values = Enumerable.Range(0, 1000).SelectMany(i => new[] { i, i % 100 == 0 ? 2f : i % 2 }).ToArray();
        var rows = new ConditionedRows(new Part(new SingleExamples(values, 2)), spec);
        var batch = rows.Make(3000, 5, 0);
        var (levels, condition) = (batch.X.select(1, 1).to(ScalarType.Int64), batch.Condition.argmax(1));
        Assert.True(levels.eq(condition).all().ToBoolean());
        // log(1 + 10) of log(1 + 10) + 2 log(1 + 495), roughly: 0.16.
        Assert.InRange(levels.eq(2).to(ScalarType.Float32).mean().ToDouble(), 0.13, 0.19);
        Assert.Equal(batch.X.ToArray<float>(), rows.Make(3000, 5, 0).X.ToArray<float>());
        Assert.NotEqual(batch.X.ToArray<float>(), rows.Make(3000, 5, 1).X.ToArray<float>());
    }

    // How often the sign is that of the first number, and how near its correlation with the second is to 0.8.
    private static void Judge(Tensor x, double agreement, double correlation)
    {
        var (a, b) = (x.select(1, 0).to(ScalarType.Float64).ToArray<double>(), x.select(1, 1).to(ScalarType.Float64).ToArray<double>());
        Assert.InRange(x.select(1, 0).gt(0).eq(x.select(1, 2).gt(0.5)).to(ScalarType.Float32).mean().ToDouble(), agreement, 1);
        Assert.InRange(ColumnShapes.Correlation(a, b), 0.8 - correlation, 0.8 + correlation);
    }
}
