using System.Runtime.InteropServices;
using Likeness;
using PlainTorchSharp;

// PlainTorchSharp vae|gan|dcgan|ddpm [--variant NAME] [--threads N] [--batch N] [--warmup N] [--seed N]
// The same work as the programs of ../peers, under the same protocol, written as TorchSharp's users write it.
if (OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64)
{
    var folders = ((string)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES")!).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
    var library = new NativeLoad([.. folders, Path.Combine(AppContext.BaseDirectory, "runtimes/linux-x64/native")], AppContext.BaseDirectory).Run();
    NativeLibrary.SetDllImportResolver(typeof(torch).Assembly, (name, _, _) => name == "LibTorchSharp" ? library : 0);
}

Dictionary<string, Action<Protocol>> peers = new() { ["vae"] = Vae.Run, ["gan"] = Gan.Run, ["dcgan"] = Dcgan.Run, ["ddpm"] = Ddpm.Run };
if (args is not [var name, .. var options] || !peers.TryGetValue(name, out var run))
{
    Console.Error.WriteLine($"Say which model, one of {string.Join(", ", peers.Keys)}, and not '{string.Join(' ', args)}'.");
    return 2;
}

run(new Protocol(name, options));
return 0;
