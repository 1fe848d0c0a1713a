namespace Likeness.Tests.Models;

/// <summary>What makes a CycleGAN one (Zhu et al. 2017): the way back, the own domain, the pool, and that it finds the partner it has never been shown.</summary>
public sealed class CycleGanTests
{
    private static readonly DataSpec s_toy = new([1, 16, 16], new Domain.Byte(), Classes: 2);

    [Fact]
    public void A_full_pool_shows_a_past_image_half_of_the_time_and_each_fresh_one_at_most_once()
    {
        using var scope = torch.NewDisposeScope();
        const int capacity = 10, draws = 4000;
        var pool = new ImagePool(capacity, new DataSpec([1, 1, 1], new Domain.Real()), torch.CPU);
        var rng = new Rng(3);
        var (past, seen) = (0, new HashSet<float>());
        for (var i = 0; i < draws; i += 4)
        {
            var fresh = Tensor.From([i, i + 1, i + 2, (float)(i + 3)], 4, 1, 1, 1);
            var (shown, keep) = pool.Draw(fresh, rng);
            keep();
            foreach (var (value, own) in shown.ToArray<float>().Zip(fresh.ToArray<float>()))
            {
                // Those that fill the pool are shown at once, and once more when they leave it.
                Assert.True(seen.Add(value) || value < capacity, $"{value} was shown twice.");
                past += value < own ? 1 : 0;
                Assert.True(value <= own && (own >= capacity || value == own));
            }
        }

        // The deviation of the share of 4000 halves is 0.008; four of them.
        Assert.InRange((double)past / (draws - capacity), 0.468, 0.532);
    }

    [Fact]
    public void A_pool_does_not_change_before_it_is_told_to_keep()
    {
        using var scope = torch.NewDisposeScope();
        var pool = new ImagePool(2, new DataSpec([1, 1, 1], new Domain.Real()), torch.CPU);
        float[] Shown(float value, ulong seed) => pool.Draw(Tensor.From([value, value + 1], 2, 1, 1, 1), new Rng(seed)).Shown.ToArray<float>();
        pool.Draw(Tensor.From([1f, 2f], 2, 1, 1, 1), new Rng(1)).Keep();
        for (var seed = 0ul; seed < 20; seed++)
        {
            Assert.Equal(Shown(5, seed), Shown(5, seed));
        }

        Assert.Contains(Enumerable.Range(0, 20), seed => Shown(5, (ulong)seed)[0] is 1 or 2);
    }

    [Theory]
    [InlineData(256, 9, 3, 30)]
    [InlineData(128, 6, 3, 14)]
    [InlineData(64, 6, 2, 14)]
    [InlineData(32, 4, 1, 14)]
    [InlineData(28, 4, 1, 12)]
    [InlineData(16, 4, 1, 6)]
    public void Networks_follow_the_image(int side, int blocks, int halvings, int patches)
    {
        using var scope = torch.NewDisposeScope();
        var spec = new DataSpec([3, side, side], new Domain.Byte(), Classes: 2);
        Assert.Equal((blocks, halvings), (TranslationNetworks.Blocks(spec), TranslationNetworks.CriticHalvings(spec)));
        var critic = TranslationNetworks.PatchCritic(spec, 2, halvings, new Rng(1));
        Assert.Equal([1, 1, patches, patches], critic.Call(torch.zeros([1, 3, side, side])).shape);
        var generator = TranslationNetworks.ReflectingGenerator(spec, 2, 1, new Rng(1));
        Assert.Equal([1, 3, side, side], generator.Call(torch.zeros([1, 3, side, side])).shape);
    }

    [Fact]
    public void Critics_see_patches_of_the_papers_sides() => Assert.Equal([16, 34, 70], new[] { 1, 2, 3 }.Select(TranslationNetworks.PatchSide));

    // White squares on black and, at other places, light rings on grey; that ring and square belong together by their places is never said.
    [Fact]
    public void Unseen_images_become_their_true_partners_the_way_back_is_short_and_the_own_domain_stays()
    {
        using var scope = torch.NewDisposeScope();
        var descent = new Adam(1e-3, Beta1: 0.5) { Schedule = new Schedule.Linear(From: 0.5) };
        var model = new CycleGan(s_toy, new() { Width = 8, CriticWidth = 16, Blocks = 1, Generator = descent, Critic = descent }, new Rng(1));
        var data = new MemoryDataset(new("toy", "made up", s_toy, Scenes(0, 1000), Part.Empty, Scenes(5000, 5000)), ["squares", "rings"]);
        Assert.Equal(0, data.As<PairedBatch>().Count(Split.Train));
        var feed = data.As<UnpairedBatch>().Open(Split.Train, 4, 2);
        using var training = new Trainer<UnpairedBatch>(new CycleGan.Cycles(model, new Rng(3)), feed, new Rng(4), new(400, 4));
        var cycles = training.Run().Select(r => r.Terms.Where(t => t.Term.StartsWith("cycle", StringComparison.Ordinal)).Sum(t => t.Value)).ToArray();

        // 9.5 to 1.4 when this was written.
        Assert.True(cycles.TakeLast(50).Average() < 0.3 * cycles.Take(10).Average(), $"The way there and back only went from {cycles.Take(10).Average()} to {cycles.TakeLast(50).Average()}.");

        using var noGrad = torch.no_grad();
        const int count = 200;
        var pairs = data.As<PairedBatch>().Read(Split.Test, count, count).Single();
        foreach (var (from, to, domain) in new[] { (pairs.A, pairs.B, 1), (pairs.B, pairs.A, 0) })
        {
            var untranslated = Distance(from, to); // 100 intensities
            var made = Translate(from, domain);
            var nearest = (made.unsqueeze(1) - to.unsqueeze(0)).abs().mean([2, 3, 4]); // [translations, partners]
            var own = nearest.diagonal().unsqueeze(1);
            var nearer = (nearest.gt(own).sum().ToDouble() + 0.0) / (count * (count - 1));
            // 0.993 and 0.997, 10.7 and 5.8, 10.6 and 5.4, 6.8 and 11.0 when this was written; without learning 0.5 and 100.
            Assert.True(nearer > 0.97, $"Translations to domain {domain} are nearer to their partners than to others in a share of {nearer} only.");
            Assert.InRange(Distance(made, to), 0, 0.25 * untranslated);
            Assert.InRange(Distance(Translate(to, domain), to), 0, 0.25 * untranslated);
            Assert.InRange(Distance(Translate(made, 1 - domain), from), 0, 0.25 * untranslated);
        }

        Tensor Translate(Tensor x, long domain) => model.Translate(x, Tensor.From(Enumerable.Repeat(domain, (int)x.size(0)).ToArray(), x.size(0), 1));

        static double Distance(Tensor x, Tensor y) => (x - y).abs().mean().ToDouble();
    }

    // As many squares, then rings, of the scenes from these on.
    private static Part Scenes(int firstSquare, int firstRing)
    {
        const int count = 1000;
        return new(new RenderedExamples(2 * count, 256, Draw, ByteCodings.Bytes)) { Label = i => i < count ? 0 : 1, Name = i => $"{Scene(i)}" };

        int Scene(int i) => i < count ? firstSquare + i : firstRing + i - count;

        void Draw(int i, Span<byte> pixels)
        {
            var random = new SplitMix64(SplitMix64.Key(7, (ulong)Scene(i)));
            var side = 5 + random.Below(3);
            var (left, top) = (random.Below(17 - side), random.Below(17 - side));
            for (var p = 0; p < pixels.Length; p++)
            {
                var (x, y) = ((p % 16) - left, (p / 16) - top);
                var within = x >= 0 && y >= 0 && x < side && y < side;
                var edge = within && Math.Min(Math.Min(x, y), side - 1 - Math.Max(x, y)) < 2;
                pixels[p] = (byte)(i < count ? (within ? 255 : 0) : edge ? 230 : 110);
            }
        }
    }
}
