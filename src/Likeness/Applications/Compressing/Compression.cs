using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;

namespace Likeness;

/// <summary>What came of compressing examples.</summary>
/// <param name="Examples">How many.</param>
/// <param name="Bytes">Size of the whole file, header and checksums included.</param>
/// <param name="ClaimedBits">−log2 p of all examples by the model's density, or by its bound where it has none: what the file should take.</param>
/// <param name="RawBits">What they take without a model: values times log2 of the number of levels.</param>
/// <param name="Time">How long it took, the claim included.</param>
/// <param name="Evidence">Of the claim: exact, or an upper bound.</param>
/// <param name="InitialBits">Random bits that the file began with, where bits come back; part of its size.</param>
public sealed record CompressionReport(int Examples, long Bytes, double ClaimedBits, double RawBits, TimeSpan Time, Evidence Evidence, long InitialBits)
{
    /// <summary>Size of the file over the claim, less one: 0.001 is 0.1 % too large.</summary>
    public double Excess => (Bytes * 8 / ClaimedBits) - 1;

    /// <summary>How many times smaller than raw.</summary>
    public double Ratio => RawBits / (Bytes * 8);
}

/// <summary>Examples as they were before they were compressed.</summary>
/// <param name="Values">Row by row of the flattened examples.</param>
/// <param name="Spec">What they are.</param>
/// <param name="Count">How many.</param>
public sealed record DecompressedExamples(float[] Values, DataSpec Spec, int Count);

/// <summary>
/// Compresses examples without loss by what a model says of them, so the size of the file is the model's likelihood, written to the disk: by its
/// conditionals, where it predicts variable by variable (<see cref="StepwiseCoder"/>), else by its latents (<see cref="BitsBackCoder"/>). Both directions
/// run in main memory and on one thread, over the same chunks of examples: the decoder has to see the encoder's probabilities to the last bit.
/// </summary>
public sealed class Compression
{
    private readonly IExampleCoder _coder;
    private readonly Func<Tensor, Tensor> _claim;
    private readonly Evidence _evidence;
    private readonly DataSpec _spec;
    private readonly int _levels;
    private readonly ulong _fingerprint;

    /// <param name="model">Brought to main memory.</param>
    /// <param name="spec">What it knows.</param>
    /// <param name="identity">Recipe and options: two models with equal weights may still differ by these.</param>
    /// <exception cref="UsageException">The model knows no code, or its data is a continuum.</exception>
    public Compression(Module model, DataSpec spec, string identity)
    {
        if (spec.Domain.LevelCount is not { } levels)
        {
            throw new UsageException($"Data of {spec} cannot be compressed without loss: a real value has no finite code; train on bytes, bits or categories.");
        }

        model.to(torch.CPU);
        (_coder, _claim, _evidence) = model switch
        {
            IStepwise stepwise => ((IExampleCoder)new StepwiseCoder(stepwise, levels), (Func<Tensor, Tensor>)stepwise.LogProb, Evidence.Exact),
            ILatentVariable latent => (new BitsBackCoder(latent, spec, levels), x => latent.LogProbBound(x, new Rng(0)), Evidence.UpperBound),
            _ => throw Capabilities.Unable(model, null, "compress", "predicts variable by variable or has latents"),
        };
        (_spec, _levels) = (spec, levels);
        _fingerprint = Fingerprint(model, $"{identity}\n{spec}");
    }

    /// <summary>The compression that the model of a run stands for.</summary>
    public static Compression Of(TrainedModel trained) =>
        new(trained.Model, trained.Spec, $"{trained.Recipe.Name}\n{trained.Folder.Record.Options.ToJsonString()}");

    /// <summary>Writes the examples of a split to a file, whole or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="data">Whose examples.</param>
    /// <param name="split">Which of them.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="chunk">Examples that are coded together; the coder's own choice where null.</param>
    /// <param name="progress">Told the number of examples done.</param>
    /// <exception cref="LikenessException">The data is of another kind.</exception>
    public CompressionReport Compress(string path, IDataset data, Split split, int limit = int.MaxValue, int? chunk = null, Action<int>? progress = null)
    {
        var source = data.TryAs<Batch>()
            ?? throw new UsageException($"The data set '{data.Name}' has no plain examples to compress: choose another data set.");
        var start = Stopwatch.GetTimestamp();
        using var thread = new OneThread();
        using var noGrad = torch.no_grad();
        using var checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (initial, atOnce) = (_coder.InitialBits, chunk ?? _coder.UsualChunk);
        var codes = new List<ReadOnlyMemory<byte>>();
        var (count, nats) = (0, 0.0);
        Chain.Each(source.Read(split, atOnce, limit), batch =>
        {
            var x = batch.X;
            var values = Whole(_spec.Flat(x).ToArray<float>());
            checksum.AppendData(InBytes(values));
            codes.Add(_coder.Encode(values, (int)x.shape[0], done => progress?.Invoke(count + done)));
            nats += Claim(x);
            count += (int)x.shape[0];
            progress?.Invoke(count);
        });

        var file = new CompressedFile(_coder.Version, _fingerprint, CompressedFile.Shortened(checksum.GetHashAndReset()), _spec, count, atOnce, codes).ToBytes();
        WholeFile.Write(path, stream => stream.Write(file));
        return new(count, file.LongLength, -nats / Math.Log(2), (double)count * _spec.Dimensions * Math.Log2(_levels), Stopwatch.GetElapsedTime(start),
            _evidence, _coder.InitialBits - initial);
    }

    /// <summary>Reads the examples of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="progress">Told the share done, 0 … 1.</param>
    /// <exception cref="DataException">The file is damaged, was written by another model, or decodes to something else on this machine.</exception>
    public DecompressedExamples Decompress(string path, Action<double>? progress = null)
    {
        var file = CompressedFile.Parse(Content(path), path);
        if (file.Model != _fingerprint)
        {
            throw new DataException($"'{path}' was compressed by another model ({file.Model:x16}) than this one ({_fingerprint:x16}): give the run that compressed it, as it was then.");
        }

        if (!file.Spec.Shape.SequenceEqual(_spec.Shape) || file.Spec.Domain != _spec.Domain)
        {
            throw new DataException($"'{path}' holds examples of {file.Spec} and the model knows {_spec}: give the run that compressed it.");
        }

        if (file.Version != _coder.Version)
        {
            throw new DataException($"'{path}' was coded in the way of version {file.Version}, and this program codes this model in that of version {_coder.Version}: use the program that wrote it.");
        }

        using var thread = new OneThread();
        using var checksum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var values = new List<float>();
        for (var i = 0; i < file.Codes.Count; i++)
        {
            progress?.Invoke((double)i / file.Codes.Count);
            var before = (double)i * file.Chunk;
            var part = _coder.Decode(file.Codes[i], file.CountOf(i), done => progress?.Invoke((before + done) / file.Count));
            checksum.AppendData(InBytes(part));
            values.AddRange(part);
        }

        return CompressedFile.Shortened(checksum.GetHashAndReset()) == file.Values
            ? new([.. values], _spec, file.Count)
            : throw new DataException(
                $"'{path}' is whole but does not decode to the values that were compressed: this machine rounds the model's probabilities in another way than the one that wrote it; decompress with the same processor kind and libtorch.");
    }

    /// <summary>Examples that are read as they were written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="examples">What was decompressed.</param>
    /// <param name="fit">What brings them to the data's units, and names their columns.</param>
    public static void Write(string path, DecompressedExamples examples, DataFit? fit = null)
    {
        long[] shape = examples.Spec.BatchShape(examples.Count);
        Chain.Value(() => Sampling.Write(path, Tensor.From(examples.Values, shape), examples.Spec, fit));
    }

    private static byte[] Content(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}): check that it exists, is smaller than 2 GiB, and that you may read it.", e);
        }
    }

    private float[] Whole(float[] values)
    {
        var levels = _spec.Domain.LevelCount;
        foreach (var value in values)
        {
            if (!(value >= 0 && value < levels && value == (int)value))
            {
                throw new DataException($"The data holds {value}, which is none of the {levels} values 0 … {levels - 1} of {_spec}: only such values can be compressed.");
            }
        }

        return values;
    }

    // What the checksum is of: every value as four bytes, the lowest first.
    private static byte[] InBytes(float[] values)
    {
        var bytes = new byte[values.Length * 4];
        for (var i = 0; i < values.Length; i++)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), (int)values[i]);
        }

        return bytes;
    }

    // In parts: a bound's draws take memory.
    private double Claim(Tensor x)
    {
        var (n, sum) = (x.shape[0], 0.0);
        Chain.Parts(n, 1000, (first, count) => sum += _claim(x.narrow(0, first, count)).ToArray<double>().Sum());
        return sum;
    }

    private static ulong Fingerprint(Module model, string identity)
    {
        return Chain.Value(() =>
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(Encoding.UTF8.GetBytes(identity));
            model.State(new Hasher("", hash));
            return CompressedFile.Shortened(hash.GetHashAndReset());
        });
    }

    /// <summary>Libtorch on one thread for as long as it lives.</summary>
    private sealed class OneThread : IDisposable
    {
        private readonly int _before = TorchRuntime.Threads;

        public OneThread() => TorchRuntime.Threads = 1;

        public void Dispose() => TorchRuntime.Threads = _before;
    }

    /// <summary>Adds names, shapes and values of all state to a hash.</summary>
    private sealed class Hasher(string prefix, IncrementalHash hash) : IStateCursor
    {
        public void Visit(string name, Tensor tensor)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{prefix}{name} {tensor.dtype} {string.Join('x', tensor.shape)}\n"));
            if (tensor.dtype == ScalarType.Float32)
            {
                hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.ToArray<float>().AsSpan()));
            }
            else
            {
                // All other kinds of numbers in models fit into these.
                hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes(tensor.ToArray<double>().AsSpan()));
            }
        }

        public void Visit(string name, ref Tensor? tensor)
        {
            if (tensor is not null)
            {
                Visit(name, tensor);
            }
        }

        public void Visit(string name, ref long value) => hash.AppendData(Encoding.UTF8.GetBytes($"\n{prefix}{name} {value}\n"));

        public void Visit(string name, ref double value) => hash.AppendData(Encoding.UTF8.GetBytes($"\n{prefix}{name} {value:R}\n"));

        public IStateCursor In(string name) => new Hasher($"{prefix}{name}.", hash);
    }
}
