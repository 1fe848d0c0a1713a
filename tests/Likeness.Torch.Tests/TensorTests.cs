namespace Likeness.Torch.Tests;

[Collection(Counting.Name)]
public sealed class TensorTests
{
    public TensorTests() => Counting.Settle();

    [Fact]
    public void A_scope_frees_what_was_made_in_it()
    {
        var before = TorchRuntime.LiveTensors;
        using (var scope = torch.NewDisposeScope())
        {
            for (var i = 0; i < 10; i++)
            {
                (torch.ones([4]) + 1).exp();
            }

            Assert.Equal(before + 30, TorchRuntime.LiveTensors);
        }

        Assert.Equal(before, TorchRuntime.LiveTensors);
    }

    [Fact]
    public void A_kept_tensor_moves_to_the_enclosing_scope_and_from_there_out_of_all()
    {
        Tensor kept, lost;
        using (var outer = torch.NewDisposeScope())
        {
            using (var inner = torch.NewDisposeScope())
            {
                torch.zeros([1]);
                kept = inner.MoveToOuter(torch.full([2], 3.0));
                lost = inner.MoveToOuter(torch.full([2], 4.0));
                torch.zeros([1]);
            }

            Assert.Equal(4, lost.ToArray<float>()[0]);
            outer.MoveToOuter(kept);
        }

        Assert.Equal([3, 3], kept.ToArray<float>());
        Assert.True(lost.IsInvalid);
        Assert.Throws<InvalidOperationException>(() => lost.exp());
    }

    [Fact]
    public void Keeping_many_keeps_each_of_them()
    {
        var all = new List<Tensor>();
        var before = TorchRuntime.LiveTensors;
        using (var outer = torch.NewDisposeScope())
        {
            using (var inner = torch.NewDisposeScope())
            {
                for (var i = 0; i < 50; i++)
                {
                    var t = torch.full([1], (double)i);
                    t.exp();
                    if (i % 3 == 0)
                    {
                        all.Add(inner.MoveToOuter(t));
                    }
                }
            }

            Assert.Equal(before + all.Count, TorchRuntime.LiveTensors);
            Assert.Equal(Enumerable.Range(0, 17).Select(i => 3.0 * i), all.Select(t => t.ToDouble()));
        }

        Assert.Equal(before, TorchRuntime.LiveTensors);
    }

    [Fact]
    public void Keeping_a_tensor_of_an_outer_scope_or_of_none_leaves_it_where_it_is()
    {
        var free = torch.ones([1]);
        Tensor mine;
        using (var outer = torch.NewDisposeScope())
        {
            mine = torch.ones([1]);
            using (var inner = torch.NewDisposeScope())
            {
                Assert.Same(mine, inner.MoveToOuter(mine));
                Assert.Same(free, inner.MoveToOuter(free));
            }

            Assert.Equal(1, mine.ToDouble());
        }

        Assert.Equal(1, free.ToDouble());
        Assert.Throws<InvalidOperationException>(() => mine.ToDouble());
    }

    [Fact]
    public void An_exception_closes_its_scopes()
    {
        var before = TorchRuntime.LiveTensors;
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() =>
        {
            using var outer = torch.NewDisposeScope();
            var a = torch.ones([2, 3]);
            using var inner = torch.NewDisposeScope();
            inner.MoveToOuter(torch.ones([4, 5]).mm(a));
        });
        Assert.Equal(before, TorchRuntime.LiveTensors);
    }

    [Fact]
    public void Scopes_belong_to_their_thread()
    {
        Tensor? elsewhere = null;
        using (var scope = torch.NewDisposeScope())
        {
            var thread = new Thread(() => elsewhere = torch.ones([3]));
            thread.Start();
            thread.Join();
        }

        Assert.Equal([1, 1, 1], elsewhere!.ToArray<float>());
    }

    [Fact]
    public void Spans_are_the_live_memory()
    {
        using var scope = torch.NewDisposeScope();
        var t = torch.zeros([2, 3]);
        t.AsSpan<float>()[4] = 7;
        Assert.Equal(7, t.select(0, 1).select(0, 1).ToDouble());
        t.AsSpan<float>()[4] = 50;
        Assert.Equal(50, t[1, 1].ToDouble());
    }

    [Fact]
    public void A_span_of_another_type_or_of_a_view_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        var t = torch.zeros([2, 3]);
        Assert.Contains("Float32", Assert.Throws<InvalidOperationException>(() => t.AsSpan<double>().Length).Message, StringComparison.Ordinal);
        Assert.Contains("contiguous()", Assert.Throws<InvalidOperationException>(() => t.t().AsSpan<float>().Length).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Tensor.From<float>([1, 2, 3], 2));
        Assert.Throws<System.Runtime.InteropServices.ExternalException>(() => t.ToDouble());
    }

    [Fact]
    public void Values_come_out_converted_and_in_row_major_order()
    {
        using var scope = torch.NewDisposeScope();
        var t = Tensor.From<long>([1, 2, 3, 4], 2, 2);
        Assert.Equal([1.0, 3, 2, 4], t.t().ToArray<double>());
        Assert.Equal(2, t.size(-1));
        Assert.Equal(4, t.numel());
    }

    [Fact]
    public void In_place_operators_return_their_tensor_and_make_no_other()
    {
        using var scope = torch.NewDisposeScope();
        var x = torch.ones([3]);
        var other = torch.full([3], 2.0);
        var before = TorchRuntime.LiveTensors;

        Assert.Same(x, x.add_(other));
        Assert.Equal(before, TorchRuntime.LiveTensors);
        Assert.Equal([3f, 3f, 3f], x.ToArray<float>());
    }

    [Fact]
    public void A_chain_frees_each_iteration_and_keeps_the_state()
    {
        using var scope = torch.NewDisposeScope();
        var start = torch.zeros([1000]);
        var before = TorchRuntime.LiveTensors;
        var end = Chain.Run(start, Enumerable.Range(0, 100), (x, i) => (x + i) * 1.0);
        Assert.Equal(4950, end.select(0, 0).ToDouble());
        Assert.Equal(0, start.select(0, 0).ToDouble());
        Assert.InRange(TorchRuntime.LiveTensors, before, before + 4);

        var joined = Chain.Concat(Enumerable.Range(0, 3), i => torch.full([2], (double)i));
        Assert.Equal([0, 0, 1, 1, 2, 2], joined.ToArray<float>());
    }

    [Fact]
    public void A_walk_frees_what_its_items_and_its_visits_make()
    {
        using var scope = torch.NewDisposeScope();
        var (before, most, sum) = (TorchRuntime.LiveTensors, 0L, 0.0);
        Chain.Each(Enumerable.Range(0, 50).Select(i => torch.full([100], (double)i)), x =>
        {
            sum += (x * 2).mean().ToDouble();
            most = Math.Max(most, TorchRuntime.LiveTensors - before);
        });
        Assert.Equal(2450, sum, 1e-6);
        Assert.InRange(most, 1, 8);
        Assert.Equal(before, TorchRuntime.LiveTensors);
    }

    [Fact]
    public void A_walk_that_fails_frees_what_it_had_made()
    {
        using var scope = torch.NewDisposeScope();
        var before = TorchRuntime.LiveTensors;
        Assert.Throws<InvalidOperationException>(() => Chain.Each(Enumerable.Range(0, 3).Select(_ => torch.ones([2])), _ => throw new InvalidOperationException("stop here")));
        Assert.Equal(before, TorchRuntime.LiveTensors);
    }

    [Fact]
    public void Parts_cover_everything_once()
    {
        var parts = new List<(int From, int Count)>();
        Chain.Parts(10, 4, (from, count) => parts.Add((from, count)));
        Assert.Equal([(0, 4), (4, 4), (8, 2)], parts);
        Assert.Throws<ArgumentOutOfRangeException>(() => Chain.Parts(10, 0, (_, _) => { }));
    }

    [Fact]
    public void A_value_leaves_nothing_and_a_kept_tensor_itself()
    {
        using var scope = torch.NewDisposeScope();
        var before = TorchRuntime.LiveTensors;
        Assert.Equal(6, Chain.Value(() => (torch.ones([3]) * 2).sum().ToDouble()));
        Assert.Equal(before, TorchRuntime.LiveTensors);
        Assert.Equal([2f, 2f], Chain.Kept(() => torch.ones([2]) + torch.ones([2])).ToArray<float>());
        Assert.Equal(before + 1, TorchRuntime.LiveTensors);
    }
}

public sealed class RngTests
{
    [Fact]
    public void The_same_seed_gives_the_same_draws()
    {
        using var scope = torch.NewDisposeScope();
        Assert.Equal(new Rng(5).Normal(100).ToArray<float>(), new Rng(5).Normal(100).ToArray<float>());
        Assert.NotEqual(new Rng(5).Normal(100).ToArray<float>(), new Rng(6).Normal(100).ToArray<float>());
    }

    [Fact]
    public void State_brings_the_next_draws_back()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        rng.Normal(7);
        rng.Uniform(3);
        var state = rng.GetState();
        var next = rng.Normal(33).ToArray<float>();
        Assert.NotEqual(next, rng.Normal(33).ToArray<float>());
        var other = new Rng(99);
        other.SetState(state);
        Assert.Equal(next, other.Normal(33).ToArray<float>());
    }

    [Fact]
    public void Forks_depend_on_seed_and_name_and_not_on_what_was_drawn()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        var fork = rng.Fork("data").Normal(50).ToArray<float>();
        rng.Normal(1000);
        Assert.Equal(fork, rng.Fork("data").Normal(50).ToArray<float>());
        Assert.NotEqual(fork, rng.Fork("model").Normal(50).ToArray<float>());
        Assert.NotEqual(fork, new Rng(2).Fork("data").Normal(50).ToArray<float>());
    }

    [Fact]
    public void Draws_have_their_moments()
    {
        using var scope = torch.NewDisposeScope();
        const int n = 100_000;
        var rng = new Rng(3);

        // Five standard errors of the mean of n draws.
        Assert.Equal(0, rng.Normal(n).mean().ToDouble(), 5 / Math.Sqrt(n));
        Assert.Equal(1, rng.Normal(n).square().mean().ToDouble(), 5 * Math.Sqrt(2.0 / n));
        Assert.Equal(0.5, rng.Uniform(n).mean().ToDouble(), 5 * Math.Sqrt(1 / 12.0 / n));
        Assert.Equal(0.2, rng.Bernoulli(torch.full([n], 0.2)).mean().ToDouble(), 5 * 0.4 / Math.Sqrt(n));
        var whole = rng.Integers(-2, 3, n).ToArray<long>();
        Assert.Equal([-2, -1, 0, 1, 2], whole.Distinct().Order());
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), rng.Permutation(20).ToArray<long>().Order());
    }
}
