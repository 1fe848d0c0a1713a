using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;

namespace Likeness.Torch.Interop;

/// <summary>The status of a native call. It exists only where the call succeeded: a failure has thrown on its way out.</summary>
[NativeMarshalling(typeof(StatusMarshaller))]
internal readonly struct Status;

/// <summary>Turns a failure into a <see cref="TorchException"/> with libtorch's sentence.</summary>
[CustomMarshaller(typeof(Status), MarshalMode.ManagedToUnmanagedOut, typeof(StatusMarshaller))]
internal static class StatusMarshaller
{
    public static Status ConvertToManaged(int unmanaged) => unmanaged == 0 ? default : throw new TorchException(Native.LastErrorText());
}

/// <summary>The same for calls that judge a file's content: a failure is an <see cref="InvalidDataException"/>.</summary>
[CustomMarshaller(typeof(Status), MarshalMode.ManagedToUnmanagedOut, typeof(FileStatusMarshaller))]
internal static class FileStatusMarshaller
{
    public static Status ConvertToManaged(int unmanaged) =>
        unmanaged == 0 ? default : throw new InvalidDataException(Native.LastErrorText());
}
