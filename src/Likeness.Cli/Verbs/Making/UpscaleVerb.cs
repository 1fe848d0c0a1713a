using System.CommandLine;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness upscale DIR INPUT… --factor N -o DIR</c>: pictures in higher resolution.</summary>
internal static class UpscaleVerb
{
    public static Command Create(Terminal terminal)
    {
        var pictures = new PictureFlags(terminal);
        var restoring = new RestoringFlags();
        var factor = CommonOptions.Number("--factor", "how often larger each side becomes (default: what the model has learned, else 4)", 2);
        var whole = new Option<bool>("--whole") { Description = "the pictures are of the size that is wanted: make them small first, and show them as the truth (always so with data sets)" };
        var command = pictures.Command("upscale", "show pictures in higher resolution", factor, whole);
        restoring.AddTo(command);
        command.SetAction(parsed =>
        {
            var trained = pictures.Open(parsed);
            var text = parsed.GetValue(factor) is { } times ? $"downsample:{times}" : (trained.Model as IReconstructor)?.Measurement?.ToString() ?? "downsample:4";
            var measurement = Measurements.Parse(text, trained.Spec);
            var method = RestoringMethods.Of(trained.Model, trained.Spec, measurement, restoring.Read(parsed));
            var work = new PictureRestoration(trained.Spec, spec => Measurements.Parse(text, spec), new Restoring(method, measurement, trained.Spec, trained.Model.Device).Draw)
            {
                Whole = parsed.GetValue(whole) || pictures.AreDatasets(parsed),
            };
            return pictures.Run(parsed, trained, work, "enlarged", method.Name);
        });
        return command;
    }
}
