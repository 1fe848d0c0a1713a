using System.Diagnostics;
using System.Text.Json;
using TorchSharp.Modules;

namespace PlainTorchSharp;

/// <summary>The options and the line protocol of ../peers/protocol.py.</summary>
internal sealed class Protocol
{
    private readonly string _name;
    private readonly string[] _options;

    public Protocol(string name, string[] options)
    {
        (_name, _options) = (name, options);
        torch.set_num_threads(Number("--threads", torch.get_num_threads()));
        torch.manual_seed(Number("--seed", 1));
    }

    /// <summary>The variant that was asked for, else the first.</summary>
    public string Variant(params string[] variants)
    {
        var variant = Text("--variant", variants[0]);
        return variants.Contains(variant)
            ? variant
            : throw new ArgumentException($"{_name} has no variant {variant}: use one of {string.Join(", ", variants)}.");
    }

    /// <summary>Examples in a training step.</summary>
    public int Batch(int otherwise) => Number("--batch", otherwise);

    /// <summary>Warms up and answers commands until told to quit.</summary>
    /// <param name="parameters">All parameters, to be counted.</param>
    /// <param name="step">One training step; returns the loss.</param>
    /// <param name="sample">So many samples.</param>
    public void Serve(IEnumerable<Parameter> parameters, Func<Tensor> step, Func<int, Tensor> sample)
    {
        Steps(step, Number("--warmup", 3));
        Answer(new
        {
            peer = _name,
            torch = torch.__version__,
            torchsharp = typeof(torch).Assembly.GetName().Version!.ToString(3),
            threads = torch.get_num_threads(),
            parameters = parameters.Sum(p => p.numel()),
        });
        while (Console.ReadLine() is { } line && line != "quit")
        {
            if (line.Split(' ') is not [("step" or "sample") and var what, var number] || !int.TryParse(number, out var count) || count < 1)
            {
                Answer(new { error = $"'{line}' is not a command: say 'step K', 'sample N' or 'quit', K and N from 1." });
                continue;
            }

            var start = Stopwatch.GetTimestamp();
            if (what == "step")
            {
                var loss = Steps(step, count);
                Answer(new { seconds = Stopwatch.GetElapsedTime(start).TotalSeconds, steps = count, loss });
            }
            else
            {
                using var scope = torch.NewDisposeScope();
                using var noGrad = torch.no_grad();
                var drawn = sample(count);
                Answer(new { seconds = Stopwatch.GetElapsedTime(start).TotalSeconds, samples = count, mean = drawn.mean().item<float>() });
            }
        }
    }

    /// <returns>The loss of the last step.</returns>
    private static float Steps(Func<Tensor> step, int count)
    {
        for (var i = 1; ; i++)
        {
            using var scope = torch.NewDisposeScope();
            var loss = step();
            if (i >= count)
                return loss.item<float>();
        }
    }

    private static void Answer(object message) => Console.WriteLine(JsonSerializer.Serialize(message));

    private int Number(string option, int otherwise) => int.Parse(Text(option, otherwise.ToString()));

    private string Text(string option, string otherwise) =>
        Array.IndexOf(_options, option) is var at and >= 0 && at + 1 < _options.Length ? _options[at + 1] : otherwise;
}
