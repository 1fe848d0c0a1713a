namespace Likeness;

/// <summary>
/// A pole on a cart (Barto, Sutton and Anderson 1983) by the equations and constants of Gymnasium's CartPole-v1: a step of explicit Euler, a reward of 1 for
/// every step, and the end where the cart is 2.4 from the middle or the pole 12° from upright. The action is the push, 0 to the left and 1 to the right.
/// </summary>
public sealed class CartPole : IEnvironment
{
    private const double Gravity = 9.8, Cart = 1, Pole = 0.1, HalfLength = 0.5, Force = 10, Tau = 0.02, Total = Cart + Pole;
    private const double FarthestCart = 2.4, FarthestPole = 12 * 2 * Math.PI / 360;

    public string Name => "cart-pole";

    public string Summary => "a cart that is pushed left or right to keep a pole upright: 1 for every step until the pole falls, 500 at most";

    public IReadOnlyList<string> States { get; } = ["position", "velocity", "angle", "angular_velocity"];

    public IReadOnlyList<ActionRange> Actions { get; } = [new("push", 0, 1)];

    public int Steps => 500;

    public void Start(Span<double> state, Func<double> uniform)
    {
        for (var i = 0; i < state.Length; i++)
        {
            state[i] = (0.1 * uniform()) - 0.05;
        }
    }

    public void Guess(Span<double> action, Func<double> uniform) => action[0] = uniform() < 0.5 ? 0 : 1;

    public void Allow(Span<double> action) => action[0] = action[0] > 0.5 ? 1 : 0;

    public void Next(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next, Func<double> uniform)
    {
        var (x, velocity, angle, turning) = (state[0], state[1], state[2], state[3]);
        var (sine, cosine) = Math.SinCos(angle);
        var push = ((action[0] > 0.5 ? Force : -Force) + (Pole * HalfLength * turning * turning * sine)) / Total;
        var turn = ((Gravity * sine) - (cosine * push)) / (HalfLength * ((4.0 / 3) - (Pole * cosine * cosine / Total)));
        var move = push - (Pole * HalfLength * turn * cosine / Total);
        (next[0], next[1], next[2], next[3]) = (x + (Tau * velocity), velocity + (Tau * move), angle + (Tau * turning), turning + (Tau * turn));
    }

    public double Reward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, ReadOnlySpan<double> next) => 1;

    /// <summary>Minus the squares of how far cart and pole are on their way to the end: the reward of 1 does not tell a state that soon ends from another.</summary>
    public double Guide(ReadOnlySpan<double> state) => -(Math.Pow(state[0] / FarthestCart, 2) + Math.Pow(state[2] / FarthestPole, 2));

    public bool Ends(ReadOnlySpan<double> state) => Math.Abs(state[0]) > FarthestCart || Math.Abs(state[2]) > FarthestPole;
}
