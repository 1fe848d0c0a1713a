using BenchmarkDotNet.Attributes;

namespace Likeness.Bench;

/// <summary>What one call costs when the arithmetic is next to nothing.</summary>
[MemoryDiagnoser]
public class OperatorBenchmarks
{
    private readonly Tensor _a = new Rng(1).Normal(4);
    private readonly Tensor _b = new Rng(2).Normal(4);

    [Benchmark]
    public void Add()
    {
        using var scope = torch.NewDisposeScope();
        _a.add(_b);
    }

    [Benchmark]
    public void AddInPlace() => _a.add_(_b);

    [Benchmark]
    public void Scope()
    {
        using var scope = torch.NewDisposeScope();
    }
}
