namespace Likeness;

/// <summary>A call to libtorch failed, or its native library could not be loaded; the message says which and why in one sentence.</summary>
public sealed class TorchException : Exception
{
    public TorchException()
        : base("A call to libtorch failed.")
    {
    }

    public TorchException(string message)
        : base(message)
    {
    }

    public TorchException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
