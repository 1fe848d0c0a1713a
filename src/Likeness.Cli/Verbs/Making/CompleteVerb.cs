using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Likeness.Applications;
using Likeness.Core;
using Likeness.Data.Formats;
using Likeness.Models;
using Likeness.Torch;

namespace Likeness.Cli.Verbs;

/// <summary><c>likeness complete DIR --data NAME|FILE</c>: what is missing of examples, drawn from p(missing | given).</summary>
internal static class CompleteVerb
{
    public static Command Create(Terminal terminal)
    {
        var folder = CommonOptions.RunArgument();
        var source = new Option<string>("--data")
        {
            Description = "what to complete: a data set's name or a path; missing cells of a table (empty, ?, NA, NaN) are what is missing",
            HelpName = "NAME|FILE",
            Required = true,
        };
        var given = new Option<string?>("--given")
        {
            Description = $"the part that is kept: {string.Join(", ", GivenPart.Names)} (half in the model's order), or a mask in a .npy file (default top of images, else first)",
            HelpName = "PART|FILE",
        };
        given.CompletionSources.Add([.. GivenPart.Names]);
        var copies = CommonOptions.Number("-n", "completions of each example (default 6; of tables 1)", 1);
        var count = CommonOptions.Number("--count", "at most so many examples (default 8; of files all)", 1);
        var particles = CommonOptions.Number("--particles", "approximate parts that the model cannot complete exactly, with so many weighted draws each", 1);
        var split = CommonOptions.SplitOption("which part of a named data set (default test)");
        var seed = CommonOptions.Seed();
        var root = CommonOptions.DataRoot();
        var file = new Option<string?>("-o", "--output") { Description = $"where to ({string.Join(", ", Sampling.Extensions)}); default: in the run's folder", HelpName = "FILE" };
        var command = new Command("complete", "draw what is missing of examples, given the rest")
        {
            folder, source, given, copies, count, particles, split, seed, root, file,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file);
            if (path is not null && !Sampling.Extensions.Contains(Path.GetExtension(path).ToLowerInvariant()))
            {
                throw new UsageException($"Completions cannot be written as '{path}': end the file's name in {string.Join(", ", Sampling.Extensions)}.");
            }

            var trained = TrainedModel.Open(parsed.GetValue(folder)!, Zoo.BuiltIn);
            var completion = new Completion(trained.Model, trained.Spec, parsed.GetValue(particles) ?? 0);
            using var scope = torch.NewDisposeScope();
            var work = new Work(terminal, trained, completion, new Rng(parsed.GetValue(seed) ?? 0, trained.Model.Device));
            var name = parsed.GetValue(source)!;
            if (IncompleteTable.Read(name, trained.Spec, trained.Folder.Record.Data.Protocol) is { } table)
            {
                if (parsed.GetValue(given) is not null)
                {
                    throw new UsageException($"'{name}' has missing cells, which say what is given: leave out --given.");
                }

                work.Table(table, parsed.GetValue(copies) ?? 1, path ?? DefaultFile(".csv"));
                return Program.Done;
            }

            var data = trained.OpenOther(name, parsed.GetValue(root)) as IDataset<Batch>
                ?? throw new UsageException($"The data '{name}' has no plain examples to complete: choose other data.");
            var mask = GivenPart.Of(parsed.GetValue(given) ?? GivenPart.Default(trained.Spec), trained.Model, trained.Spec);
            var part = CommonOptions.ToSplit(parsed.GetValue(split));
            var most = Math.Min(parsed.GetValue(count) ?? (Path.Exists(name) ? int.MaxValue : 8), data.Count(part));
            var x = data.Read(part, Math.Max(most, 1), most).First().X;
            work.Examples(x, mask, parsed.GetValue(copies) ?? 6, path ?? DefaultFile(trained.Spec.IsImage ? ".png" : ".csv"));
            return Program.Done;

            string DefaultFile(string extension) => trained.Folder.SampleFile(trained.Step, $"-completed{extension}");
        });
        return command;
    }

    private sealed record Work(Terminal Terminal, TrainedModel Trained, Completion Completion, Rng Rng)
    {
        private readonly List<double> _missingNats = [];
        private readonly List<double> _drawnNats = [];
        private readonly List<double> _sizes = [];

        public void Examples(Tensor x, bool[] given, int copies, string path)
        {
            var count = (int)x.shape[0];
            var done = Terminal.Track("complete", "%", 100, tracker => Completion.Draw(x, given, copies, Rng, share => tracker.Report(share * 100)));
            _missingNats.AddRange(Completion.LogProb(x, given) ?? []);
            _drawnNats.AddRange(Completion.LogProb(done.X, given) ?? []);
            _sizes.AddRange(done.EffectiveSizes);
            if (Path.GetExtension(path).ToLowerInvariant() is ".png" or ".jpg" or ".jpeg" && Trained.Spec.IsImage)
            {
                Sampling.WritePicture(path, CompletionPicture.Draw(x, given, done.X, Trained.Spec));
            }
            else
            {
                Sampling.Write(path, done.X, Trained.Spec);
            }

            Print(path, count, copies, given.Count(g => !g) * (long)count);
        }

        public void Table(IncompleteTable table, int copies, string path)
        {
            var width = table.Columns.Count;
            var values = new float[(long)table.Values.Length * copies];
            var missing = 0L;
            foreach (var (given, rows) in table.Patterns())
            {
                var x = Tensor.From(rows.SelectMany(table.Row).ToArray(), Trained.Spec.BatchShape(rows.Length));
                var whole = given.All(g => g);
                var drawn = whole ? Repeated(x, copies) : Drawn(x, given, copies);
                missing += given.Count(g => !g) * (long)rows.Length;
                for (var i = 0; i < rows.Length; i++)
                {
                    Array.Copy(drawn, (long)i * copies * width, values, (long)rows[i] * copies * width, (long)copies * width);
                }
            }

            switch (Path.GetExtension(path).ToLowerInvariant())
            {
                case ".csv":
                    TextTable.Write(path, table.Columns, values);
                    break;
                case ".npy":
                    Npy.Write(path, values, Trained.Spec.BatchShape((long)table.Rows * copies));
                    break;
                default:
                    throw new UsageException($"Completed rows cannot be written as '{path}': end the file's name in .csv or .npy.");
            }

            Print(path, table.Rows, copies, missing);
        }

        private static float[] Repeated(Tensor x, int copies) =>
            [.. x.ToArray<float>().Chunk((int)(x.numel() / x.shape[0])).SelectMany(row => Enumerable.Repeat(row, copies).SelectMany(r => r))];

        private float[] Drawn(Tensor x, bool[] given, int copies)
        {
            var done = Completion.Draw(x, given, copies, Rng);
            _drawnNats.AddRange(Completion.LogProb(done.X, given) ?? []);
            _sizes.AddRange(done.EffectiveSizes);
            return done.X.ToArray<float>();
        }

        private void Print(string path, int examples, int copies, long missing)
        {
            if (Terminal.Json)
            {
                Terminal.Print(new JsonObject
                {
                    ["file"] = path,
                    ["examples"] = examples,
                    ["completions"] = copies,
                    ["missingValues"] = missing,
                    ["evidence"] = (_sizes.Count == 0 ? Evidence.Exact : Evidence.Estimate).ToString(),
                    ["effectiveSize"] = _sizes.Count == 0 ? null : _sizes.Average(),
                    ["leastEffectiveSize"] = _sizes.Count == 0 ? null : _sizes.Min(),
                    ["originalNats"] = Finite(_missingNats),
                    ["completionNats"] = Finite(_drawnNats),
                });
                return;
            }

            Terminal.Print($"{path}: {examples} examples, {copies} completions each, {missing} values missing");
            if (_sizes.Count > 0)
            {
                Terminal.Print(string.Create(CultureInfo.InvariantCulture,
                    $"approximate: one of each completion's weighted draws; they are worth {_sizes.Average():0.0} equal ones on average, {_sizes.Min():0.0} at least"));
            }

            Print("log p(missing | given) of the originals", _missingNats);
            Print("log p(missing | given) of the completions", _drawnNats);
        }

        private void Print(string what, List<double> nats)
        {
            if (nats.Count > 0)
            {
                Terminal.Print($"{what}: {Score.Mean(nats.ToArray(), "nats", Evidence.Exact)}");
            }
        }

        private static double? Finite(List<double> nats) => nats.Count > 0 && double.IsFinite(nats.Average()) ? nats.Average() : null;
    }
}
