namespace Likeness;

/// <summary>Foresight by the equations themselves.</summary>
internal sealed class TrueWorld(IEnvironment world) : IForesight
{
    public double[] Returns(IReadOnlyList<double[]> states, IReadOnlyList<double[]> actions, double[] plans, int count, Func<double> uniform)
    {
        var (returns, length, width) = (new double[count], plans.Length / count, world.Actions.Count);
        double[] state = new double[states[^1].Length], next = new double[state.Length];
        for (var i = 0; i < count; i++)
        {
            states[^1].CopyTo(state, 0);
            for (var at = i * length; at < (i + 1) * length; at += width)
            {
                var action = plans.AsSpan(at, width);
                world.Next(state, action, next, uniform);
                returns[i] += world.Reward(state, action, next) + world.Guide(next);
                (state, next) = (next, state);
                if (world.Ends(state))
                {
                    break;
                }
            }
        }

        return returns;
    }
}
