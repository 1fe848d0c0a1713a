using System.Numerics;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness parameters --shape HxW --levels N</c>: how many free parameters each model would have for such data.</summary>
internal static class ParametersVerb
{
    // Wider numbers do not fit a line beside their magnitude.
    private const int MostDigits = 30;

    public static Command Create(Terminal terminal)
    {
        var shape = new Option<string>("--shape") { Description = "one example's shape, such as 28x28", HelpName = "AxB", Required = true };
        var levels = CommonOptions.Number("--levels", "values of each variable (default 2)", 2);
        var order = CommonOptions.Number("--order", "how many variables before it each one depends on, for models with that option", 0);
        var classes = CommonOptions.Number("--classes", "classes, for models of labelled data", 0);
        var command = new Command("parameters", "count the free parameters of models before training") { shape, levels, order, classes };
        command.SetAction(parsed =>
        {
            var spec = ParameterCounts.Spec(Sides(parsed.GetValue(shape)!), parsed.GetValue(levels) ?? 2, parsed.GetValue(classes) ?? 0);
            var counts = ParameterCounts.Of(Zoo.BuiltIn, spec, parsed.GetValue(order));
            if (terminal.Json)
            {
                foreach (var count in counts)
                {
                    terminal.Print(ToJson(count));
                }
            }
            else
            {
                terminal.Table(["model", "free parameters", ""], counts.OrderBy(c => c.Parameters).Select(c => (string[])
                    [c.Order is { } n ? $"{c.Model}, order {n}" : c.Model, Exactly(c.Parameters), $"≈ {LargeNumber.Magnitude(c.Parameters)}"]));
                foreach (var count in counts.Where(c => Digits(c.Parameters).Length > MostDigits))
                {
                    terminal.Print($"{count.Model}, exactly: {Digits(count.Parameters)}");
                }
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static JsonObject ToJson(ParameterCount count)
    {
        // As text: no number of a JSON reader has hundreds of digits.
        var json = new JsonObject { ["model"] = count.Model, ["parameters"] = Digits(count.Parameters), ["log10"] = BigInteger.Log10(count.Parameters) };
        if (count.Order is { } order)
        {
            json["order"] = order;
        }

        return json;
    }

    private static string Digits(BigInteger count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Exactly(BigInteger count)
    {
        var digits = Digits(count);
        return digits.Length <= MostDigits ? count.ToString("N0", CultureInfo.InvariantCulture) : $"{digits[..8]}…{digits[^8..]} ({digits.Length} digits)";
    }

    private static int[] Sides(string text)
    {
        var sides = text.Split('x');
        return Array.ConvertAll(sides, side => int.TryParse(side, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            ? n
            : throw new UsageException($"The shape '{text}' is not allowed: give whole numbers joined by x, such as 28x28."));
    }
}
