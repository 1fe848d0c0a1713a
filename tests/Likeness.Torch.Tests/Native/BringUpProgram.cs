using TorchSharp;

namespace Likeness.Torch.Tests;

/// <summary>What the tests of loading run in a process of its own.</summary>
internal static class BringUpProgram
{
    /// <summary>"load" asks for libtorch first, "tensor" does not; both then calculate 2 · (1 + 1 + 1).</summary>
    private static int Main(string[] arguments)
    {
        try
        {
            if (arguments is ["load"])
                TorchEngine.Load();
            Console.WriteLine(Gradient());
            return 0;
        }
        catch (TorchException e)
        {
            Console.WriteLine(e.Message);
            return 1;
        }
        catch (TypeInitializationException e) when (e.GetBaseException() is TorchException inner)
        {
            Console.WriteLine(inner.Message);
            return 2;
        }
    }

    private static float Gradient()
    {
        using var x = torch.ones(3, requires_grad: true);
        using var y = x.mul(x).sum();
        y.backward();
        return x.grad!.sum().item<float>();
    }
}
