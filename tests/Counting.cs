namespace Likeness;

/// <summary>Tests that count the tensors or bytes of the process: no other test may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Counting
{
    public const string Name = "counting";

    /// <summary>Lets go of what other tests left to the garbage collector, so it does not go while a test counts.</summary>
    public static void Settle()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
