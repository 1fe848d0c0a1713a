namespace Likeness.Tests;

public sealed class CompletionTests : IDisposable
{
    private const int D = 5;
    private static readonly DataSpec s_bits = new([D], new Domain.Binary());
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("11000", 0)]
    [InlineData("00000", 0)]
    [InlineData("01101", 200)]
    [InlineData("00011", 200)]
    public void Completions_are_as_frequent_as_bayes_rule_says(string pattern, int particles)
    {
        using var scope = torch.NewDisposeScope();
        const int many = 20_000;
        var (model, given) = (Correlated(), Given(pattern));
        var all = AllInputs();
        var joint = model.LogProb(all).ToArray<double>().Select(Math.Exp).ToArray();
        const int start = 0b01101;
        var same = Enumerable.Range(0, joint.Length).Where(v => Enumerable.Range(0, D).All(i => !given[i] || Bit(v, i) == Bit(start, i))).ToArray();

        var done = new Completion(model, s_bits, particles).Draw(all.narrow(0, start, 1), given, many, new Rng(4));
        var drawn = done.X.ToArray<float>().Chunk(D).Select(Place).ToArray();
        Assert.All(drawn.Distinct(), v => Assert.Contains(v, same));
        Assert.Equal(particles > 0 ? Evidence.Estimate : Evidence.Exact, done.Evidence);
        Assert.Equal(particles > 0 ? many : 0, done.EffectiveSizes.Length);
        Assert.All(done.EffectiveSizes, s => Assert.InRange(s, 1, particles + 1e-6));

        var evidence = same.Sum(v => joint[v]);
        foreach (var v in same)
        {
            var p = joint[v] / evidence;
            // Four binomial errors, and for weighted draws their bias, which falls as one over their number.
            var error = (4 * Math.Sqrt(p * (1 - p) / many)) + (particles > 0 ? 2.0 / particles : 0);
            Assert.InRange(drawn.Count(w => w == v) / (double)many, p - error, p + error);
        }

        var nats = new Completion(model, s_bits).LogProb(all.narrow(0, start, 1), given);
        if (particles == 0)
        {
            Assert.Equal(Math.Log(joint[start] / evidence), nats!.Single(), 5);
        }
        else
        {
            Assert.Null(nats);
        }
    }

    [Fact]
    public void Weighted_draws_of_independent_variables_are_worth_their_number()
    {
        using var scope = torch.NewDisposeScope();
        var model = new Independents(s_bits, new Rng(1).Normal(D, 2));
        var done = new Completion(model, s_bits, 30).Draw(AllInputs(), Given("11001"), 2, new Rng(4));
        Assert.Equal(2 * 32, done.EffectiveSizes.Length);
        // Equal weights to rounding: what is given says nothing of what was drawn.
        Assert.All(done.EffectiveSizes, s => Assert.Equal(30, s, 3));
    }

    [Fact]
    public void Missing_values_may_be_no_numbers()
    {
        using var scope = torch.NewDisposeScope();
        foreach (var (pattern, particles) in new[] { ("11000", 0), ("00011", 20) })
        {
            var given = Given(pattern);
            var x = Tensor.From(given.Select(g => g ? 1f : float.NaN).ToArray(), 1, D);
            var drawn = new Completion(Correlated(), s_bits, particles).Draw(x, given, 3, new Rng(1)).X.ToArray<float>();
            Assert.All(drawn, v => Assert.True(v is 0 or 1));
            Assert.All(Enumerable.Range(0, drawn.Length).Where(k => given[k % D]), k => Assert.Equal(1, drawn[k]));
        }
    }

    [Fact]
    public void What_cannot_be_completed_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        var message = Assert.Throws<UsageException>(() => new Completion(Correlated(), s_bits).Draw(AllInputs(), Given("00011"), 1, new Rng(1))).Message;
        Assert.Contains("Particles", message, StringComparison.Ordinal);
        Assert.Throws<UsageException>(() => new Completion(Correlated(), s_bits).Draw(AllInputs(), Given("11000"), 0, new Rng(1)));
        Assert.Throws<UsageException>(() => new Completion(new Mute(), s_bits));
    }

    [Fact]
    public void Parts_have_names_and_masks()
    {
        using var scope = torch.NewDisposeScope();
        var image = new DataSpec([1, 2, 4], new Domain.Binary());
        var model = new Independents(image, torch.zeros([8, 2]));
        Assert.Equal(Given("11110000"), GivenPart.Of("top", model, image));
        Assert.Equal(Given("00001111"), GivenPart.Of("bottom", model, image));
        Assert.Equal(Given("11001100"), GivenPart.Of("left", model, image));
        Assert.Equal(Given("00110011"), GivenPart.Of("right", model, image));
        // Its order is backwards.
        Assert.Equal(Given("00001111"), GivenPart.Of("first", model, image));
        Npy.Write(_folder["mask.npy"], new float[] { 1, 0, 1, 0, 0, 0, 0, 2 }, 2, 4);
        Assert.Equal(Given("10100001"), GivenPart.Of(_folder["mask.npy"], model, image));
        Npy.Write(_folder["mask.npy"], new float[3], 3);
        Assert.Throws<DataException>(() => GivenPart.Of(_folder["mask.npy"], model, image));
        Assert.Throws<UsageException>(() => GivenPart.Of("middle", model, image));
        Assert.Throws<UsageException>(() => GivenPart.Of("top", model, s_bits));
    }

    [Fact]
    public void Missing_cells_are_read_and_rows_are_grouped_by_them()
    {
        File.WriteAllText(_folder["x.csv"], "a,b,c,d,e\n1,,0,1,?\n0,1,0,0,1\n1,NA,0,0,nan\n");
        var table = Read("x.csv")!;
        Assert.Equal(["a", "b", "c", "d", "e"], table.Columns);
        Assert.Equal(3, table.Rows);
        Assert.Equal([("10110", [0, 2]), ("11111", [1])], table.Patterns().Select(p => (string.Concat(p.Given.Select(g => g ? '1' : '0')), p.Rows)));
        Assert.Equal([1, float.NaN, 0, 1, float.NaN], table.Row(0));

        Npy.Write(_folder["x.npy"], new float[] { 1, 0, float.NaN, 0, 1 }, 1, 5);
        Assert.Equal("11011", string.Concat(Read("x.npy")!.Patterns().Single().Given.Select(g => g ? '1' : '0')));

        // Whole tables, names and other files are somebody else's.
        File.WriteAllText(_folder["whole.csv"], "1,0,0,1,1\n");
        Assert.Null(Read("whole.csv"));
        Assert.Null(Read("nowhere.csv"));
        File.WriteAllText(_folder["odd.csv"], "1,0,,7,1\n");
        Assert.Contains("7", Assert.Throws<DataException>(() => Read("odd.csv")).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder["narrow.csv"], "1,,0\n");
        Assert.Contains("3 columns", Assert.Throws<DataException>(() => Read("narrow.csv")).Message, StringComparison.Ordinal);
        File.WriteAllText(_folder["words.csv"], "1,,0,1,yes\n0,1,0,1,yes\n");
        Assert.Throws<DataException>(() => Read("words.csv"));
        File.WriteAllText(_folder["tall.csv"], "height,weight\n1.5,\n");
        var fit = new DataFit { Named = true, Columns = [new("weight", 60, 10), new("height", 1, 0.5)] };
        var tall = IncompleteTable.Read(_folder["tall.csv"], new([2], new Domain.Real()), fit)!;
        Assert.Equal(["weight", "height"], tall.Columns);
        Assert.Equal([float.NaN, 1], tall.Values);

        IncompleteTable? Read(string name) => IncompleteTable.Read(_folder[name], s_bits, DataFit.None);
    }

    [Fact]
    public void A_row_of_the_picture_is_the_original_what_was_given_and_the_completions()
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([1, 28, 28], new Domain.Binary());
        var given = GivenPart.Of("top", new Independents(spec, torch.zeros([784, 2])), spec);
        var picture = CompletionPicture.Draw(torch.ones([2, 1, 28, 28]), given, torch.zeros([6, 1, 28, 28]), spec);
        // Two rows of 1 + 1 + 3 images of 56 pixels, with gaps of 2.
        Assert.Equal(((5 * 58) + 2, (2 * 58) + 2), (picture.Width, picture.Height));
        Assert.Equal(255, At(2 + 5, 50));
        Assert.Equal(255, At(60 + 5, 5));
        Assert.True(At(60 + 5, 50) is 96 or 160);
        Assert.Equal(0, At((2 * 58) + 5, 50));
        Assert.Throws<UsageException>(() => CompletionPicture.Draw(torch.ones([1, D]), new bool[D], torch.ones([1, D]), s_bits));

        int At(int x, int y) => picture.Pixels[(y * picture.Width) + x];
    }

    // Weights large enough that the variables depend on each other.
    private static Nade Correlated()
    {
        var model = new Nade(s_bits, new() { Hidden = 6 }, new Rng(1));
        using var noGrad = torch.no_grad();
        foreach (var (_, value) in model.Parameters())
        {
            value.copy_(new Rng(7).Normal(value.shape) * 1.5);
        }

        return model;
    }

    private static bool[] Given(string pattern) => [.. pattern.Select(c => c == '1')];

    private static int Bit(int value, int i) => (value >> (D - 1 - i)) & 1;

    private static int Place(float[] x) => x.Aggregate(0, (v, bit) => (2 * v) + (int)bit);

    private static Tensor AllInputs() =>
        Tensor.From(Enumerable.Range(0, 1 << D).SelectMany(v => Enumerable.Range(0, D).Select(i => (float)Bit(v, i))).ToArray(), 1 << D, D);

    private sealed class Mute : Module;
}
