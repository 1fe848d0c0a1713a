namespace Likeness;

/// <summary>
/// A pendulum that hangs and is to be swung up and held, by the equations and constants of Gymnasium's Pendulum-v1; its state is what is observed there,
/// cosine and sine of the angle from upright and the speed, and its reward −(θ² + 0.1·θ̇² + 0.001·u²) of the state before the step.
/// </summary>
public sealed class Pendulum : IEnvironment
{
    private const double Gravity = 10, Mass = 1, Length = 1, Tau = 0.05, Strongest = 2, Fastest = 8;

    public string Name => "pendulum";

    public string Summary => "a pendulum to be swung up and held by a weak motor: minus the squares of angle, speed and torque, over 200 steps";

    public IReadOnlyList<string> States { get; } = ["cosine", "sine", "speed"];

    public IReadOnlyList<ActionRange> Actions { get; } = [new("torque", -Strongest, Strongest)];

    public int Steps => 200;

    public void Start(Span<double> state, Func<double> uniform)
    {
        var angle = Math.PI * ((2 * uniform()) - 1);
        (state[1], state[0]) = Math.SinCos(angle);
        state[2] = (2 * uniform()) - 1;
    }

    public void Guess(Span<double> action, Func<double> uniform) => action[0] = Strongest * ((2 * uniform()) - 1);

    public void Allow(Span<double> action) => action[0] = Math.Clamp(action[0], -Strongest, Strongest);

    public void Next(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next, Func<double> uniform)
    {
        var angle = Math.Atan2(state[1], state[0]);
        var torque = Math.Clamp(action[0], -Strongest, Strongest);
        var speed = state[2] + (Tau * ((3 * Gravity / (2 * Length) * Math.Sin(angle)) + (3 / (Mass * Length * Length) * torque)));
        speed = Math.Clamp(speed, -Fastest, Fastest);
        (next[1], next[0]) = Math.SinCos(angle + (Tau * speed));
        next[2] = speed;
    }

    public double Reward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, ReadOnlySpan<double> next)
    {
        var (angle, torque) = (Math.Atan2(state[1], state[0]), Math.Clamp(action[0], -Strongest, Strongest));
        return -((angle * angle) + (0.1 * state[2] * state[2]) + (0.001 * torque * torque));
    }

    public double Guide(ReadOnlySpan<double> state) => 0;

    public bool Ends(ReadOnlySpan<double> state) => false;
}
