using System.Text.Json;

namespace Likeness;

/// <summary>One tensor of a safetensors file: its elements are the bytes [Begin, End) after the header.</summary>
internal sealed record SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

/// <summary>The JSON header of a safetensors file, parsed with every check that the format allows for.</summary>
internal sealed class SafetensorsHeader
{
    public const long MaxBytes = 100_000_000;
    public const string MetadataName = "__metadata__";

    private static readonly (string Name, ScalarType Type)[] s_types =
    [
        ("BOOL", ScalarType.Bool), ("U8", ScalarType.Byte), ("I8", ScalarType.Int8), ("I16", ScalarType.Int16), ("I32", ScalarType.Int32),
        ("I64", ScalarType.Int64), ("F16", ScalarType.Float16), ("BF16", ScalarType.BFloat16), ("F32", ScalarType.Float32), ("F64", ScalarType.Float64),
    ];

    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<SafetensorsEntry> _entries = [];

    private SafetensorsHeader()
    {
    }

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    public IReadOnlyList<SafetensorsEntry> Entries => _entries;

    /// <param name="json">The header's bytes.</param>
    /// <param name="dataBytes">How many bytes follow the header.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="InvalidDataException">The header is malformed or does not fit the data.</exception>
    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, long dataBytes, string path)
    {
        var header = new SafetensorsHeader();
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            header.ReadAll(ref reader, path);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // The reader throws InvalidOperationException for a token of the wrong kind and for text that is not UTF-8.
            throw new InvalidDataException($"The header of '{path}' is not the JSON of a safetensors file: {e.Message}", e);
        }

        header.CheckCover(dataBytes, path);
        return header;
    }

    /// <summary>The header's JSON, filled with spaces so that the data starts at a multiple of 8 bytes.</summary>
    public static byte[] Format(IEnumerable<SafetensorsEntry> entries, IReadOnlyDictionary<string, string>? metadata)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                writer.WriteStartObject(MetadataName);
                foreach (var (key, value) in metadata)
                {
                    writer.WriteString(key, value);
                }

                writer.WriteEndObject();
            }

            foreach (var entry in entries)
            {
                Format(writer, entry);
            }

            writer.WriteEndObject();
        }

        while (stream.Length % 8 != 0)
        {
            stream.WriteByte((byte)' ');
        }

        return stream.ToArray();
    }

    private static void Format(Utf8JsonWriter writer, SafetensorsEntry entry)
    {
        writer.WriteStartObject(entry.Name);
        writer.WriteString("dtype", Array.Find(s_types, t => t.Type == entry.Type).Name);
        writer.WriteStartArray("shape");
        foreach (var d in entry.Shape)
        {
            writer.WriteNumberValue(d);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("data_offsets");
        writer.WriteNumberValue(entry.Begin);
        writer.WriteNumberValue(entry.End);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void ReadAll(ref Utf8JsonReader reader, string path)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!names.Add(name))
            {
                throw new InvalidDataException($"The header of '{path}' names '{name}' twice.");
            }

            if (name == MetadataName)
            {
                ReadMetadata(ref reader, path);
            }
            else
            {
                _entries.Add(ReadEntry(ref reader, name, path));
            }
        }

        // Moving past the last brace also makes the reader refuse anything but spaces after it.
        if (reader.Read())
        {
            throw new InvalidDataException($"The header of '{path}' holds more than one JSON object.");
        }
    }

    private void ReadMetadata(ref Utf8JsonReader reader, string path)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String);
            if (!_metadata.TryAdd(key, reader.GetString()!))
            {
                throw new InvalidDataException($"The metadata of '{path}' names '{key}' twice.");
            }
        }
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, string path)
    {
        ScalarType? type = null;
        long[]? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            switch (reader.GetString())
            {
                case "dtype" when type is null:
                    Expect(ref reader, JsonTokenType.String);
                    type = TypeNamed(reader.GetString()!, name, path);
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, name, path);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, name, path);
                    break;
                case var key:
                    throw new InvalidDataException($"The entry '{name}' of '{path}' has '{key}' twice or where only dtype, shape and data_offsets belong.");
            }
        }

        if (type is not { } known || shape is null || offsets is not [var begin, var end])
        {
            throw new InvalidDataException($"The entry '{name}' of '{path}' lacks its dtype, its shape or its two data_offsets.");
        }

        if (SizeOf(known, shape) is not { } size || begin > end || end - begin != size)
        {
            throw new InvalidDataException(
                $"The entry '{name}' of '{path}' has the bytes {begin} to {end}, which {known} elements of shape [{string.Join(", ", shape)}] do not fill.");
        }

        return new(name, known, shape, begin, end);
    }

    private static ScalarType TypeNamed(string text, string name, string path)
    {
        foreach (var (known, type) in s_types)
        {
            if (known == text)
            {
                return type;
            }
        }

        throw new InvalidDataException($"The entry '{name}' of '{path}' has the element type '{text}': use one of {string.Join(", ", s_types.Select(t => t.Name))}.");
    }

    private static long[] ReadNumbers(ref Utf8JsonReader reader, string name, string path)
    {
        const int most = 64; // libtorch's limit of dimensions
        var numbers = new List<long>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (Next(ref reader) != JsonTokenType.EndArray)
        {
            if (numbers.Count == most || reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
            {
                throw new InvalidDataException($"The entry '{name}' of '{path}' has a shape or offset that is not a list of at most {most} whole numbers from 0.");
            }

            numbers.Add(number);
        }

        return [.. numbers];
    }

    // Null where the product overflows. Strides do not see zeros, so neither does this check: libtorch multiplies all sizes.
    private static long? SizeOf(ScalarType type, long[] shape)
    {
        Int128 product = type.Size();
        foreach (var d in shape)
        {
            product *= Math.Max(1, d);
            if (product > long.MaxValue)
            {
                return null;
            }
        }

        return Array.IndexOf(shape, 0L) >= 0 ? 0 : (long)product;
    }

    // The format wants the data covered from its first byte to its last, without gaps or overlaps.
    private void CheckCover(long dataBytes, string path)
    {
        var covered = 0L;
        foreach (var entry in _entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin != covered)
            {
                throw new InvalidDataException($"The entry '{entry.Name}' of '{path}' starts at byte {entry.Begin} where {covered} was expected: tensors overlap or leave a gap.");
            }

            covered = entry.End;
        }

        if (covered != dataBytes)
        {
            throw new InvalidDataException($"'{path}' has {dataBytes} bytes of elements where its header describes {covered}: it was cut short or added to.");
        }
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) => reader.Read() ? reader.TokenType : throw new JsonException("it ends too early.");

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (Next(ref reader) != token)
        {
            throw new JsonException($"{token} was expected at byte {reader.TokenStartIndex} and {reader.TokenType} found.");
        }
    }
}
