using Likeness.Torch;

namespace Likeness.Nn;

/// <summary>
/// A named tree of parameters, buffers and further modules. Names are given, never discovered: they are the keys of
/// checkpoints, in PyTorch's convention ("encoder.0.weight").
/// </summary>
public abstract class Module : IStateful
{
    private readonly List<(string Name, Tensor Value)> _parameters = [];
    private readonly List<(string Name, Tensor Value)> _buffers = [];
    private readonly List<(string Name, Module Value)> _children = [];
    private readonly List<(string Name, IStateful Value)> _parts = [];
    private bool _training, _dependsOnCall;

    /// <summary>Whether a training step is under way: normalisation uses the batch's statistics, dropout drops. Set by the trainer.</summary>
    public bool Training
    {
        get => _training;
        set
        {
            _training = value;
            foreach (var (_, child) in _children)
            {
                child.Training = value;
            }
        }
    }

    /// <summary>
    /// Whether what comes out for an example depends neither on the other examples of the call nor on the number of calls: two batches
    /// may then go through as one. Batch statistics and power iterations are what it may depend on.
    /// </summary>
    internal bool IsPerExample => !_dependsOnCall && _children.TrueForAll(c => c.Value.IsPerExample);

    /// <summary>Every parameter of the tree with its dotted name, in the order of creation.</summary>
    public IEnumerable<(string Name, Tensor Value)> NamedParameters() =>
        _parameters.Concat(_children.SelectMany(c => c.Value.NamedParameters().Select(p => ($"{c.Name}.{p.Name}", p.Value))));

    /// <summary>Every buffer (state that is saved but not learned) of the tree with its dotted name.</summary>
    public IEnumerable<(string Name, Tensor Value)> NamedBuffers() =>
        _buffers.Concat(_children.SelectMany(c => c.Value.NamedBuffers().Select(p => ($"{c.Name}.{p.Name}", p.Value))));

    /// <summary>Number of learned values.</summary>
    public long ParameterCount => NamedParameters().Sum(p => p.Value.numel());

    /// <summary>Where the parameters live; main memory for a module without any.</summary>
    public Device Device => NamedParameters().Concat(NamedBuffers()).Select(p => (Device?)p.Value.device).FirstOrDefault() ?? torch.CPU;

    /// <summary>The parameters' element type; fp32 for a module without any.</summary>
    public ScalarType ScalarType => NamedParameters().Select(p => (ScalarType?)p.Value.dtype).FirstOrDefault() ?? ScalarType.Float32;

    /// <summary>Converts every floating-point parameter and buffer in place: float64 for exact tests, another device for speed.</summary>
    public void To(ScalarType? type = null, Device? device = null)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var (_, value) in NamedParameters().Concat(NamedBuffers()))
        {
            var converted = value.detach();
            converted = device is { } place ? converted.to(place) : converted;
            converted = type is { } t && value.dtype.IsFloatingPoint() ? converted.to(t) : converted;
            value.Become(converted);
        }
    }

    /// <inheritdoc/>
    public void State(IStateCursor cursor)
    {
        // These first: a growth stage decides which parameters there are.
        foreach (var (name, part) in _parts)
        {
            part.State(cursor.In(name));
        }

        foreach (var (name, value) in _parameters.Concat(_buffers))
        {
            cursor.Visit(name, value);
        }

        foreach (var (name, child) in _children)
        {
            child.State(cursor.In(name));
        }
    }

    /// <summary>Adds a learned tensor under a name of its own.</summary>
    protected Tensor Parameter(string name, Tensor value)
    {
        _parameters.Add((Fresh(name), value.Own().requires_grad_()));
        return value;
    }

    /// <summary>Adds a tensor that is saved but not learned.</summary>
    protected Tensor Buffer(string name, Tensor value)
    {
        _buffers.Add((Fresh(name), value.Own()));
        return value;
    }

    /// <summary>Adds a part under a name of its own.</summary>
    protected T Add<T>(string name, T child) where T : Module
    {
        _children.Add((Fresh(name), child));
        child.Training = _training;
        return child;
    }

    /// <summary>Takes a part that has had its day out of a module that grows, and frees it.</summary>
    protected void Remove(string name)
    {
        var (_, child) = _children.Single(c => c.Name == name);
        _children.RemoveAll(c => c.Name == name);
        foreach (var (_, value) in child.NamedParameters().Concat(child.NamedBuffers()))
        {
            value.Dispose();
        }
    }

    /// <summary>Says that examples are not processed each for itself and always alike; see <see cref="IsPerExample"/>.</summary>
    private protected void DependsOnCall() => _dependsOnCall = true;

    /// <summary>Adds state that is not a module: a counter, an image pool, a growth stage.</summary>
    protected T Include<T>(string name, T part) where T : IStateful
    {
        _parts.Add((Fresh(name), part));
        return part;
    }

    private string Fresh(string name) =>
        name.Length > 0 && !name.Contains('.') && !_parameters.Exists(p => p.Name == name) && !_buffers.Exists(p => p.Name == name)
            && !_children.Exists(p => p.Name == name) && !_parts.Exists(p => p.Name == name)
            ? name
            : throw new ArgumentException($"The part name '{name}' in {GetType().Name} is empty, dotted or taken: give every part a plain name of its own.", nameof(name));
}
