namespace Likeness.Cli.Verbs;

/// <summary><c>likeness edit DIR INPUT… --strength S -o DIR</c>: rough pictures as the model would have made them.</summary>
internal static class EditVerb
{
    public static Command Create(Terminal terminal)
    {
        var pictures = new PictureFlags(terminal);
        var strength = new Option<double?>("--strength") { Description = "how much noise is added before it is taken away: from 0, which leaves a picture as it is, to 1, which makes a new one (default 0.5)", HelpName = "S" };
        var keep = new Option<string?>("--keep") { Description = "pixels that stay: top, bottom, left, right, box, share=S, or a picture that is white where they do", HelpName = "PART|FILE" };
        var steps = CommonOptions.Number("--walk", "noise levels from the most noise to none, of which the last are visited (default 100)", 1);
        var command = pictures.Command("edit", "turn rough pictures into realistic ones", strength, keep, steps);
        command.SetAction(parsed =>
        {
            var trained = pictures.Open(parsed);
            var (model, spec, much) = (trained.Require<IDenoiser>(), trained.Spec, parsed.GetValue(strength) ?? 0.5);
            var kept = parsed.GetValue(keep) is { } part ? (Mask)MeasurementFile.Read($"mask:{part}", spec) : null;
            var walk = new NullSpaceWalk(parsed.GetValue(steps) ?? 100);
            var everything = Everything(spec);
            var work = new PictureRestoration(spec, Everything, (y, draws, rng, progress) =>
                PictureEditing.Edit(model, spec, everything.Invert(y).repeat_interleave(draws, 0).to(trained.Model.Device), much, rng, walk, kept, progress).to(torch.CPU)) { PutsBack = false };
            return pictures.Run(parsed, trained, work, "edited", string.Create(CultureInfo.InvariantCulture, $"noise of strength {much}"));
        });
        return command;

        static Mask Everything(DataSpec spec) => new(spec.Shape, [.. Enumerable.Repeat(true, spec.Height * spec.Width)], "mask:nothing");
    }
}
