using Parameter = TorchSharp.Modules.Parameter;

namespace Likeness;

/// <summary>What the modules of this library are made of beside what TorchSharp's know of themselves: state that is no tensor, and their phase.</summary>
internal sealed class Registry(torch.nn.Module owner)
{
    private readonly List<(string Name, IStateful Value)> _parts = [];
    private readonly HashSet<string> _names = [];
    private bool _training;

    public bool Training
    {
        get => _training;
        set
        {
            _training = value;
            foreach (var (_, child) in owner.named_children())
            {
                child.train(value);
            }
        }
    }

    /// <summary>Whether examples are not processed each for itself and always alike.</summary>
    public bool DependsOnCall { get; set; }

    public bool IsComposite => owner.named_children().Any();

    public Parameter Parameter(string name, Tensor value)
    {
        var parameter = value as Parameter ?? value.ToParameter();
        owner.register_parameter(Fresh(name), parameter);
        return parameter;
    }

    public Tensor Buffer(string name, Tensor value)
    {
        owner.register_buffer(Fresh(name), value.Own());
        return value;
    }

    public T Add<T>(string name, T child) where T : torch.nn.Module
    {
        owner.register_module(Fresh(name), child);
        child.train(_training);
        return child;
    }

    public T Include<T>(string name, T part) where T : IStateful
    {
        _parts.Add((Fresh(name), part));
        return part;
    }

    public void Remove(string name)
    {
        var child = owner.named_children().Single(c => c.name == name).module;
        owner.register_module(name, null!);
        _names.Remove(name);
        child.Dispose();
    }

    /// <summary>Shows this module's own state and that of all below; a module of the user's own has parameters and buffers only.</summary>
    public void State(IStateCursor cursor)
    {
        // These first: a growth stage decides which parameters there are.
        foreach (var (name, part) in _parts)
        {
            part.State(cursor.In(name));
        }

        Tensors(owner, cursor);
    }

    /// <summary>Converts every floating-point parameter and buffer in place, so whoever holds one sees it.</summary>
    public void Convert(ScalarType? type, Device? device, bool nonBlocking)
    {
        using var scope = torch.NewDisposeScope();
        foreach (var value in owner.parameters(false).Concat(owner.buffers(false)))
        {
            var converted = value.detach();
            converted = device is null ? converted : converted.to(device, non_blocking: nonBlocking);
            converted = type is { } t && value.dtype.IsFloatingPoint() ? converted.to(t) : converted;
            value.Become(converted);
        }

        foreach (var (_, child) in owner.named_children())
        {
            _ = type is { } t ? device is null ? child.to(t) : child.to(device, t) : child.to(device!);
        }
    }

    private static void Tensors(torch.nn.Module module, IStateCursor cursor)
    {
        foreach (var (name, value) in module.named_parameters(false))
        {
            cursor.Visit(name, value);
        }

        foreach (var (name, value) in module.named_buffers(false))
        {
            cursor.Visit(name, value);
        }

        foreach (var (name, child) in module.named_children())
        {
            if (child is IStateful own)
            {
                own.State(cursor.In(name));
            }
            else
            {
                Tensors(child, cursor.In(name));
            }
        }
    }

    private string Fresh(string name) => name.Length > 0 && !name.Contains('.') && _names.Add(name)
        ? name
        : throw new ArgumentException($"The part name '{name}' in {owner.GetType().Name} is empty, dotted or taken: give every part a plain name of its own.", nameof(name));
}

/// <summary>A module of this library.</summary>
internal interface IRegistered
{
    Registry Registry { get; }
}
