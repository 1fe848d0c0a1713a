using Likeness.Torch.Interop;

namespace Likeness.Torch;

/// <summary>A number that an operator takes: an integer, a floating-point number or a truth value.</summary>
public readonly struct Scalar
{
    private readonly Value _value;

    private Scalar(Value value) => _value = value;

    public static implicit operator Scalar(double value) => new(Value.ScalarDouble(value));

    public static implicit operator Scalar(long value) => new(Value.ScalarInt(value));

    public static implicit operator Scalar(int value) => new(Value.ScalarInt(value));

    public static implicit operator Scalar(bool value) => new(Value.ScalarBool(value));

    internal Value ToValue() => _value;
}
