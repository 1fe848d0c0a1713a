using System.Runtime.ExceptionServices;

namespace Likeness;

/// <summary>Work on several threads that fails as if one thread had done it.</summary>
internal static class InParallel
{
    /// <summary>Runs 0 … count − 1; the first failure is thrown as it is and not wrapped.</summary>
    /// <param name="count">How many.</param>
    /// <param name="body">What is run.</param>
    /// <param name="threads">At most so many at once; −1 for as many as there are.</param>
    public static void For(int count, Action<int> body, int threads = -1)
    {
        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads }, body);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
