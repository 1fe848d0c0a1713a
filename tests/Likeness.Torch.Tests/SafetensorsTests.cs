using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Likeness.Torch.Tests;

public sealed class SafetensorsTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"likeness-{Guid.NewGuid():N}.safetensors");

    public void Dispose() => File.Delete(_path);

    // Those that safetensors and managed memory both know.
    private static readonly ScalarType[] s_types =
    [
        ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64, ScalarType.Float16, ScalarType.Float32, ScalarType.Float64,
        ScalarType.Bool, ScalarType.BFloat16,
    ];

    [Fact]
    public void Every_element_type_comes_back_bit_for_bit()
    {
        using var scope = torch.NewDisposeScope();
        var rng = new Rng(1);
        var tensors = s_types.Select(type => (type.ToString(), (rng.Normal(3, 5) * 3).to(type))).ToList();
        SafetensorsFile.Write(_path, tensors);
        using var file = SafetensorsFile.Open(_path);
        Assert.Equal(tensors.Select(t => t.Item1), file.Names);
        foreach (var (name, value) in tensors)
        {
            var read = file.Read(name);
            Assert.Equal(value.dtype, read.dtype);
            Assert.True(value.Equals(read), name);
        }
    }

    [Fact]
    public void Shapes_views_scalars_and_empty_tensors_come_back()
    {
        using var scope = torch.NewDisposeScope();
        var matrix = Tensor.From<float>([1, 2, 3, 4, 5, 6], 2, 3);
        SafetensorsFile.Write(_path, [("t", matrix.t()), ("scalar", torch.full([], 7.0)), ("empty", torch.zeros([0, 4])), ("byte", Tensor.From<byte>([9], 1))]);
        using var file = SafetensorsFile.Open(_path);
        Assert.Equal([1, 4, 2, 5, 3, 6], file.Read("t").ToArray<float>());
        Assert.Equal([3, 2], file.Read("t").shape);
        Assert.Equal(7, file.Read("scalar").ToDouble());
        Assert.Equal([0, 4], file.Read("empty").shape);
        Assert.Equal(9, file.Read("byte").ToDouble());
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        using var scope = torch.NewDisposeScope();
        SafetensorsFile.Write(_path, [("a", Tensor.From<byte>([7], 1)), ("b", Tensor.From<float>([1.5f], 1))], new Dictionary<string, string> { ["k"] = "v" });
        var bytes = File.ReadAllBytes(_path);
        const string header = """{"__metadata__":{"k":"v"},"a":{"dtype":"U8","shape":[1],"data_offsets":[4,5]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""";
        var padded = header.PadRight((header.Length + 7) / 8 * 8);
        Assert.Equal([.. BitConverter.GetBytes((long)padded.Length), .. Encoding.UTF8.GetBytes(padded), .. BitConverter.GetBytes(1.5f), 7], bytes);
        using var file = SafetensorsFile.Open(_path);
        Assert.Equal("v", file.Metadata["k"]);
    }

    [Fact]
    public void Writing_again_replaces_the_file_and_leaves_nothing_behind()
    {
        using var scope = torch.NewDisposeScope();
        SafetensorsFile.Write(_path, [("a", torch.ones([100]))]);
        SafetensorsFile.Write(_path, [("a", torch.zeros([1]))]);
        var taken = Assert.Throws<ArgumentException>(() => SafetensorsFile.Write(_path, [("a", torch.ones([1])), ("a", torch.ones([1]))]));
        Assert.Contains("'a'", taken.Message, StringComparison.Ordinal);
        Assert.Equal([_path], Directory.GetFiles(Path.GetTempPath(), $"*{Path.GetFileName(_path)}*"));
        using var file = SafetensorsFile.Open(_path);
        Assert.Equal(0, file.Read("a").ToDouble());
        var missing = Assert.Throws<KeyNotFoundException>(() => file.Read("b"));
        Assert.Contains("'b'", missing.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[]""", "JSON")]
    [InlineData("""{""", "JSON")]
    [InlineData("""{}{}""", "JSON")]
    [InlineData("""{"a":1}""", "JSON")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}, "a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "twice")]
    [InlineData("""{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}""", "'F33'")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", "whole numbers")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", "do not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807,0],"data_offsets":[0,0]}}""", "do not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "do not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "do not fill")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""", "gap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "overlap")]
    [InlineData("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "cut short")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "cut short")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2]}}""", "lacks")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", "'more'")]
    [InlineData("""{"__metadata__":{"k":1}}""", "JSON")]
    [InlineData("""{"__metadata__":{"k":"1","k":"2"}}""", "twice")]
    public void A_header_that_lies_is_refused(string json, string says)
    {
        var header = Encoding.UTF8.GetBytes(json);
        File.WriteAllBytes(_path, [.. BitConverter.GetBytes((long)header.Length), .. header, .. new byte[8]]);
        var e = Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_path).Dispose());
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
        Assert.Contains(_path, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 40)]
    [InlineData(100_000_001UL)]
    [InlineData(9UL)]
    public void A_header_length_beyond_the_file_takes_no_memory(ulong length)
    {
        File.WriteAllBytes(_path, [.. BitConverter.GetBytes(length), .. new byte[8]]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => SafetensorsFile.Open(_path).Dispose());
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Damaged_files_are_read_or_refused_and_nothing_else()
    {
        using var scope = torch.NewDisposeScope();
        SafetensorsFile.Write(_path, [("a.weight", torch.ones([2, 3])), ("b", Tensor.From<long>([1, 2], 2)), ("c", Tensor.From<bool>([true], 1))],
            new Dictionary<string, string> { ["format"] = "x" });
        var whole = File.ReadAllBytes(_path);
        var damage = Gen.Choose(0, whole.Length - 1).SelectMany(at => Gen.Choose(0, 3).SelectMany(kind => Gen.Choose(0, 255).Select(value => (at, kind, (byte)value))));
        Prop.ForAll(damage.ListOf().Where(d => d.Count is > 0 and < 5).ToArbitrary(), steps =>
        {
            var bytes = whole.ToList();
            foreach (var (at, kind, value) in steps.Where(s => s.at < bytes.Count))
            {
                switch (kind)
                {
                    case 0: bytes[at] = value; break;
                    case 1: bytes.RemoveRange(at, bytes.Count - at); break;
                    case 2: bytes.Insert(at, value); break;
                    default: bytes[at] ^= (byte)(1 << (value & 7)); break;
                }
            }

            File.WriteAllBytes(_path, [.. bytes]);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var inner = torch.NewDisposeScope();
                using var file = SafetensorsFile.Open(_path);
                foreach (var name in file.Names)
                {
                    file.Read(name);
                }
            }
            catch (InvalidDataException)
            {
                // One of the two allowed outcomes.
            }

            return GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
    }
}
