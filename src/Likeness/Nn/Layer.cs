using Parameter = TorchSharp.Modules.Parameter;

namespace Likeness;

/// <summary>A module from one tensor to one tensor, with TorchSharp's ways and a source of random numbers. What it makes on the way is freed when the call returns.</summary>
public abstract class Layer : torch.nn.Module<Tensor, Tensor>, IStateful, IRegistered
{
    private readonly Registry _registry;

    protected Layer()
        : base("") => _registry = new(this);

    Registry IRegistered.Registry => _registry;

    /// <summary>Whether a training step is under way. Set by the trainer.</summary>
    public override bool training => _registry.Training;

    public override void train(bool train = true) => _registry.Training = train;

    public override string GetName() => GetType().Name;

    /// <param name="x">The input.</param>
    /// <param name="rng">Where layers that draw (dropout) draw from while training; others ignore it.</param>
    public Tensor Call(Tensor x, Rng? rng = null)
    {
        // A layer without parts makes its output and little else.
        if (!_registry.IsComposite)
        {
            return Forward(x, rng);
        }

        using var scope = torch.NewDisposeScope();
        return scope.MoveToOuter(Forward(x, rng));
    }

    /// <summary>TorchSharp's name for it, without a source of random numbers.</summary>
    public sealed override Tensor forward(Tensor input) => Call(input);

    /// <summary>Where the parameters live; main memory for a module without any.</summary>
    public Device Device => Modules.DeviceOf(this);

    /// <summary>The parameters' element type; fp32 for a module without any.</summary>
    public ScalarType ScalarType => Modules.ScalarTypeOf(this);

    /// <inheritdoc/>
    public void State(IStateCursor cursor) => _registry.State(cursor);

    protected abstract Tensor Forward(Tensor x, Rng? rng);

    /// <summary>Adds a learned tensor under a name of its own.</summary>
    protected Parameter Parameter(string name, Tensor value) => _registry.Parameter(name, value);

    /// <summary>Adds a tensor that is saved but not learned.</summary>
    protected Tensor Buffer(string name, Tensor value) => _registry.Buffer(name, value);

    /// <summary>Adds a part under a name of its own; a module of TorchSharp's or of a user's will do.</summary>
    protected T Add<T>(string name, T child) where T : torch.nn.Module => _registry.Add(name, child);

    /// <summary>Adds state that is not a module.</summary>
    protected T Include<T>(string name, T part) where T : IStateful => _registry.Include(name, part);

    /// <summary>Takes a part that has had its day out of a layer that grows, and frees it.</summary>
    protected void Remove(string name) => _registry.Remove(name);

    /// <summary>Says that examples are not processed each for itself and always alike.</summary>
    private protected void DependsOnCall() => _registry.DependsOnCall = true;

    protected override void RegisterComponents()
    {
    }

    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
    {
        _registry.Convert(dtype, device, non_blocking);
        (_deviceType, _deviceIndex) = device is null ? (_deviceType, _deviceIndex) : (device.type, device.index);
    }
}
