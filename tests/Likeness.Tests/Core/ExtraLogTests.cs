using System.Buffers.Binary;
using System.Text;

namespace Likeness.Tests.Core;

/// <summary>What is logged beside log.jsonl, read back by readers that share nothing with the writers.</summary>
public sealed class ExtraLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_checksum_is_Castagnolis()
    {
        Assert.Equal(0xE3069283, EventFile.Crc32C("123456789"u8));
        // RFC 3720, appendix B.4.
        Assert.Equal(0x8A9136AAu, EventFile.Crc32C(new byte[32]));
        Assert.Equal(0u, EventFile.Crc32C([]));
    }

    [Fact]
    public void Every_term_of_every_step_is_in_the_table_and_in_the_events()
    {
        using (var run = Run.Create(_folder["run"], Gaussian.Recipe, Data(), new RunPlan(1) { Training = Gaussian.Recipe.Defaults with { Steps = 3 }, Logs = ExtraLogs.Csv | ExtraLogs.TensorBoard }))
        {
            Assert.Equal(3, run.Train().Count());
        }

        // Which logs there are is part of the run.
        using (var run = Run.Resume(RunFolder.Open(_folder["run"]), Gaussian.Recipe, Data(), 5))
        {
            Assert.Equal(2, run.Train().Count());
        }

        var log = RunLog.Read(RunFolder.Open(_folder["run"]).LogFile).ToArray();
        Assert.Equal([1, 2, 3, 4, 5], log.Select(e => e.Step));
        var table = File.ReadAllLines(Path.Combine(_folder["run"], "log.csv"));
        Assert.Equal("step,examples,seconds,model.nll", table[0]);
        Assert.Equal(log.Select(e => $"{e.Step},{e.Examples},"), table[1..].Select(l => string.Join(',', l.Split(',')[..2]) + ","));
        Assert.Equal(log.Select(e => e.Terms["model.nll"]), table[1..].Select(l => double.Parse(l.Split(',')[3])));

        string[] files = [.. Directory.EnumerateFiles(_folder["run"], "events.out.tfevents.*").Order(StringComparer.Ordinal)];
        var events = files.Select(f => Events(f).ToArray()).ToArray();
        Assert.Equal(2, events.Length);
        Assert.All(events, e => Assert.Equal("brain.Event:2", e[0].Version));
        Assert.Equal([(1, 0), (2, 0), (3, 0)], events[0][1..].Select(e => (e.Step, e.Status)));
        // The second begins by telling the viewer that steps from 4 on are its own.
        Assert.Equal([(4, 1), (4, 0), (5, 0)], events[1][1..].Select(e => (e.Step, e.Status)));
        var scalars = events.SelectMany(e => e).SelectMany(e => e.Scalars).ToArray();
        Assert.Equal(log.Select(e => ("model/nll", (float)e.Terms["model.nll"])), scalars);

        // Another run in the same folder has logs of its own.
        using (Run.Create(_folder["run"], Gaussian.Recipe, Data(), new RunPlan(1) { Overwrite = true }))
        {
            Assert.Empty(Directory.EnumerateFiles(_folder["run"], "events*"));
            Assert.False(File.Exists(Path.Combine(_folder["run"], "log.csv")));
        }
    }

    [Fact]
    public void A_term_that_comes_late_gets_a_column_that_is_empty_before()
    {
        using (var table = new CsvLog(_folder["log.csv"]))
        {
            table.Append(new(1, 10, 0.5, new Dictionary<string, double> { ["model.nll"] = 2.5 }));
            table.Append(new(2, 20, 0.25, new Dictionary<string, double> { ["model.nll"] = 2, ["validation.nll"] = 3 }));
            table.Append(new(3, 30, 0.25, new Dictionary<string, double> { ["model.nll"] = 1e-7 }));
        }

        Assert.Equal(["step,examples,seconds,model.nll,validation.nll", "1,10,0.5,2.5,", "2,20,0.25,2,3", "3,30,0.25,1E-07,"], File.ReadAllLines(_folder["log.csv"]));
    }

    private static MemoryDataset Data() => MemoryDataset.Of("made up", "made up", new([2], new Domain.Real()), new Rng(1).Normal(50, 2).ToArray<float>());

    private sealed record Event(double Time, int Step, string? Version, int Status, List<(string, float)> Scalars);

    // TFRecords: u64 length, its masked checksum, the record, its masked checksum.
    private static IEnumerable<Event> Events(string path)
    {
        var bytes = File.ReadAllBytes(path);
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at));
            Assert.Equal(Checksum(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            var record = bytes.AsSpan(at + 12, length).ToArray();
            Assert.Equal(Checksum(record), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            at += length + 16;

            var fields = Fields(record);
            var summaries = fields.Where(f => f.Number == 5).SelectMany(f => Fields(f.Bytes)).Select(value => Fields(value.Bytes));
            yield return new(
                BitConverter.ToDouble(fields.Single(f => f.Number == 1).Bytes),
                (int)fields.FirstOrDefault(f => f.Number == 2).Value,
                fields.FirstOrDefault(f => f.Number == 3).Bytes is { } text ? Encoding.UTF8.GetString(text) : null,
                fields.FirstOrDefault(f => f.Number == 7).Bytes is { } session ? (int)Fields(session).Single().Value : 0,
                [.. summaries.Select(v => (Encoding.UTF8.GetString(v.Single(f => f.Number == 1).Bytes), BitConverter.ToSingle(v.Single(f => f.Number == 2).Bytes)))]);
        }
    }

    private static List<(int Number, ulong Value, byte[] Bytes)> Fields(byte[] message)
    {
        var fields = new List<(int, ulong, byte[])>();
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint();
            var (number, kind) = ((int)(tag >> 3), (int)(tag & 7));
            var value = kind is 0 or 2 ? Varint() : 0;
            var size = kind switch { 0 => 0, 1 => 8, 2 => (int)value, 5 => 4, _ => throw new InvalidDataException($"kind {kind}") };
            fields.Add((number, value, message[at..(at + size)]));
            at += size;

            ulong Varint()
            {
                var read = 0ul;
                for (var shift = 0; ; shift += 7)
                {
                    var part = message[at++];
                    read |= (ulong)(part & 0x7f) << shift;
                    if (part < 0x80)
                    {
                        return read;
                    }
                }
            }
        }

        return fields;
    }

    // Bit by bit, with Castagnoli's polynomial turned round.
    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var crc = ~0u;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        crc = ~crc;
        return ((crc >> 15) | (crc << 17)) + 0xa282ead8;
    }
}
