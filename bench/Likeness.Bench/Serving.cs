using System.Text.Json.Nodes;

namespace Likeness.Bench;

/// <summary>Our side of the line protocol of bench/peers/protocol.py.</summary>
internal static class Serving
{
    public static void Run(Row row)
    {
        var work = Work.Start(row);
        Answer(new JsonObject { ["peer"] = "likeness", ["row"] = row.Name, ["torch"] = TorchRuntime.Version, ["threads"] = TorchRuntime.Threads });
        var command = row.Draws ? "sample" : "step";
        while (Console.ReadLine() is { } line && line != "quit")
        {
            Answer(line.Split(' ') is [var what, var number] && what == command && int.TryParse(number, out var count) && count > 0
                ? new JsonObject { ["seconds"] = work(count), [what + "s"] = count }
                : new JsonObject { ["error"] = $"'{line}' is not a command of this row: say '{command} N' or 'quit', N from 1." });
        }
    }

    private static void Answer(JsonObject message) => Console.WriteLine(message.ToJsonString());
}
