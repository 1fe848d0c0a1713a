using System.Runtime.ExceptionServices;

namespace Likeness.Data;

/// <summary>Work on several threads that fails as if one thread had done it.</summary>
internal static class InParallel
{
    /// <summary>Runs 0 … count − 1; the first failure is thrown as it is and not wrapped.</summary>
    public static void For(int count, Action<int> body)
    {
        try
        {
            Parallel.For(0, count, body);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
