namespace Likeness;

/// <summary>Something whose state is saved and loaded by one traversal, so the two cannot drift apart.</summary>
public interface IStateful
{
    /// <summary>Shows every part of the state to <paramref name="cursor"/>, which reads it or writes it.</summary>
    void State(IStateCursor cursor);
}

/// <summary>What walks over state: a saver reads each part, a loader overwrites it.</summary>
public interface IStateCursor
{
    /// <summary>A tensor that stays the same object: a loader overwrites its values; its shape must be the saved one.</summary>
    void Visit(string name, Tensor tensor);

    /// <summary>A tensor that may be absent and whose shape may change: a loader replaces it.</summary>
    void Visit(string name, ref Tensor? tensor);

    /// <summary>An integer, such as a step count.</summary>
    void Visit(string name, ref long value);

    /// <summary>A number in double precision.</summary>
    void Visit(string name, ref double value);

    /// <summary>The cursor for a named part: its names are prefixed with <paramref name="name"/> and a dot.</summary>
    IStateCursor In(string name);
}
