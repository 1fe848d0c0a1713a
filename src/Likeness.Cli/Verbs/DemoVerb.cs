using System.CommandLine;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness demo</c>: the tour.</summary>
internal static class DemoVerb
{
    public static Command Create(Terminal terminal)
    {
        var command = new Command("demo", "a tour in about two minutes: trains on real images, shows samples, scores and anomalies");
        command.SetAction(_ => Program.Done);
        return command;
    }
}
