using Parameter = TorchSharp.Modules.Parameter;

namespace Likeness;

/// <summary>
/// A TorchSharp module whose parts are named where they are added, never discovered: the names are the keys of checkpoints, in PyTorch's
/// convention ("encoder.0.weight"). It is in evaluation mode until a trainer says otherwise, and moves to another device or element type
/// in place.
/// </summary>
public abstract class Module : torch.nn.Module, IStateful, IRegistered
{
    private readonly Registry _registry;

    protected Module()
        : base("") => _registry = new(this);

    Registry IRegistered.Registry => _registry;

    /// <summary>Whether a training step is under way: normalisation uses the batch's statistics, dropout drops. Set by the trainer.</summary>
    public override bool training => _registry.Training;

    public override void train(bool train = true) => _registry.Training = train;

    public override string GetName() => GetType().Name;

    /// <summary>Where the parameters live; main memory for a module without any.</summary>
    public Device Device => Modules.DeviceOf(this);

    /// <summary>The parameters' element type; fp32 for a module without any.</summary>
    public ScalarType ScalarType => Modules.ScalarTypeOf(this);

    /// <inheritdoc/>
    public void State(IStateCursor cursor) => _registry.State(cursor);

    /// <summary>Adds a learned tensor under a name of its own.</summary>
    protected Parameter Parameter(string name, Tensor value) => _registry.Parameter(name, value);

    /// <summary>Adds a tensor that is saved but not learned.</summary>
    protected Tensor Buffer(string name, Tensor value) => _registry.Buffer(name, value);

    /// <summary>Adds a part under a name of its own; a module of TorchSharp's or of a user's will do.</summary>
    protected T Add<T>(string name, T child) where T : torch.nn.Module => _registry.Add(name, child);

    /// <summary>Adds state that is not a module: a counter, an image pool, a growth stage.</summary>
    protected T Include<T>(string name, T part) where T : IStateful => _registry.Include(name, part);

    /// <summary>Takes a part that has had its day out of a module that grows, and frees it.</summary>
    protected void Remove(string name) => _registry.Remove(name);

    protected override void RegisterComponents()
    {
    }

    protected override void _toEpilog(ScalarType? dtype, Device? device, bool non_blocking)
    {
        _registry.Convert(dtype, device, non_blocking);
        (_deviceType, _deviceIndex) = device is null ? (_deviceType, _deviceIndex) : (device.type, device.index);
    }
}

/// <summary>What can be asked of any module of TorchSharp.</summary>
public static class Modules
{
    extension(torch.nn.Module self)
    {
        /// <summary>Number of learned values.</summary>
        public long ParameterCount => self.parameters().Sum(p => p.numel());

        /// <summary>
        /// Whether what comes out for an example depends neither on the other examples of the call nor on the number of calls: two batches
        /// may then go through as one. Batch statistics and power iterations are what it may depend on; of a user's own module nothing is known.
        /// </summary>
        internal bool IsPerExample => (self is IRegistered { Registry.DependsOnCall: false } || self is TorchSharp.Modules.Flatten or TorchSharp.Modules.AvgPool2d
            or TorchSharp.Modules.MaxPool2d or TorchSharp.Modules.ReflectionPad2d) && self.named_children().All(c => c.module.IsPerExample);
    }

    /// <summary>The same for a module of a tensor and what it depends on.</summary>
    public static Tensor Call(this torch.nn.Module<Tensor, Tensor, Tensor> module, Tensor x, Tensor condition, Rng? rng = null) =>
        module is ConditionedLayer layer ? layer.Call(x, condition, rng) : module.call(x, condition);

    internal static Device DeviceOf(torch.nn.Module module) => module.parameters().Concat(module.buffers()).FirstOrDefault()?.device ?? torch.CPU;

    internal static ScalarType ScalarTypeOf(torch.nn.Module module) => module.parameters().FirstOrDefault()?.dtype ?? ScalarType.Float32;

    /// <summary>What comes out of a module, with a source of random numbers for layers of this library that draw.</summary>
    public static Tensor Call(this torch.nn.Module<Tensor, Tensor> module, Tensor x, Rng? rng = null) => module is Layer layer ? layer.Call(x, rng) : module.call(x);
}
