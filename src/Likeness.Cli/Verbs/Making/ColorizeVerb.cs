using System.CommandLine;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness colorize DIR INPUT… -o DIR</c>: grey pictures in colour.</summary>
internal static class ColorizeVerb
{
    public static Command Create(Terminal terminal)
    {
        var pictures = new PictureFlags(terminal);
        var restoring = new RestoringFlags();
        var whole = new Option<bool>("--whole") { Description = "the pictures have colours: take them away first, and show them as the truth (always so with data sets)" };
        var command = pictures.Command("colorize", "show grey pictures in colour", whole);
        restoring.AddTo(command);
        command.SetAction(parsed =>
        {
            var trained = pictures.Open(parsed);
            // As pictures become grey everywhere, unless the model has learned from another grey.
            var text = (trained.Model as IReconstructor)?.Measurement?.ToString() ?? "luma";
            var measurement = Measurements.Parse(text, trained.Spec);
            var method = RestoringMethods.Of(trained.Model, trained.Spec, measurement, restoring.Read(parsed));
            var work = new PictureRestoration(trained.Spec, spec => Measurements.Parse(text, spec), new Restoring(method, measurement, trained.Spec, trained.Model.Device).Draw)
            {
                Whole = parsed.GetValue(whole) || pictures.AreDatasets(parsed),
            };
            return pictures.Run(parsed, trained, work, "coloured", method.Name);
        });
        return command;
    }
}
