using Likeness.Torch.Interop;

namespace Likeness.Torch;

/// <summary>A network in a TorchScript file, such as a feature extractor that the user brings.</summary>
public sealed unsafe class TorchScript : IDisposable
{
    private nint _handle;

    private TorchScript(nint handle) => _handle = handle;

    ~TorchScript() => Dispose();

    /// <summary>Loads a network in evaluation mode.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where its parameters go.</param>
    /// <param name="trusted">Must be true: a TorchScript file is a program, and loading it lets it run.</param>
    /// <exception cref="ArgumentException">The file is not said to be trusted.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="TorchException">libtorch cannot read it.</exception>
    public static TorchScript Load(string path, Device device, bool trusted)
    {
        if (!trusted)
        {
            throw new ArgumentException($"'{path}' is a TorchScript file, which executes code: load it only if you trust its origin, and say so.", nameof(trusted));
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"The TorchScript file '{path}' does not exist.", path);
        }

        nint handle;
        Native.ScriptLoad(path, (int)device.Type, device.Index, &handle);
        return new(handle);
    }

    /// <summary>The network's output, which must be one tensor.</summary>
    public Tensor Forward(params ReadOnlySpan<Tensor> inputs)
    {
        ObjectDisposedException.ThrowIf(_handle == 0, this);
        Span<nint> handles = stackalloc nint[inputs.Length];
        for (var i = 0; i < inputs.Length; i++)
        {
            handles[i] = inputs[i].Handle;
        }

        nint output;
        fixed (nint* p = handles)
        {
            Native.ScriptForward(_handle, p, handles.Length, &output);
        }

        foreach (var input in inputs)
        {
            GC.KeepAlive(input);
        }

        GC.KeepAlive(this);
        return Tensor.Wrap(output);
    }

    public void Dispose()
    {
        var handle = Interlocked.Exchange(ref _handle, 0);
        if (handle != 0)
        {
            Native.ScriptRelease(handle);
        }

        GC.SuppressFinalize(this);
    }
}
