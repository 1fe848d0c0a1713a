namespace Likeness;

/// <summary>
/// A robot on a board with walls: every step costs 1, and the episode ends at the goal. Its state is row and column, its action a push down and a push to
/// the right, of which the stronger decides; into a wall it stays where it is. With some probability it slips to a side of where it is pushed.
/// </summary>
public sealed class GridWorld : ITabularWorld
{
    private static readonly (int Down, int Right)[] s_moves = [(1, 0), (-1, 0), (0, 1), (0, -1)];

    private readonly string[] _board;
    private readonly double _slip;
    private readonly (int Row, int Column) _start, _goal;

    /// <param name="board">Rows of '.' for free places, '#' for walls, and one 'S' and one 'G' for start and goal; the board of the documentation where null.</param>
    /// <param name="slip">The probability of slipping, half of it to each side.</param>
    /// <exception cref="UsageException">The board has no start or goal, or its rows differ in length.</exception>
    public GridWorld(IReadOnlyList<string>? board = null, double slip = 0)
    {
        _board = [.. board ?? ["S.....", ".####.", ".#....", ".#.###", "...#.G", "##...."]];
        _slip = slip;
        (_start, _goal) = (Place('S'), Place('G'));
        if (_board.Any(row => row.Length != _board[0].Length) || slip is < 0 or >= 1)
        {
            throw new UsageException($"A board of rows of {string.Join(", ", _board.Select(r => r.Length).Distinct())} places with a slip of {slip} is none: give rows of one length, and a probability below 1.");
        }
    }

    /// <summary>Rows of '.' for free places, '#' for walls, and one 'S' and one 'G'.</summary>
    public IReadOnlyList<string> Board => _board;

    public string Name => "grid-world";

    public string Summary => "a robot among walls that is to reach a goal: −1 for every step, 100 at most";

    public IReadOnlyList<string> States { get; } = ["row", "column"];

    public IReadOnlyList<ActionRange> Actions { get; } = [new("down", -1, 1), new("right", -1, 1)];

    public int Steps => 100;

    int ITabularWorld.StateCount => _board.Length * _board[0].Length;

    IReadOnlyList<double[]> ITabularWorld.Choices { get; } = [.. s_moves.Select(m => new double[] { m.Down, m.Right })];

    int ITabularWorld.Number(ReadOnlySpan<double> state) => At(state) is var (row, column) ? (row * _board[0].Length) + column : 0;

    double[] ITabularWorld.State(int number) => [number / _board[0].Length, number % _board[0].Length];

    IEnumerable<(int State, double Probability, double Reward)> ITabularWorld.After(int state, int choice)
    {
        var (row, column) = Math.DivRem(state, _board[0].Length);
        return Outcomes(choice).Select(o => (Moved((row, column), s_moves[o.Move]) is var (r, c) ? (r * _board[0].Length) + c : 0, o.Probability, -1.0));
    }

    bool ITabularWorld.Ends(int state) => Math.DivRem(state, _board[0].Length) == (_goal.Row, _goal.Column);

    public void Start(Span<double> state, Func<double> uniform) => (state[0], state[1]) = _start;

    public void Guess(Span<double> action, Func<double> uniform)
    {
        var (down, right) = s_moves[(int)(4 * uniform())];
        (action[0], action[1]) = (down, right);
    }

    public void Allow(Span<double> action) => (action[0], action[1]) = s_moves[Move(action)];

    public void Next(ReadOnlySpan<double> state, ReadOnlySpan<double> action, Span<double> next, Func<double> uniform)
    {
        var move = Move(action);
        if (_slip > 0)
        {
            var left = uniform();
            foreach (var (other, probability) in Outcomes(move))
            {
                move = other;
                left -= probability;
                if (left < 0)
                {
                    break;
                }
            }
        }

        (next[0], next[1]) = Moved(At(state), s_moves[move]);
    }

    public double Reward(ReadOnlySpan<double> state, ReadOnlySpan<double> action, ReadOnlySpan<double> next) => -1;

    public double Guide(ReadOnlySpan<double> state) => 0;

    public bool Ends(ReadOnlySpan<double> state) => At(state) == _goal;

    // What a push may become: itself, or one of the two across it.
    private IEnumerable<(int Move, double Probability)> Outcomes(int move) =>
        [(move, 1 - _slip), (move < 2 ? 2 : 0, _slip / 2), (move < 2 ? 3 : 1, _slip / 2)];

    private static int Move(ReadOnlySpan<double> action) =>
        Math.Abs(action[0]) >= Math.Abs(action[1]) ? (action[0] > 0 ? 0 : 1) : action[1] > 0 ? 2 : 3;

    // A state that was predicted need not be whole.
    private (int Row, int Column) At(ReadOnlySpan<double> state) =>
        ((int)Math.Clamp(Math.Round(state[0]), 0, _board.Length - 1), (int)Math.Clamp(Math.Round(state[1]), 0, _board[0].Length - 1));

    private (int Row, int Column) Moved((int Row, int Column) at, (int Down, int Right) move)
    {
        var (row, column) = (at.Row + move.Down, at.Column + move.Right);
        return row >= 0 && row < _board.Length && column >= 0 && column < _board[0].Length && _board[row][column] != '#' ? (row, column) : at;
    }

    private (int Row, int Column) Place(char mark)
    {
        var row = Array.FindIndex(_board, r => r.Contains(mark));
        return row >= 0 ? (row, _board[row].IndexOf(mark)) : throw new UsageException($"The board has no '{mark}': mark one start by S and one goal by G.");
    }
}
