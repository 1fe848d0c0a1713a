namespace Likeness;

/// <summary>What tests ask of modules: tensors with their names, parameters and buffers alike.</summary>
internal static class NamedTensors
{
    public static IEnumerable<(string Name, Tensor Value)> Parameters(this torch.nn.Module module) => module.named_parameters().Select(p => (p.name, (Tensor)p.parameter));

    public static IEnumerable<(string Name, Tensor Value)> Buffers(this torch.nn.Module module) => module.named_buffers().Select(b => (b.name, b.buffer));

    /// <summary>The module in training mode.</summary>
    public static T InTraining<T>(this T module) where T : torch.nn.Module
    {
        module.train();
        return module;
    }
}
