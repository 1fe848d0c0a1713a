using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Likeness.Torch.Interop;

/// <summary>What a <see cref="Value"/> holds; the numbers are the LK_ constants of likeness_torch.h.</summary>
internal enum ValueTag
{
    None = 0,

    /// <summary>As an argument: the default value that the operator's schema names.</summary>
    Default = 1,
    Tensor = 2,
    TensorList = 3,
    OptionalTensors = 4,
    Int = 5,
    IntList = 6,
    Double = 7,
    DoubleList = 8,
    Bool = 9,
    BoolList = 10,
    String = 11,
    ScalarType = 12,
    Device = 13,
    Layout = 14,
    MemoryFormat = 15,
    ScalarInt = 16,
    ScalarDouble = 17,
    ScalarBool = 18,
    Generator = 19,
}

/// <summary>One argument or result of a boxed operator call: the mirror of lk_value.</summary>
/// <remarks>Pointers are borrowed: whoever makes a value keeps what it points to pinned and alive until the call returns.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct Value
{
    [FieldOffset(0)]
    public ValueTag Tag;

    /// <summary>Elements of a list, bytes of a string, index of a device.</summary>
    [FieldOffset(4)]
    public int Count;

    [FieldOffset(8)]
    public long Integer;

    [FieldOffset(8)]
    public double Real;

    [FieldOffset(8)]
    public void* Pointer;

    public static Value None => default;

    public static Value Default => new() { Tag = ValueTag.Default };

    public static Value Of(long value) => new() { Tag = ValueTag.Int, Integer = value };

    public static Value Of(double value) => new() { Tag = ValueTag.Double, Real = value };

    public static Value Of(bool value) => new() { Tag = ValueTag.Bool, Integer = value ? 1 : 0 };

    public static Value ScalarInt(long value) => new() { Tag = ValueTag.ScalarInt, Integer = value };

    public static Value ScalarDouble(double value) => new() { Tag = ValueTag.ScalarDouble, Real = value };

    public static Value ScalarBool(bool value) => new() { Tag = ValueTag.ScalarBool, Integer = value ? 1 : 0 };

    public static Value Of(Scalar value) => value.ToValue();

    public static Value Of(ScalarType value) => new() { Tag = ValueTag.ScalarType, Integer = (long)value };

    public static Value Of(MemoryFormat value) => new() { Tag = ValueTag.MemoryFormat, Integer = (long)value };

    public static Value Of(Device value) => new() { Tag = ValueTag.Device, Integer = (long)value.Type, Count = value.Index };

    /// <exception cref="ArgumentNullException">There is no tensor where the operator needs one.</exception>
    /// <exception cref="ObjectDisposedException">The tensor's scope has ended.</exception>
    public static Value Of(Tensor value, [CallerArgumentExpression(nameof(value))] string? name = null)
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return new() { Tag = ValueTag.Tensor, Pointer = (void*)value.Handle };
    }

    public static Value Of(Rng value) => new() { Tag = ValueTag.Generator, Pointer = (void*)value.Handle };

    /// <summary>A list of <paramref name="count"/> integers.</summary>
    public static Value Of(long* values, int count) => new() { Tag = ValueTag.IntList, Count = count, Pointer = values };

    /// <summary>A list of <paramref name="count"/> doubles.</summary>
    public static Value Of(double* values, int count) => new() { Tag = ValueTag.DoubleList, Count = count, Pointer = values };

    /// <summary>A list of <paramref name="count"/> booleans, one byte each.</summary>
    public static Value Of(bool* values, int count) => new() { Tag = ValueTag.BoolList, Count = count, Pointer = values };

    /// <summary>A string of <paramref name="count"/> bytes of UTF-8.</summary>
    public static Value Of(byte* utf8, int count) => new() { Tag = ValueTag.String, Count = count, Pointer = utf8 };

    /// <summary>A list of <paramref name="count"/> tensor handles, none of them null.</summary>
    public static Value OfTensors(nint* handles, int count) => new() { Tag = ValueTag.TensorList, Count = count, Pointer = handles };

    /// <summary>A list of <paramref name="count"/> tensor handles, null where there is no tensor.</summary>
    public static Value OfOptionalTensors(nint* handles, int count) =>
        new() { Tag = ValueTag.OptionalTensors, Count = count, Pointer = handles };
}
