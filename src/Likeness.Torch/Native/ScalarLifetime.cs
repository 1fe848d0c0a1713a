using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Likeness;

/// <summary>
/// Keeps TorchSharp's scalars alive until no operator can still read them. <c>x * 2.0</c> makes a native scalar whose managed owner is garbage as
/// soon as its address has been taken; a collection that another thread begins at that moment lets the finaliser free it, and the operator then
/// reads freed memory: an error, or a wrong number (seen once in a few thousand collections). So the function that frees a scalar is led, by a jump
/// written over its first bytes, to one that waits for some seconds first.
/// </summary>
internal static unsafe partial class ScalarLifetime
{
    // Longer than any operator needs from its call to the reading of its arguments.
    private const long WaitMilliseconds = 2_000;
    private const int ReadWriteExecute = 7, ReadExecute = 5;

    private static readonly ConcurrentQueue<(nint Scalar, long Since)> s_waiting = new();

    // The function as TorchSharp 0.107.0 has it. Another one is left alone.
    private static ReadOnlySpan<byte> Known => [0x48, 0x85, 0xff, 0x74, 0x2d, 0x8b, 0x07, 0x83, 0xc0, 0xfb, 0x83, 0xf8, 0x02];

    /// <param name="wrapper">TorchSharp's native library.</param>
    internal static void Extend(nint wrapper)
    {
        if (!NativeLibrary.TryGetExport(wrapper, "THSTorch_dispose_scalar", out var function) || !new ReadOnlySpan<byte>((void*)function, Known.Length).SequenceEqual(Known))
        {
            return;
        }

        var page = function & ~(nint)(Environment.SystemPageSize - 1);
        var length = (nuint)(function + 16 - page);
        if (Protect(page, length, ReadWriteExecute) != 0)
        {
            // A system that forbids it.
            return;
        }

        // mov rax, address; jmp rax
        delegate* unmanaged[Cdecl]<nint, void> wait = &Wait;
        var code = (byte*)function;
        (code[0], code[1]) = (0x48, 0xb8);
        Unsafe.WriteUnaligned(code + 2, (nint)wait);
        (code[10], code[11]) = (0xff, 0xe0);
        _ = Protect(page, length, ReadExecute);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Wait(nint scalar)
    {
        var now = Environment.TickCount64;
        if (scalar != 0)
        {
            s_waiting.Enqueue((scalar, now));
        }

        while (s_waiting.TryPeek(out var oldest) && now - oldest.Since > WaitMilliseconds && s_waiting.TryDequeue(out oldest))
        {
            Free(oldest.Scalar);
        }
    }

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint page, nuint length, int access);

    // What operator delete does; a scalar that is a number holds nothing else.
    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint scalar);
}
